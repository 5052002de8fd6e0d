"""The keystore: a device's one secret, under a passphrase or a key (protocol 1; rows S21, T01, T02).

Costs stand in the header, are authenticated by the seal, and are bounded before any work is done.
"""

from typing import Annotated, Literal

import msgspec
from argon2.low_level import Type, hash_secret_raw
from nacl.utils import random

from securecall import caps
from securecall.errors import InvalidError
from securecall.wire import U16, U32, Id, ShortId, Wire, decode, encode
from securecall_keys.context import KeystoreContext, context_bytes
from securecall_keys.errors import CannotOpenError, KeystoreError, WrongPassphraseError
from securecall_keys.primitives import KEY_BYTES, seal, unseal
from securecall_keys.secret import Secret

DEFAULT_MEMORY = 256 * caps.MIB
DEFAULT_PASSES = 3
LANES = 4
KEYSTORE_BYTES = 4 * caps.KIB


class Header(Wire, frozen=True):
    """How the keystore is locked. For ``lock`` *key* the costs are zero; memory in KiB."""

    version: Literal[1]
    lock: Literal["passphrase", "key"]
    salt: ShortId
    memory: U32
    passes: U16


class Contents(Wire, frozen=True):
    """What is inside: the device's secret."""

    secret: Id

    def __repr__(self) -> str:
        return "Contents(…)"


class Keystore(Wire, frozen=True):
    """The file."""

    header: Header
    box: Annotated[bytes, msgspec.Meta(max_length=KEYSTORE_BYTES)]


def lock_keystore(secret: Secret, lock: Secret, *, passphrase: bool, memory: int = DEFAULT_MEMORY) -> bytes:
    """The keystore file of a device's ``secret``; ``memory`` in bytes.

    Raises: KeystoreError if the cost is outside floor and ceiling, or a key is not of 32 bytes.
    """
    if passphrase:
        header = Header(1, "passphrase", random(16), memory // 1024, DEFAULT_PASSES)
    else:
        header = Header(1, "key", random(16), 0, 0)
    box = seal(_key(header, lock), encode(Contents(secret.expose())), _context(header))
    return encode(Keystore(header, box))


def unlock_keystore(data: bytes, lock: Secret) -> Secret:
    """The device's secret.

    Raises: KeystoreError (not a keystore, or costs out of bounds), WrongPassphraseError.
    """
    try:
        keystore = decode(data, Keystore, KEYSTORE_BYTES)
    except InvalidError as error:
        raise KeystoreError("this is not a keystore that this program can read") from error
    try:
        opened = unseal(_key(keystore.header, lock), keystore.box, _context(keystore.header))
        return Secret(decode(opened, Contents, KEYSTORE_BYTES).secret)
    except (CannotOpenError, InvalidError) as error:
        raise WrongPassphraseError("the passphrase is wrong, or the keystore was changed") from error


def _context(header: Header) -> bytes:
    return context_bytes(KeystoreContext(encode(header)))


def _key(header: Header, lock: Secret) -> Secret:
    if header.lock == "key":
        if len(lock.expose()) != KEY_BYTES or header.memory or header.passes:
            raise KeystoreError("a keystore that a key opens takes a key of 32 bytes")
        return lock
    memory, passes = header.memory * 1024, header.passes
    if not caps.PASSPHRASE_MEMORY_FLOOR <= memory <= caps.PASSPHRASE_MEMORY_CEILING:
        raise KeystoreError("the keystore asks for an amount of memory outside what is allowed")
    if not caps.PASSPHRASE_PASSES_FLOOR <= passes <= caps.PASSPHRASE_PASSES_CEILING:
        raise KeystoreError("the keystore asks for a number of passes outside what is allowed")
    return Secret(hash_secret_raw(lock.expose(), header.salt, passes, header.memory, LANES, KEY_BYTES, Type.ID))
