"""The fold of answers: who may give them, to which exercise, in sound rows (protocol 8.3, 8.4). Pure.

An answer that was sealed is taken in by the same rules once it can be opened, at the place that it was sealed at.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from securecall.sentences import sentence
from securecall_client import content
from securecall_client.exercise_kinds import Answer, AnswerFor, Given, Started
from securecall_client.work import template
from securecall_client.work.errors import VoidError
from securecall_client.work.rows import check as check_answer
from securecall_client.work.state import Origin, State

G = TypeVar("G", Answer, AnswerFor)


def the_exercise(state: State, origin: Origin, exercise: bytes, what: str) -> Started:
    """An exercise of the circle of the record that speaks of it. Raises: VoidError."""
    known = state.exercises.get(exercise)
    if known is None:
        raise VoidError(sentence("%(what)s to no exercise", what=what))
    if known[0].circle != origin.circle:
        raise VoidError(sentence("%(what)s for another circle than its exercise", what=what))
    return known[1]


def answer(state: State, origin: Origin, body: Answer) -> State:
    """Take in somebody's own answer. Raises: VoidError, WorkError."""
    _check_answer(state, origin, body)
    key = (body.exercise, origin.author)
    given = _by_place([*state.answers.get(key, ()), (origin, body)])
    return replace(state, answers={**state.answers, key: given})


def answer_for(state: State, origin: Origin, body: AnswerFor) -> State:
    """Take in an answer by an owner or chair for an organisation. Raises: VoidError, WorkError.

    Whether the coalition has the organisation cannot be asked here: a guest's client sees no coalition.
    """
    _check_answer(state, origin, body)
    if not any(body.organisation):
        raise VoidError("an answer for no organisation")
    key = (body.exercise, body.organisation)
    given = _by_place([*state.answers_for.get(key, ()), (origin, body)])
    return replace(state, answers_for={**state.answers_for, key: given})


def by_page(state: State, origin: Origin, body: content.ByPage) -> State:
    """Take in an answer that came back of a sealed page, as one on behalf of its organisation.

    Raises: VoidError, WorkError.
    """
    entered = content.given(body)
    if not isinstance(entered, AnswerFor):
        raise VoidError("a file where an answer belongs")
    return mark_by_page(answer_for(state, origin, entered), origin, body)


def mark_by_page(state: State, origin: Origin, body: content.ByPage) -> State:
    """Note that what stands at a place came back of a sealed page. Raises: VoidError."""
    if origin.circle != "everyone":
        raise VoidError("what came back of a page that shows what is for everyone, and not for everyone")
    if not any(body.organisation):
        raise VoidError("what came back of a page, for no organisation")
    return replace(state, by_page={**state.by_page, origin.seq: (body.page, body.organisation)})


def _by_place(given: Sequence[tuple[Origin, G]]) -> tuple[tuple[Origin, G], ...]:
    """In the order of the chain: one that was sealed is taken in later than it was placed."""
    return tuple(sorted(given, key=lambda one: one[0].seq))


def _check_answer(state: State, origin: Origin, body: Given) -> None:
    """Raise VoidError or WorkError unless the answer is to an exercise that stands, for its circle, in sound rows."""
    exercise = the_exercise(state, origin, body.exercise, sentence("an answer"))
    if body.questions:
        check_answer(body.questions, template.parse(exercise.template))
