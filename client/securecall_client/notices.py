"""Notices: how a space tells its people of a call, team or pair that hangs on it (protocol 10; row G05).

A notice is a record of the parent with the child's id, sealed to each device that may know of it. So the server
can neither hide a call from somebody who was let in, nor lead them into a twin of it.
"""

from collections.abc import Iterable, Iterator, Sequence

from securecall.entries import Seen
from securecall.errors import InvalidError
from securecall.identity import Device
from securecall.roster import Member
from securecall.wire import decode, encode
from securecall_client.content import Notice, NoticeText
from securecall_client.view import SpaceView
from securecall_keys.context import NoticeContext
from securecall_keys.device import DeviceKeys
from securecall_keys.errors import CannotOpenError
from securecall_keys.primitives import seal_to

BOXES = 40
"""Boxes in one notice, so that it stays below the size of a record."""


def make_notices(
    parent: bytes, author: bytes, records: Iterator[bytes], child: bytes, at: Seen, people: Iterable[Member]
) -> Iterator[tuple[bytes, Notice]]:
    """Record ids and notices that tell every counting device of ``people`` about ``child`` as of ``at``."""
    told = [(NoticeText(child, at), device) for member in people for device in member.devices()]
    yield from tell_devices(parent, author, records, told)


def tell_devices(
    parent: bytes, author: bytes, records: Iterator[bytes], told: Sequence[tuple[NoticeText, Device]]
) -> Iterator[tuple[bytes, Notice]]:
    """Record ids and notices that tell each device its text; texts of several spaces may share a notice."""
    for start in range(0, len(told), BOXES):
        record = next(records)
        context = NoticeContext(parent, author, record)
        boxes = [seal_to(device.sealing, encode(text), context) for text, device in told[start : start + BOXES]]
        yield record, Notice(boxes)


def open_notices(view: SpaceView, device: DeviceKeys, after: int) -> Iterator[tuple[bytes, NoticeText]]:
    """What the notices at places past ``after`` say to this device, and who says it."""
    for put in view.state.notices:
        if put.origin.seq <= after or not isinstance(put.body, Notice):
            continue
        context = NoticeContext(view.space, put.origin.author, put.origin.record)
        for box in put.body.boxes:
            try:
                yield put.origin.author, decode(device.open(box, context), NoticeText, 256)
            except (CannotOpenError, InvalidError):
                continue
