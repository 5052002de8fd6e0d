"""What counts as an alarm, wherever it is shown; and what becomes of one that was dealt with (rows O12, S40)."""

import pytest

from securecall_client.acts import alarms, healing, status
from securecall_client.errors import NotFoundError, ProofError, RefusedError
from securecall_client.results.status import AlarmLine
from tests.simulator.people import Person, Stage, answer, check_plain

pytestmark = pytest.mark.slow


async def listed(person: Person, *, dismissed: bool = False) -> list[AlarmLine]:
    """What `alarm list` shows: the server is not asked."""
    async with person.open(offline=True) as session:
        return (await alarms.list_alarms(session, dismissed=dismissed)).alarms


async def shown(person: Person, *, offline: bool = False) -> list[AlarmLine]:
    """What `status` shows."""
    async with person.open(offline=offline) as session:
        return (await status.status(session)).alarms


async def dismiss(person: Person, alarm: str) -> AlarmLine:
    async with person.open(offline=True) as session:
        return await alarms.dismiss_alarm(session, alarm)


async def be_odd(stage: Stage) -> AlarmLine:
    """The server denies Ann a space, once; gives the alarm."""
    ann = stage["Ann"]
    ann.hostile.refuse("items", RefusedError("There is no such space.", code="not-found"))
    with pytest.raises(RefusedError):
        await stage.sync("Ann")
    ann.hostile.be_honest()
    [alarm] = await listed(ann)
    return alarm


def restore(stage: Stage) -> None:
    """Everybody meets a server that was put back from a backup."""
    stage.server = stage.server.restore()
    for person in stage.people.values():
        person.hostile.server = stage.server


async def test_o12_a_server_that_takes_nothing_new_stands_in_status_and_among_the_alarms_until_it_goes_on(
    stage: Stage,
) -> None:
    await stage.sync()
    restore(stage)
    ann = stage["Ann"]
    online = await shown(ann)
    assert {alarm.space for alarm in online} == {stage.coalition.hex(), stage.call.hex()}
    assert {alarm.grade for alarm in online} == {"odd"}
    assert all("securecall heal" in alarm.message for alarm in online)
    assert sorted(await listed(ann), key=id_of) == sorted(online, key=id_of)
    assert sorted(await shown(ann, offline=True), key=id_of) == sorted(online, key=id_of)
    with pytest.raises(RefusedError) as caught:
        await dismiss(ann, online[0].alarm)
    check_plain(caught.value, 1)
    async with stage["Sec"].open() as session:
        await healing.heal(session, finish=True)
    assert await shown(ann) == await listed(ann) == []


def id_of(alarm: AlarmLine) -> str:
    """By which alarms are compared in any order."""
    return alarm.alarm


async def test_o12_a_restored_server_that_knows_this_device_no_more_is_an_alarm_too(stage: Stage) -> None:
    backup = stage.server.restore()
    await stage.welcome("Dora")
    stage["Dora"].hostile.server = backup
    async with stage["Dora"].open() as session:
        assert not session.reached
    [alarm] = await listed(stage["Dora"])
    assert (alarm.grade, alarm.space) == ("odd", stage.coalition.hex())
    stage["Dora"].hostile.server = stage.server
    assert await shown(stage["Dora"]) == []


async def test_what_was_dealt_with_is_dismissed_and_kept(stage: Stage) -> None:
    await stage.sync()
    ann, alarm = stage["Ann"], await be_odd(stage)
    assert (await dismiss(ann, alarm.alarm[:8])).dismissed
    assert alarm not in await shown(ann)
    async with ann.open(offline=True) as session:
        result = await alarms.list_alarms(session)
        assert result.put_aside == 1
        assert (await alarms.show_alarm(session, alarm.alarm)).dismissed
    kept = next(one for one in await listed(ann, dismissed=True) if one.alarm == alarm.alarm)
    assert (kept.dismissed, kept.message, kept.when) == (True, alarm.message, alarm.when)


async def test_what_cannot_be_sent_is_dismissed_once_it_was_written_anew(stage: Stage) -> None:
    await stage.sync("Ann")
    ann = stage["Ann"]
    async with ann.open(offline=True) as session:
        await answer(session, stage.call, "food")
        [waiting] = await session.replica.waiting()
        await session.replica.refuse(waiting.record, "call-closed")
    [alarm] = await listed(ann)
    assert alarm.grade == "late"
    await dismiss(ann, alarm.alarm)
    assert await listed(ann) == []
    async with ann.open(offline=True) as session:
        assert len(await session.replica.refusals()) == 1


async def test_s40_nobody_puts_a_proof_aside_not_even_by_writing_into_the_profile(stage: Stage) -> None:
    ann = stage["Ann"]
    async with ann.open(offline=True) as session:
        await session.alarms.prove(ProofError("The server shows another history.", hint="Stop."))
    [alarm] = await listed(ann)
    with pytest.raises(RefusedError) as caught:
        await dismiss(ann, alarm.alarm)
    check_plain(caught.value, 1)
    assert caught.value.code == "proof-stays"
    async with ann.open(offline=True) as session:
        await session.alarms.dismiss(bytes.fromhex(alarm.alarm))
    assert await listed(ann) == await shown(ann) == [alarm]


async def test_s40_more_evidence_of_what_was_dismissed_brings_it_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("securecall_client.alarms.weight", lambda file: 0 if file is None else len(file))
    ann = stage["Ann"]
    for file, shows in ((b"1", True), (b"2", False), (b"22", True)):
        async with ann.open(offline=True) as session:
            await session.alarms.keep("odd", "Something is odd.", stage.call, file)
            assert [one.dismissed for one in await alarms.standing(session)] == [not shows]
        [alarm] = await listed(ann, dismissed=True)
        await dismiss(ann, alarm.alarm)


async def test_an_alarm_that_is_not_there_cannot_be_dismissed(stage: Stage) -> None:
    with pytest.raises(NotFoundError):
        await dismiss(stage["Ann"], "12345678")
