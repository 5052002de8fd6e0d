"""Bodies in and out: bounded before they are read, strict, never compressed (rows S35, S36, O10)."""

import asyncio
import re
from typing import TypeVar

import msgspec
from aiohttp import web

from securecall.errors import InvalidError, Problem
from securecall_server.errors import MediaTypeError
from securecall_server.forms import Form
from securecall_server.limits import DEADLINE, SILENCE, SLOWEST

_NUMBER = re.compile("0|[1-9][0-9]{0,9}")

F = TypeVar("F", bound=Form)


async def read_form(request: web.Request, form: type[F], cap: int) -> F:
    """The JSON body. Raises: MediaTypeError, InvalidError (`Problem.TOO_LARGE`, `Problem.MALFORMED`)."""
    body = await read_bytes(request, "application/json", cap)
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise InvalidError(Problem.MALFORMED, "not the form that this route takes") from None


async def read_bytes(request: web.Request, kind: str, cap: int, into: bytearray | None = None) -> bytes:
    """The body, of content type ``kind``; ``into`` is what came of it before, and grows as the rest comes.

    Together at most ``cap`` bytes. Raises: as `read_form`, TimeoutError.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise MediaTypeError
    if request.content_type != kind or "Content-Type" not in request.headers:
        raise MediaTypeError
    body = bytearray() if into is None else into
    if len(body) + (request.content_length or 0) > cap:
        raise InvalidError(Problem.TOO_LARGE, "more than this route takes")
    clock = asyncio.get_running_loop().time
    began, before = clock(), len(body)
    async with asyncio.timeout(SILENCE) as timeout:
        async for part in request.content.iter_any():
            body += part
            if len(body) > cap:
                raise InvalidError(Problem.TOO_LARGE, "more than this route takes")
            drip = began + DEADLINE + (len(body) - before) / SLOWEST
            timeout.reschedule(min(clock() + SILENCE, drip))
    return bytes(body)


def first_place(request: web.Request) -> int:
    """The number after ``?from=``, 0 without. Raises: InvalidError (`Problem.MALFORMED`)."""
    text = request.query.get("from", "0")
    if set(request.query) - {"from"} or _NUMBER.fullmatch(text) is None or int(text) >= 1 << 32:
        raise InvalidError(Problem.MALFORMED, "not a place")
    return int(text)


def path_id(request: web.Request, part: str) -> bytes:
    """An id in the path, whose form the router has checked."""
    return bytes.fromhex(request.match_info[part])


def answer(form: Form) -> web.Response:
    """A JSON answer."""
    return web.Response(body=msgspec.json.encode(form), content_type="application/json")
