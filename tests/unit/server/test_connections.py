"""Who stays connected where there is no room for all, and who is cut for doing nothing (row O08)."""

import asyncio
import resource
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from securecall_server import limits
from securecall_server.connections import Connection, Connections, room
from securecall_server.sources import Source, Sources


class Speaker(asyncio.Protocol):
    """In the place of the protocol that speaks HTTP: it says hello and hears what comes."""

    def __init__(self) -> None:
        self.heard = b""
        self.paused = False
        self.transport: asyncio.Transport | None = None
        self.lost = asyncio.Event()

    def connection_lost(self, error: Exception | None) -> None:
        self.lost.set()

    def connection_made(self, transport) -> None:
        self.transport = transport
        transport.write(b"hello")

    def data_received(self, data: bytes) -> None:
        self.heard += data

    def pause_writing(self) -> None:
        self.paused = True

    def resume_writing(self) -> None:
        self.paused = False


class Ask:
    """A request, as far as `Connections` looks at it."""

    def __init__(self, transport: asyncio.Transport | None) -> None:
        self.transport = transport


@asynccontextmanager
async def listening(connections: Connections) -> AsyncIterator[tuple[int, list[Speaker]]]:
    """Take connections on a port; those that were taken."""
    speakers: list[Speaker] = []

    def speak() -> Speaker:
        speakers.append(Speaker())
        return speakers[-1]

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        taking = asyncio.create_task(connections.take(listener, speak, None))
        try:
            yield listener.getsockname()[1], speakers
        finally:
            taking.cancel()
            await connections.end()
            for speaker in speakers:
                if speaker.transport is not None:
                    speaker.transport.abort()
            await asyncio.sleep(0)


async def call(port: int, source: str = "127.0.0.1") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))


async def stands(reader: asyncio.StreamReader) -> bool:
    """Whether the connection was taken, once that is decided."""
    try:
        return await reader.read(5) == b"hello"
    except ConnectionError:
        return False


async def is_cut(reader: asyncio.StreamReader) -> bool:
    """Wait until the other side ends it."""
    try:
        return await reader.read(5) == b""
    except ConnectionError:
        return True


async def test_o08_at_the_cap_the_oldest_stranger_goes_and_who_is_known_stays() -> None:
    connections = Connections(Sources(behind_proxy=False), most=3)
    async with listening(connections) as (port, speakers), asyncio.timeout(60):
        lines = []
        for _ in range(3):
            lines.append(await call(port))
            assert await stands(lines[-1][0])
        connections.known(Ask(speakers[0].transport))  # type: ignore[arg-type]  # a request, as far as it looks
        lines.append(await call(port))
        assert await stands(lines[3][0])
        assert await is_cut(lines[1][0])
        assert len(connections) == 3
        connections.unknown(Ask(speakers[0].transport))  # type: ignore[arg-type]  # as above
        lines.append(await call(port))
        assert await stands(lines[4][0])
        # Whoever asked a moment ago is a younger stranger than one that never did.
        assert await is_cut(lines[2][0])
        for _, writer in lines:
            writer.close()


async def test_o08_where_all_are_known_a_stranger_waits_outside() -> None:
    connections = Connections(Sources(behind_proxy=False), most=1)
    async with listening(connections) as (port, speakers), asyncio.timeout(60):
        reader, writer = await call(port)
        assert await stands(reader)
        connections.known(Ask(speakers[0].transport))  # type: ignore[arg-type]  # as above
        outside, other = await call(port)
        assert not await stands(outside)
        writer.write(b"still here")
        writer.close()
        other.close()


async def test_o08_one_address_has_a_cap_of_its_own_and_takes_no_other_s_place() -> None:
    connections = Connections(Sources(behind_proxy=False), most=100, of_one=2)
    async with listening(connections) as (port, _), asyncio.timeout(60):
        honest, mine = await call(port)
        assert await stands(honest)
        writers = [mine]
        for _ in range(10):
            reader, writer = await call(port, "127.0.0.2")
            assert await stands(reader)
            writers.append(writer)
        assert len(connections) == 3
        for writer in writers:
            writer.close()


async def test_o08_a_place_is_free_again_when_a_connection_ends() -> None:
    connections = Connections(Sources(behind_proxy=False), most=1, of_one=1)
    async with listening(connections) as (port, speakers), asyncio.timeout(60):
        for number in range(5):
            reader, writer = await call(port, "127.0.0.3")
            assert await stands(reader)
            connections.known(Ask(speakers[number].transport))  # type: ignore[arg-type]  # as above
            writer.close()
            await writer.wait_closed()
            await speakers[number].lost.wait()
        assert not connections._of_source
        assert not connections._by_transport
        assert not connections._strangers


async def test_o08_who_asks_and_does_not_read_is_cut() -> None:
    connections = Connections(Sources(behind_proxy=False))
    async with listening(connections) as (port, speakers), asyncio.timeout(60):
        reader, writer = await call(port)
        assert await stands(reader)
        (connection,) = connections._open
        connection.deadline = 0.05
        assert connection.transport is not None
        # More than both systems hold between them, so that it must wait for a reader.
        connection.transport.write(bytes(64 << 20))
        assert speakers[0].paused
        await speakers[0].lost.wait()
        assert not len(connections)
        writer.close()


class Slow(asyncio.Transport):
    """A line of which a test says how much still waits."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.cut = 100, False

    def get_write_buffer_size(self) -> int:
        return self.left

    def abort(self) -> None:
        self.cut = True


async def test_o08_who_reads_slowly_is_not_cut() -> None:
    connection = Connection(Connections(Sources(behind_proxy=False)), Source(b"", shared=True), Speaker())
    slow = Slow()
    connection.transport = slow
    connection.pause_writing()
    for left in (70, 40, 10):
        slow.left = left
        connection._look()
        assert not slow.cut
    connection._look()
    assert slow.cut
    connection.connection_lost(None)


def test_o08_as_many_connections_as_there_are_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def limited(soft: int, hard: int) -> tuple[int, list[tuple[int, int]]]:
        asked: list[tuple[int, int]] = []
        monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
        monkeypatch.setattr(resource, "setrlimit", lambda _, both: asked.append(both))
        return room(), asked

    every = limits.CONNECTIONS + limits.FILES_TO_SPARE
    assert limited(1_024, 1 << 20) == (limits.CONNECTIONS, [(every, 1 << 20)])
    assert limited(1_024, resource.RLIM_INFINITY) == (limits.CONNECTIONS, [(every, resource.RLIM_INFINITY)])
    assert limited(resource.RLIM_INFINITY, resource.RLIM_INFINITY) == (limits.CONNECTIONS, [])
    assert limited(1_024, 2_048) == (2_048 - limits.FILES_TO_SPARE, [(2_048, 2_048)])
    assert limited(256, 256) == (128, [])
