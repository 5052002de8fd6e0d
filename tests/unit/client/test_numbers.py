"""Numbers and words from outside that no computer can use end in our own errors, and void no more than they must."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from aiohttp import web

from securecall import entries as e
from securecall.wire import encode
from securecall_client import clock, content
from securecall_client.acts import calls
from securecall_client.errors import OfflineError, RefusedError, SecureCallError
from securecall_client.http import HttpTransport
from securecall_client.opening import device_credentials
from securecall_client.text import when
from securecall_client.transport import Page
from securecall_client.web.language import language
from securecall_keys.device import DeviceKeys
from tests.simulator.forging import forge_record
from tests.simulator.hostile import restate
from tests.simulator.people import CALL, Stage, check_plain, enter
from tests.simulator.server import Server
from tests.unit.client.test_answers_over_http import JSON, SPACE, answering, greeting

FAR = 2**62
"""A time that no calendar holds, in milliseconds or seconds."""


@pytest.mark.parametrize("time", [FAR, 2**63, 2**64 - 1])
async def test_s40_a_statement_of_a_time_that_no_calendar_holds(time: int, stage: Stage) -> None:
    await stage.sync("Ann")
    ann = stage["Ann"]

    def lie(page: Page) -> Page:
        return replace(page, end=restate(stage.server, page.end, time=time))

    ann.hostile.change_pages(lie)
    async with ann.open() as session:
        try:
            assert (await session.synced(stage.call)).chain.next_seq == stage.places
        except SecureCallError as error:
            check_plain(error)
    ann.hostile.be_honest()
    assert await ann.answer(stage.call) == "server"


@pytest.mark.parametrize("seq", [2**32, 2**63, 2**64, -1, 10**30])
async def test_s40_a_grant_for_a_place_that_no_database_holds_is_left_out(seq: int, stage: Stage) -> None:
    await stage.sync("Ann")
    ann = stage["Ann"]
    async with stage["Sec"].open() as session:
        await enter(session, stage.call, e.Rotate())
    ann.hostile.change_grants(lambda grants: {**grants, seq: b"x"})
    async with ann.open() as session:
        view = await session.synced(stage.call)
        assert [keys.epoch for keys in view.ring.epochs()] == [0, 1]
    async with ann.open(offline=True) as session:
        assert [keys.epoch for keys in (await session.view(stage.call)).ring.epochs()] == [0, 1]


@pytest.mark.parametrize("starts", [clock.LATEST + 1, FAR, 2**64 - 1])
async def test_m12_a_call_that_starts_on_no_day_voids_that_record_alone(starts: int, stage: Stage) -> None:
    """Bob, who is chair, signs it with a client of his own; ours would not write it."""
    body = content.CallInfo("Never", "FR", starts, "", "")
    with pytest.raises(RefusedError) as caught:
        content.write(body, 0)
    check_plain(caught.value)
    async with stage["Bob"].open() as session:
        view = await session.synced(stage.call)
        said = encode(content.Content("call", 1, clock.minute(), encode(body)))
        place = forge_record(view, session.author, said, "everyone")
        assert place.item is not None
        await session.transport.append(stage.call, place.kind, place.item)
    async with stage["Ann"].open() as session:
        [line] = (await calls.list_calls(session)).calls
        assert line.title == CALL
        await calls.show_call(session, stage.call.hex())
        assert [void.seq for void in (await session.view(stage.call)).state.void] == [stage.places - 1]
    assert await stage["Ann"].answer(stage.call) == "server"


@pytest.mark.parametrize("seconds", [-1, 0, clock.LATEST, clock.LATEST + 1, FAR, 2.0**70])
def test_every_time_can_be_said(seconds: float) -> None:
    assert len(clock.iso(seconds)) == len("2027-03-01T00:00:00+00:00")


@pytest.mark.parametrize("seconds", [0, clock.LATEST, FAR, 60.0 * (2**32 - 1)])
@pytest.mark.parametrize("hours", [-12, 0, 3, 14])
def test_m12_every_time_that_a_record_says_can_be_said_in_every_zone(seconds: float, hours: int) -> None:
    """Of a call's start or a message's minute somebody signs what they like, and all pages with it are still shown."""
    zone = timezone(timedelta(hours=hours))
    assert when(clock.at(seconds), zone)
    here, iso = language("en", zone), clock.iso(seconds)
    assert all((here.moment(iso), here.day(iso), here.time(iso)))


async def refuse(token: str, body: str, ask: Callable[[HttpTransport], object]) -> None:
    """See that whoever gives that token, and then that body, is said to be no server of ours."""
    server, device = Server("one"), DeviceKeys.generate()
    greet = greeting(server)

    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path == "/v1/hello":
            return await greet(request)
        if request.path == "/v1/login":
            return web.json_response({"token": token})
        return web.Response(body=body.encode(), content_type=JSON)

    async with answering(handler) as transport:
        transport.use(device_credentials(device, server.public))
        with pytest.raises(OfflineError) as caught:
            await ask(transport)  # type: ignore[misc]  # each of them gives what can be awaited
    check_plain(caught.value, 1)
    assert "not a SecureCall server" in str(caught.value)


TOKENS = {
    "a line end": "a\r\nX-Injected: yes",
    "a line end within": "0" * 31 + "\r\n" + "0" * 31,
    "a line end after": "0" * 64 + "\n",
    "NUL": "\x00" * 64,
    "not ASCII": "é" * 64,
    "half a pair": "\udcff" * 64,
    "nothing": "",
    "short": "0" * 63,
    "long": "0" * 65,
    "capitals": "A" * 64,
}


@pytest.mark.parametrize("name", TOKENS)
async def test_s40_a_token_is_64_hex_digits_and_reaches_no_header_otherwise(name: str) -> None:
    await refuse(TOKENS[name], '{"items": [], "end": ""}', lambda transport: transport.items(SPACE, 0))


@pytest.mark.parametrize("seq", ["4294967296", "18446744073709551615", "9" * 30, "-1", "1e400", "1.5"])
async def test_s40_a_place_that_is_none_over_http(seq: str) -> None:
    grants = f'{{"grants": [{{"seq": {seq}, "box": ""}}]}}'
    await refuse("0" * 64, grants, lambda transport: transport.grants(SPACE, 0))
    receipt = f'{{"seq": {seq}, "before": "", "statement": ""}}'
    await refuse("0" * 64, receipt, lambda transport: transport.append(SPACE, 0, b""))
