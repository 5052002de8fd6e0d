"""When an answer came, against the closing of its call (protocol 8; row S19). Pure; no clock decides."""

from securecall_client.results.common import AnswerState
from securecall_client.work.state import Origin, State


def answer_state(state: State, origin: Origin) -> AnswerState:
    """On time: placed before the closing. Arrived after: placed later, but it and all that its device placed
    since had seen only what stood before. Late: anything else.
    """
    closed = state.closed
    if closed is None or origin.seq < closed:
        return "on time"
    since = [mark for mark in state.marks.get(origin.device, ()) if closed < mark.seq <= origin.seq]
    counted = [mark for mark in since if origin.circle == "allies" or mark.circle == "everyone"]
    return "arrived after" if all(mark.seen < closed for mark in counted) else "late"
