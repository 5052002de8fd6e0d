"""Public keys at birth: not canonical, of small or mixed order, not reduced (M09, S41)."""

import pytest
from nacl.bindings import crypto_core_ed25519_add

from securecall.errors import InvalidError, Problem
from securecall.points import SEALING_BYTES, check_sealing, check_signing
from securecall_keys.primitives import sealing_public
from securecall_keys.secret import Secret
from tests.world import make_device, seed

P = (1 << 255) - 19
# The eight points of small order and their second spellings (RFC 8032 encodings; sign bit and y above p).
SMALL_Y = (
    0,
    1,
    P - 1,
    2707385501144840649318225287225658788936804267575313519463743609750303402022,
    55188659117513257062467267217118295137698188065244968500265048394206261417927,
)
SMALL_U = (
    0,
    1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
    P - 1,
)
LARGE = {"p": P, "p + 1": P + 1, "2^255 - 1": (1 << 255) - 1, "high bit": (1 << 255) + 9}


def le(number: int) -> bytes:
    return number.to_bytes(32, "little")


def refused(check: object, key: bytes) -> bool:
    assert callable(check)
    with pytest.raises(InvalidError) as caught:
        check(key)
    return caught.value.problem is Problem.BAD_KEY


GOOD = sealing_public(Secret(seed("sealing")))


def test_sound_keys_pass() -> None:
    check_signing(make_device("sound").id)
    check_sealing(GOOD)


@pytest.mark.parametrize("y", SMALL_Y)
@pytest.mark.parametrize("sign", [0, 1 << 255])
def test_M09_signing_keys_of_small_order_are_refused(y: int, sign: int) -> None:
    assert refused(check_signing, le(y | sign))


@pytest.mark.parametrize("y", [P, P + 1, (1 << 255) - 1])
def test_M09_signing_keys_that_are_not_canonical_are_refused(y: int) -> None:
    assert refused(check_signing, le(y))


def test_M09_a_signing_key_of_mixed_order_is_refused() -> None:
    order_two = le(P - 1)
    assert refused(check_signing, crypto_core_ed25519_add(make_device("mixed").id, order_two))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_signing_key_has_32_bytes(length: int) -> None:
    assert refused(check_signing, bytes(length))


@pytest.mark.parametrize("length", [0, SEALING_BYTES - 1, SEALING_BYTES + 1])
def test_a_sealing_key_has_1216_bytes(length: int) -> None:
    assert refused(check_sealing, bytes(length))


@pytest.mark.parametrize("u", SMALL_U)
def test_S41_x25519_keys_of_small_order_are_refused(u: int) -> None:
    assert refused(check_sealing, GOOD[:-32] + le(u))


@pytest.mark.parametrize("name", LARGE)
def test_S41_x25519_keys_that_are_not_canonical_are_refused(name: str) -> None:
    assert refused(check_sealing, GOOD[:-32] + le(LARGE[name]))


@pytest.mark.parametrize("at", [0, 1, 382, 766, 767])
def test_S41_ml_kem_coefficients_are_below_q(at: int) -> None:
    number = int.from_bytes(GOOD[:1152], "little") & ~(0xFFF << (12 * at))
    for value, sound in ((3328, True), (3329, False), (4095, False)):
        key = (number | value << (12 * at)).to_bytes(1152, "little") + GOOD[1152:]
        if sound:
            check_sealing(key)
        else:
            assert refused(check_sealing, key)
