"""The fold of what is said again for guests who could not read it where it was said first (protocol 8). Pure."""

from dataclasses import replace

from securecall.sentences import sentence
from securecall_client import content, sealed_kinds
from securecall_client.exercise_kinds import Exercise, Started
from securecall_client.work import fold_sealed, template
from securecall_client.work.errors import VoidError
from securecall_client.work.state import Origin, State

NOT_SAID = sentence("it repeats something that was not said like that")


def again(state: State, origin: Origin, body: content.Again) -> State:
    """For whoever cannot read the first, the repetition stands for it; all others hold it against the first.

    Raises: VoidError, TemplateError.
    """
    if origin.circle != "everyone":
        raise VoidError("it repeats something, and not for everyone")
    match body.said:
        case content.CallInfo():
            state = _call_again(state, body.first, body.said)
        case sealed_kinds.ExerciseKey():
            state = fold_sealed.key_again(state, origin, body.first, body.said)
        case _:
            state = _exercise_again(state, origin, body.first, body.said)
    return replace(state, again={**state.again, body.first: origin.seq})


def _call_again(state: State, first: int, said: content.CallInfo) -> State:
    if first == state.call_at:
        holds = said == state.call
    else:
        holds = first in state.unreadable or first < state.call_at
    if not holds:
        raise VoidError(NOT_SAID)
    return replace(state, call=said, call_at=first) if first > state.call_at else state


def _exercise_again(state: State, origin: Origin, first: int, said: Started) -> State:
    known, hidden = state.exercises.get(said.exercise), first in state.unreadable
    if known is None:
        if not hidden:
            raise VoidError(NOT_SAID)
        return start(state, origin, said, first)
    same = said in (known[1], fold_sealed.as_open(state, known[1]))
    if not same or known[0].circle != "everyone" or not (hidden or known[0].seq == first):
        raise VoidError(NOT_SAID)
    return state


def start(state: State, origin: Origin, body: Started, first: int) -> State:
    """Take in an exercise, first said at the place ``first``. Raises: VoidError, TemplateError."""
    template.parse(body.template)
    state = replace(state, exercises={**state.exercises, body.exercise: (origin, body)})
    if isinstance(body, Exercise):
        return state
    return fold_sealed.begin(state, origin, body, first)
