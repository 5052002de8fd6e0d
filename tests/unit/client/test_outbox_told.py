"""What waits in the outbox, since when and why, in words."""

import pytest

from securecall_client.acts import calls, removing, status
from securecall_client.errors import NotSentError
from tests.simulator.people import CALL, Stage, answer, check_plain

DAY = 24 * 3600


async def waits(stage: Stage, name: str, *, offline: bool = False) -> list[tuple[str, str]]:
    async with stage[name].open(offline=offline) as session:
        found = await status.status(session)
    assert len(found.waiting) == found.outbox
    assert all(line.space == stage.call.hex() for line in found.waiting)
    assert all(line.since.endswith("+00:00") for line in found.waiting)
    return [(line.what, f"{line.why} {line.hint}".rstrip()) for line in found.waiting]


async def test_a_line_that_is_cut_is_why(stage: Stage) -> None:
    stage["Ann"].hostile.cut = True
    assert await stage["Ann"].answer(stage.call) == "here"
    await stage.put_up("Ann", "report.pdf", b"report")
    why = "The server was not reached."
    assert await waits(stage, "Ann") == [("answer to Who does what, where and when", why), ("document report.pdf", why)]
    async with stage["Ann"].open() as session:
        with pytest.raises(NotSentError) as caught:
            await status.sync(session)
    check_plain(caught.value, 4)
    assert "(2)" in str(caught.value)
    stage["Ann"].hostile.be_honest()
    assert {why for _, why in await waits(stage, "Ann")} == {"It has not been tried yet. To send it: securecall sync."}
    await stage.sync("Ann")
    assert await waits(stage, "Ann") == []


async def test_to_have_asked_for_no_server_is_why(stage: Stage) -> None:
    async with stage["Ann"].open(offline=True) as session:
        await answer(session, stage.call)
        found = await status.status(session)
    assert (found.reached, found.why) == (False, "You asked to go without the server.")
    [(_, why)] = await waits(stage, "Ann", offline=True)
    assert why == "You asked to go without the server."


async def test_a_head_that_nobody_confirmed_for_a_day_is_why(stage: Stage, monkeypatch) -> None:
    from securecall_client import clock

    today = clock.now()
    monkeypatch.setattr(clock, "now", lambda: today + 2 * DAY)
    assert await stage["Ann"].answer(stage.call) == "here"
    found = dict(await waits(stage, "Ann"))
    assert "--unconfirmed" in found["answer to Who does what, where and when"]


async def test_what_waited_for_a_call_that_one_is_out_of_waits_no_more_and_is_told(stage: Stage) -> None:
    stage["Ann"].hostile.cut = True
    await stage["Ann"].answer(stage.call)
    async with stage["Sec"].open() as session:
        await removing.remove_from_call(session, CALL, ["Ann"])
    stage["Ann"].hostile.be_honest()
    assert await waits(stage, "Ann") == []
    async with stage["Ann"].open() as session:
        assert any("cannot be sent" in alarm.message for alarm in (await status.status(session)).alarms)


async def test_what_needs_the_server_says_why_it_is_not_there(stage: Stage) -> None:
    stage["Sec"].hostile.cut = True
    async with stage["Sec"].open() as session:
        with pytest.raises(Exception, match=r"The server was not reached\. This needs the server") as caught:
            await calls.rotate_call(session, CALL)
    assert getattr(caught.value, "exit_code", None) == 1
