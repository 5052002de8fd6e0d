"""A device that was given no good key says so, and the next client that may starts an epoch (protocol 6.2; row M06).

It says so by a `devices` that changes nothing, which needs no key and stops nobody. As a server that keeps grants back
could have it said again and again, and an epoch be started for it each time, a device says it once a day.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from securecall import entries as e
from securecall_client import clock
from securecall_client.changing import Change, NothingToDoError, change, rotation
from securecall_client.view import SpaceView
from securecall_keys.labels import Labels

if TYPE_CHECKING:
    from securecall_client.session import Session

AGAIN: Final = 24 * 60
"""Minutes between two complaints of one device in a space."""


async def complain(session: "Session", space: bytes) -> None:
    """Say that this device has no good key, unless it said so within a day. Raises: as `change`."""

    async def build(view: SpaceView) -> Change:
        if view.lacks_key() is None:
            raise NothingToDoError
        me = session.need_to_be_in(view)
        return Change(e.Devices(me.member, me.identity.head, sorted(me.barred)), Labels())

    said = [body.minute for body in complaints(await session.view(space)) if body.device == session.device.id]
    if all(clock.minute() - minute >= AGAIN for minute in said):
        with suppress(NothingToDoError):
            await change(session, space, build)


async def answer(session: "Session", space: bytes) -> None:
    """Start an epoch if somebody has complained since the running one began. Raises: as `change`."""

    async def build(view: SpaceView) -> Change:
        if not open_complaints(view, session.device.id):
            raise NothingToDoError
        return await rotation(view)

    view = await session.view(space)
    if open_complaints(view, session.device.id) and view.starts_epochs():
        with suppress(NothingToDoError):
            await change(session, space, build)


def open_complaints(view: SpaceView, device: bytes) -> bool:
    """Whether another than ``device`` complained since the running epoch began; one's own is mended if one can ask."""
    return any(body.device != device for body in complaints(view, view.chain.starts[view.chain.epoch]))


def complaints(view: SpaceView, after: int = -1) -> Iterator[e.EntryBody]:
    """The entries past a place by which a device said that it has no good key: `devices` that changed nothing."""
    for before, step in zip(view.steps[max(after, 0) :], view.steps[max(after, 0) + 1 :], strict=False):
        if isinstance(step.body, e.Entry) and isinstance(step.body.body.change, e.Devices):
            body, member = step.body.body, step.body.body.change.member
            was, now = before.roster, step.roster
            if member == body.author and was and now and was.members.get(member) == now.members.get(member):
                yield body
