"""Whether an item is taken, and all that it then writes: by the rules of its chain, and what else must hold here."""

from dataclasses import dataclass

from securecall import entries as e
from securecall.errors import InvalidError, Problem
from securecall.invitations import spent
from securecall.records import Record
from securecall.state import ENTRY, Step
from securecall_server.beside import check_complete, grant_rows
from securecall_server.chains import Chains, Held, change_of, created, parent_of
from securecall_server.doors import Doors
from securecall_server.enrolment import Enrolment
from securecall_server.errors import Code, RefusedError
from securecall_server.offers import Offer
from securecall_server.parents import check_parent_now
from securecall_server.restored import Mark
from securecall_server.store.interface import Store
from securecall_server.store.rows import Append, PlaceRow


@dataclass(frozen=True, slots=True)
class Accepted:
    """An item that passed, in memory and not yet on disk; ``before`` is the head before it."""

    held: Held
    append: Append
    before: bytes


class Acceptance:
    """Judges items for the server whose public key is ``key``."""

    def __init__(self, store: Store, chains: Chains, doors: Doors, mark: Mark, key: bytes) -> None:
        self._store, self._chains, self._doors, self._mark, self._key = store, chains, doors, mark, key

    def is_read_only(self, held: Held) -> bool:
        """Whether nothing new is taken: the space was put back from a backup, or it or its parent names another server.

        A parent that moves stops all that hangs on it, so that nothing is written here that is not taken along.
        """
        parent = held.chain.hangs_on
        above = self._chains.at_hand(parent.space) if parent is not None else None
        named = {held.chain.server, above.chain.server if above is not None else self._key}
        return self._mark.holds(held.chain.space) or named != {self._key}

    async def accept(self, offer: Offer, enrolment: Enrolment) -> Accepted:
        """Take an item over in memory; its chain stays at hand until its pin is given back.

        Raises: InvalidError, RefusedError, ParentBehindError.
        """
        held = await self._pinned(offer)
        try:
            await self._check_open(held, offer)
            before = held.chain.head
            step = held.chain.check(offer.kind, offer.item, offer.identities)
            append = await self._append(held, offer, step, enrolment)
        except BaseException:
            held.pins -= 1
            raise
        held.commit(step)
        self._chains.keep(held)
        return Accepted(held, append, before)

    async def _pinned(self, offer: Offer) -> Held:
        held = await self._chains.get(offer.space, pins=1)
        if held is not None:
            return held
        create = created(offer.item) if offer.kind == ENTRY else None
        if create is None:
            raise RefusedError(Code.NOT_FOUND)
        if create.server != self._key:
            raise InvalidError(Problem.BAD_KEY, "names another server")
        held = await self._chains.begin(offer.space, create)
        held.pins += 1
        return held

    async def _check_open(self, held: Held, offer: Offer) -> None:
        """Raise RefusedError (`Code.READ_ONLY`) where nothing new is taken, but the word that this server is named."""
        if held.chain.heads:
            closed = self.is_read_only(held) and not self._names_us(held, offer)
        else:
            parent = parent_of(offer.item)
            above = await self._chains.get(parent.space) if parent is not None else None
            closed = above is not None and self.is_read_only(above)
        if closed:
            raise RefusedError(Code.READ_ONLY)

    def _names_us(self, held: Held, offer: Offer) -> bool:
        """Whether an item is the `server` entry by which a space comes here; its rules are checked after this."""
        change = change_of(offer.item) if offer.kind == ENTRY else None
        comes = isinstance(change, e.Server) and change.key == self._key
        return comes and held.chain.server != self._key

    async def _append(self, held: Held, offer: Offer, step: Step, enrolment: Enrolment) -> Append:
        """All that the item writes. Raises: InvalidError, RefusedError."""
        grants = grant_rows(offer.space, step, offer.grants)
        await check_complete(self._store, step)
        await check_parent_now(self._chains, held, step)
        await self._note(offer.space, step)
        # Last, since what it takes over stays known to the batch: nothing after it may refuse the item.
        identities, devices = await enrolment.rows(offer.identities, step.roster.known if step.roster else {})
        place = PlaceRow(offer.space, step.seq, step.kind, step.digest, step.head, offer.item, offer.identities)
        return Append(place, grants, identities, devices, answered(step), *ended(step))

    async def _note(self, space: bytes, step: Step) -> None:
        match step.body:
            case e.Entry(body=e.EntryBody(author=author, change=e.Create(kind="coalition"))):
                await self._doors.check_founder(space, author)
            case e.Entry(body=e.EntryBody(change=e.Invite() as change)):
                await self._doors.note_invites(space, change)
            case _:
                pass


def answered(step: Step) -> tuple[bytes, ...]:
    """Keys of invitations that the item uses up or takes back; their join requests go."""
    return tuple(sorted(spent(step.body.body.change))) if isinstance(step.body, e.Entry) else ()


def ended(step: Step) -> tuple[tuple[bytes, ...], bool]:
    """The blobs that the item drops, and whether it destroys the space."""
    match step.body:
        case Record(header=header):
            return tuple(header.drops), False
        case e.Entry(body=e.EntryBody(change=e.Destroy())):
            return (), True
        case _:
            return (), False
