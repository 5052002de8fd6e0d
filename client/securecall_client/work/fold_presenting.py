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
    if origin.role not in KEEPERS and not _is_handed(state, origin, body):
        return state
    if origin.circle != "everyone" and body.presenter != now:
        raise VoidError("who presents, said behind the guests' backs")
    if body.shown is not None:
        need_circle(state, origin, screen_circle(state, body.shown, origin.circle), sentence("it presents"))
    if _says_only_who(state, origin, body):
        return state
    return replace(state, presenting=(origin, body) if any(body.presenter) else None)


def turn(state: State, origin: Origin, body: parts.PageNow) -> State:
    """Whoever presents a document turns its pages, for those who have it. What was overtaken changes nothing."""
    if state.presenting is None or body.page == 0:
        return state
    at, now = state.presenting
    leads = (now.presenter, at.circle, now.shown) == (origin.author, origin.circle, parts.OnDocument(body.document))
    return replace(state, page_now=body) if leads else state


def _is_handed(state: State, origin: Origin, body: parts.Presenting) -> bool:
    """Whether whoever is neither owner nor chair may say it. A guest who came later, and was not told yet who presents,
    cannot judge that, and does not believe it. Raises: VoidError where it is judged that they may not.
    """
    if origin.role == "guest":
        raise VoidError("guests do not say this")
    handed = state.presenting is not None and state.presenting[1].presenter == origin.author
    if handed and body.presenter in (origin.author, ZERO):
        return True
    if state.presenting is None and state.unreadable:
        return False
    raise VoidError("it presents, or says who does, without having been handed that")


def _says_only_who(state: State, origin: Origin, body: parts.Presenting) -> bool:
    """Whether it tells guests who presents while what is shown is for allies, who have that and keep it."""
    if state.presenting is None or body.shown is not None or origin.circle != "everyone":
        return False
    before, now = state.presenting
    return before.circle == "allies" and now.presenter == body.presenter


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
