"""When an answer came, against the closing of its call (design 4.5; row S19). Pure; no clock decides."""

from securecall_client.results import AnswerState
from securecall_client.work.state import Origin, State


def answer_state(state: State, origin: Origin) -> AnswerState:
    """On time: placed before the closing. Arrived after: placed later, but it and all that its device placed
    since had seen only what stood before. Late: anything else.
    """
    closed = state.closed
    if closed is None or origin.seq < closed:
        return "on time"
    since = [seen for seq, seen in state.marks.get(origin.device, ()) if closed < seq <= origin.seq]
    return "arrived after" if all(seen < closed for seen in since) else "late"
