"""Sealing records and opening them (protocol 8)."""

from securecall.labels import Label
from securecall.records import Header, Record
from securecall.sentences import sentence
from securecall.wire import encode
from securecall_keys.device import DeviceKeys
from securecall_keys.epoch import EpochKeys
from securecall_keys.errors import KeysError
from securecall_keys.padding import pad, unpad
from securecall_keys.primitives import seal, unseal

CONTENT_BYTES = 56 * 1024
"""The largest content of a record, which fits with the largest header; what is longer travels as a blob."""


class ContentTooLongError(KeysError):
    """The content of a record is over `CONTENT_BYTES`."""


def seal_record(header: Header, content: bytes, keys: EpochKeys, device: DeviceKeys) -> bytes:
    """A signed record: ``content`` padded and sealed for the header's circle, the header bound to it.

    Raises: ContentTooLongError, MissingKeyError.
    """
    if len(content) > CONTENT_BYTES:
        raise ContentTooLongError(
            sentence(
                "%(number)s bytes; a record holds %(content_bytes)s", number=len(content), content_bytes=CONTENT_BYTES
            )
        )
    box = seal(keys.record_key(header.circle), pad(content), encode(header))
    return device.sign(Label.RECORD, Record(header, box))


def open_record(record: Record, keys: EpochKeys) -> bytes:
    """The content of a verified record. Raises: CannotOpenError, MissingKeyError."""
    return unpad(unseal(keys.record_key(record.header.circle), record.box, encode(record.header)))
