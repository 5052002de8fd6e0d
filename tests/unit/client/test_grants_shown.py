"""Keys that the server makes up, replays, withholds or spoils, and a rotator who grants something else."""

from collections.abc import Callable

import pytest

from securecall import entries as e
from securecall_client import content
from securecall_client.acts import calls, status
from securecall_client.errors import RefusedError, SecureCallError
from securecall_client.session import Session
from securecall_client.view import SpaceView
from tests.simulator.forging import bad_rotation, grant_in, grant_of_mine
from tests.simulator.hostile import flipped
from tests.simulator.people import Stage, check_plain, member_of

SEED = b"\x07" * 32
"""A key that the server knows."""


async def look(session: Session, call: bytes) -> SpaceView:
    return await session.synced(call)


async def cannot_write(session: Session, call: bytes) -> None:
    """Nothing leaves under another key; what was written waits, and the sentence says so."""
    sent, waiting = len(session.transport.sent), len(await session.replica.waiting())  # type: ignore[attr-defined]  # the line in memory
    with pytest.raises(RefusedError) as caught:
        await session.writer.write(call, content.Empty(asks=False), "allies")
    check_plain(caught.value)
    assert caught.value.exit_code == 1
    assert "key" in str(caught.value)
    assert len(session.transport.sent) == sent  # type: ignore[attr-defined]  # as above
    assert len(await session.replica.waiting()) == waiting + 1


@pytest.mark.parametrize("empty", [True, False], ids=["s05-empty-call", "s04"])
async def test_s04_s05_a_key_from_the_server_is_not_taken(empty: bool, stage: Stage) -> None:
    cem = stage["Cem"]
    if empty:
        async with stage["Sec"].open() as session:
            await calls.rotate_call(session, stage.call.hex())
    else:
        await stage["Bob"].answer(stage.call, "monitoring")
    async with stage["Sec"].open() as session:
        view, cems = await session.synced(stage.call), member_of(await session.view(stage.coalition), "Cem")
    cem.hostile.change_grants(lambda grants: {seq: made(view, seq, cems, grants[seq]) for seq in grants})
    async with cem.open() as session:
        mine = await look(session, stage.call)
        assert mine.ring.epochs() == []
        assert set(mine.grant_faults.values()) == {"server"}
        assert mine.state.exercises == {}
        await cannot_write(session, stage.call)


def made(view: SpaceView, seq: int, cem: bytes, box: bytes) -> bytes:
    """The server's own grant, where Cem is in the space that the grant is of."""
    entry = view.steps[seq].body if seq < len(view.steps) else None
    return grant_of_mine(view, seq, cem, SEED) if isinstance(entry, e.Entry) else box


Lie = Callable[[dict[int, bytes]], dict[int, bytes]]
LIES: dict[str, Lie] = {
    "withheld": lambda _: {},
    "garbage": lambda grants: dict.fromkeys(grants, b"garbage"),
    "empty": lambda grants: dict.fromkeys(grants, b""),
    "a bit": lambda grants: {seq: flipped(box, 77) for seq, box in grants.items()},
    "the last bit": lambda grants: {seq: flipped(box, -1) for seq, box in grants.items()},
    "under another place": lambda grants: {seq + 1: box for seq, box in grants.items()},
}


@pytest.mark.parametrize("name", LIES)
async def test_s39_s16_a_grant_withheld_or_spoiled_is_the_servers_doing(name: str, stage: Stage) -> None:
    cem = stage["Cem"]
    cem.hostile.change_grants(LIES[name])
    async with cem.open() as session:
        view = await look(session, stage.call)
        assert set(view.grant_faults.values()) == {"server"}
        assert session.member in view.chain.roster.members
        await cannot_write(session, stage.call)
    cem.hostile.be_honest()
    async with stage["Sec"].open() as session:
        await calls.rotate_call(session, stage.call.hex())
    async with cem.open() as session:
        view = await look(session, stage.call)
        assert len(view.ring.epochs()) == 2
        assert view.state.exercises
        await session.writer.flush(stage.call)
        assert await session.replica.waiting() == []


@pytest.mark.parametrize("name", LIES)
async def test_s39_the_person_is_told_and_an_honest_grant_heals_it(name: str, stage: Stage) -> None:
    cem = stage["Cem"]
    cem.hostile.change_grants(LIES[name])
    async with cem.open() as session:
        await session.sync_all()
        [alarm] = (await status.status(session)).alarms
        assert alarm.grade == "odd"
        assert "the server keeps back" in alarm.message
    cem.hostile.be_honest()
    async with cem.open() as session:
        assert (await status.status(session)).alarms == []
        assert (await session.view(stage.call)).state.exercises
    async with cem.open(offline=True) as session:
        assert (await session.view(stage.call)).state.exercises, "and it stays healed"


async def test_s06_an_old_grant_replayed_for_a_new_epoch_is_not_taken(stage: Stage) -> None:
    cem = stage["Cem"]
    await stage.sync("Cem")
    async with cem.open() as session:
        [old] = [box for seq, box in (await session.replica.grants(stage.call)).items()]
    async with stage["Sec"].open() as session:
        await calls.rotate_call(session, stage.call.hex())
    cem.hostile.change_grants(lambda grants: dict.fromkeys(grants, old))
    async with cem.open() as session:
        view = await look(session, stage.call)
        assert view.chain.epoch == 1
        assert not view.ring.holds(1)
        assert list(view.grant_faults.values()) == ["server"]
        await cannot_write(session, stage.call)
    assert await stage["Ann"].answer(stage.call) == "server"


@pytest.mark.parametrize("how", ["garbage", "another seed", "another context"])
async def test_m05_s39_a_grant_that_its_author_spoiled_is_the_rotators_doing(how: str, stage: Stage) -> None:
    await stage.sync("Cem")
    cem = stage["Cem"]
    async with stage["Ann"].open() as session:
        await session.synced(stage.coalition)
        view, cems = await session.synced(stage.call), member_of(await session.view(stage.coalition), "Cem")
        draft = bad_rotation(session, view, cems, spoil(how, view, cems))
        await session.transport.append(stage.call, 0, draft.item, (), draft.grants)
    async with cem.open() as session:
        view = await look(session, stage.call)
        assert list(view.grant_faults.values()) == ["rotator"]
        assert not view.ring.holds(view.chain.epoch)
        await cannot_write(session, stage.call)
    assert await stage["Bob"].answer(stage.call, "monitoring") == "server"
    async with stage["Bob"].open() as session:
        await calls.rotate_call(session, stage.call.hex())
    assert await cem.answers(stage.call) == ["monitoring"]


def spoil(how: str, view: SpaceView, member: bytes) -> Callable[[e.EntryBody], bytes]:
    """What the rotator signs as the grant to ``member``."""

    def make(body: e.EntryBody) -> bytes:
        assert body.start is not None
        start = body.start
        if how == "garbage":
            return b"garbage"
        commit = start.commit if how == "another seed" else SEED
        return grant_in(view, body.previous, start.epoch, commit, member, SEED)

    return make


async def test_a_device_without_the_running_key_starts_no_epoch(stage: Stage) -> None:
    cem = stage["Cem"]
    await stage.sync("Cem")
    async with stage["Sec"].open() as session:
        await calls.rotate_call(session, stage.call.hex())
    cem.hostile.change_grants(lambda _: {})
    async with cem.open() as session:
        with pytest.raises(SecureCallError) as caught:
            await calls.rotate_call(session, stage.call.hex())
        check_plain(caught.value)
    assert stage.server.spaces[stage.call].chain.epoch == 1
