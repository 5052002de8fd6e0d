"""Who was given no good key says so, and gets one from the next client that may (rows M06, S39)."""

import pytest

from securecall.labels import Label
from securecall.wire import item_digest
from securecall_client import clock, complaints
from securecall_client.acts import calls
from tests.simulator.forging import bad_rotation
from tests.simulator.people import Stage, member_of

pytestmark = pytest.mark.slow


async def spoil(stage: Stage, name: str = "Cem") -> None:
    """Ann starts an epoch and truly signs garbage as the grant to ``name``."""
    await stage.sync()
    async with stage["Ann"].open() as session:
        view, member = await session.synced(stage.call), member_of(await session.view(stage.coalition), name)
        draft = bad_rotation(session, view, member, lambda _: b"garbage")
        await session.replica.make(item_digest(draft.item, Label.ENTRY))
        await session.transport.append(stage.call, 0, draft.item, (), draft.grants)
        await session.synced(stage.call)


def epoch(stage: Stage) -> int:
    return stage.server.spaces[stage.call].chain.epoch


async def test_m06_s39_a_spoiled_grant_is_complained_of_and_made_good_and_blocks_nobody(stage: Stage) -> None:
    await spoil(stage)
    await stage.sync("Cem")
    assert await stage["Bob"].answer(stage.call, "monitoring") == "server"
    assert epoch(stage) == 2
    assert await stage["Cem"].answers(stage.call) == ["monitoring"]
    assert await stage["Cem"].answer(stage.call) == "server"
    await stage.sync()
    assert epoch(stage) == 2


async def test_m06_a_server_that_keeps_a_grant_back_has_one_epoch_a_day_started(stage: Stage, monkeypatch) -> None:
    await stage.sync()
    async with stage["Sec"].open() as session:
        await calls.rotate_call(session, stage.call.hex())
    stage["Cem"].hostile.change_grants(lambda _: {})
    for _ in range(3):
        await stage.sync("Cem", "Bob")
    assert epoch(stage) == 2
    assert await stage["Ann"].answer(stage.call) == "server"
    later = clock.now() + complaints.AGAIN * 60
    monkeypatch.setattr(clock, "now", lambda: later)
    await stage.sync("Cem", "Bob")
    assert epoch(stage) == 3
    stage["Cem"].hostile.be_honest()
    assert await stage["Cem"].answers(stage.call) == ["training"]


@pytest.mark.parametrize("again", [False, True])
async def test_a_complaint_is_answered_once(again: bool, stage: Stage) -> None:
    await spoil(stage)
    await stage.sync("Cem")
    await stage.sync(*(("Bob", "Ann", "Sec") if again else ("Bob",)))
    assert epoch(stage) == 2
    async with stage["Bob"].open() as session:
        view = await session.view(stage.call)
        assert len(list(complaints.complaints(view))) == 1
        assert not complaints.open_complaints(view, session.device.id)
