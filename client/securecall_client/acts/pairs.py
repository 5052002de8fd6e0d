"""Pairs: two people of a call who go on talking in a space of their own, which nobody else is told of (protocol 5.5).

Both are its owners, so that whichever goes from the call is taken out by the other's client. The call's server and
people see that a space hangs on the call, and its members see who made it; what is said there only the two can read.
"""

from nacl.utils import random

from securecall import entries as e
from securecall.sentences import sentence
from securecall_client.acts.guests import called
from securecall_client.acts.named import find_member, the_call
from securecall_client.acts.rights import need_no_guest, need_standing
from securecall_client.changing import Change, NothingToDoError, change, create
from securecall_client.errors import RefusedError
from securecall_client.notices import make_notices
from securecall_client.results.common import Named
from securecall_client.results.pairs import Paired, PairLine, Pairs
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.captioning import captions


async def open_pair(session: Session, call: str, person: str) -> Paired:
    """The pair with somebody of the call: the one that is there, else a new one. Also of a closed call.

    Raises: NotFoundError, RefusedError (guests have no pairs), OfflineError, ProofError.
    """
    view = await the_call(session, call)
    need_standing(view)
    need_no_guest(session, view, sentence("talk in pairs"))
    member = find_member(view, person)
    if member == session.member:
        raise RefusedError("A pair is between you and somebody else.", code="yourself")
    if view.chain.roster.members[member].role == "guest":
        raise RefusedError(
            sentence("%(member)s is a guest of the call, and guests talk in no pairs.", member=view.state.name(member)),
            code="guest",
        )
    session.need_server()
    pair = await _found(session, view, member)
    new = pair is None
    if pair is None:
        pair = await _begin(session, view, member)
    if member not in pair.chain.roster.members:
        pair = await _let_in(session, view, pair.space, member)
    if member not in pair.state.heard:
        await _tell(session, view, pair, member)
    return Paired(space=pair.space.hex(), title=pair.state.title, name=view.state.name(member), new=new)


async def list_pairs(session: Session, call: str) -> Pairs:
    """The pairs of a call that one is in. Raises: NotFoundError, ProofError."""
    view = await the_call(session, call)
    return Pairs(
        call=view.space.hex(),
        title=view.state.title,
        pairs=[
            PairLine(
                space=pair.space.hex(),
                title=pair.state.title,
                call=view.space.hex(),
                others=[
                    Named(name=pair.state.name(member))
                    for member in sorted(pair.chain.roster.members, key=pair.state.name)
                    if member != session.member
                ],
                inside=pair.is_in(),
            )
            for pair in await _pairs(session, view)
        ],
    )


async def _pairs(session: Session, call: SpaceView) -> list[SpaceView]:
    """The pairs that hang on a call, the first opened first, on every computer alike."""
    views = [await session.synced(space) for space in session.spaces()]
    mine = [view for view in views if view.chain.kind == "pair" and view.parent is not None]
    mine = [view for view in mine if view.parent is not None and view.parent.space == call.space]
    mine = [view for view in mine if view.chain.heads and not view.chain.destroyed]
    return sorted(mine, key=lambda view: (view.chain.hangs_on.at.seq if view.chain.hangs_on else 0, view.space))


async def _found(session: Session, call: SpaceView, member: bytes) -> SpaceView | None:
    """The pair of the two: nobody else is in it or ever was, so that nobody reads what was said to another."""
    two = {session.member, member}
    for pair in await _pairs(session, call):
        ever = {each for _, roster in pair.chain.rosters for each in roster.members}
        if (
            pair.is_in()
            and ever <= two
            and (member in ever or pair.state.title == _title(call, session.member, member))
        ):
            return pair
    return None


async def _begin(session: Session, call: SpaceView, member: bytes) -> SpaceView:
    me = session.need_to_be_in(call)
    parent = e.Parent(call.space, call.chain.seen())
    body = e.Create("pair", parent, call.chain.server, me.identity.head, sorted(me.barred))
    names = [call.state.names[session.member]] if session.member in call.state.names else []
    labels = captions(
        _title(call, session.member, member), names, aliases=await called(session, call, [session.member])
    )
    return await create(session, body, labels, call.space)


async def _let_in(session: Session, call: SpaceView, pair: bytes, member: bytes) -> SpaceView:
    """Admit the other by their place in the call, as an owner. Raises: as `change`."""

    async def build(pair: SpaceView) -> Change:
        above = await session.view(call.space)
        there = above.chain.roster.members.get(member)
        if there is None:
            raise RefusedError(
                sentence("%(member)s is no longer in the call. Nothing was changed.", member=call.state.name(member))
            )
        if member in pair.chain.roster.members:
            raise NothingToDoError
        via = e.FromParent(above.chain.seen())
        admission = e.Admission(member, there.identity.head, sorted(there.barred), "owner", None, via)
        known = pair.chain.roster.known
        first = known[member].number + 1 if member in known else 0
        identities = above.identities[member][first : there.identity.number + 1]
        names = [above.state.names[member]] if member in above.state.names else []
        labels = captions(names=names, aliases=await called(session, above, [member]))
        return Change(e.Admit([admission]), labels, tuple(identities))

    try:
        return await change(session, pair, build)
    except NothingToDoError:
        return await session.view(pair)


async def _tell(session: Session, call: SpaceView, pair: SpaceView, member: bytes) -> None:
    """Tell the other in the call, so that the server can neither hide the pair nor lead them into a twin of it."""
    people = [call.chain.roster.members[each] for each in (session.member, member)]
    records = iter(lambda: random(16), b"")
    for record, notice in make_notices(call.space, session.member, records, pair.space, pair.chain.seen(), people):
        await session.writer.write(call.space, notice, "allies", record=record)


def _title(call: SpaceView, *two: bytes) -> str:
    return " and ".join(sorted(call.state.name(member) for member in two))
