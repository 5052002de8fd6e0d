"""What a server says in its answers, told otherwise: histories, statements, grants, requests to join, its own key.

A false history is signed as it is told, with the server's own key: the tales are those of `tests.simulator`.
"""

import time
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec
from nacl.signing import SigningKey

from securecall.labels import Label
from securecall.statements import Hello, Statement
from securecall.wire import Signed, Wire, encode
from securecall_client.http_forms import PageForm, b64
from securecall_client.transport import Place
from tests.hostile.answer import Answer
from tests.hostile.script import Rule
from tests.simulator import hostile
from tests.simulator.hostile import Tale, statement_of
from tests.simulator.line import digest_of, head_of

TALES: dict[str, Callable[[Rule], Tale]] = {
    "cut": lambda rule: lambda places: places[: rule.at],
    "delete": lambda rule: hostile.delete(rule.at),
    "double": lambda rule: hostile.duplicate(rule.at),
    "swap": lambda rule: hostile.swap(rule.at),
    "stub": lambda rule: hostile.stub(rule.at),
    "flip": lambda rule: hostile.flip(rule.at, 300),
    "mint": lambda rule: hostile.extend_with(Place(rule.at, bytes(32), b64decode(rule.value), ())),
}
"""What a rule makes of a whole history."""


class Key:
    """The server's signing key, read from its folder."""

    def __init__(self, seed: bytes) -> None:
        self._key = SigningKey(seed)

    def sign(self, label: Label, value: Wire) -> bytes:
        """Sign as that server."""
        payload = encode(value)
        return encode(Signed(payload, bytes(self._key.verify_key), self._key.sign(label.prefix() + payload).signature))

    def hello(self, theirs: bytes) -> bytes:
        """A greeting."""
        return self.sign(Label.HELLO, Hello(bytes(self._key.verify_key), theirs, bytes(32)))

    def restate(self, data: bytes, **fields: object) -> bytes:
        """A statement with other contents."""
        old = statement_of(data)
        values = {name: getattr(old, name) for name in Statement.__struct_fields__}
        return self.sign(Label.STATEMENT, Statement(**{**values, **fields}))


def places_of(body: bytes) -> list[Place]:
    """The places of a page."""
    return [
        Place(
            item.kind,
            bytes.fromhex(item.digest),
            None if item.item is None else b64decode(item.item),
            tuple(b64decode(identity) for identity in item.identities),
        )
        for item in msgspec.json.decode(body, type=PageForm).items
    ]


def tell(tale: Tale, key: Key, space: bytes, whole: Sequence[Place], first: int) -> Answer:
    """The page from ``first`` on of a history as the tale has it, signed as it is told."""
    places = tale(list(whole))
    now = time.time_ns() // 1_000_000
    end = Statement(space, max(0, len(places) - 1), head_of(places), now, newest=True)
    page = {"items": [_form(place) for place in places[first:]], "end": b64(key.sign(Label.STATEMENT, end))}
    return Answer(200, "application/json", msgspec.json.encode(page))


def restate(answer: Answer, key: Key, rule: Rule) -> Answer:
    """Page or receipt with another statement."""
    told = msgspec.json.decode(answer.body)
    name = "end" if "end" in told else "statement"
    told[name] = b64(key.restate(b64decode(told[name]), **rule.fields))
    return replace(answer, body=msgspec.json.encode(told))


def impostor(answer: Answer, asked: bytes) -> Answer:
    """The greeting of another server, which has a key of its own."""
    other, nonce = Key(bytes(range(32))), bytes.fromhex(msgspec.json.decode(asked)["nonce"])
    return replace(answer, body=msgspec.json.encode({"hello": b64(other.hello(nonce))}))


def change_list(answer: Answer, rule: Rule) -> Answer:
    """Grants or requests to join that are not there, or not those that were put there."""
    told = msgspec.json.decode(answer.body)
    name = "joins" if rule.does == "unjoin" else "grants"
    told[name] = [{**each, "box": rule.value} for each in told[name]] if rule.does == "regrant" else []
    return replace(answer, body=msgspec.json.encode(told))


def _form(place: Place) -> dict[str, object]:
    return {
        "class": place.kind,
        "digest": digest_of(place).hex() if place.item is not None else place.digest.hex(),
        "item": None if place.item is None else b64(place.item),
        "identities": [b64(identity) for identity in place.identities],
    }
