"""Who is connected: taken one by one, counted, and let go of where they hold what others need (row O08).

A connection is a *stranger's* until a request on it shows a token that stands, and again after that request. At the
caps the stranger who has been here for longest goes, so that sockets that do nothing shut nobody out; and whoever is at
work stays. Headers, bodies and handshakes have their deadlines (`limits`); here is the one for those who ask and do not
read the answer.
"""

import asyncio
import resource
import socket
import ssl
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import cast

from aiohttp import web

from securecall_server import limits
from securecall_server.sources import Source, Sources

_PAUSE = 0.1
"""Seconds until the next try, where the system has no file or memory for a connection."""


class Connection(asyncio.Protocol):
    """One connection: what comes goes on to ``http``, the protocol that speaks it. ``deadline`` in seconds."""

    def __init__(self, home: "Connections", source: Source, http: asyncio.Protocol) -> None:
        self.source = source
        self.deadline: float = limits.DEADLINE
        self.transport: asyncio.Transport | None = None
        self._home, self._http = home, http
        self._left = 0
        self._timer: asyncio.TimerHandle | None = None

    def cut(self) -> None:
        """End it at once."""
        if self.transport is not None:
            self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As `asyncio.Protocol`, like all that follow."""
        self.transport = cast("asyncio.Transport", transport)
        self._home.began(self, self.transport)
        self._http.connection_made(transport)

    def data_received(self, data: bytes) -> None:  # noqa: D102  as above
        self._http.data_received(data)

    def eof_received(self) -> bool | None:  # noqa: D102  as above
        return self._http.eof_received()

    def pause_writing(self) -> None:  # noqa: D102  as above
        self._wait()
        self._http.pause_writing()

    def resume_writing(self) -> None:  # noqa: D102  as above
        self._stop()
        self._http.resume_writing()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: D102  as above
        self._stop()
        self._home.ended(self)
        self._http.connection_lost(error)

    def _wait(self) -> None:
        if self.transport is not None:
            self._left = self.transport.get_write_buffer_size()
            self._timer = asyncio.get_running_loop().call_later(self.deadline, self._look)

    def _look(self) -> None:
        if self.transport is None or self.transport.get_write_buffer_size() >= self._left:
            self.cut()
        else:
            self._wait()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Connections:
    """All connections of this process: at most ``most``, and ``of_one`` of one address."""

    def __init__(
        self, sources: Sources, most: int = limits.CONNECTIONS, of_one: int = limits.ADDRESS_CONNECTIONS
    ) -> None:
        self._sources, self._most, self._of_one = sources, most, of_one
        self._open: dict[Connection, asyncio.Task[None]] = {}
        self._of_source: Counter[Source] = Counter()
        self._by_transport: dict[asyncio.BaseTransport, Connection] = {}
        self._strangers: OrderedDict[Connection, None] = OrderedDict()

    async def take(
        self, listener: socket.socket, http: Callable[[], asyncio.Protocol], tls: ssl.SSLContext | None
    ) -> None:
        """Take connections for ever."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                taken, peer = await loop.sock_accept(listener)
            except ConnectionAbortedError:
                continue
            except OSError:
                await asyncio.sleep(_PAUSE)
                continue
            if not self._begin(taken, peer, http, tls):
                taken.close()
            # One at a time: a flood of connections waits its turn like everything else.
            await asyncio.sleep(0)

    async def end(self) -> None:
        """Cut whoever is still in a handshake; who stands is for their protocol to end."""
        tasks = [task for task in self._open.values() if not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def known(self, request: web.Request) -> None:
        """The request under way is of somebody whom we know: its connection stays."""
        with suppress(KeyError):
            del self._strangers[self._of(request)]

    def unknown(self, request: web.Request) -> None:
        """The request is done: whatever comes next may be anybody's."""
        with suppress(KeyError):
            connection = self._of(request)
            self._strangers[connection] = None
            self._strangers.move_to_end(connection)

    def began(self, connection: Connection, transport: asyncio.Transport) -> None:
        """It stands, and carries requests from now on."""
        self._by_transport[transport] = connection

    def ended(self, connection: Connection) -> None:
        """It has ended, or is about to: its place is free."""
        if self._open.pop(connection, None) is None:
            return
        self._of_source[connection.source] -= 1
        if not self._of_source[connection.source]:
            del self._of_source[connection.source]
        self._strangers.pop(connection, None)
        if connection.transport is not None:
            self._by_transport.pop(connection.transport, None)

    def __len__(self) -> int:
        return len(self._open)

    def _begin(
        self,
        taken: socket.socket,
        peer: Sequence[object],
        http: Callable[[], asyncio.Protocol],
        tls: ssl.SSLContext | None,
    ) -> bool:
        """Make it a connection; False where there is no room for it."""
        source = self._sources.of_peer(peer)
        if not self._room(source):
            return False
        # Else the system holds megabytes for everybody who asks and does not read.
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, limits.SEND_BUFFER)
        connection = Connection(self, source, http())
        self._of_source[source] += 1
        self._strangers[connection] = None
        task = asyncio.get_running_loop().create_task(self._connect(connection, taken, tls))
        self._open[connection] = task
        return True

    async def _connect(self, connection: Connection, taken: socket.socket, tls: ssl.SSLContext | None) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: connection, taken, ssl=tls, ssl_handshake_timeout=limits.SILENCE if tls else None
            )
        except OSError:  # a handshake that failed, by whatever fault
            pass
        finally:
            if connection.transport is None:
                taken.close()
                self.ended(connection)

    def _room(self, source: Source) -> bool:
        """Make room for one more of ``source``."""
        if not source.shared and self._of_source[source] >= self._of_one and not self._let_go(source):
            return False
        return len(self._open) < self._most or self._let_go(None)

    def _let_go(self, source: Source | None) -> bool:
        """Let the oldest stranger go, or the oldest of ``source``; False if there is none."""
        oldest = next((each for each in self._strangers if source in (None, each.source)), None)
        if oldest is None:
            return False
        task = self._open[oldest]
        self.ended(oldest)
        task.cancel()
        oldest.cut()
        return True

    def _of(self, request: web.Request) -> Connection:
        """The connection of a request. Raises: KeyError if it has ended."""
        if request.transport is None:
            raise KeyError
        return self._by_transport[request.transport]


def room() -> int:
    """How many connections this process may have, once it may open as many files as it is allowed to."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.CONNECTIONS + limits.FILES_TO_SPARE
    allowed = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
            soft = allowed
    have = allowed if soft == resource.RLIM_INFINITY else soft
    return min(limits.CONNECTIONS, max(have - limits.FILES_TO_SPARE, have // 2))
