"""What a person may do, and what a call still takes, told in words before anything is written.

The rules of the chain refuse what a person may not do, too.
"""

from collections.abc import Container

from securecall.errors import Problem
from securecall.rights import KEEPERS, Action, Role, may
from securecall.sentences import Sentence, sentence
from securecall_client.errors import ClosedError, RefusedError
from securecall_client.refusals import refused
from securecall_client.results.common import CallPhase
from securecall_client.session import Session
from securecall_client.view import SpaceView


def phase(view: SpaceView) -> CallPhase:
    """Whether a call is open, closed or destroyed."""
    if view.chain.destroyed:
        return "destroyed"
    return "open" if view.state.closed is None else "closed"


def need_standing(view: SpaceView) -> None:
    """Raise RefusedError of a destroyed space."""
    if view.chain.destroyed:
        raise refused(Problem.DESTROYED)


def need_open(view: SpaceView) -> None:
    """Raise ClosedError, or RefusedError of a destroyed call, unless the call is open."""
    need_standing(view)
    if phase(view) == "closed":
        raise ClosedError(
            "The call is closed. Answers to its exercises may still arrive, and people may talk about it, write its "
            "minutes, decide and commit themselves; nothing else is added to it."
        )


def need_keeper(session: Session, view: SpaceView, what: str) -> None:
    """Raise RefusedError unless one is an owner or chair of the space; ``what`` says what only they do."""
    _need(session, view, KEEPERS, sentence("owners and chairs"), what)


def need_owner(session: Session, view: SpaceView, what: str) -> None:
    """As `need_keeper`, for what owners alone do."""
    _need(session, view, ("owner",), sentence("owners"), what)


def need_no_guest(session: Session, view: SpaceView, what: str) -> None:
    """As `need_keeper`, for what all but guests do."""
    if session.role_in(view) == "guest":
        raise RefusedError(
            sentence("Guests of a call read what is for everyone; they do not %(what)s.", what=what), code="no-right"
        )


def need_to_invite(session: Session, view: SpaceView, role: Role) -> None:
    """Raise RefusedError unless one may invite into the space as ``role``, and so take such an invitation back."""
    if not may(session.role_in(view), Action.INVITE, role):
        who = sentence("owners and chairs") if may("chair", Action.INVITE, role) else sentence("owners")
        raise _refusal(view, who, sentence("have a say over an invitation as %(role)s", role=Sentence(role)))


def _need(session: Session, view: SpaceView, roles: Container[Role], who: str, what: str) -> None:
    if session.role_in(view) not in roles:
        raise _refusal(view, who, what)


def _refusal(view: SpaceView, who: str, what: str) -> RefusedError:
    return RefusedError(
        sentence(
            "Only %(who)s of the %(kind)s %(what)s. Nothing was changed.",
            who=who,
            kind=Sentence(view.chain.kind),
            what=what,
        ),
        code="no-right",
    )
