"""The recording proxy passes everything on unchanged, and keeps all of it."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from securecall_client.demo.proxy import RecordingProxy
from securecall_client.demo.search import search

pytestmark = pytest.mark.slow

MIB = 1024 * 1024


class EchoServer:
    """A server that sends back, in the same pace, what it gets, until its client has finished."""

    def __init__(self) -> None:
        self.port = 0
        self.writers: list[asyncio.StreamWriter] = []

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._echo, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Go as a killed process goes: connections are reset."""
        self._server.close()
        for writer in self.writers:
            writer.transport.abort()
        await self._server.wait_closed()

    async def _echo(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        try:
            while data := await reader.read(MIB):
                writer.write(data)
                await writer.drain()
        except OSError:
            return
        writer.close()


@asynccontextmanager
async def between(log: Path) -> AsyncIterator[tuple[EchoServer, RecordingProxy, int]]:
    server = EchoServer()
    await server.start()
    proxy = RecordingProxy(log, "127.0.0.1", server.port)
    port = await proxy.start()
    try:
        yield server, proxy, port
    finally:
        await proxy.stop()
        await server.stop()


async def exchange(port: int, data: bytes) -> bytes:
    """Send all of it, finish sending, and read until the other side has finished too."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:

        async def send() -> None:
            writer.write(data)
            await writer.drain()
            writer.write_eof()

        _, answer = await asyncio.gather(send(), reader.read(-1))
        return answer
    finally:
        writer.close()


async def answer_to(port: int, data: bytes) -> bytes:
    """Send without finishing, and read until the other side ends the connection, in whatever way."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(data)
        answer = await reader.read(-1)
        writer.close()
    except ConnectionError:
        return b""
    return answer


async def test_eight_mib_pass_both_ways_and_are_recorded(tmp_path: Path) -> None:
    data = os.urandom(8 * MIB)
    async with between(tmp_path / "log") as (_, _, port):
        assert await exchange(port, data) == data
    assert (tmp_path / "log" / "000001.to-server").read_bytes() == data
    assert (tmp_path / "log" / "000001.from-server").read_bytes() == data


async def test_it_tells_how_much_has_gone_to_the_server(tmp_path: Path) -> None:
    async with between(tmp_path / "log") as (_, proxy, port):
        waiting = asyncio.create_task(proxy.reached(3000))
        for _ in range(3):
            assert not waiting.done()
            await exchange(port, bytes(1000))
        await waiting
        assert proxy.sent == 3000


async def test_a_needle_that_crosses_two_packets_is_found(tmp_path: Path) -> None:
    async with between(tmp_path / "log") as (_, _, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for part in (b"half-a-ca", b"nary-here"):
            writer.write(part)
            assert await reader.readexactly(len(part)) == part
        writer.close()
    found = search([tmp_path / "log"], ["half-a-canary-here"])
    assert [finding.file.name for finding in found] == ["000001.from-server", "000001.to-server"]


async def test_the_upstream_may_die_and_come_back(tmp_path: Path) -> None:
    async with between(tmp_path / "log") as (server, _, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"before")
        assert await reader.readexactly(6) == b"before"
        await server.stop()
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readexactly(1)
        writer.close()
        assert await answer_to(port, b"meanwhile") == b""
        await server.start()
        assert await exchange(port, b"after") == b"after"


async def test_a_client_that_is_lost_is_lost_upstream_too(tmp_path: Path) -> None:
    async with between(tmp_path / "log") as (server, _, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"here")
        await reader.readexactly(4)
        writer.transport.abort()
        await server.writers[0].wait_closed()


async def test_a_thousand_connections_are_each_recorded(tmp_path: Path) -> None:
    texts = [f"connection {number}".encode() for number in range(1000)]
    async with between(tmp_path / "log") as (_, _, port):
        for start in range(0, len(texts), 100):
            batch = texts[start : start + 100]
            assert await asyncio.gather(*(exchange(port, text) for text in batch)) == batch
    recorded = {file.read_bytes() for file in (tmp_path / "log").glob("*.to-server")}
    assert recorded == set(texts)


async def test_what_cannot_be_recorded_is_not_passed_on(tmp_path: Path) -> None:
    async with between(tmp_path / "log") as (_, _, port):
        (tmp_path / "log" / "000001.to-server").write_bytes(b"taken")
        assert await answer_to(port, b"unseen") == b""
    assert (tmp_path / "log" / "000001.to-server").read_bytes() == b"taken"


async def test_a_reader_that_does_not_read_holds_the_sender_back(tmp_path: Path) -> None:
    async with between(tmp_path / "log") as (_, proxy, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(bytes(64 * MIB))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(writer.drain(), timeout=0.5)
        passed = (tmp_path / "log" / "000001.to-server").stat().st_size
        assert passed < 48 * MIB
        await proxy.stop()
        writer.transport.abort()


async def test_stopping_ends_what_is_open_and_a_new_start_goes_on_numbering(tmp_path: Path) -> None:
    async with between(tmp_path / "log") as (_, proxy, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"one")
        await reader.readexactly(3)
        await proxy.stop()
        assert await reader.read() == b""
        writer.close()
        assert await exchange(await proxy.start(port), b"two") == b"two"
    assert (tmp_path / "log" / "000002.to-server").read_bytes() == b"two"
