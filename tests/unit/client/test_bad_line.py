"""Deadlines that grow with what moves, tries that are made again, and what is never tried again (row S38)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from securecall_client.errors import CutError, OfflineError, PauseError, ProofError
from securecall_client.http import HttpTransport
from securecall_client.http_line import HttpLine
from securecall_client.opening import device_credentials
from securecall_client.pace import Pace
from securecall_client.transport import Way
from securecall_keys.device import DeviceKeys
from tests.simulator.people import Spoken, check_plain
from tests.unit.client.test_answers_over_http import Handler, page

pytestmark = pytest.mark.slow

PACE = Pace(connect=2, silence=0.3, slowest=1_000_000, pauses=(0.001, 0.001, 0.001))
MANY = 1 << 20


@asynccontextmanager
async def line(handler: Handler, pace: Pace = PACE) -> AsyncIterator[tuple[HttpLine, Spoken]]:
    app = web.Application(client_max_size=9 * MANY)
    app.router.add_route("*", "/{path:.*}", handler)
    said = Spoken()
    async with TestServer(app) as server:
        opened = HttpLine(f"http://127.0.0.1:{server.port}", Way(said, pace=pace))
        try:
            yield opened, said
        finally:
            await opened.close()


def dripping(pieces: int, piece: bytes, pause: float) -> Handler:
    """An answer that comes little by little."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with suppress(ConnectionError):
            for _ in range(pieces):
                await response.write(piece)
                await asyncio.sleep(pause)
        return response

    return handler


async def test_s38_silence_ends_a_request_and_slowness_does_not() -> None:
    async def silent(_request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    async with line(silent) as (opened, _), asyncio.timeout(5):
        with pytest.raises(CutError) as caught:
            await opened.ask("GET", "/", cap=10)
        check_plain(caught.value)
    slow = dripping(20, bytes(20_000), 0.05)  # three times as long as silence may last
    async with line(slow, replace(PACE, slowest=100_000)) as (opened, _):
        assert len((await opened.ask("GET", "/", cap=MANY)).content) == 400_000


async def test_s38_a_slow_drip_is_cut() -> None:
    async with line(dripping(10_000, b"x", 0.02)) as (opened, _), asyncio.timeout(5):
        with pytest.raises(CutError):
            await opened.ask("GET", "/", cap=MANY)


async def test_s38_a_large_body_has_time_as_long_as_it_is_taken() -> None:
    async def slow(request: web.Request) -> web.StreamResponse:
        taken = 0
        while part := await request.content.read(MANY // 16):
            taken += len(part)
            await asyncio.sleep(0.02)
        return web.Response(text=str(taken))

    async with line(slow, replace(PACE, slowest=100_000)) as (opened, _):
        assert (await opened.ask("PUT", "/", body=bytes(8 * MANY), cap=100)).content == b"%d" % (8 * MANY)


def cutting(times: int) -> Handler:
    """A line that is cut so many times, then holds."""
    left = times

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal left
        if left:
            left -= 1
            assert request.transport is not None
            request.transport.abort()
        return web.Response(text="there")

    return handler


async def test_s38_what_was_cut_is_tried_again_and_said_from_the_second_time_on() -> None:
    for times in range(4):
        async with line(cutting(times)) as (opened, said):
            reply = await opened.persist(partial(opened.ask, "POST", "/", body=b"{}", cap=100))
            assert reply.content == b"there"
            assert said.lines == [f"The line is bad, trying again ({number})." for number in range(2, times + 1)]


async def test_s38_tries_have_an_end_and_begin_anew_with_every_step_forward() -> None:
    async with line(cutting(4)) as (opened, _):
        with pytest.raises(CutError):
            await opened.persist(lambda: opened.ask("POST", "/", body=b"{}", cap=100))
    steps = 0

    async def further() -> str:
        nonlocal steps
        steps += 1
        if steps < 20:
            raise CutError("The line was lost.")
        return "there"

    said = Spoken()
    assert await HttpLine("http://127.0.0.1:9", Way(said, pace=PACE)).persist(further, lambda: steps) == "there"
    assert said.lines == []


@pytest.mark.parametrize("handler", [page(), page(502), page(404)], ids=["portal", "front door", "another program"])
async def test_s38_what_would_be_the_same_again_is_not_tried_again(handler: Handler) -> None:
    asked: list[str] = []

    async def counting(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return await handler(request)

    async with line(counting) as (opened, _):
        transport = HttpTransport(opened.address, opened.way)
        with pytest.raises(OfflineError):
            await transport.server_key()
        await transport.close()
    assert len(asked) == 1


async def test_s38_a_chunk_that_is_cut_is_fetched_on_from_where_it_was() -> None:
    data, asked = bytes(range(256)) * 2000, []

    async def handler(request: web.Request) -> web.StreamResponse:
        first = int(request.query.get("from", "0"))
        asked.append(first)
        response = web.StreamResponse(headers={"Content-Length": str(len(data) - first)})
        response.content_type = "application/octet-stream"
        await response.prepare(request)
        await response.write(data[first : first + 50_000])
        if len(data) - first > 50_000:
            await asyncio.sleep(0.01)
            assert request.transport is not None
            request.transport.abort()
        return response

    async with line(handler) as (opened, said):
        transport = HttpTransport(opened.address, opened.way)
        transport._token = "0" * 64
        assert await transport.get_chunk(bytes(32), bytes(16), 0) == data
        await transport.close()
    assert asked == sorted(set(asked))
    assert len(asked) > 5
    assert said.lines == []


def pausing(*pauses: str) -> tuple[Handler, list[str]]:
    """A server that asks for these pauses, one after the other, and then answers; what it was asked."""
    asked: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        if len(asked) > len(pauses):
            return web.Response(body=b'{"hello": ""}', content_type="application/json")
        return web.Response(status=429, headers={"Retry-After": pauses[len(asked) - 1]})

    return handler, asked


async def test_o10_a_pause_that_is_asked_for_is_made_and_said() -> None:
    handler, asked = pausing("1", "not a number")
    async with line(handler, replace(PACE, patient=10)) as (opened, said), asyncio.timeout(60):
        transport = HttpTransport(opened.address, opened.way)
        with pytest.raises(ProofError):  # it has answered, with a greeting that proves nothing
            await transport.server_key()
        await transport.close()
    assert len(asked) == 3
    assert said.lines == ["The server asks for a pause: too many requests at once. Waiting a little."]


async def test_o10_a_first_answer_that_is_a_pause_again_and_again_is_said_to_be_one() -> None:
    handler, _ = pausing(*"1" * 99)
    async with line(handler, replace(PACE, patient=10)) as (opened, _), asyncio.timeout(60):
        transport = HttpTransport(opened.address, opened.way)
        transport.use(device_credentials(DeviceKeys.generate(), bytes(32)))
        with pytest.raises(PauseError):
            await transport.reach(2, patient=False)
        await transport.close()


@pytest.mark.parametrize("pause", ["11", "3600", "99999", "1e9", "-5", "9" * 400, "Wed, 21 Oct 2065 07:28:00 GMT", "٣"])
async def test_o10_a_pause_past_patience_is_left_to_the_person(pause: str) -> None:
    handler, asked = pausing(*[pause] * 9)
    async with line(handler, replace(PACE, patient=0.9)) as (opened, _), asyncio.timeout(60):
        transport = HttpTransport(opened.address, opened.way)
        with pytest.raises(PauseError) as caught:
            await transport.server_key()
        await transport.close()
    check_plain(caught.value)
    assert (caught.value.code, len(asked)) == ("too-many-requests", 1)
    assert 1 <= caught.value.seconds <= 3_600
