"""Beats as one device sends and hears them in one call (protocol 13.7; rows S09, S32). Pure.

Time and chance come in: ``now`` is in seconds on a clock that only goes on, ``minute`` is this computer's clock. What
a person does changes what a beat says under its seal, and neither its size nor when it goes.
"""

from dataclasses import dataclass
from random import Random, SystemRandom

from securecall.beats import Beat, BeatHeader
from securecall.caps import HEARD_PER_BEAT
from securecall_client.heard import Echo
from securecall_client.view import SpaceView
from securecall_keys.beats import BeatText, open_beat, seal_beat
from securecall_keys.device import DeviceKeys
from securecall_keys.errors import KeysError

PACE, CROWDED_PACE = 30.0, 60.0
"""Seconds between two beats, and where many devices count."""
CROWD = 60
"""From how many devices on."""
PATIENCE = 2.5
"""For how many paces what was heard last still stands."""


def pace(view: SpaceView) -> float:
    """Seconds between two beats of a device."""
    return PACE if len(view.chain.roster.recipients()) < CROWD else CROWDED_PACE


def may_beat(view: SpaceView) -> bool:
    """Whether beats are sent here now: an open call that this device is in, with its key and no rotation due."""
    chain = view.chain
    if chain.kind != "call" or chain.destroyed or not view.is_in() or chain.roster.due:
        return False
    return view.state.closed is None and view.lacks_key() is None


@dataclass(frozen=True, slots=True)
class _Nonce:
    """A nonce: when it came or went, when the beat with it was made at the earliest, and whether it is ours."""

    came: float
    made_after: float
    ours: bool


@dataclass(frozen=True, slots=True)
class _Sign:
    """The latest fresh beat of a device."""

    member: bytes
    came: float
    here: bool
    writing: bool


class Beating:
    """The beats of one device in one call. ``here`` and ``writing`` are for whoever holds the screen to set."""

    def __init__(self, member: bytes, device: DeviceKeys, chance: Random | None = None) -> None:
        self.here, self.writing = True, False
        self._member, self._device = member, device
        self._chance = chance or SystemRandom()
        self._next = float("-inf")
        self._nonces: dict[bytes, _Nonce] = {}
        self._latest: dict[bytes, bytes] = {}
        """Another member's device to its latest nonce."""
        self._signs: dict[bytes, _Sign] = {}
        self._echoed = float("-inf")

    def due(self, view: SpaceView) -> float:
        """When the next beat goes; infinite while none does."""
        return self._next if may_beat(view) else float("inf")

    def say(self, view: SpaceView, now: float, minute: int, *, writing: bool = False) -> bytes:
        """The beat that goes now. For when `due` says so. ``writing``: whether a draft was saved here lately."""
        self._forget(view, now)
        nonce = self._chance.randbytes(16)
        others = sorted(set(self._latest.values()) & self._nonces.keys())
        heard = sorted(self._chance.sample(others, min(HEARD_PER_BEAT, len(others))))
        self._nonces[nonce] = _Nonce(now, now, ours=True)
        self._next = now + pace(view)
        chain = view.chain
        header = BeatHeader(view.space, chain.epoch, self._member, self._device.id, chain.seen())
        text = BeatText(nonce, heard, minute, self.here, self.writing or writing)
        return seal_beat(header, text, view.ring.epoch(chain.epoch), self._device)

    def hear(self, view: SpaceView, beat: Beat, now: float) -> Echo | None:
        """Take in a beat that `securecall.beats.check_beat` let pass; what it confirms if it echoes one of ours."""
        header = beat.header
        try:
            text = open_beat(beat, view.ring.epoch(header.epoch))
        except KeysError:
            return None
        self._forget(view, now)
        if text.nonce in self._nonces:
            return None
        answered = self._answered(text)
        made_after = max((nonce.made_after for nonce in answered), default=float("-inf"))
        self._nonces[text.nonce] = _Nonce(now, made_after, ours=False)
        if header.author != self._member:
            self._latest[header.device] = text.nonce
        if now - made_after > PATIENCE * pace(view):
            return None
        self._signs[header.device] = _Sign(header.author, now, text.here, text.writing)
        if header.author == self._member or not any(nonce.ours for nonce in answered):
            return None
        self._echoed = now
        return Echo(header.author, header.seen.seq, text.minute)

    def _answered(self, text: BeatText) -> list[_Nonce]:
        return [self._nonces[nonce] for nonce in text.heard if nonce in self._nonces]

    def company(self, view: SpaceView, now: float) -> dict[bytes, bool]:
        """Who else in the call is here now, and whether they are writing."""
        self._forget(view, now)
        found: dict[bytes, bool] = {}
        for sign in self._signs.values():
            if sign.here and sign.member != self._member and sign.member in view.chain.roster.members:
                found[sign.member] = found.get(sign.member, False) or sign.writing
        return found

    def writers(self, view: SpaceView) -> set[bytes]:
        """Who else was writing when this device listened last; nobody where it has not listened at all."""
        signs = [sign for sign in self._signs.values() if sign.here and sign.writing]
        return {sign.member for sign in signs} & (view.chain.roster.members.keys() - {self._member})

    def is_confirmed(self, view: SpaceView, now: float) -> bool:
        """Whether anybody else has echoed a beat of ours lately."""
        return now - self._echoed < PATIENCE * pace(view)

    def wakes(self, view: SpaceView, now: float) -> float:
        """When something changes by itself next: a beat is due, or somebody falls silent; infinite if never."""
        heard = (self._echoed, *(sign.came for sign in self._signs.values()))
        ends = (came + PATIENCE * pace(view) for came in heard)
        return min(self.due(view), *(end for end in ends if end > now), float("inf"))

    def _forget(self, view: SpaceView, now: float) -> None:
        """Let go of what is too old to count. A nonce that is forgotten makes nothing fresh that repeats it."""
        oldest = now - PATIENCE * pace(view)
        self._nonces = {key: nonce for key, nonce in self._nonces.items() if nonce.came > oldest}
        self._signs = {device: sign for device, sign in self._signs.items() if sign.came > oldest}
        self._latest = {device: nonce for device, nonce in self._latest.items() if nonce in self._nonces}
