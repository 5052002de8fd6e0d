"""Beats as an honest device makes them, and as a forger would: for tests of the core, the keys and the server."""

import msgspec

from securecall.beats import BeatHeader
from securecall_keys.beats import BeatText, seal_beat
from securecall_keys.device import DeviceKeys
from tests.world import Person, Space, seed

TEXT = BeatText(seed("nonce")[:16], [], 29_000_000, here=True, writing=False)


def beat_header(space: Space, by: Person, signer: DeviceKeys | None = None, /, **fields: object) -> BeatHeader:
    """The header of a beat made now; ``fields`` replace some of it."""
    honest = BeatHeader(space.id, space.chain.epoch, by.member, (signer or by.device).id, space.chain.seen())
    return msgspec.structs.replace(honest, **fields)


def make_beat(
    space: Space, by: Person, text: BeatText = TEXT, signer: DeviceKeys | None = None, /, **fields: object
) -> bytes:
    """A beat truly signed, sealed with the running epoch's key as its author's first device holds it."""
    device = signer or by.device
    keys = space.ring(by.device).epoch(space.chain.epoch)
    return seal_beat(beat_header(space, by, device, **fields), text, keys, device)
