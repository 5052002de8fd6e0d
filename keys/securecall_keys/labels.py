"""What an entry says under seal: names and reasons for allies, aliases for guests (protocol 5)."""

from dataclasses import dataclass
from hashlib import sha256

from securecall import entries as e
from securecall.rights import Circle
from securecall.wire import encode
from securecall_keys.context import SealContext, context_bytes
from securecall_keys.epoch import EpochKeys
from securecall_keys.padding import pad, unpad
from securecall_keys.primitives import seal, unseal


@dataclass(frozen=True, slots=True)
class Labels:
    """Encoded text for each circle; empty where an entry says nothing to it."""

    everyone: bytes = b""
    allies: bytes = b""


def _context(circle: Circle, body: e.EntryBody) -> bytes:
    return context_bytes(SealContext(circle, sha256(encode(body)).digest()))


def seal_labels(labels: Labels, body: e.EntryBody, keys: EpochKeys) -> e.Sealed:
    """Both seals of the entry ``body``, padded alike whether or not they say something.

    A guest holds no key for allies and leaves that seal empty.
    """
    everyone = seal(keys.entry_key("everyone"), pad(labels.everyone), _context("everyone", body))
    if keys.seed is None:
        return e.Sealed(everyone, b"")
    return e.Sealed(everyone, seal(keys.entry_key("allies"), pad(labels.allies), _context("allies", body)))


def open_label(entry: e.Entry, circle: Circle, keys: EpochKeys) -> bytes:
    """What the entry says to ``circle``; empty if it says nothing.

    Raises: CannotOpenError, MissingKeyError.
    """
    box = entry.sealed.everyone if circle == "everyone" else entry.sealed.allies
    if not box:
        return b""
    return unpad(unseal(keys.entry_key(circle), box, _context(circle, entry.body)))
