"""A bad line: a TCP relay between clients and a real server that delays, throttles, cuts, swallows, or answers itself.

What is cut is counted in bytes and drawn from a seed, so that a run can be had again; only delay and rate take time.
"""

import asyncio
import random
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from tests.line.requests import Requests, Seen

PIECE = 4096
PAGE = b"<!doctype html><title>Hotel</title><p>Welcome! Log in to our Wi-Fi.</p>"
REDIRECT = b"HTTP/1.1 302 Found\r\nLocation: http://portal.example/login\r\nContent-Length: 0\r\n\r\n"
SIGN_IN = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s" % (
    len(PAGE),
    PAGE,
)


@dataclass(frozen=True, slots=True)
class Shape:
    """How the line is: ``delay`` in seconds each way, ``rate`` in bytes a second for everybody and each way.

    Of ten connections, ``dead`` are cut as they begin, and ``silent`` swallow everything. A connection is reset once
    a number of bytes between the two of ``cut`` went either way. ``portal`` is what is answered in the server's place.
    """

    delay: float = 0
    rate: float = 0
    dead: int = 0
    silent: int = 0
    cut: tuple[int, int] | None = None
    portal: bytes = b""


class Shaper:
    """The relay; ``shape`` may be changed while it runs, and counts for connections made from then on."""

    def __init__(self, seed: int = 1) -> None:
        self.shape = Shape()
        self.port = 0
        self.upstream = 0
        self.requests: list[Seen] = []
        self.cuts = 0
        self.moved = asyncio.Condition()
        self._dice = random.Random(seed)
        self._free = {True: 0.0, False: 0.0}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        listener = socket.socket()
        # Little room, as on a thin line: what the client has written is what has about gone through.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        listener.bind(("127.0.0.1", 0))
        self._server = await asyncio.start_server(self._accept, sock=listener, limit=PIECE)
        self.port = listener.getsockname()[1]
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()
        while self._tasks:
            self.cut_all()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        """The address by which clients come."""
        return f"http://127.0.0.1:{self.port}"

    def puts(self) -> list[Seen]:
        """Every chunk that was sent, or begun."""
        return [seen for seen in self.requests if seen.method == "PUT" and "/blobs/" in seen.path]

    def put_bytes(self) -> int:
        """Bytes of chunks that went through."""
        return sum(seen.body for seen in self.puts())

    def cut_all(self) -> None:
        """Reset every connection."""
        for task in self._tasks:
            task.cancel()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._lives(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _task: _reset(writer))

    async def _lives(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError, asyncio.IncompleteReadError):
            await self._serve(self.shape, reader, writer)

    async def _serve(self, shape: Shape, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lot = self._dice.randrange(10)
        if shape.portal:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(shape.portal)
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        elif lot < shape.dead:
            self.cuts += 1
        elif lot < shape.dead + shape.silent:
            while await reader.read(PIECE):
                pass
        else:
            await self._relay(shape, reader, writer)

    async def _relay(self, shape: Shape, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await asyncio.open_connection("127.0.0.1", self.upstream, limit=PIECE)
        budget = Budget(self._dice.randint(*shape.cut) if shape.cut else None)
        requests = Requests(self.requests)
        ways = [
            asyncio.create_task(self._pass(shape, reader, ours, budget, requests, up=True)),
            asyncio.create_task(self._pass(shape, theirs, writer, budget, requests, up=False)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if not budget.spent:
                await asyncio.wait(ways, timeout=5)
        finally:
            self.cuts += budget.spent
            for way in ways:
                way.cancel()
            ours.close()  # what went through does arrive
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pass(
        self,
        shape: Shape,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        budget: "Budget",
        requests: Requests,
        *,
        up: bool,
    ) -> None:
        """One direction, to its end or until the budget is spent."""
        loop = asyncio.get_running_loop()
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(16)
        reading = asyncio.create_task(self._read(shape, source, budget, under_way, up=up))
        try:
            while True:
                due, piece = await under_way.get()
                await asyncio.sleep(due - loop.time())
                if not piece:
                    break
                target.write(piece)
                await target.drain()
                (requests.up if up else requests.down)(piece)
                async with self.moved:
                    self.moved.notify_all()
        finally:
            reading.cancel()
        if target.can_write_eof() and not budget.spent:
            target.write_eof()

    async def _read(
        self,
        shape: Shape,
        source: asyncio.StreamReader,
        budget: "Budget",
        under_way: asyncio.Queue[tuple[float, bytes]],
        *,
        up: bool,
    ) -> None:
        """Put what comes on its way, with the time at which it arrives; nothing at all ends it."""
        loop = asyncio.get_running_loop()
        data = b"begin"
        while data and not budget.spent:
            data = await _some(source)
            data = budget.take(data)
            if shape.rate:
                self._free[up] = max(self._free[up], loop.time()) + len(data) / shape.rate
                await asyncio.sleep(self._free[up] - loop.time())
            await under_way.put((loop.time() + shape.delay, data))
        if data:
            await under_way.put((loop.time() + shape.delay, b""))


async def _some(source: asyncio.StreamReader) -> bytes:
    """What comes next; nothing at the end, however it came."""
    try:
        return await source.read(PIECE)
    except OSError:
        return b""


@dataclass(slots=True)
class Budget:
    """How many bytes a connection lives for."""

    left: int | None
    spent: bool = field(default=False)

    def take(self, data: bytes) -> bytes:
        """As much of ``data`` as still goes through."""
        if self.left is None:
            return data
        taken = data[: self.left]
        self.left -= len(taken)
        self.spent = self.left == 0
        return taken


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as a lost line does: with a reset, unless it is closed already."""
    made = writer.get_extra_info("socket")
    if made is not None and not writer.is_closing():
        with suppress(OSError):
            made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    writer.transport.abort()
