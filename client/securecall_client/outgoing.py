"""What a person wrote, before it has an epoch and a number, and how it gets them.

Once; and anew only where the verified chain shows that they are gone (protocol 8).
"""

from typing import Annotated

import msgspec

from securecall.caps import BLOBS_PER_RECORD, RECORD_BYTES
from securecall.entries import Seen
from securecall.labels import Label
from securecall.records import BlobRef, Header, Record
from securecall.rights import Circle
from securecall.wire import ShortId, Wire, read
from securecall_client import content
from securecall_client.errors import RefusedError
from securecall_client.guests import came_since
from securecall_client.sealed_answers import seal_for_sending, sealed_exercise
from securecall_client.view import SpaceView
from securecall_keys.device import DeviceKeys
from securecall_keys.epoch import EpochKeys
from securecall_keys.errors import MissingKeyError
from securecall_keys.records import CONTENT_BYTES, seal_record
from securecall_keys.sealed_answers import AnswerPlace


class Outgoing(Wire, frozen=True):
    """What a person wrote, before it has an epoch: ``seen`` is what they had before them."""

    circle: Circle
    seen: Seen
    blobs: Annotated[list[BlobRef], msgspec.Meta(max_length=BLOBS_PER_RECORD)]
    drops: Annotated[list[ShortId], msgspec.Meta(max_length=BLOBS_PER_RECORD)]
    content: Annotated[bytes, msgspec.Meta(max_length=CONTENT_BYTES)]


def newcomers(view: SpaceView, outgoing: Outgoing, knows: int) -> list[bytes]:
    """The guests whom a record would reach although they came since it was written, and since the place ``knows`` up
    to which its author knows of guests; an empty record holds nothing back from anybody.
    """
    if outgoing.circle == "allies" or content.is_empty(outgoing.content):
        return []
    return came_since(view, max(outgoing.seen.seq, knows))


class Sealer:
    """Gives what one member wrote on one device its place in an epoch, and signs it."""

    def __init__(self, device: DeviceKeys, member: bytes) -> None:
        self._device, self._member = device, member

    def made(self, view: SpaceView, item: bytes | None, outgoing: Outgoing) -> bytes | None:
        """The record's signed bytes ``item`` as they were made before; None if their epoch or number is gone."""
        if item is None:
            return None
        header = read(item, Label.RECORD, Record, RECORD_BYTES).value.header
        now = (view.chain.epoch, self._n(view, outgoing), outgoing.drops)
        return item if (header.epoch, header.n, header.drops) == now else None

    def make(self, view: SpaceView, record: bytes, outgoing: Outgoing) -> bytes:
        """The signed bytes of a record, under the running epoch. Raises: RefusedError."""
        header = Header(
            view.space,
            view.chain.epoch,
            outgoing.circle,
            record,
            self._member,
            self._device.id,
            self._n(view, outgoing),
            outgoing.seen,
            outgoing.blobs,
            outgoing.drops,
        )
        said = self._said(view, record, outgoing.content)
        return seal_record(header, said, _running_key(view, outgoing.circle), self._device)

    def _n(self, view: SpaceView, outgoing: Outgoing) -> int:
        return view.chain.counts.get((self._device.id, outgoing.circle), 0)

    def _said(self, view: SpaceView, record: bytes, said: bytes) -> bytes:
        """What a record says; an answer to a sealed exercise never leaves in another form than sealed."""
        exercise = sealed_exercise(view.state, content.read(said)[1])
        if exercise is None:
            return said
        place = AnswerPlace(view.space, exercise, self._member, record)
        return seal_for_sending(view.state, place, said, list(view.own_devices().values()))


def _running_key(view: SpaceView, circle: Circle) -> EpochKeys:
    """The key to seal with now. Raises: RefusedError where this device was never given it; nothing else will do."""
    try:
        keys = view.ring.epoch(view.chain.epoch)
        keys.circle(circle)
        return keys
    except MissingKeyError as error:
        raise RefusedError(
            "This computer was not given a good key to write here with. What you wrote waits on this computer.",
            hint="Tell the secretariat; somebody who can write here can make a new key (securecall call rotate).",
            code="no-key",
        ) from error
