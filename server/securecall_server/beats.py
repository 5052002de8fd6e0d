"""Beats: judged by the chain as it stands on disk, handed on to whoever else listens, and forgotten (protocol 13.7).

Nothing of a beat is stored or logged. One that breaks a rule goes no further, and nobody is told: it may have been on
its way when the space changed, and its author hears of that change anyway.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from securecall.beats import check_beat, read_beat
from securecall.errors import InvalidError, Problem
from securecall_server.access import Access
from securecall_server.chains import Chains
from securecall_server.errors import Code, RefusedError
from securecall_server.relay import Relay, Subscriber
from securecall_server.store.interface import Store, StoreFullError
from securecall_server.tokens import elapsed

BEATS_A_MINUTE = 8
"""Messages of one device on its live sockets together; at the pace of the protocol it is two for each program."""
_MINUTE = 60_000


class Rate:
    """How many messages each device has sent in the running minute."""

    def __init__(self, now: Callable[[], int] = elapsed) -> None:
        self._now = now
        self._minute = 0
        self._sent: Counter[bytes] = Counter()

    def count(self, device: bytes) -> None:
        """Count one more. Raises: RefusedError (`Code.BUSY`) past `BEATS_A_MINUTE`."""
        minute = self._now() // _MINUTE
        if minute != self._minute:
            self._minute = minute
            self._sent.clear()
        self._sent[device] += 1
        if self._sent[device] > BEATS_A_MINUTE:
            raise RefusedError(Code.BUSY)


class Beats:
    """The way of a beat through this server."""

    def __init__(self, access: Access, chains: Chains, store: Store, relay: Relay) -> None:
        self._access, self._chains, self._store, self._relay = access, chains, store, relay
        self.rate = Rate()

    async def take(self, data: bytes, sender: Subscriber) -> None:
        """Judge a beat that came over a socket, and hand it on. Raises: InvalidError, RefusedError."""
        beat = read_beat(data)
        header, caller = beat.value.header, sender.caller
        if (header.author, header.device) != (caller.member, caller.device):
            raise InvalidError(Problem.BAD_DEVICE, "a beat of another device than sends it")
        if header.space not in sender.spaces:
            raise RefusedError(Code.NOT_FOUND)
        view, _ = await self._access.present(header.space, caller)
        check_beat(view.held.chain, beat)
        if header.seen.seq >= view.held.durable:
            raise InvalidError(Problem.BAD_SEEN, "it names a place that is not on disk yet")
        self._relay.hand_on(view.held, data, sender)
        await self._store.hand_on(data)

    async def watch(self) -> None:
        """Hand on what other processes took, as long as the store is open; they have judged it."""
        async for data in self._store.beats():
            # One that is lost here is followed by the next; the watch goes on.
            with suppress(InvalidError, RefusedError, StoreFullError):
                held = await self._chains.get(read_beat(data).value.header.space)
                if held is not None and held.durable:
                    self._relay.hand_on(held, data, None)
