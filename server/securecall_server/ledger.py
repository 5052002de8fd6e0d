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

from securecall.errors import InvalidError, ParentBehindError, Problem
from securecall.identity import grow
from securecall.wire import ZERO
from securecall_server.acceptance import Acceptance, Accepted
from securecall_server.chains import Chains, Held
from securecall_server.clock import Clock
from securecall_server.doors import Doors
from securecall_server.enrolment import Enrolment
from securecall_server.errors import Code, RefusedError
from securecall_server.offers import Listener, Offer, Receipt
from securecall_server.restored import Mark
from securecall_server.signing import ServerKey
from securecall_server.store.interface import ConflictError, Store
from securecall_server.store.rows import DeviceRow, PlaceRow

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
    """An item that passed; several senders may wait for the same one."""

    passed: Accepted
    waiting: list[_Waiting]


class Ledger:
    """The one writer of chains and identities in this process."""

    def __init__(self, store: Store, chains: Chains, clock: Clock, key: ServerKey, doors: Doors, mark: Mark) -> None:
        self._store = store
        self._mark = mark
        self._chains = chains
        self._clock = clock
        self._key = key
        self._acceptance = Acceptance(store, chains, doors, mark, key.public)
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
        """Nothing is written meanwhile but by whoever holds this: what was read of chains and blobs stays true."""
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
        """As `Acceptance.is_read_only`."""
        return self._acceptance.is_read_only(held)

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
            await self._store.append([one.passed.append for one in taken.values()])
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
        if same is not None and same.passed.append.place.kind == waiting.offer.kind:
            same.waiting.append(waiting)
            return
        try:
            passed = await self._acceptance.accept(waiting.offer, enrolment)
            taken[waiting.offer.digest] = _Taken(passed, [waiting])
        except (InvalidError, RefusedError, ParentBehindError) as error:
            await self._answer_known(waiting, error)
        except Exception as error:  # a fault met on the way is this item's alone
            _refuse([waiting], error)

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
            held, append, place = one.passed.held, one.passed.append, one.passed.append.place
            held.durable = place.seq + 1
            held.pins -= 1
            gone.extend(append.devices)
            frees = append.destroys or bool(append.drops)
            if not place.seq:
                self._mark.lift(place.space)
            for waiting in one.waiting:
                self._answer(waiting, place, one.passed.before, now, frees=frees)
            for listener in self._listeners:
                listener.appended(held, place.seq)
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
            one.passed.held.pins -= 1
            self._chains.drop(one.passed.held.chain.space)


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
