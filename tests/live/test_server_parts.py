"""The server's small parts by themselves: clock, tokens, nonces, keys."""

import pickle
import time

import pytest
from nacl.signing import SigningKey
from nacl.utils import random

from securecall.statements import read_hello, read_statement
from securecall_server.clock import AHEAD, Clock
from securecall_server.errors import RefusedError
from securecall_server.mailboxes import LIFE, Mailboxes
from securecall_server.signing import ServerKey
from securecall_server.store import Store, open_store
from securecall_server.tokens import LOGINS, NONCE_LIFE, TOKEN_LIFE, Caller, Nonces, Tokens, elapsed

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
    assert (await Clock.open(store, hand)).now() >= last


async def test_S09_a_slower_process_never_lowers_the_mark_that_processes_share(store: Store) -> None:
    fast, slow = Hand(1_000_000), Hand(100_000)
    behind, ahead = Clock(store, 0, slow), Clock(store, 0, fast)
    await ahead.ready()
    await behind.ready()
    assert (await Clock.open(store, slow)).now() >= ahead.now()


def test_N02_a_nonce_is_good_once_for_its_client_and_a_minute() -> None:
    nonces = Nonces()
    nonce = nonces.give(b"c" * 32, 0)
    assert nonces.stands(nonce, b"c" * 32, NONCE_LIFE - 1)
    assert not nonces.stands(nonce, b"c" * 32, NONCE_LIFE)
    assert not nonces.stands(nonce, b"o" * 32, 1)
    assert not nonces.stands(bytes(32), b"c" * 32, 1)
    assert not nonces.stands(nonce[:8] + bytes(24), b"c" * 32, 1)
    assert not Nonces().stands(nonce, b"c" * 32, 1)
    assert nonces.use(nonce, DEVICE.key, NONCE_LIFE - 1)
    assert not nonces.stands(nonce, b"c" * 32, NONCE_LIFE - 1)
    assert not nonces.use(nonce, DEVICE.key, NONCE_LIFE - 1)


def test_O08_a_flood_of_greetings_shuts_nobody_out_and_is_not_kept() -> None:
    nonces = Nonces()
    honest = nonces.give(b"c" * 32, 0)
    flood = [nonces.give(b"f" * 32, now % 1000) for now in range(50_000)]
    assert nonces.stands(honest, b"c" * 32, 1_000)
    assert nonces.stands(flood[-1], b"f" * 32, 1_000)
    assert not nonces._used


def test_O08_a_device_that_floods_with_logins_shuts_out_itself_alone() -> None:
    nonces = Nonces()

    def log_in(key: bytes, now: int) -> bool:
        return nonces.use(nonces.give(random(32), now), key, now)

    assert all(log_in(DEVICE.key, 0) for _ in range(LOGINS))
    assert not log_in(DEVICE.key, 1)
    assert log_in(b"o" * 32, 1)
    assert log_in(DEVICE.key, NONCE_LIFE)
    assert len(nonces._used) == len(nonces._logins) == 2


def test_a_token_ends_by_time_and_with_its_device() -> None:
    tokens = Tokens()
    token, other = tokens.give(DEVICE, 0), tokens.give(Caller("setup", b"s" * 32, b""), 0)
    assert tokens.caller(token, TOKEN_LIFE - 1) == DEVICE
    tokens.kill(DEVICE.key)
    for gone, now in ((token, 1), (other, TOKEN_LIFE), ("", 1)):
        with pytest.raises(RefusedError):
            tokens.caller(gone, now)


async def test_o14_a_wall_clock_that_jumps_revives_neither_token_nor_mailbox(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens, hand = Tokens(), Hand(1_000_000_000)
    token, key = tokens.give(DEVICE, elapsed()), bytes(SigningKey(bytes(range(32))).verify_key)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    began = elapsed()
    assert tokens.caller(token, began) == DEVICE
    with pytest.raises(RefusedError):
        tokens.caller(token, began + TOKEN_LIFE)
    mailboxes = Mailboxes(store, hand)
    await mailboxes.open(DEVICE, key)
    assert await mailboxes.opened_by(key) is not None
    for jump in (-1, LIFE, 10**9):
        hand.time = 1_000_000_000 + jump
        assert await mailboxes.opened_by(key) is None


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
