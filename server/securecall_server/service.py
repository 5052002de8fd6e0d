"""Everything that a request can be about, held together for the life of the process."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from securecall_server.access import Access
from securecall_server.beats import Beats
from securecall_server.beginnings import Beginnings
from securecall_server.blobs.interface import BlobStore
from securecall_server.chains import Chains, Held
from securecall_server.clock import Clock
from securecall_server.doors import Doors
from securecall_server.errors import Code, RefusedError
from securecall_server.healing import Healing
from securecall_server.housekeeping import Housekeeping
from securecall_server.ledger import Ledger
from securecall_server.mailboxes import Mailboxes
from securecall_server.purge import Purge
from securecall_server.quota import Quota, Rooms
from securecall_server.relay import Relay
from securecall_server.restored import Mark
from securecall_server.signing import ServerKey
from securecall_server.store.interface import Store
from securecall_server.tokens import Caller, Nonces, Tokens, elapsed

_BEARER = re.compile(r"Bearer ([0-9a-f]{64})")


@dataclass(slots=True, kw_only=True)
class Service:
    """The server behind its routes. ``addresses`` are those that logins may name."""

    key: ServerKey
    store: Store
    blobs: BlobStore
    chains: Chains
    clock: Clock
    doors: Doors
    ledger: Ledger
    access: Access
    addresses: frozenset[str]
    quota: Quota
    mailboxes: Mailboxes
    purge: Purge
    shared: bool
    beats: Beats
    relay: Relay
    housekeeping: Housekeeping
    mark: Mark
    healing: Healing
    beginnings: Beginnings = field(default_factory=Beginnings)
    nonces: Nonces = field(default_factory=Nonces)
    tokens: Tokens = field(default_factory=Tokens)
    checking: asyncio.Lock = field(default_factory=asyncio.Lock)
    healthy_until: int = 0
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @classmethod
    async def open(
        cls,
        key: ServerKey,
        setup_key: bytes,
        addresses: Iterable[str],
        store: Store,
        blobs: BlobStore,
        *,
        shared: bool,
        folder: Path | None = None,
        rooms: Rooms | None = None,
    ) -> "Service":
        """A service over an open database and blob store; ``shared`` if other processes write to it too.

        ``folder`` is where the mark of a restored server would be; ``rooms`` how much files may take, if
        not as ever.
        """
        mark = Mark(folder)
        chains, clock = Chains(store, shared=shared), await Clock.open(store)
        doors = Doors(store, chains, setup_key)
        ledger, access = Ledger(store, chains, clock, key, doors, mark), Access(chains, store, mark)
        purge, relay = Purge(store, blobs), Relay()
        service = cls(
            key=key,
            store=store,
            blobs=blobs,
            chains=chains,
            clock=clock,
            doors=doors,
            ledger=ledger,
            access=access,
            addresses=frozenset(addresses),
            quota=Quota(store, purge, rooms or Rooms(), shared=shared),
            mailboxes=Mailboxes(store),
            purge=purge,
            shared=shared,
            beats=Beats(access, chains, store, relay),
            relay=relay,
            housekeeping=Housekeeping(store, chains, ledger, purge, shared=shared, mark=mark),
            mark=mark,
            healing=Healing(store, chains, doors, ledger, mark),
        )
        ledger.listen(relay)
        ledger.listen(service)
        return service

    def start(self) -> None:
        """Begin to write and to relay."""
        self._tasks = [
            asyncio.create_task(self.ledger.run()),
            asyncio.create_task(self.relay.watch(self.store, self.chains)),
            asyncio.create_task(self.beats.watch()),
            asyncio.create_task(self.housekeeping.run()),
        ]

    async def close(self) -> None:
        """Finish what waits to be written; the database is for its opener to close."""
        self.relay.close()
        await self.ledger.stop()
        await self._tasks[0]
        for task in self._tasks[1:]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def caller(self, request: web.Request) -> Caller:
        """Who asks. Raises: RefusedError (`Code.UNAUTHORIZED`)."""
        return await self.caller_by(bearer(request))

    async def caller_by(self, token: str) -> Caller:
        """Whom a token speaks for. Raises: RefusedError (`Code.UNAUTHORIZED`)."""
        caller = self.tokens.caller(token, elapsed())
        if self.shared and caller.scope == "device":
            row = await self.store.device(caller.device)
            if row is None or not row.live:
                raise RefusedError(Code.UNAUTHORIZED)
        return caller

    async def is_behind(self) -> bool:
        """Whether people may be lacking here: the coalition was put back from a backup, and not lifted yet."""
        coalition = await self.doors.coalition()
        return self.mark.stands() and (coalition is None or self.mark.holds(coalition))

    async def need_open(self, space: bytes) -> None:
        """Raise RefusedError (`Code.READ_ONLY`) while nothing new is taken for a space that is here."""
        held = await self.chains.get(space)
        if held is not None and self.ledger.is_read_only(held):
            raise RefusedError(Code.READ_ONLY)

    def appended(self, held: Held, seq: int) -> None:
        """See `offers.Listener.appended`."""

    def devices_gone(self, devices: Iterable[bytes]) -> None:
        """See `offers.Listener.devices_gone`: a token dies with its device."""
        for device in devices:
            self.tokens.kill(device)


def bearer(request: web.Request) -> str:
    """The token of a request, which may be any. Raises: RefusedError (`Code.UNAUTHORIZED`) without one."""
    found = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    if found is None:
        raise RefusedError(Code.UNAUTHORIZED)
    return found[1]


SERVICE = web.AppKey("service", Service)
