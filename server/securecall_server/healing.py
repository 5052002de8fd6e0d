"""Putting back what a server lacks: after a restore, or where a space has moved to (protocol 13.9; rows O12, S08).

What comes is nobody's new word. Each place passes the rules as if it were appended, and the whole must lead to a head
that the space's own server has signed before: so a member, also one who was removed since, cannot begin another history
where the backup ends, whoever comes first. Grants are not put back: nobody holds others', and a new epoch follows.
"""

import asyncio
from collections.abc import Sequence, Set
from contextlib import suppress
from dataclasses import dataclass

from securecall import caps
from securecall import entries as e
from securecall.chain import next_head
from securecall.errors import InvalidError, Problem
from securecall.labels import Label
from securecall.roster import Roster
from securecall.state import ENTRY, Step
from securecall.statements import Statement
from securecall.wire import ZERO, read
from securecall_server.acceptance import answered, ended
from securecall_server.chains import Chains, Held, created
from securecall_server.doors import Doors
from securecall_server.enrolment import Enrolment
from securecall_server.errors import Code, RefusedError
from securecall_server.ledger import Ledger
from securecall_server.restored import Mark
from securecall_server.store.interface import Store
from securecall_server.store.rows import Append, PlaceRow

BYTES = 4 * caps.MIB
"""Items and identities of a request of more than one place: nothing else is written while they are verified."""
_PLACE = 33
"""Bytes of a class and a digest."""


@dataclass(frozen=True, slots=True)
class Lacked:
    """A place as a client has it; ``item`` is None where its bytes are gone for everybody."""

    kind: int
    digest: bytes
    item: bytes | None
    identities: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class PutBack:
    """Places from ``first`` on; ``rest`` names those after them, up to the one that the statement ``end`` is about."""

    space: bytes
    first: int
    places: Sequence[Lacked]
    rest: bytes
    end: bytes


class Healing:
    """The door for what the server lacks."""

    def __init__(self, store: Store, chains: Chains, doors: Doors, ledger: Ledger, mark: Mark) -> None:
        self._store, self._chains, self._doors = store, chains, doors
        self._ledger, self._mark = ledger, mark

    async def put_back(self, asked: PutBack, member: bytes) -> tuple[int, bool]:
        """Take places over that ``member`` puts back; those that are here already are passed over.

        Returns how many places the chain has now, and whether bytes are to be deleted because of them. All or nothing.
        Everything is verified beside the event loop, so that others are served meanwhile.

        Raises: RefusedError (`Code.CONFLICT`) where nothing is lacking, or something else stands; InvalidError,
        ParentBehindError, ConflictError, StoreFullError.
        """
        _check_size(asked)
        async with self._ledger.alone():
            held = await self._pinned(asked, member)
            try:
                new = _lacking(held, asked)
                batch = await self._write(held, asked, new) if new else []
            finally:
                held.pins -= 1
        return held.durable, any(one.destroys or one.drops for one in batch)

    async def _write(self, held: Held, asked: PutBack, new: Sequence[Lacked]) -> list[Append]:
        """Write to a pinned chain: in memory it is ahead of the disk meanwhile, which nobody is to take as there."""
        signer, trusted = await asyncio.to_thread(_signer, held, asked), await self._trusted(held, asked)
        if trusted:
            _check_trusted(signer, trusted)
        try:
            batch = await self._take(held, new)
            _check_trusted(signer, trusted or {key for _, key in held.chain.servers})
            await self._store.append(batch)
        except BaseException:
            self._chains.drop(held.chain.space)
            raise
        held.durable = held.chain.next_seq
        self._chains.keep(held)
        self._ledger.written(held, [row for one in batch for row in one.devices])
        return batch

    async def lift(self, held: Held, at: e.Seen, member: bytes) -> None:
        """Let a space go on as it is, at the word of an owner of it, or of its parent, who is in it.

        Raises: InvalidError (`Problem.NO_RIGHT`), RefusedError (`Code.CONFLICT`) if it is not as they know it.
        """
        roster, above = held.roster(), await self._above(held)
        owners = {owner.member for one in (roster, above) if one is not None for owner in one.owners()}
        if held.chain.server != self._ledger.key:
            raise RefusedError(Code.CONFLICT)
        if member not in owners:
            raise InvalidError(Problem.NO_RIGHT, "lifted by an owner alone")
        if (at.seq, at.head) != (held.durable - 1, held.chain.heads[held.durable - 1]):
            raise RefusedError(Code.CONFLICT)
        self._mark.lift(held.chain.space)

    async def _above(self, held: Held) -> Roster | None:
        parent = held.chain.hangs_on
        above = await self._chains.get(parent.space) if parent is not None else None
        return None if above is None else above.roster()

    async def _pinned(self, asked: PutBack, member: bytes) -> Held:
        held = await self._chains.get(asked.space, pins=1)
        if held is not None:
            if not self._ledger.is_read_only(held):
                held.pins -= 1
                raise RefusedError(Code.CONFLICT)
            return held
        first = asked.places[0]
        create = created(first.item or b"") if first.kind == ENTRY and asked.first == 0 else None
        if create is None:
            raise RefusedError(Code.CONFLICT)
        if create.server == self._ledger.key and not self._mark.stands():
            raise RefusedError(Code.CONFLICT)
        if create.kind == "coalition":
            await self._doors.check_founder(asked.space, member)
        held = await self._chains.begin(asked.space, create)
        held.pins += 1
        return held

    async def _take(self, held: Held, places: Sequence[Lacked]) -> list[Append]:
        enrolment, batch = Enrolment(self._store), []
        for place in places:
            if place.item is None:
                step = held.chain.append_absent(place.kind, place.digest)
            else:
                step = await asyncio.to_thread(held.chain.check, place.kind, place.item, place.identities)
                if step.digest != place.digest:
                    raise InvalidError(Problem.MALFORMED, "an item that is not of its digest")
            batch.append(await self._append(held, step, place, enrolment))
            if place.item is not None:
                held.commit(step)
        if held.chain.absent and not held.chain.destroyed:
            raise InvalidError(Problem.WITHHELD, "an item without its bytes")
        return batch

    async def _append(self, held: Held, step: Step, place: Lacked, enrolment: Enrolment) -> Append:
        if isinstance(step.body, e.Entry) and isinstance(step.body.body.change, e.Invite):
            # Whoever named another's key first meanwhile shuts out that invitee, and not everybody.
            with suppress(InvalidError):
                await self._doors.note_invites(held.chain.space, step.body.body.change)
        known = step.roster.known if step.roster else {}
        identities, devices = await enrolment.rows(place.identities, known, stood=True)
        row = PlaceRow(held.chain.space, step.seq, step.kind, step.digest, step.head, place.item, place.identities)
        return Append(row, (), identities, devices, answered(step), *ended(step))

    async def _trusted(self, held: Held, asked: PutBack) -> set[bytes]:
        """The servers whose word shows that places were there: not those that only what is put back names.

        Who was an owner once could name a server of their own, and have it sign another history; and whoever may begin
        a space could have one vouch for what stands in the way of the rest, such as another's invitation. Empty for a
        coalition that begins here, which the holder of the setup code answers for.
        """
        chain, begun = held.chain, created(asked.places[0].item or b"") if not held.chain.heads else None
        parent = begun.parent if begun is not None else chain.hangs_on
        if begun is not None and parent is None:
            return set()
        above = await self._chains.get(parent.space) if parent is not None else None
        named = [*chain.servers, *(above.chain.servers if above is not None else ())]
        return {self._ledger.key, *(key for _, key in named)}


def _check_size(asked: PutBack) -> None:
    sizes = (len(place.item or b"") + sum(map(len, place.identities)) for place in asked.places)
    if len(asked.places) > 1 and sum(sizes) > BYTES:
        raise InvalidError(Problem.TOO_LARGE, "more places than are taken at once")


def _signer(held: Held, asked: PutBack) -> bytes:
    """The key of the statement that what is put back leads to; cheap, and so before any item is looked at.

    Raises: InvalidError if it leads to another head.
    """
    head = held.chain.heads[asked.first - 1] if asked.first else ZERO
    for place in asked.places:
        head = next_head(head, place.kind, place.digest)
    for at in range(0, len(asked.rest), _PLACE):
        head = next_head(head, asked.rest[at], asked.rest[at + 1 : at + _PLACE])
    last = asked.first + len(asked.places) + len(asked.rest) // _PLACE - 1
    statement = read(asked.end, Label.STATEMENT, Statement, caps.STATEMENT_BYTES)
    end = statement.value
    if len(asked.rest) % _PLACE or (end.space, end.seq, end.head) != (asked.space, last, head):
        raise InvalidError(Problem.BAD_SEEN, "places that lead to no head that the server has signed")
    return statement.key


def _check_trusted(signer: bytes, trusted: Set[bytes]) -> None:
    if signer not in trusted:
        raise InvalidError(Problem.BAD_SIGNATURE, "not signed by a server of this space")


def _lacking(held: Held, asked: PutBack) -> Sequence[Lacked]:
    """Those of the places that are not here yet.

    Raises: RefusedError (`Code.CONFLICT`) if one is here otherwise, or others are lacking before them.
    """
    heads = held.chain.heads
    if asked.first > len(heads):
        raise RefusedError(Code.CONFLICT)
    head = heads[asked.first - 1] if asked.first else ZERO
    for seq, place in enumerate(asked.places[: len(heads) - asked.first], asked.first):
        head = next_head(head, place.kind, place.digest)
        if heads[seq] != head:
            raise RefusedError(Code.CONFLICT)
    return asked.places[len(heads) - asked.first :]
