"""Signed things and their one encoding (protocol 1; `docs/protocol.md`, "Bytes").

The order of work on outside bytes is fixed: bound the size, check the signature over the bytes as
received, decode, encode again and compare; only then does anybody look at the meaning.

Payloads are MessagePack arrays without optional forms: no maps, floats, extensions or defaults. What
decodes but would encode otherwise (a longer integer form, a second spelling) is refused here.
"""

from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

import msgspec
from nacl.bindings import crypto_sign_open
from nacl.exceptions import CryptoError

from securecall.caps import ENTRY_BYTES
from securecall.errors import InvalidError, Problem
from securecall.labels import Label, digest
from securecall.sentences import sentence

Id = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
"""32 bytes: an id, a key, a digest or a commitment."""
ShortId = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
"""16 random bytes: a record or a blob."""
Signature = Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]
U16 = Annotated[int, msgspec.Meta(ge=0, le=(1 << 16) - 1)]
U32 = Annotated[int, msgspec.Meta(ge=0, le=(1 << 32) - 1)]
U64 = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]

ZERO = bytes(32)

T = TypeVar("T")
_encoder = msgspec.msgpack.Encoder()
_decoders: dict[object, msgspec.msgpack.Decoder[object]] = {}


class Wire(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """Base of everything that travels: an array of fields in order, none optional, none unknown."""


class Signed(Wire, frozen=True):
    """A payload with its author's Ed25519 key and signature over ``label || 0x00 || payload``."""

    payload: Annotated[bytes, msgspec.Meta(max_length=ENTRY_BYTES)]
    key: Id
    signature: Signature


@dataclass(frozen=True, slots=True)
class Verified(Generic[T]):
    """What is left once a signed thing has passed: its meaning, its signer, its digest and its payload."""

    value: T
    key: bytes
    digest: bytes
    payload: bytes


def encode(value: object) -> bytes:
    """The one encoding of a `Wire` value."""
    return _encoder.encode(value)


def decode(data: bytes, kind: type[T], cap: int) -> T:
    """Read ``data`` as ``kind``.

    Raises: InvalidError (`Problem.TOO_LARGE`, `Problem.MALFORMED`), and nothing else.
    """
    if len(data) > cap:
        raise InvalidError(Problem.TOO_LARGE, sentence("more than the %(cap)s bytes that are allowed", cap=cap))
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.msgpack.Decoder(kind)
    try:
        value = decoder.decode(data)
    except Exception as error:  # msgspec, UnicodeDecodeError, RecursionError: all are one refusal
        raise InvalidError(Problem.MALFORMED, sentence("not a well-formed %(name)s", name=kind.__name__)) from error
    if encode(value) != data:
        raise InvalidError(Problem.MALFORMED, sentence("a %(name)s in a second encoding", name=kind.__name__))
    return value  # type: ignore[return-value]  # the table of decoders is keyed by the very type


def read(data: bytes, label: Label, kind: type[T], cap: int) -> Verified[T]:
    """Open a signed thing: size, signature, encoding, in this order.

    Raises: InvalidError (`Problem.TOO_LARGE`, `Problem.MALFORMED`, `Problem.BAD_SIGNATURE`).
    """
    signed = decode(data, Signed, cap)
    check_signature(signed, label)
    value = decode(signed.payload, kind, cap)
    return Verified(value, signed.key, signed_digest(signed, label), signed.payload)


def check_signature(signed: Signed, label: Label) -> None:
    """Verify with libsodium, whose accept-set is the protocol's (`docs/protocol.md`, "Signatures").

    Raises: InvalidError (`Problem.BAD_SIGNATURE`).
    """
    _verify(signed.key, signed.signature, label.prefix() + signed.payload)


def _verify(key: bytes, signature: bytes, message: bytes) -> None:
    try:
        crypto_sign_open(signature + message, key)
    except (CryptoError, ValueError) as error:
        raise InvalidError(Problem.BAD_SIGNATURE, "the signature does not fit") from error


def item_digest(data: bytes, label: Label) -> bytes:
    """The digest of a signed thing that is known to be sound, such as one's own. Raises: InvalidError."""
    return signed_digest(decode(data, Signed, len(data)), label)


def signed_digest(signed: Signed, label: Label) -> bytes:
    """``SHA-256(label || 0x00 || key || signature || payload)``."""
    return digest(label, signed.key, signed.signature, signed.payload)
