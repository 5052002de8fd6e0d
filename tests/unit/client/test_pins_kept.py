"""Pins: what cannot be read again is never written (rows S26, O04)."""

from pathlib import Path

import pytest

from securecall.entries import Seen
from securecall_client.errors import ProfileError
from securecall_client.pins import PINS_MOST, Pin, Pins
from securecall_keys.secret import Secret
from tests.simulator.people import check_plain
from tests.world import seed

KEY = Secret(b"k" * 32)
AT, LATER = Seen(1, bytes(32)), Seen(2, bytes(32))


def name(number: int) -> bytes:
    return seed("space", number)


def full(path: Path) -> Pins:
    """Pins with room for one more, as if that many spaces had been pinned one by one."""
    pins = Pins(path, KEY)
    pins._pins = {name(n): Pin(name(n), AT, 0) for n in range(PINS_MOST - 1)}
    return pins


def test_o04_one_space_too_many_is_refused_before_the_pins_are_written(tmp_path: Path) -> None:
    path = tmp_path / "pins"
    pins = full(path)
    pins.rise(name(PINS_MOST), AT)
    with pytest.raises(ProfileError) as caught:
        pins.rise(name(PINS_MOST + 1), AT)
    check_plain(caught.value)
    assert caught.value.code == "too-many-spaces"
    pins.rise(name(0), LATER)
    again = Pins(path, KEY)
    again.load()
    assert again.get(name(0)) == Pin(name(0), LATER, 0)
    assert again.get(name(PINS_MOST)) == Pin(name(PINS_MOST), AT, 0)
    assert again.get(name(PINS_MOST + 1)) is None
    assert pins.get(name(PINS_MOST + 1)) is None
