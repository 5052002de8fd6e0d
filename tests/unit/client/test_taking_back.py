"""Answers that are taken back, and exercises that are closed (rows S18, S19)."""

import pytest

from securecall_client import content
from securecall_client.acts import calls, exercises, mapping
from securecall_client.errors import ClosedError, RefusedError
from securecall_client.results.common import AnswerState
from tests.simulator import hostile
from tests.simulator.people import Stage, answer, check_plain, proven, the_exercise, unchanged

pytestmark = pytest.mark.slow


async def withdraw(stage: Stage, name: str, *, offline: bool = False) -> str:
    async with stage[name].open(offline=offline) as session:
        exercise = await the_exercise(session, stage.call)
        return (await exercises.withdraw_answer(session, stage.call.hex(), exercise)).saved


async def close(stage: Stage, name: str = "Sec") -> str:
    async with stage[name].open() as session:
        exercise = await the_exercise(session, stage.call)
        return (await exercises.close_exercise(session, stage.call.hex(), exercise)).state


async def states(stage: Stage, name: str = "Bob") -> dict[str, AnswerState]:
    async with stage[name].open() as session:
        shown = await exercises.show_exercise(session, stage.call.hex(), await the_exercise(session, stage.call))
        return {line.name: line.state for line in shown.answers}


async def test_a_withdrawn_answer_counts_nowhere_until_one_answers_anew(stage: Stage) -> None:
    await stage["Ann"].answer(stage.call, "food")
    await stage["Cem"].answer(stage.call, "food")
    assert await withdraw(stage, "Ann") in ("server", "others")
    assert await stage["Bob"].answers(stage.call) == ["food"]
    async with stage["Bob"].open() as session:
        drawn = await mapping.map_exercise(session, stage.call.hex(), await the_exercise(session, stage.call))
        assert drawn.overlaps == ()
    with pytest.raises(RefusedError) as caught:
        await withdraw(stage, "Ann")
    check_plain(caught.value)
    await stage["Ann"].answer(stage.call, "shelter")
    assert await stage["Bob"].answers(stage.call) == ["food", "shelter"]


async def test_an_answer_that_waits_here_is_taken_back_before_it_ever_left(stage: Stage) -> None:
    await stage.sync("Ann")
    async with stage["Ann"].open(offline=True) as session:
        assert await answer(session, stage.call) == "here"
    assert await withdraw(stage, "Ann", offline=True) == "here"
    await stage.sync("Ann")
    assert await stage["Bob"].answers(stage.call) == []


async def test_s19_an_exercise_closes_and_answers_are_judged_by_what_they_had_seen(stage: Stage) -> None:
    await stage["Cem"].answer(stage.call)
    await stage.sync("Ann")
    async with stage["Ann"].open(offline=True) as session:
        await answer(session, stage.call)
    assert await close(stage) == "closed"
    await stage.sync("Ann")
    await stage["Bob"].answer(stage.call)
    assert await states(stage) == {"Cem": "on time", "Ann": "arrived after", "Bob": "late"}
    async with stage["Ann"].open() as session:
        [line] = (await exercises.list_exercises(session, stage.call.hex())).exercises
        assert line.state == "closed"
        assert (await calls.show_call(session, stage.call.hex())).state == "open"


async def test_s19_whichever_closing_came_first_counts(stage: Stage) -> None:
    await close(stage)
    await stage["Ann"].answer(stage.call)
    async with stage["Sec"].open() as session:
        await calls.close_call(session, stage.call.hex())
    assert await states(stage) == {"Ann": "late"}


async def test_m07_members_close_nothing_and_nothing_closes_twice(stage: Stage) -> None:
    with pytest.raises(RefusedError) as caught:
        await close(stage, "Ann")
    check_plain(caught.value)
    await close(stage, "Bob")
    with pytest.raises(ClosedError) as late:
        await close(stage, "Sec")
    check_plain(late.value)


async def test_s18_a_withdrawal_that_the_server_leaves_out_is_found_out(stage: Stage) -> None:
    """So that nobody goes on counting what was taken back: what its device says next has a number too far."""
    await stage["Ann"].answer(stage.call, "food")
    await stage.sync("Cem")
    gone = stage.places
    await withdraw(stage, "Ann")
    async with stage["Ann"].open() as session:
        await session.writer.write(stage.call, content.Empty(asks=False), "allies")
    cem = stage["Cem"]
    cem.hostile.tell(stage.call, hostile.delete(gone))
    with unchanged(cem), proven("breaks the rules"):
        await stage.sync("Cem")
    cem.hostile.be_honest()
    assert await cem.answers(stage.call) == []
