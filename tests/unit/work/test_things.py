"""The things that people talk about, as they type them."""

import pytest

from securecall.entries import Seen
from securecall_client import parts
from securecall_client.errors import NotFoundError
from securecall_client.exercise_kinds import Answer, Exercise
from securecall_client.work import map as mapping
from securecall_client.work import template
from securecall_client.work.map_rows import Row
from securecall_client.work.state import Origin, State
from securecall_client.work.things import find_row, read_row, read_thing, told, typed_as
from tests.answers import a_row, answer_of

ANN, BEA, ONE, TWO, ANSWER = bytes([1]) * 32, bytes([9]) * 32, bytes([1]) * 16, bytes([2]) * 16, bytes([3]) * 16
ORIGIN = Origin(5, 0, ANSWER, ANN, ANN, "member", "allies", Seen(1, bytes(32)), 29_000_000)
MAP = mapping.draw(
    [mapping.Answer(answer="a", organisation="o", name="O", rows=(Row(activity="Legal aid", place="KE"),))]
)
STATE = State(
    exercises={each: (ORIGIN, Exercise(each, template.load_text("who-does-what"))) for each in (ONE, TWO)},
    answers={(ONE, ANN): ((ORIGIN, Answer(ONE, answer_of(a_row("training", "FR"), a_row("legal aid", "KE")))),)},
)


def test_a_finding_of_two_exercises_is_named_with_its_exercise() -> None:
    assert read_thing(STATE, {ONE: MAP}, "finding:alone:LEGAL  aid:KE") == parts.OnFinding(
        ONE, "alone", "Legal aid", "KE"
    )
    with pytest.raises(NotFoundError, match="Several exercises") as caught:
        read_thing(STATE, {ONE: MAP, TWO: MAP}, "finding:alone:legal aid:KE")
    assert "finding:02020202/alone:Legal aid:KE" in str(caught.value.hint)
    found = read_thing(STATE, {ONE: MAP, TWO: MAP}, "finding:02020202/alone:legal aid:KE")
    assert found == parts.OnFinding(TWO, "alone", "Legal aid", "KE")
    assert read_thing(STATE, {ONE: MAP, TWO: MAP}, typed_as(found)) == found


def test_a_finding_that_was_talked_about_is_found_once_the_map_has_it_no_more() -> None:
    on = parts.OnFinding(TWO, "gap", "shelter", "KE")
    spoken = State(messages={ANSWER: ((ORIGIN, parts.Message(ANSWER, on, parts.NOTHING, "hello")),)})
    assert read_thing(spoken, {}, "finding:gap:Shelter:KE") == on


def test_a_row_is_counted_from_nought_and_told_by_what_it_says() -> None:
    on = read_thing(STATE, {}, f"row:{ANSWER.hex()[:8]}:1")
    assert on == parts.OnRow(ONE, ANN, ANSWER, 1)
    found = find_row(STATE, on)
    assert found is not None
    assert found[2] == "legal aid, KE"
    assert "legal aid, KE" in told(STATE, on, "the call")


def test_an_answer_whose_id_somebody_else_took_for_their_own_is_not_mistaken_for_theirs() -> None:
    twin = Origin(6, 0, ANSWER, BEA, BEA, "member", "allies", Seen(1, bytes(32)), 29_000_000)
    theirs = {(ONE, BEA): ((twin, Answer(ONE, answer_of(a_row("arms", "RU")))),)}
    state = State(exercises=STATE.exercises, answers={**STATE.answers, **theirs})
    with pytest.raises(NotFoundError) as caught:
        read_row(state, f"{ANSWER.hex()}:0")
    assert caught.value.code == "ambiguous"
    assert read_row(state, f"{ANSWER.hex()}{ANN.hex()}:0") == parts.OnRow(ONE, ANN, ANSWER, 0)


NOTHING = (
    "doc:",
    "row:",
    f"row:{ANSWER.hex()}:2",
    f"row:{ANSWER.hex()}:-1",
    f"row:{ANSWER.hex()}:²",
    "row:ffff:0",
    "decision:x",
    "finding:",
    "finding:gap:legal aid:KE",
    "finding:alone:legal aid",
    "call:x",
    "x",
)


@pytest.mark.parametrize("typed", NOTHING)
def test_what_names_nothing_is_refused_with_what_to_write(typed: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        read_thing(STATE, {ONE: MAP}, typed)
    assert caught.value.hint


def test_the_space_itself_is_named_by_nothing() -> None:
    assert read_thing(STATE, {}, " ") == parts.OnSpace()
