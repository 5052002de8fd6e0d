"""The chains that the server has at hand: verified anew from the database on first use, few at a time.

In memory a chain may be ahead of the database while a batch is being written; ``durable`` says how far it
may be shown. A chain whose batch failed is dropped and read again, so that nothing is ever built upon what
is not on disk.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from securecall import caps
from securecall import entries as e
from securecall.chain import SpaceChain
from securecall.errors import InvalidError, ParentBehindError, Problem
from securecall.records import Record
from securecall.roster import Roster
from securecall.state import Step
from securecall.wire import Signed, decode
from securecall_server.errors import Code, DamagedError, RefusedError
from securecall_server.store.interface import Store
from securecall_server.store.rows import PlaceRow

AT_HAND = 256
"""Chains kept in memory."""
_PAGE, _PAGE_BYTES = 500, 8 << 20


@dataclass(eq=False, slots=True)
class Held:
    """A chain at hand: places below ``durable`` are on disk; ``pins`` say who is about to write to it, or does.

    As long as there are any it is not let go, and nobody else reads on in it.
    """

    chain: SpaceChain
    durable: int = 0
    pins: int = 0
    listed: dict[bytes, list[tuple[int, int]]] = field(default_factory=dict)
    """Blob to place and class of every record that lists it."""

    def commit(self, step: Step) -> None:
        """Take a checked step over."""
        self.chain.commit(step)
        if isinstance(step.body, Record):
            for ref in step.body.header.blobs:
                self.listed.setdefault(ref.blob, []).append((step.seq, step.kind))

    def rosters(self) -> Iterator[tuple[int, Roster]]:
        """Place and roster wherever it changed, newest first, as far as the disk has it."""
        return ((seq, roster) for seq, roster in reversed(self.chain.rosters) if seq < self.durable)

    def roster(self) -> Roster:
        """Who is in the space, as far as the disk has it."""
        return next(self.rosters())[1]


class Chains:
    """All chains of the database; ``shared`` if other processes write to it too."""

    def __init__(self, store: Store, *, shared: bool) -> None:
        self._store = store
        self._shared = shared
        self._held: OrderedDict[bytes, Held] = OrderedDict()
        self._locks: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()

    async def get(self, space: bytes, *, pins: int = 0) -> Held | None:
        """The chain of ``space`` with all those it hangs on at hand, or None if there is none.

        Whoever will write to it asks for a pin, and takes it off afterwards.
        """
        held = self._held.get(space)
        if held is None or self._shared:
            held = await self._locked(space, pins)
        else:
            held.pins += pins
        if held is None:
            return None
        try:
            if space in self._held:
                self._held.move_to_end(space)
            if held.chain.hangs_on is not None:
                await self.get(held.chain.hangs_on.space)
        except BaseException:
            held.pins -= pins
            raise
        return held

    async def begin(self, space: bytes, create: e.Create) -> Held:
        """A new chain, not on disk yet. Raises: InvalidError (`Problem.BAD_PARENT`) without its parent."""
        if create.parent is not None and await self.get(create.parent.space) is None:
            raise InvalidError(Problem.BAD_PARENT, "hangs on a space that is not here")
        return Held(self._chain(space, create.parent))

    def keep(self, held: Held) -> None:
        """Have this chain at hand from now on."""
        self._held[held.chain.space] = held
        self._let_go()

    def at_hand(self, space: bytes) -> Held | None:
        """A chain that is in memory; a parent is while its child is looked at."""
        return self._held.get(space)

    def drop(self, space: bytes) -> None:
        """Forget what is in memory about ``space``."""
        self._held.pop(space, None)

    def roster_at(self, space: bytes, at: e.Seen) -> Roster:
        """The roster of a chain at hand, as `situation.ParentView` says."""
        held = self._held.get(space)
        if held is None:
            raise ParentBehindError(0)
        return held.chain.roster_at(at)

    async def _locked(self, space: bytes, pins: int) -> Held | None:
        lock = self._locks.setdefault(space, asyncio.Lock())
        async with lock:
            held = self._held.get(space)
            if held is None:
                held = await self._load(space)
            elif self._shared and not held.pins:
                # Where nobody else writes, memory is never behind the disk, and what the disk has may be on its way.
                await self._catch_up(held)
            if held is not None:
                held.pins += pins
            return held

    async def _load(self, space: bytes) -> Held | None:
        first = await self._store.places(space, 0, 1, 0)
        if not first or first[0].item is None:
            return None
        held = Held(self._chain(space, parent_of(first[0].item)))
        if held.chain.parent is not None:
            await self.get(held.chain.parent.space)
        await self._catch_up(held)
        self.keep(held)
        return held

    async def _catch_up(self, held: Held) -> None:
        space = held.chain.space
        while rows := await self._store.places(space, held.chain.next_seq, _PAGE, _PAGE_BYTES):
            try:
                await asyncio.to_thread(_replay, held, rows)
            except ParentBehindError:
                # The parent was let go, or dropped, in the meantime.
                self.drop(space)
                raise RefusedError(Code.BUSY) from None
            except InvalidError as error:
                self.drop(space)
                raise DamagedError("A chain in the database breaks the rules.") from error
        held.durable = held.chain.next_seq

    def _chain(self, space: bytes, parent: e.Parent | None) -> SpaceChain:
        return SpaceChain(space, parent=_View(self, parent.space) if parent else None)

    def _let_go(self) -> None:
        if len(self._held) <= AT_HAND:
            return
        parents = {held.chain.hangs_on.space for held in self._held.values() if held.chain.hangs_on}
        older = [space for space in self._held if not self._held[space].pins and space not in parents][: AT_HAND // 2]
        # Whoever goes round many spaces of their own must not have others' long ones verified anew at every request.
        for space in sorted(older, key=lambda space: self._held[space].chain.next_seq)[: len(self._held) - AT_HAND]:
            del self._held[space]


@dataclass(eq=False, slots=True)
class _View:
    """A parent as its children see it: always the chain that is at hand now."""

    chains: Chains
    space: bytes

    def roster_at(self, at: e.Seen) -> Roster:
        return self.chains.roster_at(self.space, at)


def _replay(held: Held, rows: Sequence[PlaceRow]) -> None:
    for row in rows:
        if row.item is None:
            step = held.chain.append_absent(row.kind, row.digest)
        else:
            step = held.chain.check(row.kind, row.item, row.identities)
            held.commit(step)
        if (step.seq, step.head) != (row.seq, row.head):
            raise DamagedError("A chain in the database has another head than was written.")


def parent_of(item: bytes) -> e.Parent | None:
    """The parent that the `create` in an entry's bytes names, if any; nothing is verified here."""
    change = created(item)
    return change.parent if change else None


def created(item: bytes) -> e.Create | None:
    """The `create` in an entry's bytes, or None; nothing is verified here."""
    change = change_of(item)
    return change if isinstance(change, e.Create) else None


def change_of(item: bytes) -> e.Change | None:
    """The change in an entry's bytes, or None; nothing is verified here."""
    with suppress(InvalidError):
        return decode(decode(item, Signed, caps.ENTRY_BYTES).payload, e.Entry, caps.ENTRY_BYTES).body.change
    return None
