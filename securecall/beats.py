"""The beat: the one live message, by which people see who is there and confirm each other's heads (protocol 13.7).

The server relays a beat and keeps nothing of it. What it may say of itself in the clear is judged here, by server and
clients alike; what it says under seal is for those in the call (`securecall_keys.beats`). Whatever a person does, a
signed beat has the same number of bytes (row S32).
"""

from typing import Annotated

import msgspec

from securecall import caps
from securecall.entries import Seen
from securecall.errors import InvalidError, Problem
from securecall.labels import Label
from securecall.state import ChainState
from securecall.wire import U32, Id, Verified, Wire, encode, read

_FRAME = 108
"""Bytes of a signed beat around header and box: of `Signed` 1, the payload's length 3, the key 34, the signature 66;
of the beat 1, the box's length 3."""


class BeatHeader(Wire, frozen=True):
    """The clear part of a beat, and its seal's associated data. ``seen`` is its author's newest verified place."""

    space: Id
    epoch: U32
    author: Id
    device: Id
    seen: Seen


class Beat(Wire, frozen=True):
    """What a beat's author signs: the header, and nonce and ciphertext of what it says to everyone."""

    header: BeatHeader
    box: Annotated[bytes, msgspec.Meta(max_length=caps.BEAT_BYTES)]


def box_bytes(header: BeatHeader) -> int:
    """How long the box is under this header, so that the signed beat has `caps.BEAT_BYTES`: 256 to 264 bytes."""
    return caps.BEAT_BYTES - _FRAME - len(encode(header))


def read_beat(data: bytes) -> Verified[Beat]:
    """Open a signed beat. Raises: InvalidError (`Problem.MALFORMED` also for one that is too short)."""
    beat = read(data, Label.BEAT, Beat, caps.BEAT_BYTES)
    if len(data) != caps.BEAT_BYTES:
        raise InvalidError(Problem.MALFORMED, "a beat of another size than all beats have")
    return beat


def check_beat(state: ChainState, beat: Verified[Beat]) -> None:
    """Check that a beat may be made now, by whom it names. Raises: InvalidError.

    `Problem.BAD_SEEN` comes before anything about the epoch, and after the author: a member's device signed for a
    place that this chain does not have, which is how a fork shows even when its branches have other keys.
    """
    header = beat.value.header
    if header.space != state.space or state.kind != "call":
        raise InvalidError(Problem.WRONG_SPACE, "a beat of another space, or of none that has beats")
    if header.device != beat.key:
        raise InvalidError(Problem.BAD_DEVICE, "a beat that names another device than its signer")
    if state.destroyed:
        raise InvalidError(Problem.DESTROYED, "the space is destroyed")
    _, device = state.roster.author(header.author, header.device)
    if device.kind == "sheet":
        raise InvalidError(Problem.BAD_DEVICE, "a recovery sheet makes no beats")
    state.check_seen(header.seen)
    if header.epoch != state.epoch or header.seen.seq < state.starts[state.epoch]:
        raise InvalidError(Problem.BAD_EPOCH, "made in an epoch that is not the running one")
    if state.roster.due:
        raise InvalidError(Problem.ROTATION_DUE, "a rotation is due before anything else")
