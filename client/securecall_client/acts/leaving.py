"""Leaving a call, or the coalition with every call (protocol 5; row R08)."""

from contextlib import suppress

from securecall import entries as e
from securecall_client import clock
from securecall_client.acts.calls import the_call
from securecall_client.acts.removing import held, together
from securecall_client.changing import Change, change
from securecall_client.errors import RefusedError, SecureCallError
from securecall_client.results.calls import Receipt
from securecall_client.results.common import Named
from securecall_client.results.partings import Parting, PartingSpace
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_keys.labels import Labels

KEEPS = "What you have read stays with you, and what you wrote stays with the others, and can still be read here."
FROM_NOW = "From now on you can read nothing new there. Keys and others' content were wiped from this computer."


async def leave(session: Session, call: str | None) -> Parting:
    """Leave a call, or with None every call and then the coalition, if one is in it.

    Raises: RefusedError (nothing was changed: one is the last owner somewhere), OfflineError, ProofError.
    """
    session.need_server()
    if call is not None:
        views = [await the_call(session, call)]
        session.need_to_be_in(views[0])
    else:
        children = [await session.synced(space) for space in session.spaces() if space != session.home]
        views = [*children, await session.synced(session.home)]
        views = [view for view in views if view.chain.heads and view.is_in() and not view.chain.destroyed]
    _check_owners(session, views)
    name = views[-1].state.name(session.member) if views else ""
    parts = [await _leave(session, view) for view in views]
    receipts = [part.receipt for part in parts if part.receipt is not None]
    return Parting(spaces=parts, receipt=together(receipts, name, KEEPS, FROM_NOW), saved="server")


def _check_owners(session: Session, views: list[SpaceView]) -> None:
    """Raise RefusedError if one is the last owner of any; of all of them at once, before anything is changed."""
    last = [view for view in views if [owner.member for owner in view.chain.roster.owners()] == [session.member]]
    if not last:
        return
    titles = ", ".join(view.state.title for view in last)
    raise RefusedError(
        f"You are the last owner of {titles}, so you cannot leave. Nothing was changed.",
        hint="Make somebody else an owner first (securecall call role), or end a call: securecall call destroy.",
        code="last-owner",
    )


async def _leave(session: Session, view: SpaceView) -> PartingSpace:
    """Go from one space. What waits for it is sent before that, as far as it can be."""
    with suppress(SecureCallError):
        await session.flush(view.space)

    async def build(_view: SpaceView) -> Change:
        return Change(e.Leave(), Labels())

    # What leaving shows is wiped as soon as it is known, so the receipt is made before.
    receipt = _receipt(session, view)
    await change(session, view.space, build)
    return PartingSpace(
        space=view.space.hex(), kind=view.chain.kind, name=view.state.title, state="done", why="", receipt=receipt
    )


def _receipt(session: Session, view: SpaceView) -> Receipt:
    documents, answers = held(view, view.chain.next_seq, [session.member])
    return Receipt(
        removed=[Named(name=view.state.name(session.member))],
        at=clock.iso(clock.now()),
        documents=documents,
        answers=answers,
        keeps=KEEPS,
        from_now=FROM_NOW,
        new_key_not_seen_by=[],
    )
