"""Somebody asks whether the others see the same: answering is in nobody's way (rows R01, S39)."""

from securecall import entries as e
from securecall_client import content
from securecall_client.acts import calls
from securecall_client.refusals import refused
from tests.simulator.people import Stage, enter


async def ask(stage: Stage, name: str = "Cem", *, leaves: bool = False) -> None:
    """Ask the call; and perhaps go right after, so that a new key is due."""
    async with stage[name].open() as session:
        await session.synced(stage.call)
        await session.writer.write(stage.call, content.Empty(asks=True), "everyone")
        if leaves:
            await enter(session, stage.call, e.Leave())


async def records(stage: Stage, name: str) -> int:
    """How many records of somebody the server has in the call; nobody looks at the call for it."""
    async with stage[name].open(offline=True) as session:
        return sum(author == session.member for author, _ in stage.server.spaces[stage.call].chain.ids)


async def test_r01_who_asks_and_leaves_keeps_nobody_from_making_the_new_key(stage: Stage) -> None:
    await ask(stage, leaves=True)
    chain = stage.server.spaces[stage.call].chain
    for name in ("Ann", "Bob", "Sec"):
        async with stage[name].open() as session:
            await session.sync_all()
            assert await session.replica.waiting() == []
    assert (chain.epoch, chain.roster.due) == (1, False)
    assert await stage["Bob"].answer(stage.call, "food") == "server"
    assert (chain.epoch, chain.roster.due) == (1, False)
    assert await stage["Ann"].answers(stage.call) == ["food"]
    assert await stage["Ann"].answer(stage.call, "shelter") == "server"


async def test_a_server_that_refuses_writes_is_read_from_and_one_answer_waits(stage: Stage) -> None:
    await ask(stage)
    ann, before = stage["Ann"], await records(stage, "Ann")
    ann.hostile.refuse("append", refused("full"))
    for _ in range(3):
        async with ann.open() as session:
            assert (await calls.show_call(session, stage.call.hex())).state == "open"
    async with ann.open(offline=True) as session:
        assert len(await session.replica.waiting()) == 1
    ann.hostile.be_honest()
    await stage.sync("Ann", "Ann")
    async with ann.open(offline=True) as session:
        assert await session.replica.waiting() == []
    assert await records(stage, "Ann") == before + 1


async def test_a_question_is_answered_by_whoever_looks(stage: Stage) -> None:
    await ask(stage)
    before = await records(stage, "Bob")
    async with stage["Bob"].open() as session:
        await calls.show_call(session, stage.call.hex())
    assert await records(stage, "Bob") == before + 1
