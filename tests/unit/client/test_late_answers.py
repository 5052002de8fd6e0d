"""Late answers are shown and never dropped; owners and chairs say whether they count (rows S19, M07)."""

import pytest

from securecall_client.acts import calls, exercises, late_answers, mapping, on_behalf, organisations
from securecall_client.errors import NotFoundError, RefusedError
from securecall_client.exercise_kinds import CountAnswer
from securecall_client.results.exercises import AnswerLine, ExerciseAnswers
from tests.answers import a_row, answer_of
from tests.simulator.people import Stage, answer, check_plain, the_exercise

pytestmark = pytest.mark.slow


async def show(stage: Stage, name: str = "Cem", *, mine: bool = False) -> ExerciseAnswers:
    async with stage[name].open() as session:
        exercise = await the_exercise(session, stage.call)
        return await exercises.show_exercise(session, stage.call.hex(), exercise, mine=mine)


async def close(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        await exercises.close_exercise(session, stage.call.hex(), await the_exercise(session, stage.call))


async def decide(stage: Stage, line: str, *, counts: bool, name: str = "Sec") -> None:
    async with stage[name].open() as session:
        exercise = await the_exercise(session, stage.call)
        await late_answers.decide_answer(session, stage.call.hex(), exercise, line, counts=counts)


def counted(shown: ExerciseAnswers) -> dict[tuple[str, str], bool]:
    return {(line.name, str(line.rows[0]["activity"])): line.counts for line in shown.answers}


def of(shown: ExerciseAnswers, name: str) -> AnswerLine:
    return next(line for line in reversed(shown.answers) if line.name == name)


async def test_s19_a_late_answer_counts_until_it_is_set_aside_and_then_the_one_before_does(stage: Stage) -> None:
    await stage["Ann"].answer(stage.call, "food")
    await close(stage)
    await stage["Ann"].answer(stage.call, "shelter")
    shown = await show(stage)
    assert counted(shown) == {("Ann", "shelter"): True}
    late = of(shown, "Ann")
    assert late.state == "late"
    await decide(stage, late.answer, counts=False)
    assert counted(await show(stage)) == {("Ann", "food"): True, ("Ann", "shelter"): False}
    async with stage["Cem"].open() as session:
        drawn = await mapping.map_exercise(session, stage.call.hex(), await the_exercise(session, stage.call))
        assert [alone.activity for alone in drawn.alone] == ["food"]
    await decide(stage, late.answer[:8], counts=True, name="Bob")
    assert counted(await show(stage)) == {("Ann", "shelter"): True}


async def test_s19_what_came_in_time_cannot_be_set_aside(stage: Stage) -> None:
    await stage["Ann"].answer(stage.call)
    on_time = of(await show(stage), "Ann")
    for closes in (False, True):
        if closes:
            await close(stage)
        with pytest.raises(RefusedError) as refused:
            await decide(stage, on_time.answer, counts=False)
        check_plain(refused.value)
    async with stage["Sec"].open() as session:
        view = await session.view(stage.call)
        [(key, [(origin, _)])] = view.state.answers.items()
        for at in (origin.seq, origin.seq + 1):
            await session.writer.write(stage.call, CountAnswer(key[0], at, counts=False), "allies")
        state = (await session.view(stage.call)).state
        assert [void.why for void in state.void] == [
            "a say over an answer that came in time",
            "a say over no answer",
        ]
    assert of(await show(stage), "Ann").counts


async def test_m07_members_decide_nothing(stage: Stage) -> None:
    await close(stage)
    await stage["Ann"].answer(stage.call)
    late = of(await show(stage), "Ann")
    with pytest.raises(RefusedError) as refused:
        await decide(stage, late.answer, counts=False, name="Cem")
    check_plain(refused.value)
    async with stage["Ann"].open() as session:
        view = await session.view(stage.call)
        [exercise] = view.state.exercises
        said = CountAnswer(exercise, view.chain.next_seq - 1, counts=False)
        await session.writer.write(stage.call, said, "allies")
        assert (await session.view(stage.call)).state.void[-1].why == "only owners and chairs may say this"
    with pytest.raises(NotFoundError):
        await decide(stage, "ffffffff", counts=False)


async def test_set_aside_also_once_the_call_is_closed_and_for_what_others_entered(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        exercise = await the_exercise(session, stage.call)
        await organisations.add_organisation(session, "Sea Aid", "NGO", "FR")
        await calls.close_call(session, stage.call.hex())
        given = answer_of(a_row("food", "FR"))
        await on_behalf.answer_for(session, stage.call.hex(), exercise, "Sea Aid", given)
    [line] = (await show(stage)).answers
    assert (line.state, line.counts) == ("late", True)
    await decide(stage, line.answer, counts=False)
    [line] = (await show(stage)).answers
    assert not line.counts


async def test_whose_answer_was_set_aside_leaves_the_word_to_who_answers_for_their_organisation(stage: Stage) -> None:
    await close(stage)
    await stage["Ann"].answer(stage.call, "food")
    await decide(stage, of(await show(stage), "Ann").answer, counts=False)
    async with stage["Sec"].open() as session:
        exercise = await the_exercise(session, stage.call)
        given = answer_of(a_row("shelter", "FR"))
        await on_behalf.answer_for(session, stage.call.hex(), exercise, "Harbour Watch", given)
    assert counted(await show(stage)) == {("Ann", "food"): False, ("Sec", "shelter"): True}
    await show(stage, "Bob")
    async with stage["Bob"].open() as session:
        await on_behalf.confirm_answer(session, stage.call.hex(), exercise)
    assert counted(await show(stage)) == {("Ann", "food"): False, ("Bob", "shelter"): True}


async def test_what_was_set_aside_is_not_confirmed_but_what_counts_in_its_place(stage: Stage) -> None:
    async def enter(activity: str) -> None:
        async with stage["Sec"].open() as session:
            exercise = await the_exercise(session, stage.call)
            given = answer_of(a_row(activity, "FR"))
            await on_behalf.answer_for(session, stage.call.hex(), exercise, "Harbour Watch", given)

    await enter("food")
    await close(stage)
    await enter("shelter")
    await decide(stage, of(await show(stage), "Sec").answer, counts=False)
    await show(stage, "Ann")
    async with stage["Ann"].open() as session:
        await on_behalf.confirm_answer(session, stage.call.hex(), await the_exercise(session, stage.call))
    assert counted(await show(stage)) == {("Ann", "food"): True}


async def test_where_all_that_was_entered_is_set_aside_there_is_nothing_to_confirm(stage: Stage) -> None:
    await close(stage)
    async with stage["Sec"].open() as session:
        exercise = await the_exercise(session, stage.call)
        given = answer_of(a_row("shelter", "FR"))
        await on_behalf.answer_for(session, stage.call.hex(), exercise, "Harbour Watch", given)
    await decide(stage, of(await show(stage), "Sec").answer, counts=False)
    async with stage["Ann"].open() as session:
        with pytest.raises(NotFoundError, match="counts no more") as caught:
            await on_behalf.confirm_answer(session, stage.call.hex(), exercise)
        check_plain(caught.value, 1)


async def test_who_has_answered_and_who_has_not_and_ones_own_versions(stage: Stage) -> None:
    shown = await show(stage)
    assert ([p.name for p in shown.answered], [p.name for p in shown.waiting]) == ([], ["Ann", "Bob", "Cem", "Sec"])
    await stage["Ann"].answer(stage.call, "food")
    async with stage["Ann"].open() as session:
        await answer(session, stage.call, "shelter")
        await exercises.withdraw_answer(session, stage.call.hex(), await the_exercise(session, stage.call))
        await answer(session, stage.call, "water")
    shown = await show(stage)
    assert [person.name for person in shown.answered] == ["Ann"]
    assert [person.name for person in shown.waiting] == ["Bob", "Cem", "Sec"]
    assert shown.writing == []
    mine = await show(stage, "Ann", mine=True)
    assert [[row["activity"] for row in line.rows] for line in mine.answers] == [["food"], ["shelter"], [], ["water"]]
    assert [line.counts for line in mine.answers] == [False, False, False, True]
    assert (await show(stage, "Bob", mine=True)).answers == []
