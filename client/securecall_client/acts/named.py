"""The call, space or member that somebody names: by its id, or by a title or name that it alone has."""

from collections.abc import Sequence

from securecall.entries import SpaceKind
from securecall.sentences import sentence
from securecall_client import clock
from securecall_client.acts.rights import phase
from securecall_client.errors import NotFoundError
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.find import find


async def the_call(session: Session, typed: str) -> SpaceView:
    """The call that ``typed`` names, up to date. Raises: NotFoundError, ProofError."""
    return await the_space(session, typed, "call")


async def the_space(session: Session, typed: str, *kinds: SpaceKind) -> SpaceView:
    """The space of one of these kinds that ``typed`` names, up to date. Raises: NotFoundError, ProofError."""
    if typed not in map(bytes.hex, session.spaces()):
        # There may be a space of this title that is not known here, and an id is that of one alone.
        await session.fresh(session.home)
    try:
        space = await _find(session, typed, kinds)
    except NotFoundError:
        if "pair" not in kinds:
            raise
        # A call tells of the pairs that hang on it, and may not have been looked at for a while.
        for each in session.spaces():
            await session.synced(each)
        space = await _find(session, typed, kinds)
    view = await session.fresh(space)
    if session.member not in view.chain.roster.members:
        session.say.line(
            sentence(
                "You are no longer in %(title)s. This is what you wrote there; the rest was wiped.",
                title=view.state.title,
            )
        )
    return view


async def _find(session: Session, typed: str, kinds: Sequence[SpaceKind]) -> bytes:
    views = {}
    for space in session.spaces():
        view = await session.view(space)
        if not view.chain.heads:
            view = await session.synced(space)
        if view.chain.kind in kinds:
            views[space] = view
    titles = {space: view.state.title for space, view in views.items()}
    return find(" or ".join(kinds), typed, titles, more=lambda space: _told_apart(views[space]))


def _told_apart(view: SpaceView) -> str:
    starts = sentence(", on %(time)s", time=clock.iso(view.state.call.starts)[:10]) if view.state.call else ""
    return f"{view.chain.kind}, {phase(view)}{starts}"


def find_member(view: SpaceView, typed: str) -> bytes:
    """The member of a space that ``typed`` names. Raises: NotFoundError."""
    members, state = view.chain.roster.members, view.state
    names = {member: state.name(member) for member in members}
    return find(sentence("member"), typed, names, more=lambda member: f"{state.org(member)}, {members[member].role}")
