"""The keystore: one secret, under a passphrase or a key, at a bounded cost (S21, S22, T01)."""

import msgspec
import pytest
from argon2.low_level import Type, hash_secret_raw

from securecall import caps
from securecall.labels import Label
from securecall.statements import Login
from securecall.wire import decode, encode
from securecall_keys import keystore
from securecall_keys.device import DeviceKeys
from securecall_keys.errors import KeysError, KeystoreError, WrongPassphraseError
from securecall_keys.keystore import Keystore, lock_keystore, unlock_keystore
from securecall_keys.secret import Secret
from tests.world import seed

SECRET = Secret(seed("device"))
LOCK = Secret(seed("key"))
PHRASE = Secret(b"correct horse battery staple")
OTHER_PHRASE = Secret(b"a quite different passphrase")
KEYED = lock_keystore(SECRET, LOCK, passphrase=False)
PHRASED = lock_keystore(SECRET, PHRASE, passphrase=True, memory=caps.PASSPHRASE_MEMORY_FLOOR)


def with_header(**fields: object) -> bytes:
    """The keystore under the passphrase, its header forged."""
    found = decode(PHRASED, Keystore, keystore.KEYSTORE_BYTES)
    return encode(Keystore(msgspec.structs.replace(found.header, **fields), found.box))


def test_it_opens_with_what_locked_it() -> None:
    assert unlock_keystore(KEYED, LOCK) == SECRET
    assert unlock_keystore(PHRASED, PHRASE) == SECRET


def test_a_wrong_passphrase_or_key_opens_nothing() -> None:
    with pytest.raises(WrongPassphraseError):
        unlock_keystore(PHRASED, Secret(b"correct horse battery stapl"))
    with pytest.raises(WrongPassphraseError):
        unlock_keystore(KEYED, Secret(seed("other key")))


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_has_32_bytes(length: int) -> None:
    with pytest.raises(KeystoreError):
        lock_keystore(SECRET, Secret(bytes(length)), passphrase=False)
    with pytest.raises(KeystoreError):
        unlock_keystore(KEYED, Secret(bytes(length)))


COSTS: dict[str, dict[str, object]] = {
    "no memory": {"memory": 0},
    "below the floor": {"memory": caps.PASSPHRASE_MEMORY_FLOOR // 1024 - 1},
    "above the ceiling": {"memory": caps.PASSPHRASE_MEMORY_CEILING // 1024 + 1},
    "all there is": {"memory": (1 << 32) - 1},
    "no passes": {"passes": 0},
    "too few passes": {"passes": caps.PASSPHRASE_PASSES_FLOOR - 1},
    "too many passes": {"passes": caps.PASSPHRASE_PASSES_CEILING + 1},
    "all passes": {"passes": (1 << 16) - 1},
}


@pytest.mark.parametrize("case", COSTS)
def test_T01_S21_costs_have_floor_and_ceiling_before_any_work(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(*_: object) -> bytes:
        raise AssertionError("work was done")

    data = with_header(**COSTS[case])
    monkeypatch.setattr(keystore, "hash_secret_raw", work)
    with pytest.raises(KeystoreError):
        unlock_keystore(data, PHRASE)


@pytest.mark.parametrize("memory", [0, 1024, caps.PASSPHRASE_MEMORY_FLOOR - 1, caps.PASSPHRASE_MEMORY_CEILING + 1024])
def test_T01_no_keystore_is_made_below_the_floor_or_above_the_ceiling(memory: int) -> None:
    with pytest.raises(KeystoreError):
        lock_keystore(SECRET, PHRASE, passphrase=True, memory=memory)


def test_S21_the_default_is_above_the_floor() -> None:
    assert keystore.DEFAULT_MEMORY == 256 * 1024 * 1024 >= caps.PASSPHRASE_MEMORY_FLOOR
    assert caps.PASSPHRASE_MEMORY_FLOOR == 64 * 1024 * 1024
    assert keystore.DEFAULT_PASSES == caps.PASSPHRASE_PASSES_FLOOR == 3


def test_S21_costs_and_salt_are_authenticated() -> None:
    for fields in ({"passes": 4}, {"salt": bytes(16)}):
        with pytest.raises(WrongPassphraseError):
            unlock_keystore(with_header(**fields), PHRASE)


def test_S20_a_key_s_keystore_is_no_passphrase_s_and_the_reverse() -> None:
    with pytest.raises(KeystoreError):
        unlock_keystore(with_header(lock="key"), LOCK)
    with pytest.raises(WrongPassphraseError):
        unlock_keystore(with_header(lock="key", memory=0, passes=0), LOCK)
    with pytest.raises(KeystoreError):
        unlock_keystore(with_header(version=2), PHRASE)


def test_S16_every_bit_of_a_keystore_counts() -> None:
    for at in range(len(KEYED) * 8):
        spoilt = bytearray(KEYED)
        spoilt[at // 8] ^= 1 << at % 8
        with pytest.raises((KeystoreError, WrongPassphraseError)):
            unlock_keystore(bytes(spoilt), LOCK)


@pytest.mark.parametrize("data", [b"", b"\xc1", KEYED[:-1], KEYED + b"\x00", bytes(keystore.KEYSTORE_BYTES + 1)])
def test_what_is_no_keystore_is_told_from_a_wrong_passphrase(data: bytes) -> None:
    with pytest.raises(KeystoreError):
        unlock_keystore(data, LOCK)


def test_S33_O11_neither_file_nor_error_shows_a_secret() -> None:
    for data in (KEYED, PHRASED):
        assert SECRET.expose() not in data
        assert PHRASE.expose() not in data
    with pytest.raises(KeysError) as caught:
        unlock_keystore(KEYED, Secret(seed("other key")))
    assert seed("other key").hex() not in repr(caught.value)
    assert "passphrase is wrong" in str(caught.value)


def test_S34_two_keystores_of_one_secret_differ() -> None:
    assert lock_keystore(SECRET, LOCK, passphrase=False) != KEYED


def test_S22_nothing_that_a_server_sees_depends_on_the_passphrase() -> None:
    """Under two passphrases a device signs the very same login, byte for byte: there is nothing to try guesses on."""
    other = lock_keystore(SECRET, OTHER_PHRASE, passphrase=True, memory=caps.PASSPHRASE_MEMORY_FLOOR)
    devices = [DeviceKeys(unlock_keystore(PHRASED, PHRASE)), DeviceKeys(unlock_keystore(other, OTHER_PHRASE))]
    login = Login(seed("server"), "https://calls.example.org", seed("mine"), seed("theirs"), devices[0].id)
    assert Login.__struct_fields__ == ("server", "address", "client_nonce", "server_nonce", "subject")
    assert len({device.sign_login(Label.LOGIN, login) for device in devices}) == 1
    assert len({device.begin_identity(1) for device in devices}) == 1
    assert other != PHRASED


def test_S22_the_secret_comes_from_the_system_and_not_from_the_passphrase() -> None:
    found = decode(PHRASED, Keystore, keystore.KEYSTORE_BYTES)
    stretched = hash_secret_raw(
        PHRASE.expose(), found.header.salt, found.header.passes, found.header.memory, keystore.LANES, 32, Type.ID
    )
    assert DeviceKeys(Secret(stretched)).id != DeviceKeys(SECRET).id
    assert len({DeviceKeys.generate().id for _ in range(8)}) == 8
