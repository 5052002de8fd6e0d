"""When an answer came, against the closing of its exercise (protocol 8; row S19). Pure; no clock decides."""

from securecall_client.results.common import AnswerState, ExercisePhase
from securecall_client.work.state import Origin, State


def closing(state: State, exercise: bytes) -> int | None:
    """The place at which an exercise closed, by itself or with its call, whichever came first; None if it is open."""
    places = (state.closed, state.closed_exercises.get(exercise))
    return min((place for place in places if place is not None), default=None)


def phase(state: State, exercise: bytes) -> ExercisePhase:
    """Whether an exercise is open or closed."""
    return "open" if closing(state, exercise) is None else "closed"


def answer_state(state: State, exercise: bytes, origin: Origin) -> AnswerState:
    """On time: placed before the closing. Arrived after: placed later, but it and all that its device placed
    since had seen only what stood before. Late: anything else.
    """
    closed = closing(state, exercise)
    if closed is None or origin.seq < closed:
        return "on time"
    since = [mark for mark in state.marks.get(origin.device, ()) if closed < mark.seq <= origin.seq]
    counted = [mark for mark in since if origin.circle == "allies" or mark.circle == "everyone"]
    return "arrived after" if all(mark.seen < closed for mark in counted) else "late"
