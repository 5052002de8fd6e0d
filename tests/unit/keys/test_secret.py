"""Secrets do not leave by accident: shown, formatted, pickled, copied, compared or kept as a key (O11)."""

import copy
import json
import pickle

import pytest

from securecall.entries import Seen
from securecall_keys.blobs import BlobKey
from securecall_keys.device import DeviceKeys
from securecall_keys.epoch import EpochKeys
from securecall_keys.invitation import InvitationKeys, InvitationText
from securecall_keys.primitives import fresh
from securecall_keys.secret import Secret
from tests.world import seed

DATA = b"the canary sings"
SECRET = Secret(DATA)


def shows(text: str, data: bytes = DATA) -> bool:
    return data.hex() in text or repr(data)[2:-1] in text or data.decode("latin-1") in text


@pytest.mark.parametrize("text", [repr(SECRET), str(SECRET), f"{SECRET}", f"{SECRET!r:>40}"])
def test_O11_a_secret_is_not_shown(text: str) -> None:
    assert not shows(text)
    assert "Secret(…)" in text


def test_O11_a_secret_is_not_shown_inside_other_things() -> None:
    assert not shows(repr([SECRET, {"a": SECRET}, (SECRET,)]))
    assert not shows(repr(ValueError("bad", SECRET)))
    with pytest.raises(TypeError):
        json.dumps({"secret": SECRET})


@pytest.mark.parametrize("act", [pickle.dumps, copy.copy, copy.deepcopy])
def test_O11_a_secret_is_not_pickled_or_copied(act: object) -> None:
    assert callable(act)
    with pytest.raises(TypeError):
        act(SECRET)


def test_a_secret_is_compared_by_value_and_is_no_key() -> None:
    assert Secret(DATA) == SECRET
    assert Secret(b"other") != SECRET
    assert SECRET != DATA
    with pytest.raises(TypeError):
        hash(SECRET)
    with pytest.raises(TypeError):
        bytes(SECRET)  # type: ignore[call-overload]  # that it is refused is the test


def test_a_secret_has_no_drawer_to_put_things_in() -> None:
    with pytest.raises(AttributeError):
        SECRET.note = 1  # type: ignore[attr-defined]  # that it is refused is the test
    assert not hasattr(SECRET, "__dict__")


def test_O11_what_holds_secrets_shows_none() -> None:
    key = fresh()
    invitation = InvitationText("https://call.example", seed("space"), Seen(0, seed("head")), key.expose()[:16])
    for thing in (
        DeviceKeys(key), EpochKeys.from_seed(seed("space"), 1, key), BlobKey(bytes(16), key),
        InvitationKeys(seed("space"), key), invitation,
    ):  # fmt: skip
        assert not shows(repr(thing), key.expose())
        assert not shows(f"{thing}", key.expose()[:16])


def test_S43_fresh_secrets_have_32_bytes_and_differ() -> None:
    made = {fresh().expose() for _ in range(100)}
    assert len(made) == 100
    assert {len(data) for data in made} == {32}
