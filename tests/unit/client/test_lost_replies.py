"""Whatever request or reply is lost, trying again leads to exactly one effect (row N02)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from securecall_client.acts import admitting, calls, documents, exercises, named, removing
from securecall_client.errors import NotFoundError, SecureCallError
from tests.simulator.hostile import Lost
from tests.simulator.people import Stage, answer, check_plain, invite, open_call

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Act:
    """What ``who`` does, and how often it shows afterwards to ``reader``."""

    who: str
    do: Callable[[Stage], Awaitable[object]]
    count: Callable[[Stage], Awaitable[int]]
    prepare: Callable[[Stage], Awaitable[object]] | None = None


async def give_answer(stage: Stage) -> None:
    async with stage["Ann"].open() as session:
        await answer(session, stage.call, "food")


async def answers(stage: Stage) -> int:
    async with stage["Bob"].open() as session:
        view = await named.the_call(session, stage.call.hex())
        return sum(len(given) for given in view.state.answers.values())


async def put_up(stage: Stage) -> None:
    path = stage.root / "paper.txt"
    path.write_bytes(b"paper")
    async with stage["Ann"].open() as session:
        await documents.add_documents(session, stage.call.hex(), [path], "allies")


async def papers(stage: Stage) -> int:
    async with stage["Bob"].open() as session:
        found = (await documents.list_documents(session, stage.call.hex())).documents
        for line in found:
            got = stage.root / "got"
            await documents.get_document(session, stage.call.hex(), line.document, got)
            assert got.read_bytes() == b"paper"
            got.unlink()
        return len(found)


async def open_another(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        await open_call(session, "Second call")


async def second_calls(stage: Stage) -> int:
    async with stage["Sec"].open() as session:
        shown = (await calls.list_calls(session)).calls
        assert all(call.country == "FR" for call in shown)
        return sum(call.title == "Second call" for call in shown)


async def let_in(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        await calls.invite_to_call(session, stage.call.hex(), ["Eve"])


async def in_call(stage: Stage) -> int:
    async with stage["Eve"].open() as session:
        return len((await calls.list_calls(session)).calls)


async def apply(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        text = await invite(session, "Dora")
    await stage["Dora"].join(text)


async def admit(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        await admitting.admit(session, confirmed=True)


async def joined(stage: Stage) -> int:
    return len(stage.server.spaces[stage.coalition].chain.roster.members) - 4


async def take_out(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        try:
            await removing.remove_from_call(session, stage.call.hex(), ["Cem"])
        except NotFoundError as error:
            check_plain(error)


async def removals(stage: Stage) -> int:
    chain = stage.server.spaces[stage.call].chain
    return chain.epoch


async def close(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        await calls.close_call(session, stage.call.hex())


async def closings(stage: Stage) -> int:
    async with stage["Bob"].open() as session:
        view = await named.the_call(session, stage.call.hex())
        return int(view.state.closed is not None and len(view.state.void) == 0)


async def start(stage: Stage) -> None:
    async with stage["Bob"].open() as session:
        await exercises.start_exercise(session, stage.call.hex(), "who-does-what", "everyone")


async def started(stage: Stage) -> int:
    async with stage["Ann"].open() as session:
        found = (await exercises.list_exercises(session, stage.call.hex())).exercises
        return sum(line.circle == "everyone" for line in found)


async def invite_somebody(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        await invite(session, "Dora", org="New organisation")


async def organisations(stage: Stage) -> int:
    async with stage["Sec"].open() as session:
        state = (await session.synced(stage.coalition)).state
        return sum(known.name == "New organisation" for known in state.organisations.values())


ACTS = {
    "answer": Act("Ann", give_answer, answers),
    "put up a document": Act("Ann", put_up, papers),
    "open a call": Act("Sec", open_another, second_calls),
    "let somebody into a call": Act("Sec", let_in, in_call, lambda stage: stage.welcome("Eve")),
    "admit": Act("Sec", admit, joined, apply),
    "remove": Act("Sec", take_out, removals),
    "close": Act("Sec", close, closings),
    "start an exercise": Act("Bob", start, started),
    "invite": Act("Sec", invite_somebody, organisations),
}


STEP: dict[Lost, int] = {"reply": 1, "request": 3}
"""A lost request is a lost reply without effect, so fewer of them are tried."""


async def play(stage: Stage, act: Act, number: int, what: Lost) -> bool:
    """Do an act with one loss, and again if nothing shows; whether anything was lost at all."""
    hostile = stage[act.who].hostile
    hostile.lose(number, what)
    try:
        await act.do(stage)
    except SecureCallError as error:
        check_plain(error, 1, 4)
    lost = not hostile.loses
    hostile.be_honest()
    await stage.sync(act.who)
    if await act.count(stage) == 0:
        await act.do(stage)
        await stage.sync(act.who)
    assert await act.count(stage) == 1, (number, what)
    return lost


@pytest.mark.parametrize("what", [pytest.param("reply", marks=pytest.mark.slow), "request"])
@pytest.mark.parametrize("name", ACTS)
async def test_n02_a_lost_reply_or_request_has_exactly_one_effect(
    name: str, what: Lost, scene: Stage, tmp_path: Path
) -> None:
    act = ACTS[name]
    ready = scene.copy(tmp_path / "ready")
    await ready.sync()
    if act.prepare is not None:
        await act.prepare(ready)
    number = 0
    while await play(ready.copy(tmp_path / str(number)), act, number, what):
        number += STEP[what]
    assert number >= 4


async def test_n02_a_join_that_was_interrupted_anywhere_goes_on(scene: Stage, tmp_path: Path) -> None:
    ready = scene.copy(tmp_path / "ready")
    async with ready["Sec"].open() as session:
        text = await invite(session, "Dora")
    for number in range(12):
        stage = ready.copy(tmp_path / str(number))
        dora = stage["Dora"]
        dora.hostile.lose(number, "reply")
        try:
            await dora.join(text)
        except SecureCallError as error:
            check_plain(error)
            begun = (dora.home / "keystore").exists()
            assert await dora.join(None if begun else text) == "waiting"
        dora.hostile.be_honest()
        async with stage["Sec"].open() as session:
            assert len((await admitting.admit(session, confirmed=True)).admitted) == 1
        dora.hostile.lose(number, "reply")
        try:
            state = await dora.join(None)
        except SecureCallError as error:
            check_plain(error)
            dora.hostile.be_honest()
            state = await dora.join(None)
        assert state == "joined"


async def test_n02_a_founding_that_was_interrupted_anywhere_goes_on(scene: Stage, tmp_path: Path) -> None:
    for number in range(9):
        stage = Stage(tmp_path / str(number), type(scene.server)())
        sec = stage["Sec"]
        sec.hostile.lose(number, "reply")
        try:
            await sec.found(stage.setup)
        except SecureCallError as error:
            check_plain(error)
            await sec.found(stage.setup)
        assert len(stage.server.spaces) == 1
        async with sec.open() as session:
            view = await session.synced(session.coalition)
            await session.writer.flush(session.coalition)
            assert [known.name for known in view.state.organisations.values()] == ["Secretariat"], number


@pytest.mark.parametrize("backwards", [False, True], ids=["in-order", "backwards"])
async def test_n02_s11_what_the_server_carries_out_late_stands_once(backwards: bool, stage: Stage) -> None:
    """Requests are held back until everybody has given up on them, and more of the same has come since."""
    ann = stage["Ann"]
    ann.hostile.delayed.add("append")
    for activity in ("food", "shelter"):
        assert await ann.answer(stage.call, activity) == "here"
    assert len(ann.hostile.held) >= 2
    await ann.hostile.release(backwards=backwards)
    ann.hostile.be_honest()
    await stage.sync("Ann")
    await ann.hostile.release()
    async with stage["Bob"].open() as session:
        view = await named.the_call(session, stage.call.hex())
        assert sum(len(given) for given in view.state.answers.values()) == 2
        assert view.state.void == ()
    assert await stage["Bob"].answers(stage.call) == ["shelter"]
    async with ann.open(offline=True) as session:
        assert (await session.replica.waiting(), await session.alarms.listing()) == ([], [])
