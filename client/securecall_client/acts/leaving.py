"""Leaving a call or a pair, or the coalition with all of them (protocol 5; row R08)."""

from securecall.sentences import sentence
from securecall_client import clock, wishes
from securecall_client.acts.named import the_space
from securecall_client.acts.removing import held, sealed_read, together
from securecall_client.departing import depart
from securecall_client.errors import OfflineError, RefusedError
from securecall_client.results.calls import Receipt
from securecall_client.results.common import Named
from securecall_client.results.partings import NOT_REACHED, Parting, PartingSpace
from securecall_client.session import Session
from securecall_client.view import SpaceView

KEEPS = sentence(
    "What you have read stays with you, and what you wrote stays with the others, and can still be read here."
)
FROM_NOW = sentence(
    "From now on you can read nothing new there. Keys and others' content were wiped from this computer."
)


async def leave(session: Session, call: str | None) -> Parting:
    """Leave a call or pair, or with None all of them and then the coalition, if one is in it; what cannot be now waits.

    Raises: RefusedError (nothing was changed: one is the last owner somewhere), ProofError.
    """
    if call is not None:
        views = [await the_space(session, call, "call", "pair")]
        session.need_to_be_in(views[0])
    else:
        children = [await session.synced(space) for space in session.spaces() if space != session.home]
        views = [*children, await session.synced(session.home)]
        views = [view for view in views if view.chain.heads and view.is_in() and not view.chain.destroyed]
        views = [view for view in views if not _is_over(view)]
    _check_owners(session, views)
    name = views[-1].state.name(session.member) if views else ""
    for view in views:
        await wishes.keep(session, "leave", view.space)
    parts = [await _leave(session, view) for view in views]
    receipts = [part.receipt for part in parts if part.receipt is not None]
    waiting = [part.name for part in parts if part.state == "waiting"]
    from_now = sentence("Until it is done you are still in: %(waiting)s.", waiting=waiting) if waiting else FROM_NOW
    return Parting(
        spaces=parts, receipt=together(receipts, name, KEEPS, from_now), saved="here" if waiting else "server"
    )


def _is_over(view: SpaceView) -> bool:
    """Whether it is a pair that the other has left: nobody is there to be left, and its last owner cannot go."""
    return view.chain.kind == "pair" and len(view.chain.roster.members) == 1


def _check_owners(session: Session, views: list[SpaceView]) -> None:
    """Raise RefusedError if one is the last owner of any; of all of them at once, before anything is changed."""
    last = [view for view in views if [owner.member for owner in view.chain.roster.owners()] == [session.member]]
    if not last:
        return
    titles = [view.state.title for view in last]
    raise RefusedError(
        sentence("You are the last owner of %(titles)s, so you cannot leave. Nothing was changed.", titles=titles),
        hint="Make somebody else an owner first (securecall call role), or end a call: securecall call destroy.",
        code="last-owner",
    )


async def _leave(session: Session, view: SpaceView) -> PartingSpace:
    """Go from one space; what leaving shows is wiped as soon as it is known, so the receipt is made before."""
    receipt, done = _receipt(session, view), session.reached
    if done:
        try:
            await depart(session, view.space)
        except OfflineError:
            done = False
    return PartingSpace(
        space=view.space.hex(),
        kind=view.chain.kind,
        name=view.state.title,
        state="done" if done else "waiting",
        why="" if done else NOT_REACHED,
        receipt=receipt if done else None,
    )


def _receipt(session: Session, view: SpaceView) -> Receipt:
    documents, answers = held(view, view.chain.next_seq, [session.member])
    return Receipt(
        removed=[Named(name=view.state.name(session.member))],
        at=clock.iso(clock.now()),
        documents=documents,
        answers=answers,
        sealed=sealed_read(view, view.chain.next_seq, [session.member]),
        keeps=KEEPS,
        from_now=FROM_NOW,
        new_key_not_seen_by=[],
    )
