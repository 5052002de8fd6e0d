"""Taking somebody out of the coalition and of every call they came into through it (protocol 11; rows R01, R04).

Asking for it is what a person does once; it is kept here, and done in each space as soon as that can be. Where this
member has not the right, the clients of those who have see in the coalition's chain what they must do.
"""

from securecall.errors import Problem
from securecall.rights import KEEPERS, Action, may
from securecall.sentences import sentence
from securecall_client import duties, wishes
from securecall_client.acts.named import find_member
from securecall_client.acts.removing import receipt, together
from securecall_client.errors import OfflineError, RefusedError
from securecall_client.refusals import refused
from securecall_client.results.partings import NOT_REACHED, Parting, PartingSpace
from securecall_client.session import Session
from securecall_client.view import SpaceView


async def remove_member(session: Session, person: str) -> Parting:
    """Remove somebody everywhere; what cannot be done now waits. Raises: NotFoundError, RefusedError, ProofError."""
    coalition = await session.synced(session.coalition)
    member = find_member(coalition, person)
    _check_right(session, coalition, member)
    name = coalition.state.name(member)
    children = [view for view in [await session.synced(space) for space in session.spaces()] if view.parent is not None]
    inside = [view.space for view in children if view.chain.heads and member in duties.came_from_parent(view)]
    await wishes.keep(session, "remove", member)
    parts = [await _take_out(session, space, member) for space in (session.coalition, *inside)]
    waiting = [part for part in parts if part.state == "waiting"]
    done = [part.receipt for part in parts if part.receipt is not None]
    total = together(
        done,
        name,
        sentence("%(name)s keeps what they have read, and copies already made.", name=name),
        _from_now(name, waiting),
    )
    return Parting(spaces=parts, receipt=total, saved="here" if parts[0].state == "waiting" else "server")


def _check_right(session: Session, coalition: SpaceView, member: bytes) -> None:
    target = coalition.chain.roster.members[member]
    if member == session.member:
        raise RefusedError("You cannot remove yourself.", hint="To go: securecall leave.", code="bad-target")
    if not may(session.role_in(coalition), Action.REMOVE, target.role):
        raise refused(Problem.NO_RIGHT)


async def _take_out(session: Session, space: bytes, member: bytes) -> PartingSpace:
    view, why = await session.view(space), ""
    if session.reached:
        try:
            view = await duties.take_out(session, space)
        except (OfflineError, RefusedError) as error:
            view, why = await session.view(space), str(error)
    out = member not in view.chain.roster.members
    return PartingSpace(
        space=space.hex(),
        kind=view.chain.kind,
        name=view.state.title,
        state="done" if out else "waiting",
        why="" if out else why or _why(session, view, member),
        receipt=receipt(view, session.member, [member]) if out else None,
    )


def _why(session: Session, view: SpaceView, member: bytes) -> str:
    """Who must do it where one cannot do it oneself."""
    if not session.reached:
        return NOT_REACHED
    target = view.chain.roster.members[member].role
    able = sorted(
        view.state.name(each.member)
        for each in view.chain.roster.members.values()
        if each.role in KEEPERS and may(each.role, Action.REMOVE, target) and each.member != member
    )
    if not able:
        return sentence("they are its only owner: somebody else must become owner first (securecall call claim)")
    return sentence("done by itself once one of these is online: %(able)s", able=able)


def _from_now(name: str, waiting: list[PartingSpace]) -> str:
    if not waiting:
        return sentence("From now on %(name)s can read nothing new, and write nothing.", name=name)
    titles = [part.name for part in waiting]
    return sentence(
        "Until it is done there too, %(name)s can still read: %(titles)s. Others of the coalition write nothing there.",
        name=name,
        titles=titles,
    )
