"""The live relay: tells whoever listens that a place was taken; what stands there is then pulled. Beats go through it
as they come.

Every hint and beat is judged by the chain as it then stands, so that a socket opened earlier shows nothing more than
a request made now (row R04). Who does not read their hints fast enough is cut off, and reconnects.
"""

import asyncio
from collections.abc import Callable, Iterable

from securecall_server.access import hears, is_present
from securecall_server.chains import Chains, Held
from securecall_server.limits import LIVE_SOCKETS
from securecall_server.store.interface import Store
from securecall_server.tokens import Caller

QUEUE = 512
"""Messages that may wait for one listener."""
BEATS = QUEUE // 2
"""How many may wait for a beat still to be added: on a slow line beats are left out, so that hints get through."""

Message = tuple[bytes, int] | bytes
"""A hint (space and place), or a beat as it came."""


class Subscriber:
    """One open socket. ``cut`` ends it at once when its hints pile up; beats that pile up are left out."""

    def __init__(self, caller: Caller, spaces: Iterable[bytes], cut: Callable[[], None]) -> None:
        self.caller = caller
        self.spaces = frozenset(spaces)
        self._cut = cut
        self._messages: asyncio.Queue[Message | None] = asyncio.Queue(QUEUE)

    async def next(self) -> Message | None:
        """The next message, or None at the end."""
        return await self._messages.get()

    def tell(self, space: bytes, seq: int) -> None:
        """Hand on a hint."""
        self._put((space, seq))

    def hand(self, beat: bytes) -> None:
        """Hand on a beat, unless too much waits already."""
        if self._messages.qsize() < BEATS:
            self._put(beat)

    def end(self) -> None:
        """No more messages."""
        self._put(None)

    def _put(self, message: Message | None) -> None:
        try:
            self._messages.put_nowait(message)
        except asyncio.QueueFull:
            self._cut()


class Relay:
    """All sockets of this process, as a `offers.Listener`."""

    def __init__(self) -> None:
        self._subscribers: dict[Subscriber, None] = {}
        self._closed = False

    def add(self, subscriber: Subscriber) -> None:
        """Tell ``subscriber`` of what comes from now on; past `LIVE_SOCKETS` the device's oldest socket ends."""
        same = [each for each in self._subscribers if each.caller == subscriber.caller]
        for oldest in same[: max(0, len(same) + 1 - LIVE_SOCKETS)]:
            self.remove(oldest)
            oldest.end()
        self._subscribers[subscriber] = None
        if self._closed:
            subscriber.end()

    def remove(self, subscriber: Subscriber) -> None:
        """Stop telling ``subscriber``."""
        self._subscribers.pop(subscriber, None)

    def appended(self, held: Held, seq: int) -> None:
        """See `offers.Listener.appended`."""
        space = held.chain.space
        for subscriber in self._subscribers:
            if space in subscriber.spaces and hears(held, seq, subscriber.caller):
                subscriber.tell(space, seq)

    def hand_on(self, held: Held, beat: bytes, sender: Subscriber | None) -> None:
        """Give a good beat to everybody else who listens to its space and is in it now (rows R04, S32)."""
        space = held.chain.space
        for subscriber in self._subscribers:
            if subscriber is not sender and space in subscriber.spaces and is_present(held, subscriber.caller):
                subscriber.hand(beat)

    def devices_gone(self, devices: Iterable[bytes]) -> None:
        """See `offers.Listener.devices_gone`."""
        gone = set(devices)
        for subscriber in self._subscribers:
            if subscriber.caller.device in gone:
                subscriber.end()

    async def check_devices(self, store: Store) -> None:
        """End the sockets of devices that another process has seen go."""
        for device in {subscriber.caller.device for subscriber in self._subscribers}:
            row = await store.device(device)
            if row is None or not row.live:
                self.devices_gone([device])

    async def watch(self, store: Store, chains: Chains) -> None:
        """Hand on what other processes append, as long as the store is open."""
        async for space in store.watch():
            held = await chains.get(space)
            if held is not None and held.durable:
                self.appended(held, held.durable - 1)
                await self.check_devices(store)

    def close(self) -> None:
        """End every socket, also those to come."""
        self._closed = True
        for subscriber in self._subscribers:
            subscriber.end()
