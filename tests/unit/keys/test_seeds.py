"""A rotator who shuts nobody out: a seed that is zero, or that serves another epoch already (row M06)."""

from collections.abc import Callable

import pytest

from securecall import entries as e
from securecall.labels import Label
from securecall.state import ENTRY
from securecall.wire import read
from securecall_keys.author import Draft
from securecall_keys.epoch import EpochKeys
from securecall_keys.errors import BadGrantError
from securecall_keys.keyring import KeyRing
from securecall_keys.primitives import fresh
from securecall_keys.secret import Secret
from tests.world import Space, make_people, open_call

AMINA, BEN, EVE = make_people(3)
ZERO_SEED = Secret(bytes(32))


@pytest.fixture
def call() -> Space:
    return open_call(AMINA, (BEN, "member"), (EVE, "member"))


def seed_of(call: Space) -> Secret:
    """The seed of the running epoch, as everybody in the call holds it."""
    held = call.ring(EVE.device).epoch(call.chain.epoch).seed
    assert held is not None
    return held


WEAK: dict[str, Callable[[Space], Secret]] = {"zero": lambda _: ZERO_SEED, "the one before": seed_of}


def removal(call: Space, seed: Secret, monkeypatch: pytest.MonkeyPatch) -> Draft:
    """Eve's removal by a rotator who draws that seed, and else does everything right."""
    with monkeypatch.context() as patched:
        patched.setattr("securecall_keys.author.fresh", lambda: seed)
        return call.draft(AMINA, e.Remove([EVE.member]))


@pytest.mark.parametrize("name", WEAK)
def test_M06_a_weak_seed_from_a_rotator_is_not_taken(name: str, call: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = removal(call, WEAK[name](call), monkeypatch)
    call.chain.append(ENTRY, draft.item, draft.identities)
    body = read(draft.item, Label.ENTRY, e.Entry, len(draft.item)).value.body
    [line] = [line for line in body.grants if line.device == BEN.device.id]
    ring = call.ring(BEN.device)
    held = ring.epochs()
    with pytest.raises(BadGrantError):
        ring.take_grant(draft.grants[line.device], line, call.context(body, line), call.chain)
    assert not ring.holds(call.chain.epoch)
    assert ring.epochs() == held


def keys_of(call: Space, epoch: int, seed: Secret) -> tuple[EpochKeys, dict[int, bytes]]:
    """An epoch's keys, and the commitment to them."""
    keys = EpochKeys.from_seed(call.id, epoch, seed)
    return keys, {epoch: keys.commit()}


@pytest.mark.parametrize("first", [0, 7])
def test_M06_one_seed_serves_one_epoch_in_whichever_order_they_come(first: int, call: Space) -> None:
    seed, ring = fresh(), KeyRing(call.id, BEN.device)
    ring.add(*keys_of(call, first, seed))
    ring.add(*keys_of(call, first, seed))
    with pytest.raises(BadGrantError):
        ring.add(*keys_of(call, 7 - first, seed))
    assert [keys.epoch for keys in ring.epochs()] == [first]
