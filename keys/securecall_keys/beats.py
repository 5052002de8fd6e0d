"""Sealing beats and opening them (protocol 13.7)."""

from typing import Annotated

import msgspec

from securecall.beats import Beat, BeatHeader, box_bytes
from securecall.caps import BEAT_BYTES, HEARD_PER_BEAT
from securecall.errors import InvalidError
from securecall.labels import Label
from securecall.wire import U32, ShortId, Wire, decode, encode
from securecall_keys.device import DeviceKeys
from securecall_keys.epoch import EpochKeys
from securecall_keys.errors import CannotOpenError
from securecall_keys.padding import fill, unfill
from securecall_keys.primitives import SEALED_OVERHEAD, seal, unseal


class BeatText(Wire, frozen=True):
    """What a beat says to everyone in the call.

    ``nonce`` is random and new; ``heard`` are others' latest ones, strictly ascending; ``minute`` is the author's
    clock, unix time in minutes; ``here`` that somebody is at the screen, ``writing`` that they are writing.
    """

    nonce: ShortId
    heard: Annotated[list[ShortId], msgspec.Meta(max_length=HEARD_PER_BEAT)]
    minute: U32
    here: bool
    writing: bool


def seal_beat(header: BeatHeader, text: BeatText, keys: EpochKeys, device: DeviceKeys) -> bytes:
    """A signed beat of exactly `securecall.caps.BEAT_BYTES`, the header bound to what it says."""
    filled = fill(encode(text), box_bytes(header) - SEALED_OVERHEAD)
    return device.sign(Label.BEAT, Beat(header, seal(keys.beat_key(), filled, encode(header))))


def open_beat(beat: Beat, keys: EpochKeys) -> BeatText:
    """What a verified beat says. Raises: CannotOpenError if it does not open or is not as it must be."""
    filled = unseal(keys.beat_key(), beat.box, encode(beat.header))
    try:
        text = decode(unfill(filled), BeatText, BEAT_BYTES)
    except InvalidError as error:
        raise CannotOpenError("a beat that does not parse") from error
    if text.heard != sorted(set(text.heard)):
        raise CannotOpenError("nonces of others that are not in order")
    return text
