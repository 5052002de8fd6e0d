"""What a stranger, a member or an operator may hand to the server: bodies, ids and places in paths, the first message
on the live socket, nonces, names of chunks, its own settings. Whole requests are for `tests/live/test_openapi.py`.
"""

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import msgspec
import typer
from aiohttp import WSMsgType
from multidict import CIMultiDict, MultiDict

from securecall_server import settings
from securecall_server.blobs.interface import BlobOpenError, chunk_ids, chunk_name
from securecall_server.blobs.remote import _open
from securecall_server.cli.init import _address
from securecall_server.errors import RefusedError, StartError
from securecall_server.forms import (
    Form,
    HelloRequest,
    ItemRequest,
    JoinForm,
    LiftRequest,
    LiveRequest,
    LoginRequest,
    MailboxRequest,
    MailRequest,
    MemberRequest,
    PutBackRequest,
    SpaceRequest,
)
from securecall_server.routes.bodies import first_place, read_form
from securecall_server.routes.live import _first_message
from securecall_server.routes.spaces import boxes
from securecall_server.tokens import Nonces
from tests.fuzz.target import MALFORMED, Target, text, typed, wait

ID = "ab" * 32
B64 = b64encode(b"item").decode()
ITEM = {"item": B64, "identities": [B64], "grants": {ID: B64}}
BODIES: dict[type[Form], object] = {
    HelloRequest: {"nonce": ID},
    LoginRequest: {"proof": B64},
    MemberRequest: {"identity": [B64, B64]},
    SpaceRequest: ITEM,
    ItemRequest: {"class": 2, **ITEM},
    JoinForm: {"request": B64, "letter": B64},
    MailboxRequest: {"key": ID},
    MailRequest: {"mail": B64},
    PutBackRequest: {"items": [{"class": 0, "digest": ID, "item": None, "identities": [B64]}], "rest": B64, "end": B64},
    LiftRequest: {"seq": 7, "head": ID},
}
CAP = 64 * 1024


class _Body:
    """A request as far as its body is read."""

    content_type, content_length = "application/json", None
    headers = CIMultiDict({"Content-Type": "application/json"})

    def __init__(self, data: bytes) -> None:
        self.data, self.content = data, self

    async def iter_any(self) -> AsyncIterator[bytes]:
        yield self.data


def _body(form: type[Form], data: bytes) -> None:
    """A body of this form; what is read can be written, and ids in it are ids."""
    found = wait(read_form(_Body(data), form, CAP))  # type: ignore[arg-type]  # all that is read of a request
    assert msgspec.json.decode(msgspec.json.encode(found), type=form) == found
    if isinstance(found, SpaceRequest | ItemRequest):
        assert all(len(device) == 32 for device in boxes(found.grants))


class _Socket:
    """A live socket that brings one message."""

    def __init__(self, message: str) -> None:
        self.message = message

    async def receive(self, timeout: float) -> SimpleNamespace:
        return SimpleNamespace(type=WSMsgType.TEXT, data=self.message)


class _Service:
    """A server that knows every token."""

    async def caller_by(self, token: str) -> SimpleNamespace:
        assert len(bytes.fromhex(token)) == 32
        return SimpleNamespace(scope="device")


def _first(data: bytes) -> object:
    words = data.decode(errors="replace")
    return wait(_first_message(_Service(), SimpleNamespace(), _Socket(words)))  # type: ignore[arg-type]  # as above


def _place(data: bytes) -> int:
    """What stands after ``?from=`` is a place, written in its one form."""
    place = first_place(SimpleNamespace(query=MultiDict({"from": text(data)})))  # type: ignore[arg-type]  # as above
    assert str(place) == text(data)
    return place


def _chunk_name(data: bytes) -> None:
    names = (text(data) + "//").split("/")
    found = chunk_ids(*names[:3])
    assert found is None or list(chunk_name(*found)) == names[:3]


def _settings(data: bytes) -> object:
    with TemporaryDirectory() as folder:
        home = Path(folder) / "data"
        settings.make(home, bytes(32), bytes(32), ["https://calls.example.org"])
        (home / settings.SETTINGS).write_bytes(data)
        return bytes.fromhex(settings.load(home)[0].setup_key)


def _nonce(data: bytes) -> None:
    """No nonce stands that was not given, whatever its length."""
    assert not Nonces().stands(data, bytes(32), 0)


SETTINGS = msgspec.json.encode(settings.Settings(1, "00" * 32, ["https://calls.example.org"]))
NAMES = "/".join(chunk_name(bytes(32), bytes(16), 7))
BLOBS = ("s3://bucket/calls?region=eu-west-1", "s3://bucket", "gs://bucket")


def _samples(form: type[Form]) -> list[bytes]:
    return [json.dumps(BODIES[form]).encode()]


TARGETS = [
    *(
        Target(f"a body of {form.__name__}", partial(_body, form), partial(_samples, form), MALFORMED)
        for form in BODIES
    ),
    Target(
        "the first message on the live socket",
        _first,
        lambda: [msgspec.json.encode(LiveRequest(ID, [ID, "00" * 32]))],
        (RefusedError,),
    ),
    Target("a place after from", _place, lambda: [b"0", b"7", b"4294967295"], MALFORMED),
    Target("a nonce that comes back", _nonce, lambda: [bytes(32)], ()),
    Target("the name of a chunk", _chunk_name, lambda: [NAMES.encode()], ()),
    Target("the server's settings", _settings, lambda: [SETTINGS], (StartError,)),
    Target("the address of blobs", lambda data: _open(text(data)), lambda: list(map(typed, BLOBS)), (BlobOpenError,)),
    Target(
        "the address of a server",
        lambda data: _address(text(data)),
        lambda: [b"https://calls.example.org", b"http://127.0.0.1:8443/"],
        (typer.BadParameter,),
    ),
]
