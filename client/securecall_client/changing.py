"""Making entries by compare-and-set: of two racing changes one wins, and the other is made anew (protocol 5; row M08).

A change is never rebased blindly: it is built, and its author's right judged, from the state that the winner left.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from securecall import entries as e
from securecall.errors import InvalidError, Problem
from securecall.labels import Label
from securecall.state import ENTRY
from securecall.wire import item_digest
from securecall_client import clock, receipts
from securecall_client.errors import OfflineError, RefusedError, RestoredError
from securecall_client.refusals import refused
from securecall_client.transport import Place
from securecall_client.view import SpaceView
from securecall_keys.author import Draft
from securecall_keys.errors import MissingKeyError
from securecall_keys.labels import Labels

if TYPE_CHECKING:
    from securecall_client.session import Session

TRIES = 8
"""How often a change is made anew from the newest state when others were first."""


class NothingToDoError(Exception):
    """Others were quicker: what a change was to do is done."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change to be made by an entry, with the identity entries it needs and what it says under seal."""

    change: e.Change
    labels: Labels
    identities: tuple[bytes, ...] = ()


async def change(session: "Session", space: bytes, build: Callable[[SpaceView], Awaitable[Change]]) -> SpaceView:
    """Make an entry from the newest state; if somebody else was first, make it anew from what they left.

    An epoch that is due is started before it, where that must be.

    Raises: OfflineError (nothing was changed, or it is unknown whether the server took it: syncing shows),
    RefusedError, ProofError.
    """
    session.need_server()
    for _ in range(TRIES):
        view = await session.synced(space)
        session.need_server()
        if space in session.line.read_only:
            raise RestoredError
        draft = _draft(session, view, await build(view))
        if draft is None:
            await rotate_if_due(session, space)
        elif (seq := await _send(session, view, draft)) is not None:
            return await _shown(session, space, seq)
    raise RefusedError("Others change this space at the same time. Nothing was changed; try again.", code="stale")


def _draft(session: "Session", view: SpaceView, change: Change) -> Draft | None:
    """The entry that makes a change; None if an epoch must be started before it. Raises: RefusedError."""
    try:
        return session.author.entry(
            view.chain, view.ring, change.change, clock.minute(), identities=change.identities, labels=change.labels
        )
    except InvalidError as error:
        if error.problem != Problem.ROTATION_DUE or not view.starts_epochs():
            raise refused(error.problem) from error
        return None
    except MissingKeyError as error:
        raise RefusedError("This device does not hold the running key; somebody else must do this.") from error


async def _send(session: "Session", view: SpaceView, draft: Draft) -> int | None:
    """Send an entry; gives its place by the server's receipt, None if somebody else was first. Raises: as `change`."""
    digest = item_digest(draft.item, Label.ENTRY)
    await session.replica.make(digest)
    try:
        reply = await session.transport.append(view.space, ENTRY, draft.item, draft.identities, draft.grants)
    except RefusedError as error:
        if error.code not in (Problem.STALE, Problem.ROTATION_DUE):
            raise
        return None
    statement = receipts.check_receipt(view, ENTRY, digest, reply)
    await receipts.keep_receipt(view, session.replica, statement, reply.statement)
    return statement.seq


async def _shown(session: "Session", space: bytes, seq: int) -> SpaceView:
    """The space as the server shows it with the change at ``seq``. Raises: OfflineError, ProofError."""
    view = await session.synced(space)
    if view.chain.next_seq <= seq:
        raise OfflineError(
            "The server has taken the change, and the line was lost before it could be shown here.",
            hint="See how it stands: securecall sync.",
        )
    return view


async def create(session: "Session", change: e.Create, labels: Labels, parent: bytes) -> SpaceView:
    """Begin a space under another and take part in it. Raises: OfflineError, RefusedError, ProofError."""
    session.need_server()
    identities = (await session.view(parent)).identities[session.member]
    space, draft = session.author.create(change, identities, labels, clock.minute())
    return await begin(session, space, draft, parent)


async def begin(session: "Session", space: bytes, draft: Draft, parent: bytes | None) -> SpaceView:
    """Send entry 0 of a space, and take part in it; the same again does no harm. Raises: as `create`."""
    await session.replica.make(item_digest(draft.item, Label.ENTRY))
    reply = await session.transport.create_space(draft)
    above = await session.view(parent) if parent is not None else None
    place = Place(ENTRY, item_digest(draft.item, Label.ENTRY), draft.item, draft.identities)
    grants = {0: draft.grants[session.device.id]}
    view = SpaceView(space, session.member, session.device, above)
    view.place(place, grants)
    receipts.check_receipt(view, ENTRY, place.digest, reply)
    await session.take_part(space, parent)
    if not await session.replica.places(space, 0):
        await session.replica.append(space, 0, [place], grants.items())
    return await session.synced(space)


async def rotate_if_due(session: "Session", space: bytes) -> None:
    """Start the epoch that must come before anything else, if this device may. Raises: as `change`."""

    async def build(view: SpaceView) -> Change:
        if not view.chain.roster.due:
            raise NothingToDoError
        return await rotation(view)

    view = await session.view(space)
    if view.chain.roster.due and view.starts_epochs():
        with suppress(NothingToDoError):
            await change(session, space, build)


async def renew(session: "Session", space: bytes, after: int) -> None:
    """Start an epoch, unless one began after the place ``after``. Raises: as `change`."""

    async def build(view: SpaceView) -> Change:
        if view.chain.starts[view.chain.epoch] > after:
            raise NothingToDoError
        return await rotation(view)

    with suppress(NothingToDoError):
        await change(session, space, build)


async def rotation(_view: SpaceView) -> Change:
    """The change that starts a new epoch and nothing else."""
    return Change(e.Rotate(), Labels())
