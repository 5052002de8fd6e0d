"""Public keys are judged at birth, here alone, so that server and clients agree (protocol 1; rows S41, M09).

Ed25519: canonical, on the curve, in the prime-order group (libsodium's own test). X25519: below the
prime (RFC 7748, section 5) and of a non-zero product, so not of small order. ML-KEM-768: every
coefficient below q (FIPS 203, section 7.2, the modulus check).
"""

from functools import lru_cache

from nacl.bindings import crypto_core_ed25519_is_valid_point, crypto_scalarmult
from nacl.exceptions import CryptoError

from securecall.errors import InvalidError, Problem

SEALING_BYTES = 1216
"""ML-KEM-768 encapsulation key (1,184 bytes), then X25519 public key (32 bytes)."""

_MLKEM_BYTES = 1184
_MLKEM_VECTOR = 1152
_Q = 3329
_P = (1 << 255) - 19
_SCALAR = bytes([8]) + bytes(30) + bytes([64])
"""A clamped scalar: any multiple of the cofactor sends exactly the points of small order to zero."""
_KEYS = 4096
"""Sound keys that are remembered: one stands in the coalition and in every call, and its bytes decide alone."""


@lru_cache(_KEYS)
def check_signing(key: bytes) -> None:
    """Raise InvalidError (`Problem.BAD_KEY`) unless ``key`` is a sound Ed25519 public key (32 bytes)."""
    if len(key) != 32 or not crypto_core_ed25519_is_valid_point(key):
        raise InvalidError(Problem.BAD_KEY, "an Ed25519 key that is not canonical or of small order")


@lru_cache(_KEYS)
def check_sealing(key: bytes) -> None:
    """Raise InvalidError (`Problem.BAD_KEY`) unless ``key`` is a sound sealing key (1,216 bytes)."""
    if len(key) != SEALING_BYTES:
        raise InvalidError(Problem.BAD_KEY, "a sealing key of the wrong length")
    _check_mlkem(key[:_MLKEM_VECTOR])
    _check_x25519(key[_MLKEM_BYTES:])


def _check_mlkem(vector: bytes) -> None:
    for at in range(0, _MLKEM_VECTOR, 3):
        pair = int.from_bytes(vector[at : at + 3], "little")
        if pair & 0xFFF >= _Q or pair >> 12 >= _Q:
            raise InvalidError(Problem.BAD_KEY, "an ML-KEM key with a coefficient that is not reduced")


def _check_x25519(key: bytes) -> None:
    if int.from_bytes(key, "little") >= _P:
        raise InvalidError(Problem.BAD_KEY, "an X25519 key that is not canonical")
    try:
        product = crypto_scalarmult(_SCALAR, key)
    except (CryptoError, RuntimeError) as error:
        raise InvalidError(Problem.BAD_KEY, "an X25519 key of small order") from error
    if product == bytes(32):
        raise InvalidError(Problem.BAD_KEY, "an X25519 key of small order")
