"""What may answer where a SecureCall server should be: pages, other programs, other keys (rows S37, S38, S40)."""

import base64
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from securecall_client.errors import OfflineError, ProofError, RefusedError, SecureCallError
from securecall_client.http import HttpTransport
from securecall_client.http_requests import PAGE_BYTES
from securecall_client.opening import device_credentials
from securecall_client.transport import Way
from securecall_keys.device import DeviceKeys
from tests.simulator.people import Spoken, check_plain
from tests.simulator.server import Server

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SPACE = bytes(32)


@asynccontextmanager
async def answering(handler: Handler) -> AsyncIterator[HttpTransport]:
    """A transport to a server on loopback that answers everything with ``handler``."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    async with TestServer(app) as server:
        transport = HttpTransport(f"http://127.0.0.1:{server.port}", Way(Spoken()))
        try:
            yield transport
        finally:
            await transport.close()


def page(
    status: int = 200, body: bytes = b"<html>Log in to the hotel's Wi-Fi</html>", kind: str = "text/html"
) -> Handler:
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body, content_type=kind)

    return handler


async def elsewhere(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("http://example.invalid/v1/hello")


JSON = "application/json"
NOT_OURS: dict[str, Handler] = {
    "a page that says not found": page(404),
    "other JSON": page(body=b'{"welcome": true}', kind=JSON),
    "a list": page(body=b"[]", kind=JSON),
    "cut JSON": page(body=b'{"hello": "', kind=JSON),
    "nothing": page(body=b"", kind=JSON),
    "not base64": page(body=b'{"hello": "!!"}', kind=JSON),
    "not UTF-8": page(body=b'{"hello": "\xff\xff"}', kind=JSON),
    "deep": page(body=b"[" * 100_000, kind=JSON),
    "a problem of another kind": page(400, b'{"title": "x"}', "application/problem+json"),
}


@pytest.mark.parametrize("name", NOT_OURS)
async def test_s40_what_is_no_securecall_server_is_said_to_be_none(name: str) -> None:
    async with answering(NOT_OURS[name]) as transport:
        with pytest.raises(OfflineError) as caught:
            await transport.server_key()
    check_plain(caught.value)
    assert "not a SecureCall server" in str(caught.value)
    assert caught.value.code == "offline"


PORTALS: dict[str, Handler] = {
    "a page": page(),
    "a page of XHTML": page(kind="application/xhtml+xml"),
    "a redirect": elsewhere,
    "network authentication required": page(511),
}


@pytest.mark.parametrize("name", PORTALS)
async def test_s40_a_captive_portal_is_told_as_one_and_proves_nothing(name: str) -> None:
    async with answering(PORTALS[name]) as transport:
        transport.use(device_credentials(DeviceKeys.generate(), bytes(32)))
        for ask in (transport.server_key, transport.log_in, lambda: transport.get_chunk(SPACE, bytes(16), 0)):
            with pytest.raises(OfflineError) as caught:
                await ask()
            check_plain(caught.value, 1)
            assert "Wi-Fi sign-in page" in str(caught.value)
            assert caught.value.code == "captive-portal"


async def test_a_front_door_without_a_server_behind_it_is_told_as_that() -> None:
    async with answering(page(502)) as transport:
        with pytest.raises(OfflineError) as caught:
            await transport.server_key()
    check_plain(caught.value)
    assert "front door" in str(caught.value)


@pytest.mark.parametrize("code", ["stale", "full", "<b>you lost</b>", "x" * 500, ""])
async def test_s40_words_of_a_server_are_never_shown(code: str) -> None:
    body = b'{"type": "x", "title": "<b>owned</b>", "status": 409, "code": "%s"}' % code.encode()
    async with answering(page(409, body, "application/problem+json")) as transport:
        with pytest.raises(RefusedError) as caught:
            await transport.server_key()
    check_plain(caught.value)
    assert "<b>" not in str(caught.value)
    assert "<b>" not in caught.value.code


async def test_nobody_answers() -> None:
    transport = HttpTransport("http://127.0.0.1:9", Way(Spoken()))
    with pytest.raises(OfflineError) as caught:
        await transport.server_key()
    await transport.close()
    check_plain(caught.value)


def greeting(server: Server, *, nonce: bytes | None = None, flip: bool = False) -> Handler:
    """A server that answers hello, honestly but for what is asked of it; and counts what else comes."""

    async def handler(request: web.Request) -> web.StreamResponse:
        mine = bytes.fromhex((await request.json())["nonce"]) if nonce is None else nonce
        hello = server.hello(mine, bytes(32))
        if flip:
            hello = hello[:-1] + bytes([hello[-1] ^ 1])
        return web.json_response({"hello": base64.b64encode(hello).decode()})

    return handler


async def test_a_proven_key_is_the_servers() -> None:
    server = Server("one")
    async with answering(greeting(server)) as transport:
        assert await transport.server_key() == server.public


@pytest.mark.parametrize("how", ["replayed", "flipped", "another key"])
async def test_s29_a_server_that_cannot_prove_its_key_is_proof_and_gets_no_login(how: str) -> None:
    server, device = Server("one"), DeviceKeys.generate()
    handler = greeting(server, nonce=bytes(32) if how == "replayed" else None, flip=how == "flipped")
    seen: list[str] = []

    async def noting(request: web.Request) -> web.StreamResponse:
        seen.append(request.path)
        return await handler(request)

    wanted = Server("two").public if how == "another key" else server.public
    async with answering(noting) as transport:
        transport.use(device_credentials(device, wanted))
        with pytest.raises(ProofError) as caught:
            await transport.items(SPACE, 0)
    check_plain(caught.value, 3)
    assert seen == ["/v1/hello"]


async def test_s38_more_than_fits_is_cut_off() -> None:
    async def endless(_request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(_request)
        try:
            for _ in range(PAGE_BYTES // (1 << 20) + 8):
                await response.write(bytes(1 << 20))
        except ConnectionError:
            pass
        return response

    async with answering(endless) as transport:
        with pytest.raises(OfflineError) as caught:
            await transport.server_key()
    check_plain(caught.value)


async def test_s38_nothing_is_decompressed() -> None:
    async def squeezed(_request: web.Request) -> web.StreamResponse:
        body = gzip.compress(b'{"hello": ""}' + bytes(10_000_000))
        return web.Response(body=body, headers={"Content-Encoding": "gzip"}, content_type=JSON)

    async with answering(squeezed) as transport:
        with pytest.raises(OfflineError):
            await transport.server_key()


@pytest.mark.parametrize(
    "hint", ['{"space": "zz", "seq": 1}', '{"space": "aa"}', "<html>", "[]", '{"space": "../..", "seq": 1}']
)
async def test_s37_a_live_hint_of_another_form_is_no_hint_of_ours(hint: str) -> None:
    server, device = Server("one"), DeviceKeys.generate()
    greet = greeting(server)

    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path == "/v1/hello":
            return await greet(request)
        if request.path == "/v1/login":
            return web.json_response({"token": "0" * 64, "expires": 0, "scope": "device"})
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        await socket.send_str(hint)
        await socket.close()
        return socket

    async with answering(handler) as transport:
        transport.use(device_credentials(device, server.public))
        with pytest.raises(SecureCallError) as caught:
            async for _ in transport.live([SPACE]):
                pass
    check_plain(caught.value, 1)
    assert caught.value.code == "offline"
