"""What came back of a sealed page counts for an organisation, for everyone, and where it is what belongs there."""

import pytest

from securecall_client import content
from securecall_client.exercise_kinds import Answer
from securecall_client.work.errors import VoidError
from securecall_client.work.fold_answers import by_page, mark_by_page
from securecall_client.work.state import State
from tests.answers import a_row, answer_of
from tests.unit.work.test_fold_parts import BOB, EX, FILE, ORG, OTHER, begun, by

PAGE = OTHER
ANSWER = Answer(EX, answer_of(a_row("training", "FR")))


def entered(said: Answer | content.Document = ANSWER, organisation: bytes = ORG) -> content.ByPage:
    """What an owner enters of a page."""
    return content.ByPage(PAGE, organisation, said)


def test_an_answer_of_a_page_is_one_on_behalf_and_marked() -> None:
    state = by_page(begun("everyone"), by(BOB, "owner", "everyone"), entered())
    assert state.by_page == {9: (PAGE, ORG)}


def test_m14_a_file_is_no_answer_where_one_belongs() -> None:
    with pytest.raises(VoidError, match="a file where an answer belongs"):
        by_page(begun("everyone"), by(BOB, "owner", "everyone"), entered(FILE))


def test_g06_what_came_of_a_page_for_everyone_is_for_everyone() -> None:
    with pytest.raises(VoidError, match="not for everyone"):
        mark_by_page(State(), by(BOB, "owner", "allies"), entered())


def test_m14_what_came_of_a_page_names_whom_it_speaks_for() -> None:
    with pytest.raises(VoidError, match="for no organisation"):
        mark_by_page(State(), by(BOB, "owner", "everyone"), entered(organisation=bytes(16)))
