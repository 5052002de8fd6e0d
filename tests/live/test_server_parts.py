"""The server's small parts by themselves: clock, tokens, nonces, keys."""

import pickle

import pytest
from nacl.signing import SigningKey

from securecall.statements import read_hello, read_statement
from securecall_server.clock import AHEAD, Clock
from securecall_server.errors import RefusedError
from securecall_server.signing import ServerKey
from securecall_server.store import Store, open_store
from securecall_server.tokens import NONCE_LIFE, NONCES, TOKEN_LIFE, Caller, Nonces, Tokens

DEVICE = Caller("device", b"d" * 32, b"m" * 32)


@pytest.fixture
async def store(tmp_path):
    opened: Store = await open_store(f"sqlite:///{tmp_path / 'server.db'}")
    yield opened
    await opened.close()


class Hand:
    """A system clock that a test turns."""

    def __init__(self, time: int) -> None:
        self.time = time

    def __call__(self) -> int:
        return self.time


async def test_S09_time_never_goes_back_not_even_across_restarts(store: Store) -> None:
    hand = Hand(1_000_000)
    clock = await Clock.open(store, hand)
    await clock.ready()
    assert clock.now() == 1_000_000
    hand.time = 900_000
    assert clock.now() == 1_000_000
    hand.time = 1_000_000 + 3 * AHEAD
    assert clock.now() == 1_000_000 + AHEAD
    await clock.ready()
    last = clock.now()
    assert last == hand.time
    hand.time = 5
    again = await Clock.open(store, hand)
    assert again.now() >= last
    await again.close()
    assert (await Clock.open(store, hand)).now() >= last


def test_a_nonce_is_good_once_for_its_client_and_a_minute() -> None:
    nonces = Nonces()
    good, foreign, late = (nonces.give(b"c", 0) for _ in range(3))
    assert nonces.take(good, b"c", NONCE_LIFE - 1)
    assert not nonces.take(good, b"c", 1)
    assert not nonces.take(foreign, b"other", 1)
    assert not nonces.take(late, b"c", NONCE_LIFE)


def test_O08_nonces_are_bounded_and_the_oldest_go() -> None:
    nonces = Nonces()
    oldest = nonces.give(b"c", 0)
    newest = [nonces.give(b"c", 0) for _ in range(NONCES)][-1]
    assert not nonces.take(oldest, b"c", 1)
    assert nonces.take(newest, b"c", 1)


def test_a_token_ends_by_time_and_with_its_device() -> None:
    tokens = Tokens()
    token, other = tokens.give(DEVICE, 0), tokens.give(Caller("setup", b"s" * 32, b""), 0)
    assert tokens.caller(token, TOKEN_LIFE - 1) == DEVICE
    tokens.kill(DEVICE.key)
    for gone, now in ((token, 1), (other, TOKEN_LIFE), ("", 1)):
        with pytest.raises(RefusedError):
            tokens.caller(gone, now)


def test_only_a_device_has_a_member() -> None:
    assert DEVICE.member == b"m" * 32
    with pytest.raises(RefusedError):
        Caller("invitation", b"i" * 32, b"s" * 32).member  # noqa: B018  reading it raises


def test_O11_the_server_key_signs_and_does_not_show_itself() -> None:
    seed = bytes(range(32))
    key = ServerKey(seed)
    assert key.public == bytes(SigningKey(seed).verify_key)
    assert read_hello(key.hello(b"c" * 32, b"s" * 32)).key == key.public
    assert read_statement(key.statement(b"i" * 32, 3, b"h" * 32, 7, newest=False), key.public).value.time == 7
    assert seed.hex() not in repr(key)
    with pytest.raises(TypeError):
        pickle.dumps(key)
