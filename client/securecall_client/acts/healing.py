"""`heal`: a server that was put back from a backup gets back what its people hold, and goes on (row O12)."""

from dataclasses import dataclass, replace

from securecall import entries as e
from securecall.sentences import sentence
from securecall_client import duties
from securecall_client.blobs import is_complete
from securecall_client.errors import RefusedError
from securecall_client.naming import name_server
from securecall_client.putting_back import Standing, put_back, standing
from securecall_client.results.healing import Healed, HealedSpace, HealingOwner, LostDocument, State
from securecall_client.session import Session
from securecall_client.view import SpaceView


@dataclass(frozen=True, slots=True)
class _Part:
    """A space after its turn: how it stands on the server, and how many places it got from here."""

    view: SpaceView
    stands: Standing
    put_back: int
    entries: int
    """How many of those are entries."""
    server: bytes
    """The key of the server that it stands on."""
    again: bool = False
    """Whether it goes on since just now."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing that is known of here is lacking any more."""
        return self.stands.places >= self.stands.known


async def heal(session: Session, *, finish: bool) -> Healed:
    """Put back what the server lacks and this computer has; with ``finish``, let spaces go on that have all again.

    That takes an owner, of the space or of its parent; a new epoch follows, since nobody holds others' grants.

    Raises: OfflineError, RefusedError (nothing can be let go on; what one holds was put back), ProofError.
    """
    session.need_server()
    turns = [await _put_back(session, space) for space in session.spaces()]
    parts = [part for part in turns if part is not None]
    if finish:
        parts = await _finish(session, parts)
    lost = [one for part in parts if part.stands.places for one in await _lost(session, part.view)]
    spaces = [_line(session, part) for part in parts]
    # Said by what follows, and not twice.
    session.line.read_only.update(part.view.space for part in parts if part.stands.read_only)
    await session.sync_all()
    return Healed(spaces=spaces, lost=lost, lifted=all(one.state == "open" for one in spaces))


async def _put_back(session: Session, space: bytes) -> _Part | None:
    """One space's turn; None for one of which nothing is here, or no more than what one wrote oneself."""
    view = await session.view(space)
    if not view.chain.heads or view.is_wiped:
        return None
    async with session.noting():
        had = stands = await standing(session, view)
        if had.read_only and had.places > view.chain.next_seq:
            view = await session.taken_in(space)
        elif had.read_only and had.places < view.chain.next_seq:
            await put_back(session, view, had.places)
            stands = await standing(session, view)
    server = await session.replica.meta("server") or b""
    came = view.steps[had.places : stands.places]
    return _Part(view, stands, len(came), sum(isinstance(step.body, e.Entry) for step in came), server)


async def _finish(session: Session, parts: list[_Part]) -> list[_Part]:
    """Let all spaces go on that are whole, and that one may."""
    _check_finish(session, parts)
    return [await _lift(session, part) if _may_lift(session, part) else part for part in parts]


def _check_finish(session: Session, parts: list[_Part]) -> None:
    """Raise RefusedError if there are spaces to let go on, and one may do so with none of them."""
    closed = [part for part in parts if part.stands.read_only]
    if not closed or any(_may_lift(session, part) for part in closed):
        return
    titles = [part.view.state.title for part in closed]
    if all(part.is_whole for part in closed):
        raise RefusedError(
            sentence("Only an owner lets these go on: %(titles)s.", titles=titles),
            hint="What you hold was put back. Tell an owner, who then runs: securecall heal --finish",
            code="no-right",
        )
    raise RefusedError(
        sentence("The server still lacks what is known of here, so nothing goes on yet: %(titles)s.", titles=titles),
        hint="Ask everybody who is in it to run: securecall heal. Then try again.",
        code="lacking",
    )


def _may_lift(session: Session, part: _Part) -> bool:
    """Whether the space is whole and waits for a word that one may give."""
    return part.stands.read_only and part.is_whole and part.view.is_in() and session.member in _owners(part)


def _owners(part: _Part) -> set[bytes]:
    """Who may let the space go on; that it comes to this server is for its own owners."""
    above = part.view.parent if part.view.chain.server == part.server else None
    views = [view for view in (part.view, above) if view is not None and view.chain.heads]
    members = part.view.chain.roster.members
    return {owner.member for view in views for owner in view.chain.roster.owners() if owner.member in members}


async def _lift(session: Session, part: _Part) -> _Part:
    view = part.view
    await duties.will_renew(session, view.space, view.chain.next_seq - 1)
    if view.chain.server != part.server:
        view = await name_server(session, view, part.server)
    await session.transport.lift(view.space, view.chain.seen())
    there = view.chain.next_seq
    return replace(part, view=view, stands=Standing(there, read_only=False, known=there), again=True)


async def _lost(session: Session, view: SpaceView) -> list[LostDocument]:
    """The documents that can be seen here, and whose file the server does not have in full."""
    if not view.is_in() or view.chain.destroyed:
        return []
    newest = [versions[-1] for versions in view.state.documents.values() if not versions[-1].withdrawn]
    return [
        LostDocument(
            space=view.space.hex(),
            document=one.body.document.hex(),
            name=one.body.name,
            author=view.state.name(one.origin.author),
        )
        for one in newest
        if not is_complete(one.body, await session.transport.chunks(view.space, one.body.blob))
    ]


def _line(session: Session, part: _Part) -> HealedSpace:
    view, stands = part.view, part.stands
    state: State = "open" if not stands.read_only else "whole" if part.is_whole else "lacking"
    return HealedSpace(
        space=view.space.hex(),
        kind=view.chain.kind,
        name=view.state.title,
        put_back=part.put_back,
        entries=part.entries,
        places=stands.places,
        lacks=max(0, stands.known - stands.places),
        state=state,
        again=part.again,
        owners=[HealingOwner(name=view.state.name(one), you=one == session.member) for one in sorted(_owners(part))],
    )
