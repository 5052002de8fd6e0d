"""Floods, forged addresses and requests that are no requests, at a running server (rows O08, O09, O10, N04)."""

import asyncio
import struct
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from itertools import count

import aiohttp
import msgspec
import pytest

from securecall_server import limits
from securecall_server.problems import ProblemDocument
from tests.live.api import Api, somebody
from tests.live.process import ServerProcess
from tests.world import Space

HELLO = {"nonce": "00" * 32}


@asynccontextmanager
async def session_from(server: ServerProcess, address: str) -> AsyncIterator[Api]:
    """A session from another address of this machine."""
    connector = aiohttp.TCPConnector(local_addr=(address, 0), limit=40)
    async with aiohttp.ClientSession(connector=connector) as session:
        yield Api(server, session)


Refusal = tuple[int, str, Mapping[str, str], dict]
"""Status, content type, headers and document."""


async def flood(api: Api, forwarded: Iterator[str] | None = None) -> Refusal:
    """Greet the server from many sides until it is too much, and return the refusal."""
    refusals: list[Refusal] = []

    async def one() -> None:
        while not refusals:
            headers = {"X-Forwarded-For": next(forwarded)} if forwarded else None
            async with api.session.post(f"{api.server.url}/v1/hello", json=HELLO, headers=headers) as response:
                document = await response.json(content_type=None)
                if response.status != 200:
                    refusals.append((response.status, response.content_type, response.headers, document))

    async with asyncio.timeout(60):
        await asyncio.gather(*(one() for _ in range(40)))
    return refusals[0]


async def test_o10_g01_a_flood_from_one_address_waits_and_nobody_else_does(
    server: ServerProcess, api: Api, coalition: Space
) -> None:
    async with session_from(server, "127.0.0.2") as other:
        token = await other.token(coalition.founder)
        status, kind, headers, document = await flood(other)
        assert (status, kind) == (429, "application/problem+json")
        assert set(document) == set(ProblemDocument.__struct_fields__)
        assert (document["status"], document["code"]) == (429, "too-many-requests")
        assert int(headers["Retry-After"]) >= 1
        assert headers["Server"] == "SecureCall"
        # Who has a token goes on, from that very address too; and from others, whoever they are.
        assert (await other.items(token, coalition.id)).status == 200
    async with session_from(server, "127.0.0.3") as third:
        assert (await third.log_in_device(coalition.founder.device)).status == 200
    assert (await api.log_in_device(coalition.founder.device)).status == 200


async def test_o08_thirty_people_behind_one_address_are_not_throttled(server: ServerProcess, coalition: Space) -> None:
    async with session_from(server, "127.0.0.4") as api:
        people = [somebody() for _ in range(30)]
        answers = await asyncio.gather(*(api.log_in_device(person.device) for person in people for _ in range(3)))
        assert {answer.status for answer in answers} == {401}  # they have no account, and are told so at once


async def hang(server: ServerProcess, address: str, path: str, token: str) -> asyncio.StreamWriter:
    """A request whose body never comes; it is under way, or refused, when this returns."""
    where = server.url.removeprefix("http://")
    host, _, port = where.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port), local_addr=(address, 0))
    headers = (
        f"PUT {path} HTTP/1.1\r\nHost: {where}\r\nAuthorization: Bearer {token}\r\nExpect: 100-continue\r\n"
        "Content-Type: application/octet-stream\r\nContent-Length: 4000000\r\n\r\n"
    )
    writer.write(headers.encode())
    assert b"100 Continue" in await reader.readline()
    return writer


async def test_o08_m12_one_member_does_not_take_the_connections_of_all_behind_their_address(
    server: ServerProcess, coalition: Space
) -> None:
    async with session_from(server, "127.0.0.6") as api, asyncio.timeout(120):
        cheat, friend = somebody(), somebody()
        call = await api.open_call(coalition, (cheat, "member"), (friend, "member"))
        token, other = await api.token(cheat), await api.token(friend)
        await api.session.close()
        blobs = f"/v1/spaces/{call.id.hex()}/blobs"
        hanging = [
            await hang(server, "127.0.0.6", f"{blobs}/{number:032x}/0", token)
            for number in range(limits.ADDRESS_CONNECTIONS)
        ]
        async with session_from(server, "127.0.0.6") as beside:
            assert (await beside.log_in_device(friend.device)).status == 200
            assert (await beside.items(other, call.id)).status == 200
            refused = await beside.items(token, call.id)
            assert (refused.status, refused.code) == (429, "too-many-requests")
            for writer in hanging:
                writer.close()
            while (await beside.items(token, call.id)).status == 429:
                pass
            assert (await beside.items(token, call.id)).status == 200


async def test_o11_a_flood_leaves_no_flood_in_the_log(server: ServerProcess, coalition: Space) -> None:
    async with session_from(server, "127.0.0.5") as api:
        await flood(api)
    assert "too-many-requests" not in server.log.read_text()
    assert "127.0.0" not in server.log.read_text()


@pytest.mark.slow
async def test_o08_behind_a_proxy_its_word_counts_and_a_client_s_does_not(new_server: ServerProcess) -> None:
    new_server.more = ("--behind-proxy",)
    new_server.start()
    async with aiohttp.ClientSession() as session, asyncio.timeout(60):
        api = Api(new_server, session)
        owner = somebody()
        await api.found(owner)

        # What the client wrote stands first and changes with every request; the proxy adds what it sees.
        forged = (f"192.0.2.{number % 250}, 203.0.113.7" for number in count())
        assert (await flood(api, forged))[0] == 429
        # All requests here come over the same few connections, so only the header tells them apart.
        others = (f"203.0.{number}.9" for number in range(200))
        headers = [{"X-Forwarded-For": other} for other in others]
        answers = await asyncio.gather(*(api.ask("POST", "/v1/hello", body=HELLO, headers=one) for one in headers))
        assert {answer.status for answer in answers} == {200}


async def raw(server: ServerProcess, data: bytes) -> bytes:
    """Send these bytes and nothing else; what comes back until the server is done."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(data)
        async with asyncio.timeout(60):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


HEAD = b"POST /v1/hello HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
BODY = b'{"nonce": "%s"}' % (b"0" * 64)
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
INSIDE = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
SMUGGLED = {
    "length and chunks": HEAD + LENGTH + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKED + INSIDE,
    "chunks and length": HEAD + b"Transfer-Encoding: chunked\r\n" + LENGTH + b"\r\n" + CHUNKED + INSIDE,
    "two lengths": HEAD + LENGTH + b"Content-Length: 4\r\n\r\n" + BODY + INSIDE,
    "a length with a sign": HEAD + b"Content-Length: +%d\r\n\r\n" % len(BODY) + BODY + INSIDE,
    "a negative length": HEAD + b"Content-Length: -1\r\n\r\n" + BODY + INSIDE,
    "a list of lengths": HEAD + b"Content-Length: 4, 4\r\n\r\n" + BODY + INSIDE,
    "chunks that are none": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKED + INSIDE,
    "chunks and more": HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n" + CHUNKED + INSIDE,
    "two codings": HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + CHUNKED + INSIDE,
    "a space before the colon": HEAD + b"Transfer-Encoding : chunked\r\n\r\n" + CHUNKED + INSIDE,
    "a folded header": HEAD + b"Transfer-Encoding:\r\n chunked\r\n\r\n" + CHUNKED + INSIDE,
    "a size that is none": HEAD + b"Transfer-Encoding: chunked\r\n\r\n0x5c\r\n" + BODY + INSIDE,
    "a zero byte in a header": HEAD + b"X-A: b\0c\r\n" + LENGTH + b"\r\n" + BODY + INSIDE,
    "a bare line end": HEAD + b"X-A: b\rTransfer-Encoding: chunked\r\n" + LENGTH + b"\r\n" + BODY + INSIDE,
}


@pytest.mark.parametrize("name", SMUGGLED)
async def test_n04_a_request_with_two_readings_is_refused_and_nothing_after_it_is_read(
    name: str, server: ServerProcess
) -> None:
    answer = await raw(server, SMUGGLED[name])
    assert (answer.count(b"HTTP/1."), answer.split(b" ")[1]) == (1, b"400"), answer
    head, _, body = answer.partition(b"\r\n\r\n")
    assert (msgspec.json.decode(body, type=ProblemDocument).code, b"Server: SecureCall" in head) == ("malformed", True)


async def test_n04_what_has_one_reading_is_answered(server: ServerProcess) -> None:
    for whole in (HEAD + LENGTH + b"\r\n" + BODY, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKED):
        answer = await raw(server, whole + INSIDE)
        assert answer.count(b"HTTP/1.1 200 ") == 2, answer


HEALTH = b"GET /healthz%s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s\r\n"
LONG = b"a" * 2 * limits.HEADER_LINE
HEADERS = {
    "a long line": HEALTH % (LONG, b""),
    "a long header": HEALTH % (b"", b"X-A: %s\r\n" % LONG),
    "many headers": HEALTH % (b"", b"X-A: b\r\n" * (limits.HEADER_LINES + 1)),
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
    "another version": (HEALTH % (b"", b"")).replace(b"1.1", b"3.7"),
}


@pytest.mark.parametrize("name", HEADERS)
async def test_o09_headers_without_measure_are_refused(name: str, server: ServerProcess, api: Api) -> None:
    answer = await raw(server, HEADERS[name])
    assert answer.split(b" ")[1] == b"400", answer
    assert (await api.ask("GET", "/healthz")).status == 200


async def test_o09_what_is_not_used_is_off(api: Api, coalition: Space) -> None:
    token = await api.token(coalition.founder)
    path = f"/v1/spaces/{coalition.id.hex()}/items"
    whole = await api.items(token, coalition.id)
    for span in ("bytes=0-1", "bytes=0-0,1-1,2-2", "bytes=-1"):
        answer = await api.ask("GET", path, token, headers={"Range": span})
        assert (answer.status, len(answer.body)) == (200, len(whole.body))
    for method in ("HEAD", "OPTIONS", "TRACE", "DELETE", "PATCH"):
        assert (await api.ask(method, path, token)).status == 405
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await api.ask("POST", path, token, data=b"--x\r\n\r\n\r\n--x--\r\n", headers=form)
    assert (answer.status, answer.code) == (415, "malformed")


async def test_o08_two_thousand_bytes_in_frames_that_never_end_are_no_first_message(server: ServerProcess) -> None:
    """A live socket whose first message is not whole holds nobody's place and hears nothing."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(
        b"GET /v1/live HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    async with asyncio.timeout(60):
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        # A frame that says it is larger than any first message may be.
        writer.write(b"\x81\xff" + struct.pack(">Q", 1 << 40) + bytes(4))
        rest = await reader.read()
    assert b"seq" not in rest
    writer.close()
