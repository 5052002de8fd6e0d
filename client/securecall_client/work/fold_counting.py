"""The fold of what owners and chairs say of late answers: whether one counts (protocol 8.3). Pure."""

from dataclasses import replace

from securecall_client.exercise_kinds import CountAnswer
from securecall_client.work.answers import given_in
from securecall_client.work.errors import VoidError
from securecall_client.work.lateness import answer_state
from securecall_client.work.state import State


def count_answer(state: State, body: CountAnswer) -> State:
    """Take in such a word, by somebody who may say it of this exercise.

    Nobody can silence an answer that came in time. Raises: VoidError.
    """
    origin = next((origin for origin, _ in given_in(state, body.exercise) if origin.seq == body.at), None)
    if origin is None:
        raise VoidError("a say over no answer")
    if answer_state(state, body.exercise, origin) != "late":
        raise VoidError("a say over an answer that came in time")
    return replace(state, counted={**state.counted, body.at: body.counts})
