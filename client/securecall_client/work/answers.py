"""All that was ever answered in a space, and the one that a person means. Pure."""

from collections.abc import Iterator

from securecall.sentences import sentence
from securecall_client.exercise_kinds import Given
from securecall_client.work import template
from securecall_client.work.find import find
from securecall_client.work.lateness import answer_state
from securecall_client.work.state import Origin, State

Answered = tuple[Origin, Given]


def all_given(state: State) -> Iterator[Answered]:
    """Everybody's own answers, then those on behalf of organisations, withdrawals and earlier versions too."""
    for own in state.answers.values():
        yield from own
    for entered in state.answers_for.values():
        yield from entered


def given_in(state: State, exercise: bytes) -> Iterator[Answered]:
    """As `all_given`, of one exercise."""
    return (one for one in all_given(state) if one[1].exercise == exercise)


def find_answer(state: State, typed: str, exercise: bytes | None = None) -> Answered:
    """The answer that ``typed`` names by the beginning of its id, or its author's name where there is one of theirs.

    Raises: NotFoundError.
    """
    known = all_given(state) if exercise is None else given_in(state, exercise)
    # Two authors can choose one id for their records, so the author stands behind it.
    given = {one[0].record + one[0].author: one for one in known}
    names = {each: state.name(origin.author) for each, (origin, _) in given.items()}
    return given[find(sentence("answer"), typed, names, more=lambda each: _told_apart(state, *given[each]))]


def _told_apart(state: State, origin: Origin, answer: Given) -> str:
    title = template.parse(state.exercises[answer.exercise][1].template).title
    return f"{title}, {answer_state(state, answer.exercise, origin)}{'' if answer.questions else ', taken back'}"
