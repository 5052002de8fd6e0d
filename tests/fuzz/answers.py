"""What answers where the server should be: every body, and every message on the live line, that a client reads."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace

import aiohttp

from securecall.labels import Label
from securecall.statements import Hello
from securecall.wire import encode
from securecall_client.acts import doctor_line
from securecall_client.errors import ProofError, RefusedError, SecureCallError
from securecall_client.http import HttpTransport
from securecall_client.http_reply import Reply
from securecall_client.transport import Credentials, Way
from tests.fuzz import scene
from tests.fuzz.target import Target, text, typed, wait
from tests.simulator.people import ADDRESS, Spoken

TOLD: tuple[type[Exception], ...] = (SecureCallError,)
SPACE, BLOB = bytes(32), bytes(16)


def b64(data: bytes) -> str:
    return b64encode(data).decode()


class _Line:
    """A line on which everything is answered with the same bytes; before a login the greeting is a good one."""

    def __init__(self, data: bytes, status: int, kind: str) -> None:
        self.reply, self.address = Reply(status, kind, data, "", 0), ADDRESS

    async def ask(
        self, _method: str, path: str, *, body: bytes | None = None, into: bytearray | None = None, **_rest: object
    ) -> Reply:
        if into is not None:
            into += self.reply.content
        if path == "/v1/hello" and b'"token"' in self.reply.content:
            return Reply(200, "application/json", json.dumps({"hello": b64(_greet(body or b""))}).encode(), "", 0)
        return self.reply

    async def persist(self, attempt: Callable[[], Awaitable[object]], _moved: object = None) -> object:
        return await attempt()

    @asynccontextmanager
    async def socket(self, _path: str) -> AsyncIterator["_Socket"]:
        yield _Socket(self.reply.content.decode(errors="replace"))


def _greet(body: bytes) -> bytes:
    nonce = bytes.fromhex(json.loads(body)["nonce"])
    return scene.signed(Label.HELLO, encode(Hello(scene.KEY, nonce, bytes(32))))


class _Socket:
    """A live line that brings one text."""

    def __init__(self, message: str) -> None:
        self.message: str | None = message

    async def send_json(self, _message: object) -> None: ...

    def __aiter__(self) -> "_Socket":
        return self

    async def __anext__(self) -> SimpleNamespace:
        message, self.message = self.message, None
        if message is None:
            raise StopAsyncIteration
        return SimpleNamespace(type=aiohttp.WSMsgType.TEXT, data=message)


def transport(data: bytes, status: int = 200, kind: str = "application/json", token: str = "ab" * 32) -> HttpTransport:
    """A transport whose every request is answered with ``data``, and which has a token."""
    made = HttpTransport(ADDRESS, Way(Spoken()))
    made._line = _Line(data, status, kind)  # type: ignore[assignment]  # all that a transport asks of its line
    made._token = token
    return made


def answered(name: str, ask: Callable[[HttpTransport], Awaitable[object]], *good: object, **how: object) -> Target:
    """A request, whatever its answer."""

    def run(data: bytes) -> object:
        return wait(ask(transport(data, **how)))  # type: ignore[arg-type]  # as `transport` takes them

    return Target(name, run, lambda: [json.dumps(body).encode() for body in good], TOLD)


async def _log_in(line: HttpTransport) -> None:
    line.use(Credentials(scene.KEY, lambda *_: b"proof", None))
    await line.log_in()


async def _greeted(line: HttpTransport) -> object:
    """A good greeting in answer to another nonce than ours is found out, and that is all that is wrong with it."""
    try:
        return await line.server_key()
    except ProofError as error:
        return error


async def _refused(line: HttpTransport) -> object:
    try:
        return await line.mail(SPACE)
    except RefusedError as error:
        return error


async def _live(line: HttpTransport) -> object:
    return [message async for message in line.live([SPACE])]


async def _get_chunk(line: HttpTransport) -> bytes:
    return await line.get_chunk(SPACE, BLOB, 0)


def _hello_signed(data: bytes) -> object:
    """A greeting truly signed by some server, whatever it says."""
    body = json.dumps({"hello": b64(scene.signed(Label.HELLO, data))})
    return wait(_greeted(transport(body.encode(), token="")))


def _date(data: bytes) -> object:
    return doctor_line._clock(Reply(200, "application/json", b"", text(data), 0))


HELLO = encode(Hello(scene.KEY, scene.HEAD, bytes(32)))
ACKNOWLEDGED = {"seq": 3, "before": "ab" * 32, "statement": b64(b"statement")}
PLACE = {"class": 2, "digest": "ab" * 32, "item": b64(b"item"), "identities": [b64(b"identity")]}
DATES = ("Sun, 22 Nov 2026 20:25:11 GMT", "Sun, 22 Nov 2026 20:25:11 -0000", "22 Nov 2026 20:25 +0300", "")

TARGETS = [
    answered(
        "a page of items", lambda line: line.items(SPACE, 0), {"items": [PLACE, {**PLACE, "item": None}], "end": ""}
    ),
    answered("an acknowledgement", lambda line: line.append(SPACE, 2, b"item"), ACKNOWLEDGED),
    answered("grants", lambda line: line.grants(SPACE, 0), {"grants": [{"seq": 1, "box": b64(b"box")}]}),
    answered("chunks that are there", lambda line: line.chunks(SPACE, BLOB), {"chunks": {"0": 9}, "begun": {"1": 5}}),
    answered("a chunk that was asked for", _get_chunk, {}, kind="application/octet-stream"),
    answered("joins", lambda line: line.joins(SPACE), {"joins": [{"request": "", "letter": "", "identity": [""]}]}),
    answered("mail", lambda line: line.mail(SPACE), {"request": None, "answer": b64(b"answer")}),
    answered("an account", lambda line: line.open_member([b"identity"]), {"member": "ab" * 32}),
    answered("a refusal", _refused, {"code": "stale", "title": "x"}, status=409, kind="application/problem+json"),
    answered("a greeting", _greeted, {"hello": b64(scene.signed(Label.HELLO, HELLO))}, token=""),
    answered("a token", _log_in, {"token": "ab" * 32}, token=""),
    answered("a message on the live line", _live, {"space": "ab" * 32, "seq": 3}),
    Target("a greeting, signed", _hello_signed, lambda: [HELLO], TOLD),
    Target("the server's clock", _date, lambda: list(map(typed, DATES)), ()),
]
