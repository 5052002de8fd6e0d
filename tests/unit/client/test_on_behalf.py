"""Answers that owners and chairs enter on behalf of an organisation: marked, counted, confirmed, replaced."""

from typing import NamedTuple

import pytest

from securecall_client.acts import exercises, mapping, on_behalf, organisations, removing
from securecall_client.errors import NotFoundError, RefusedError
from securecall_client.exercise_kinds import AnswerFor
from securecall_client.results.exercises import Answered, AnswerLine
from securecall_client.session import Session
from securecall_client.work.map_csv import to_csv
from securecall_client.work.rows import Cells
from tests.answers import a_row, answer_of
from tests.simulator.people import Stage, answer, check_plain, the_exercise

pytestmark = pytest.mark.slow


def row(activity: str) -> Cells:
    return a_row(activity, "FR")


async def enter(stage: Stage, who: str, org: str, activity: str) -> Answered:
    async with stage[who].open() as session:
        exercise = await the_exercise(session, stage.call)
        return await on_behalf.answer_for(session, stage.call.hex(), exercise, org, answer_of(row(activity)))


async def confirm(session: Session, stage: Stage) -> Answered:
    return await on_behalf.confirm_answer(session, stage.call.hex(), await the_exercise(session, stage.call))


async def add(stage: Stage, name: str) -> str:
    async with stage["Sec"].open() as session:
        return (await organisations.add_organisation(session, name, "", "")).organisation


class Seen(NamedTuple):
    """An answer as somebody sees it."""

    org: str
    name: str
    on_behalf: bool
    activity: str

    @classmethod
    def of(cls, line: AnswerLine) -> "Seen":
        return cls(line.org, line.name, line.on_behalf, str(line.rows[0]["activity"]))


async def seen(stage: Stage, who: str = "Ann") -> list[Seen]:
    async with stage[who].open() as session:
        shown = await exercises.show_exercise(session, stage.call.hex(), await the_exercise(session, stage.call))
    return [Seen.of(line) for line in shown.answers]


async def alone(stage: Stage, who: str = "Ann") -> list[tuple[str, str]]:
    async with stage[who].open() as session:
        drawn = await mapping.map_exercise(session, stage.call.hex(), await the_exercise(session, stage.call))
    return [(each.organisation, each.activity) for each in drawn.alone]


async def test_it_is_marked_and_counts_for_the_organisation(stage: Stage) -> None:
    await add(stage, "River Watch")
    for who, activity in (("Sec", "training"), ("Bob", "legal aid")):
        given = await enter(stage, who, "River Watch", activity)
        assert (given.saved, given.on_behalf_of) == ("server", "River Watch")
    assert await seen(stage) == [Seen("River Watch", "Bob", True, "legal aid")]
    assert await alone(stage) == [("River Watch", "legal aid")]
    async with stage["Ann"].open() as session:
        drawn = await mapping.map_exercise(session, stage.call.hex(), await the_exercise(session, stage.call))
    assert drawn.on_behalf == ("River Watch",)
    assert '"on behalf"' in to_csv(drawn)


async def test_its_own_people_replace_it_whichever_came_first(stage: Stage) -> None:
    await enter(stage, "Sec", "Harbour Watch", "training")
    assert await seen(stage) == [Seen("Harbour Watch", "Sec", True, "training")]
    await stage["Ann"].answer(stage.call, "legal aid")
    assert await seen(stage, "Bob") == [Seen("Harbour Watch", "Ann", False, "legal aid")]
    assert await alone(stage) == [("Harbour Watch", "legal aid")]
    with pytest.raises(RefusedError, match="Ann of Harbour Watch has answered") as caught:
        await enter(stage, "Sec", "Harbour Watch", "monitoring")
    check_plain(caught.value, 1)
    async with stage["Sec"].open() as session:
        [exercise] = (await session.synced(stage.call)).state.exercises
        known = organisations.find_organisation(await session.view(stage.coalition), "Harbour Watch")
        late = AnswerFor(exercise, known.organisation, answer_of(row("monitoring")))
        await session.writer.write(stage.call, late, "allies")
    assert await seen(stage) == [Seen("Harbour Watch", "Ann", False, "legal aid")]


async def test_rows_that_were_changed_since_they_were_looked_at_are_not_confirmed(stage: Stage) -> None:
    await enter(stage, "Sec", "Harbour Watch", "training")
    assert [line.activity for line in await seen(stage)] == ["training"]
    await enter(stage, "Bob", "Harbour Watch", "what Ann never said")
    async with stage["Ann"].open() as session:
        [exercise] = (await session.view(stage.call)).state.exercises
        with pytest.raises(RefusedError) as caught:
            await on_behalf.confirm_answer(session, stage.call.hex(), exercise.hex())
        assert caught.value.code == "not-seen"
        check_plain(caught.value, 1)
    assert [(line.name, line.on_behalf) for line in await seen(stage)] == [("Bob", True)]
    async with stage["Ann"].open() as session:
        assert (await confirm(session, stage)).saved == "server"


async def test_it_is_confirmed_by_one_of_its_own(stage: Stage) -> None:
    await enter(stage, "Sec", "Harbour Watch", "training")
    async with stage["Ann"].open() as session:
        given = await confirm(session, stage)
        assert (given.saved, given.on_behalf_of) == ("server", None)
        with pytest.raises(RefusedError) as caught:
            await confirm(session, stage)
        assert caught.value.code == "answered-already"
        check_plain(caught.value, 1)
    assert await seen(stage, "Cem") == [Seen("Harbour Watch", "Ann", False, "training")]


async def test_there_must_be_something_to_confirm(stage: Stage) -> None:
    await add(stage, "River Watch")
    await enter(stage, "Sec", "River Watch", "training")
    places = stage.places
    async with stage["Ann"].open() as session:
        with pytest.raises(NotFoundError) as caught:
            await confirm(session, stage)
    check_plain(caught.value, 1)
    assert stage.places == places


async def test_m07_only_owners_and_chairs_and_only_for_what_the_coalition_has(stage: Stage) -> None:
    places = stage.places
    with pytest.raises(RefusedError) as caught:
        await enter(stage, "Ann", "Secretariat", "training")
    assert caught.value.code == "no-right"
    with pytest.raises(NotFoundError):
        await enter(stage, "Bob", "River Watch", "training")
    assert stage.places == places
    async with stage["Ann"].open() as session:
        [exercise] = (await session.synced(stage.call)).state.exercises
        forged = AnswerFor(exercise, b"\x07" * 16, answer_of(row("training")))
        await session.writer.write(stage.call, forged, "allies")
    async with stage["Bob"].open() as session:
        view = await session.synced(stage.call)
        assert view.state.void[-1].why == "only owners and chairs may say this"
        assert view.state.answers_for == {}
    assert await seen(stage) == []


async def test_m14_one_for_an_organisation_nobody_has_is_shown_so_and_is_not_on_the_map(stage: Stage) -> None:
    async with stage["Bob"].open() as session:
        [exercise] = (await session.synced(stage.call)).state.exercises
        forged = AnswerFor(exercise, b"\x07" * 16, answer_of(row("training")))
        await session.writer.write(stage.call, forged, "allies")
    assert await seen(stage) == [Seen("an unknown organisation (07070707)", "Bob", True, "training")]
    assert await alone(stage) == []


async def test_a_removed_one_s_own_answer_still_counts_alone(stage: Stage) -> None:
    async with stage["Ann"].open() as session:
        await answer(session, stage.call, "legal aid")
    async with stage["Sec"].open() as session:
        await removing.remove_from_call(session, stage.call.hex(), ["Ann"])
    with pytest.raises(RefusedError):
        await enter(stage, "Sec", "Harbour Watch", "training")
    assert await seen(stage, "Bob") == [Seen("Harbour Watch", "Ann", False, "legal aid")]


async def test_offline_it_is_saved_here_and_goes_later(stage: Stage) -> None:
    await add(stage, "River Watch")
    await stage.sync("Bob")
    async with stage["Bob"].open(offline=True) as session:
        exercise = await the_exercise(session, stage.call)
        given = await on_behalf.answer_for(
            session, stage.call.hex(), exercise, "River Watch", answer_of(row("training"))
        )
        assert given.saved == "here"
    await stage.sync("Bob")
    assert await seen(stage) == [Seen("River Watch", "Bob", True, "training")]
