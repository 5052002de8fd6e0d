"""The fold of who presents in a call, and what they put on everyone's screen (protocol 8.3.2). Pure.

Who presents is always said to everyone, so that guests and allies agree on whose word counts.
"""

from dataclasses import replace

from securecall.rights import KEEPERS, Circle
from securecall.sentences import sentence
from securecall.wire import ZERO
from securecall_client import parts
from securecall_client.work.errors import VoidError
from securecall_client.work.fold_parts import circle_of, need_circle
from securecall_client.work.state import Origin, State


def take(state: State, origin: Origin, body: parts.Presenting) -> State:
    """Owners and chairs present and hand it on; whom they handed it to presents until they stop. Raises: VoidError."""
    now = state.presenting[1].presenter if state.presenting else ZERO
    if origin.role not in KEEPERS:
        _need_handed(state, origin, body)
    if origin.circle != "everyone" and body.presenter != now:
        raise VoidError("who presents, said behind the guests' backs")
    if body.shown is not None:
        need_circle(state, origin, screen_circle(state, body.shown, origin.circle), sentence("it presents"))
    return replace(state, presenting=(origin, body) if any(body.presenter) else None, untold=False)


def _need_handed(state: State, origin: Origin, body: parts.Presenting) -> None:
    """A guest who came later was not told to whom it was handed before, and takes that as given, once."""
    if origin.role == "guest":
        raise VoidError("guests do not say this")
    untold = state.presenting is None and state.untold
    handed = state.presenting is not None and state.presenting[1].presenter == origin.author
    if not (handed or untold) or body.presenter not in (origin.author, ZERO):
        raise VoidError("it presents, or says who does, without having been handed that")


def screen_circle(state: State, screen: parts.Screen, circle: Circle) -> Circle | None:
    """The circle that something is for, of the agenda ``circle`` itself; None if it does not stand here."""
    match screen:
        case parts.OnDocument():
            return circle_of(state, screen)
        case parts.OnMap():
            exercise = state.exercises.get(screen.exercise)
            return exercise[0].circle if exercise else None
        case parts.OnAgenda():
            return circle if circle in state.agendas else None
