"""What a server sees at login helps nobody to guess a passphrase (row S22)."""

from pathlib import Path

import pytest

from securecall.wire import ZERO
from securecall_client.opening import device_credentials
from securecall_client.profile import Lock, Profile
from securecall_keys.device import DeviceKeys

pytestmark = pytest.mark.slow

MEMORY = 64 * 1024 * 1024


def test_s22_a_login_is_the_same_whatever_the_passphrase(tmp_path: Path) -> None:
    """Two profiles of one device under two passphrases say the same, byte by byte: none of it stems from either."""
    device, said = DeviceKeys.generate(), set()
    for passphrase in ("harbour violin seventeen moss", "seventeen moss harbour violin"):
        profile, lock = Profile(tmp_path / passphrase), Lock.from_passphrase(passphrase, MEMORY)
        profile.create(device, lock)
        opened = device_credentials(profile.unlock(lock), b"s" * 32)
        said.add((opened.subject, opened.login(b"s" * 32, ZERO, b"n" * 32, "http://127.0.0.1:1")))
    assert len(said) == 1
