"""The live socket: hints go out, beats both ways.

No page talks to it: a request from a browser says so (`Origin`) and is refused (row N05).
"""

import asyncio
from contextlib import suppress

import msgspec
from aiohttp import WSMsgType, web

from securecall import caps
from securecall.errors import InvalidError
from securecall_server.errors import Code, RefusedError
from securecall_server.forms import Hint, LiveRequest
from securecall_server.limits import FIRST_MESSAGE
from securecall_server.relay import Subscriber
from securecall_server.service import SERVICE, Service
from securecall_server.store.interface import StoreFullError
from securecall_server.throttle import THROTTLE

from .route import Route

_HEARTBEAT = 60
_GOODBYE = 2
"""Seconds between pings, and for the closing handshake."""
_POLICY, _AWAY = 1008, 1001
"""Close codes (RFC 6455, section 7.4.1): not allowed, and going away."""


async def live(request: web.Request) -> web.StreamResponse:
    """Tell of places as they are taken, and pass beats on."""
    service = request.app[SERVICE]
    if "Origin" in request.headers:
        raise RefusedError(Code.UNAUTHORIZED)
    socket = web.WebSocketResponse(heartbeat=_HEARTBEAT, timeout=_GOODBYE, max_msg_size=128 * caps.KIB, compress=False)
    await socket.prepare(request)
    try:
        subscriber = await _first_message(service, request, socket)
    except (RefusedError, TimeoutError):
        await socket.close(code=_POLICY)
        return socket
    request.app[THROTTLE].connections.known(request)
    # Added first: what is appended while the places are looked up is not missed.
    service.relay.add(subscriber)
    listening = asyncio.create_task(_listen(service, socket, subscriber))
    try:
        await _tell_newest(service, subscriber)
        await _relay(socket, subscriber)
    finally:
        service.relay.remove(subscriber)
        await socket.close(code=_AWAY)
        listening.cancel()
    return socket


async def _first_message(service: Service, request: web.Request, socket: web.WebSocketResponse) -> Subscriber:
    """Who listens, and to what. Raises: RefusedError, TimeoutError."""
    first = await socket.receive(timeout=FIRST_MESSAGE)
    if first.type is not WSMsgType.TEXT:
        raise RefusedError(Code.UNAUTHORIZED)
    try:
        wanted = msgspec.json.decode(first.data, type=LiveRequest)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise RefusedError(Code.UNAUTHORIZED) from None
    caller = await service.caller_by(wanted.token)
    if caller.scope != "device":
        raise RefusedError(Code.UNAUTHORIZED)
    return Subscriber(caller, map(bytes.fromhex, wanted.spaces), lambda: _cut(request))


async def _tell_newest(service: Service, subscriber: Subscriber) -> None:
    """Tell the newest place of each space that the subscriber may see: they hear from here on."""
    for space in subscriber.spaces:
        with suppress(RefusedError):
            view = await service.access.view(space, subscriber.caller)
            subscriber.tell(space, view.last)


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _relay(socket: web.WebSocketResponse, subscriber: Subscriber) -> None:
    try:
        while (message := await subscriber.next()) is not None:
            if isinstance(message, bytes):
                await socket.send_bytes(message)
            else:
                space, seq = message
                await socket.send_str(msgspec.json.encode(Hint(space.hex(), seq)).decode("ascii"))
    except ConnectionError:
        return


async def _listen(service: Service, socket: web.WebSocketResponse, subscriber: Subscriber) -> None:
    """Take in beats. Whatever else comes, more than a device may send, or the other side's going ends the socket."""
    try:
        while (message := await socket.receive()).type is WSMsgType.BINARY:
            service.beats.rate.count(subscriber.caller.device)
            with suppress(InvalidError, RefusedError, StoreFullError):
                await service.beats.take(message.data, subscriber)
    except RefusedError:
        return
    finally:
        subscriber.end()


_SUMMARY = "Hear of places as they are taken, and exchange beats (WebSocket)."
ROUTES = (Route("GET", "/v1/live", live, _SUMMARY, None, open=True),)
