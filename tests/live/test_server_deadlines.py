"""Nobody holds a place by being slow: headers, bodies, handshakes and sockets have deadlines (rows O08, N03, N05).

The server runs in this process, with deadlines of a moment.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest

from securecall_server import limits
from securecall_server.routes import bodies
from securecall_server.routes import live as live_route
from tests.line.certificate import make_certificate
from tests.live.api import Api, somebody
from tests.live.here import served_here

pytestmark = pytest.mark.slow

MOMENT = 1.0
POST = b"POST /v1/hello HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines are a moment, but for those of bodies."""
    monkeypatch.setattr(limits, "SILENCE", MOMENT)
    monkeypatch.setattr(live_route, "FIRST_MESSAGE", MOMENT)


@pytest.fixture
async def api(tmp_path: Path, hurried: None) -> AsyncIterator[Api]:
    async with served_here(tmp_path / "data") as api:
        yield api


@asynccontextmanager
async def wire(api: Api) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", api.server.port)
    try:
        async with asyncio.timeout(60):
            yield reader, writer
    finally:
        writer.close()


async def drip(writer: asyncio.StreamWriter, data: bytes) -> None:
    """One byte after the other, for as long as they are taken."""
    with suppress(ConnectionError):
        while True:
            writer.write(data)
            await writer.drain()
            await asyncio.sleep(MOMENT / 20)


async def until_cut(reader: asyncio.StreamReader) -> bytes:
    """What comes until the server ends it."""
    try:
        return await reader.read()
    except ConnectionError:
        return b""


async def test_o08_who_says_nothing_is_cut(api: Api) -> None:
    async with wire(api) as (reader, _):
        assert await until_cut(reader) == b""


async def test_o08_headers_that_drip_are_cut(api: Api) -> None:
    async with wire(api) as (reader, writer):
        writer.write(b"GET /healthz HTTP/1.1\r\nX-A: ")
        dripping = asyncio.create_task(drip(writer, b"a"))
        assert await until_cut(reader) == b""
        dripping.cancel()


async def test_o08_a_line_that_idles_after_an_answer_is_cut(api: Api) -> None:
    async with wire(api) as (reader, writer):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert b'{"ok":true}' in await until_cut(reader)


@pytest.mark.parametrize("pace", ["silent", "dripping"])
async def test_o08_a_body_that_does_not_come_is_cut(pace: str, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SILENCE", MOMENT)
    monkeypatch.setattr(bodies, "DEADLINE", MOMENT)
    async with wire(api) as (reader, writer):
        writer.write(POST + b"Content-Length: 1000\r\n\r\n{")
        dripping = asyncio.create_task(drip(writer, b" ")) if pace == "dripping" else None
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 408 ")
        if dripping is not None:
            dripping.cancel()


async def test_o08_n05_a_live_socket_without_its_first_message_is_closed(api: Api) -> None:
    async with asyncio.timeout(60), api.session.ws_connect(f"{api.server.url}/v1/live") as socket:
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
        assert socket.close_code == 1008


async def test_o08_who_is_at_work_is_not_cut(api: Api) -> None:
    owner = somebody()
    coalition = await api.found(owner)
    token = await api.token(owner)
    async with asyncio.timeout(60), api.session.ws_connect(f"{api.server.url}/v1/live") as socket:
        await socket.send_json({"token": token, "spaces": [coalition.id.hex()]})
        assert (await socket.receive_json())["seq"] == 0
        async with wire(api) as (reader, _):
            await until_cut(reader)
        coalition.write(owner)
        await api.push(token, coalition)
        assert (await socket.receive_json())["seq"] == 1


async def test_o08_a_handshake_that_does_not_end_holds_no_place(tmp_path: Path, hurried: None) -> None:
    cert, key = make_certificate(tmp_path, "localhost")
    async with served_here(tmp_path / "data", tls=(cert, key)) as api:
        async with wire(api) as (reader, writer):
            writer.write(b"\x16\x03\x01")
            assert await until_cut(reader) == b""
        context = ssl.create_default_context(cafile=str(cert))
        async with asyncio.timeout(60):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", api.server.port, ssl=context, server_hostname="localhost"
            )
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            assert b'{"ok":true}' in await until_cut(reader)
            writer.close()
