"""Signed things: items, identities, statements, logins, join requests, beats, linking requests."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache

from securecall import caps
from securecall.beats import check_beat, read_beat
from securecall.chain import SpaceChain
from securecall.errors import InvalidError, ParentBehindError
from securecall.identity import AddDevice, Announcement, IdentityEntry, begin, grow, owner
from securecall.joins import JoinRequest, read_join
from securecall.labels import Label
from securecall.points import check_sealing, check_signing
from securecall.statements import Hello, Login, Statement, read_hello, read_login, read_statement
from securecall.wire import ZERO, Signed, Verified, Wire, decode, encode, item_digest
from securecall_client.acts import linking
from securecall_client.errors import RefusedError
from securecall_keys.errors import CannotOpenError
from securecall_keys.linking import LinkingKeys, LinkingText
from securecall_server import chains, enrolment
from securecall_server.offers import Offer
from tests.beats import make_beat
from tests.fuzz import scene
from tests.fuzz.target import MALFORMED, Target
from tests.world import Space, found, sign_anything

HEAD, OTHER = scene.HEAD, b"\x22" * 32
LINKING = LinkingKeys(LinkingText("https://calls.example.org", scene.KEY, HEAD, bytes(range(16))))
_WORDS = {
    Label.STATEMENT: Statement(OTHER, 7, HEAD, 1_740_000_000_000, newest=True),
    Label.HELLO: Hello(scene.KEY, HEAD, OTHER),
    Label.LOGIN: Login(scene.KEY, "https://calls.example.org", HEAD, OTHER, scene.KEY),
    Label.JOIN: JoinRequest(OTHER, "member", HEAD, scene.KEY),
}
"""One good payload a label."""


def of(value: object) -> bytes:
    """The payload of what was read, encoded again."""
    assert isinstance(value, Verified)
    return encode(value.value)


def both(name: str, label: Label, reader: Callable[[bytes], object]) -> list[Target]:
    """A reader given raw bytes, and given whatever payload under a true signature."""
    return [
        Target(name, reader, lambda: [scene.signed(label, encode(_WORDS[label]))], MALFORMED),
        Target(
            f"{name}, signed",
            lambda data: reader(scene.signed(label, data)),
            lambda: [encode(_WORDS[label])],
            MALFORMED,
            again=of,
        ),
    ]


# The chain


@cache
def _items() -> list[bytes]:
    return [place.item for place, _ in scene.drafts()]


def _payloads(*kinds: int) -> list[bytes]:
    return [scene.payload(place.item) for place, _ in scene.drafts() if place.kind in kinds]


def _identities() -> list[bytes]:
    return [scene.people()[0].items[1], *(person.items[0] for person in scene.people()[1:])]


def _grow(data: bytes) -> object:
    return grow({}, [scene.people()[0].items[0], data])


def _check(item: bytes) -> object:
    """Judge an item for the next place of the call, by whichever class fits."""
    chain, identities = scene.call().chain, scene.people()[4].items
    for kind, beside in ((0, ()), (0, identities), (1, ())):
        with suppress(InvalidError, ParentBehindError):
            return chain.check(kind, item, beside)
    return chain.check(2, item)


def _check_entry(data: bytes) -> object:
    chain, item = scene.call().chain, scene.resigned(Label.ENTRY, data)
    with suppress(InvalidError):
        return chain.check(0, item)
    return chain.check(0, item, scene.people()[4].items)


def _check_record(data: bytes) -> object:
    return _check(scene.resigned(Label.RECORD, data))


def _check_with(identity: bytes) -> object:
    place = next(place for place, _ in scene.drafts() if place.identities)
    return scene.call().chain.check(0, place.item, [identity])


@cache
def _coalition() -> Space:
    return found(scene.people()[0])


def _first_items() -> list[bytes]:
    return [_coalition().places[0].item]


def _begin_space(data: bytes) -> object:
    return SpaceChain(_coalition().id).check(0, data, scene.people()[0].items)


def _offer(data: bytes) -> object:
    return [Offer(OTHER, kind, data, (), {}) for kind in (0, 2)]


# Identities


def _announcements() -> list[bytes]:
    return [scene.payload(scene.people()[4].device.announce(ZERO, "computer"))]


def _announce(data: bytes) -> bytes:
    return sign_anything(scene.people()[4].device._signing.expose(), Label.ANNOUNCEMENT, data)


def _begin_announced(data: bytes) -> object:
    """Begin an identity whose device announces itself with these bytes, all truly signed."""
    device = scene.people()[4].device
    entry = IdentityEntry(ZERO, 0, ZERO, device.id, 1, AddDevice(_announce(data)))
    return begin(device.sign(Label.IDENTITY, entry))


def _keys() -> list[bytes]:
    made = [decode(item, Announcement, caps.IDENTITY_BYTES) for item in _announcements()]
    return [key for value in made for key in (value.sealing, value.signing)]


def _judge_key(key: bytes) -> None:
    (check_sealing if len(key) > 40 else check_signing)(key)


# Every message there is


@cache
def _kinds() -> list[type[Wire]]:
    found, stack = [], [Wire]
    while stack:
        for kind in stack.pop().__subclasses__():
            found.append(kind)
            stack.append(kind)
    return [kind for kind in found if kind.__module__.startswith("securecall")]


def _read_as_every_message(data: bytes) -> None:
    for kind in _kinds():
        try:
            value = decode(data, kind, caps.ENTRY_BYTES)
        except InvalidError:
            continue
        assert encode(value) == data, kind


def _anything() -> list[bytes]:
    return [*_payloads(0, 1, 2), *(encode(value) for value in _WORDS.values()), *_announcements(), *_items()[:3]]


# Beats


def _beats() -> list[bytes]:
    return [make_beat(scene.call(), scene.people()[0])]


def _judge_beat(data: bytes) -> None:
    check_beat(scene.call().chain, read_beat(data))


# Linking


def _request_signed(data: bytes) -> object:
    return LINKING.read_request(sign_anything(LINKING._signing.expose(), Label.LINKING, data))


def _linking() -> list[bytes]:
    return [LINKING.request(scene.people()[4].device.announce(scene.KEY, "computer"))]


TARGETS = [
    *both("read_statement", Label.STATEMENT, lambda data: read_statement(data, scene.KEY)),
    *both("read_hello", Label.HELLO, read_hello),
    *both("read_login", Label.LOGIN, read_login),
    *both("read_join", Label.JOIN, read_join),
    Target("an item", _check, _items, (*MALFORMED, ParentBehindError)),
    Target("an entry, signed", _check_entry, lambda: _payloads(0), (*MALFORMED, ParentBehindError)),
    Target("a record, signed", _check_record, lambda: _payloads(1, 2), MALFORMED),
    Target("an identity beside an item", _check_with, lambda: scene.people()[4].items, (*MALFORMED, ParentBehindError)),
    Target("identities", _grow, _identities, MALFORMED),
    Target("whose an identity entry is", owner, _identities, MALFORMED),
    Target("where an identity entry stands", enrolment._place, _identities, MALFORMED),
    Target("an announcement, signed", _begin_announced, _announcements, MALFORMED),
    Target(
        "an announcement at linking",
        linking._announced,
        lambda: [scene.people()[4].device.announce(HEAD, "computer")],
        (RefusedError,),
    ),
    Target(
        "an announcement at linking, signed",
        lambda data: linking._announced(_announce(data)),
        _announcements,
        (RefusedError,),
    ),
    Target("public keys", _judge_key, _keys, MALFORMED),
    Target("every message", _read_as_every_message, _anything, ()),
    Target("a signed thing", lambda data: decode(data, Signed, caps.ENTRY_BYTES), _items, MALFORMED, again=encode),
    Target("the digest of an item", lambda data: item_digest(data, Label.RECORD), _items, MALFORMED),
    Target("an offer", _offer, _items, MALFORMED),
    Target("whether an entry creates", chains.created, _first_items, ()),
    Target("a beat", read_beat, _beats, MALFORMED),
    Target(
        "a beat, signed",
        lambda data: _judge_beat(scene.resigned(Label.BEAT, data)),
        lambda: [scene.payload(beat) for beat in _beats()],
        MALFORMED,
    ),
    Target("a linking request", LINKING.read_request, _linking, (*MALFORMED, CannotOpenError)),
    Target(
        "a linking request, signed",
        _request_signed,
        lambda: [scene.payload(item) for item in _linking()],
        (*MALFORMED, CannotOpenError),
    ),
    Target("the first entry of a space", _begin_space, _first_items, (*MALFORMED, ParentBehindError)),
]
