"""The sequencer: one task gives every item its place, and acknowledges it once it is on disk.

All items that wait are checked in order, each upon those before it, and written in one transaction (group
commit). Only then do their senders hear, with statements whose time is taken after the commit. If the
database refuses the batch, the chains it touched are forgotten and read again, so that nothing is ever
built upon what is not on disk. Of an item that is in its chain already, the sender gets the receipt
whatever has changed since.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from securecall import entries as e
from securecall.errors import InvalidError, ParentBehindError, Problem
from securecall.identity import grow
from securecall.invitations import spent
from securecall.records import Record
from securecall.state import ENTRY, Step
from securecall.wire import ZERO
from securecall_server.beside import check_complete, grant_rows
from securecall_server.chains import Chains, Held, change_of, created, parent_of
from securecall_server.clock import Clock
from securecall_server.doors import Doors
from securecall_server.enrolment import Enrolment
from securecall_server.errors import Code, RefusedError
from securecall_server.offers import Listener, Offer, Receipt
from securecall_server.parents import check_parent_now
from securecall_server.restored import Mark
from securecall_server.signing import ServerKey
from securecall_server.store.interface import ConflictError, Store
from securecall_server.store.rows import Append, DeviceRow, PlaceRow

WAITING = 1024
"""Items that may wait for their turn; past that the server is busy."""
BATCH = 128
"""Items of one transaction."""
TRIES = 4
"""Attempts at one item when other processes keep being first."""


@dataclass(slots=True)
class _Waiting:
    offer: Offer
    receipt: asyncio.Future[Receipt]
    tries: int = TRIES


@dataclass(slots=True)
class _Taken:
    """An item that passed, in memory and not yet on disk; several senders may wait for the same one."""

    held: Held
    append: Append
    before: bytes
    waiting: list[_Waiting]


class Ledger:
    """The one writer of chains and identities in this process."""

    def __init__(self, store: Store, chains: Chains, clock: Clock, key: ServerKey, doors: Doors, mark: Mark) -> None:
        self._store = store
        self._mark = mark
        self._chains = chains
        self._clock = clock
        self._key = key
        self._doors = doors
        self._queue: asyncio.Queue[_Waiting | None] = asyncio.Queue(WAITING)
        self._writing = asyncio.Lock()
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Tell ``listener`` of everything that is written from now on."""
        self._listeners.append(listener)

    async def append(self, offer: Offer) -> Receipt:
        """Give the item its place; it is on disk when this returns.

        Raises: InvalidError, RefusedError, ConflictError, StoreFullError.
        """
        waiting = _Waiting(offer, asyncio.get_running_loop().create_future())
        try:
            self._queue.put_nowait(waiting)
        except asyncio.QueueFull:
            raise RefusedError(Code.BUSY) from None
        return await waiting.receipt

    async def enrol(self, items: Sequence[bytes]) -> bytes:
        """Take over an identity from its entry 0 on, and return the member.

        Raises: InvalidError, ConflictError, StoreFullError.
        """
        grown = grow({}, items)
        if len(grown) != 1:
            raise InvalidError(Problem.BAD_IDENTITY, "not the identity of one member")
        async with self._writing:
            identities, devices = await Enrolment(self._store).rows(items, grown)
            if identities:
                await self._store.enrol(identities, devices)
        self._tell_gone(devices)
        return next(iter(grown))

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Nothing is written meanwhile but by whoever holds this."""
        async with self._writing:
            yield

    def written(self, held: Held, devices: Iterable[DeviceRow]) -> None:
        """Tell of places that were written past the queue."""
        for listener in self._listeners:
            listener.appended(held, held.durable - 1)
        self._tell_gone(devices)

    @property
    def key(self) -> bytes:
        """The public key of this server."""
        return self._key.public

    def is_read_only(self, held: Held) -> bool:
        """Whether nothing new is taken: the space was put back from a backup, or it or its parent names another server.

        A parent that moves stops all that hangs on it, so that nothing is written here that is not taken along.
        """
        parent = held.chain.hangs_on
        above = self._chains.at_hand(parent.space) if parent is not None else None
        named = {held.chain.server, above.chain.server if above is not None else self._key.public}
        return self._mark.holds(held.chain.space) or named != {self._key.public}

    def statement(self, held: Held, seq: int) -> bytes:
        """A statement about the place ``seq``, as of now; the clock must be ready.

        Of a space that is read-only it claims of no place that it is the newest: what was signed before would
        contradict it.
        """
        newest = seq == held.durable - 1 and not self.is_read_only(held)
        return self._key.statement(held.chain.space, seq, held.chain.heads[seq], self._clock.now(), newest=newest)

    async def run(self) -> None:
        """Write until `stop` is called and all that came before is written."""
        while (first := await self._queue.get()) is not None:
            batch = [first]
            while len(batch) < BATCH and not self._queue.empty():
                waiting = self._queue.get_nowait()
                if waiting is None:
                    await self._write_all(batch)
                    return
                batch.append(waiting)
            await self._write_all(batch)

    @asynccontextmanager
    async def still(self) -> AsyncIterator[None]:
        """While nothing is written here: what was read of chains and blobs stays true."""
        async with self._writing:
            yield

    async def stop(self) -> None:
        """Let `run` end after what waits now."""
        await self._queue.put(None)

    async def _write_all(self, batch: list[_Waiting]) -> None:
        """Write a batch; after a conflict, each of its items alone, so that one cannot hold up the others."""
        async with self._writing:
            left = await self._write(batch)
            while left:
                left = [again for waiting in left for again in await self._write([waiting])]

    async def _write(self, batch: list[_Waiting]) -> list[_Waiting]:
        """Write what can be written, answer everyone but those to try again, and return the latter."""
        taken: dict[bytes, _Taken] = {}
        enrolment = Enrolment(self._store)
        try:
            for waiting in batch:
                await self._take(waiting, taken, enrolment)
            await self._clock.ready()
            await self._store.append([one.append for one in taken.values()])
        except ConflictError as error:
            self._forget(taken.values())
            return _to_try_again(taken.values(), error)
        except Exception as error:  # whatever it was: nothing of the batch may be built upon
            self._forget(taken.values())
            _refuse([*batch, *(waiting for one in taken.values() for waiting in one.waiting)], error)
            return []
        self._acknowledge(taken.values())
        return []

    async def _take(self, waiting: _Waiting, taken: dict[bytes, _Taken], enrolment: Enrolment) -> None:
        """Check one item and take it over in memory, or answer it at once."""
        same = taken.get(waiting.offer.digest)
        if same is not None and same.append.place.kind == waiting.offer.kind:
            same.waiting.append(waiting)
            return
        try:
            taken[waiting.offer.digest] = await self._accept(waiting, enrolment)
        except (InvalidError, RefusedError, ParentBehindError) as error:
            await self._answer_known(waiting, error)
        except Exception as error:  # a fault met on the way is this item's alone
            _refuse([waiting], error)

    async def _accept(self, waiting: _Waiting, enrolment: Enrolment) -> _Taken:
        offer = waiting.offer
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
        return _Taken(held, append, before, [waiting])

    async def _pinned(self, offer: Offer) -> Held:
        held = await self._chains.get(offer.space, pins=1)
        if held is not None:
            return held
        create = created(offer.item) if offer.kind == ENTRY else None
        if create is None:
            raise RefusedError(Code.NOT_FOUND)
        if create.server != self._key.public:
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
        comes = isinstance(change, e.Server) and change.key == self._key.public
        return comes and held.chain.server != self._key.public

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

    async def _answer_known(self, waiting: _Waiting, error: Exception) -> None:
        """The receipt of an item that is in its chain already, else ``error``."""
        offer = waiting.offer
        try:
            row = await self._store.find(offer.space, offer.digest)
            held = await self._chains.get(offer.space) if row is not None else None
            await self._clock.ready()
        except Exception as fault:  # as above
            _refuse([waiting], fault)
            return
        if row is None or held is None or row.kind != offer.kind:
            _refuse([waiting], error)
            return
        self._answer(waiting, row, held.chain.heads[row.seq - 1] if row.seq else ZERO, self._clock.now())

    def _acknowledge(self, taken: Iterable[_Taken]) -> None:
        """What was written becomes visible and is answered, in one step of the event loop."""
        now = self._clock.now()
        gone: list[DeviceRow] = []
        for one in taken:
            place = one.append.place
            one.held.durable = place.seq + 1
            one.held.pins -= 1
            gone.extend(one.append.devices)
            frees = one.append.destroys or bool(one.append.drops)
            if not place.seq:
                self._mark.lift(place.space)
            for waiting in one.waiting:
                self._answer(waiting, place, one.before, now, frees=frees)
            for listener in self._listeners:
                listener.appended(one.held, place.seq)
        self._tell_gone(gone)

    def _answer(self, waiting: _Waiting, place: PlaceRow, before: bytes, now: int, *, frees: bool = False) -> None:
        statement = self._key.statement(place.space, place.seq, place.head, now, newest=False)
        if not waiting.receipt.done():
            waiting.receipt.set_result(Receipt(place.seq, before, statement, frees))

    def _tell_gone(self, rows: Iterable[DeviceRow]) -> None:
        gone = [row.device for row in rows if not row.live]
        for listener in self._listeners if gone else ():
            listener.devices_gone(gone)

    def _forget(self, taken: Iterable[_Taken]) -> None:
        for one in taken:
            one.held.pins -= 1
            self._chains.drop(one.held.chain.space)


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


def _to_try_again(taken: Iterable[_Taken], error: ConflictError) -> list[_Waiting]:
    again = []
    for waiting in (waiting for one in taken for waiting in one.waiting):
        waiting.tries -= 1
        if waiting.tries:
            again.append(waiting)
        else:
            _refuse([waiting], error)
    return again


def _refuse(waiting: Iterable[_Waiting], error: Exception) -> None:
    for one in waiting:
        if not one.receipt.done():
            one.receipt.set_exception(error)
