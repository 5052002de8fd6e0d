"""The one suite: no negotiation, no parameters (protocol 1).

Every function takes a context or associated data that has no default; every failure to open is one error.
"""

from hashlib import shake_256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError
from nacl.utils import random

from securecall_keys.context import Context, context_bytes
from securecall_keys.errors import CannotOpenError
from securecall_keys.secret import Secret

KEY_BYTES = 32
NONCE_BYTES = 24
TAG_BYTES = 16
SEALED_OVERHEAD = NONCE_BYTES + TAG_BYTES
_MLKEM_PUBLIC = 1184
_HPKE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def fresh() -> Secret:
    """32 random bytes from the operating system."""
    return Secret(random(KEY_BYTES))


def derive(secret: Secret, context: Context) -> Secret:
    """HKDF-SHA256 (RFC 5869) without salt, ``info`` the encoded context; 32 bytes."""
    return Secret(_hkdf(secret.expose(), context_bytes(context)))


def _hkdf(material: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=info).derive(material)


def seal(key: Secret, plaintext: bytes, associated: bytes) -> bytes:
    """XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03): a random 24-byte nonce, then ciphertext and tag."""
    nonce = random(NONCE_BYTES)
    return nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, associated, nonce, key.expose())


def unseal(key: Secret, box: bytes, associated: bytes) -> bytes:
    """Open what `seal` made. Raises: CannotOpenError."""
    if len(box) < SEALED_OVERHEAD:
        raise CannotOpenError("too short to be sealed")
    try:
        return crypto_aead_xchacha20poly1305_ietf_decrypt(
            box[NONCE_BYTES:], associated, box[:NONCE_BYTES], key.expose()
        )
    except CryptoError as error:
        raise CannotOpenError("does not open") from error


def _private(seed: Secret) -> MLKEM768X25519PrivateKey:
    """X-Wing key generation (draft-connolly-cfrg-xwing-kem, section 5.2): 32 bytes expanded by SHAKE-256."""
    expanded = shake_256(seed.expose()).digest(96)
    return MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
        X25519PrivateKey.from_private_bytes(expanded[64:]),
    )


def sealing_public(seed: Secret) -> bytes:
    """The public sealing key (1,216 bytes) of a 32-byte sealing seed."""
    expanded = shake_256(seed.expose()).digest(96)
    mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64]).public_key().public_bytes_raw()
    return mlkem + X25519PrivateKey.from_private_bytes(expanded[64:]).public_key().public_bytes_raw()


def seal_to(public: bytes, plaintext: bytes, context: Context) -> bytes:
    """HPKE base mode (RFC 9180) to a sealing key that `securecall.points` judged; ``enc || ciphertext``."""
    key = MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC]),
        X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC:]),
    )
    return _HPKE.encrypt(plaintext, key, info=context_bytes(context))


def unseal_from(seed: Secret, box: bytes, context: Context) -> bytes:
    """Open what `seal_to` sealed to the device of this sealing seed. Raises: CannotOpenError."""
    return _open(seed, box, context_bytes(context))


def _open(seed: Secret, box: bytes, info: bytes) -> bytes:
    try:
        return _HPKE.decrypt(box, _private(seed), info=info)
    except (InvalidTag, ValueError) as error:
        raise CannotOpenError("does not open") from error
