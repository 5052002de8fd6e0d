"""One's own devices: the identity chain grows in the home space first, and every other space is told from there
(protocol 4.2, 5.2; rows S03, S10).

What a space is owed follows from two chains: the head that home names, and the one that the space names. So nothing is
queued anywhere: whichever of the member's devices syncs next does what the one before it could not.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from nacl.utils import random

from securecall import entries as e
from securecall.errors import InvalidError
from securecall.identity import AddDevice, Device, Identity, RemoveDevice, extend
from securecall.roster import Member, must_bar
from securecall_client import clock
from securecall_client.changing import Change, NothingToDoError, change
from securecall_client.content import NoticeText
from securecall_client.errors import SecureCallError
from securecall_client.notices import tell_devices
from securecall_client.refusals import refused
from securecall_client.view import SpaceView
from securecall_keys.labels import Labels

if TYPE_CHECKING:
    from securecall_client.session import Session

IdentityChange = AddDevice | RemoveDevice


async def grow_identity(session: "Session", plan: Callable[[Identity], Sequence[IdentityChange]]) -> SpaceView:
    """Extend one's identity by what ``plan`` makes of its newest head, and name the new head in the home space.

    A device that some other space took in behind home's back was planted by one that was stolen, and goes with it.
    Returns the home space. Nothing is done where the plan is empty. Raises: as `change`.
    """

    async def build(view: SpaceView) -> Change:
        me = session.need_to_be_in(view)
        identity, items = await _elsewhere(session, me.identity)
        planted = [RemoveDevice(each.device) for each in identity.live() if each.device not in me.identity.devices]
        for step in [*planted, *plan(identity)]:
            minute = clock.minute()
            item = session.device.extend_identity(me.member, identity.number + 1, identity.head, minute, step)
            try:
                identity = extend(identity, item)
            except InvalidError as error:
                raise refused(error.problem) from error
            items.append(item)
        if not items:
            raise NothingToDoError
        return _naming(me, identity, items)

    for space in session.spaces():
        # One bad space holds up no removal.
        with suppress(SecureCallError):
            await session.synced(space)
    with suppress(NothingToDoError):
        return await change(session, session.home, build)
    return await session.view(session.home)


async def _elsewhere(session: "Session", identity: Identity) -> tuple[Identity, list[bytes]]:
    """The newest identity that any space names and that extends ``identity``, and the entries that lead there.

    None of it counts where it takes out this very device.
    """
    newest, items = identity, list[bytes]()
    for view in [await session.view(space) for space in session.spaces()]:
        there = view.chain.roster.known.get(session.member) if view.chain.heads else None
        if there is None or there.number <= newest.number or there.heads[identity.number] != identity.head:
            continue
        this = there.devices.get(session.device.id)
        if this is not None and this.live:
            newest, items = there, view.identities[session.member][identity.number + 1 : there.number + 1]
    return newest, items


def _naming(me: Member, identity: Identity, items: Sequence[bytes]) -> Change:
    named = e.Devices(me.member, identity.head, sorted(must_bar(me, identity)))
    return Change(named, Labels(), tuple(items))


def is_named(home: SpaceView, view: SpaceView) -> bool:
    """Whether a space that one is in names the head of one's identity that home names, or one that extends it."""
    me, there = home.chain.roster.known.get(home.member), view.me
    if me is None or there is None:
        return True
    return there.identity.number >= me.number and there.identity.heads[me.number] == me.head


def _lag(home: SpaceView, view: SpaceView) -> Identity | None:
    """The identity that a space should name, if it names an older one of the same chain."""
    me, there = home.chain.roster.known.get(home.member), view.me
    if me is None or there is None or me.number <= there.identity.number:
        return None
    return me if me.heads[there.identity.number] == there.identity.head else None


async def name_devices(session: "Session", space: bytes) -> list[tuple[NoticeText, Device]]:
    """Name one's newest identity head in a space, if that is owed there. Returns what new devices must be told.

    Raises: as `change`.
    """
    before = await session.view(space)

    async def build(view: SpaceView) -> Change:
        home = await session.view(session.home)
        identity = _lag(home, view)
        if identity is None:
            raise NothingToDoError
        me = session.need_to_be_in(view)
        return _naming(me, identity, home.identities[session.member][me.identity.number + 1 : identity.number + 1])

    if not before.is_in() or before.chain.roster.due or _lag(await session.view(session.home), before) is None:
        return []
    had = before.own_devices()
    try:
        view = await change(session, space, build)
    except NothingToDoError:
        return []
    text = NoticeText(space, view.chain.seen())
    return [(text, device) for device in view.own_devices().values() if device.device not in had]


async def tell(session: "Session", told: Sequence[tuple[NoticeText, Device]]) -> None:
    """Let new devices know of the spaces that they are in now, by notices in the home space. Raises: as `write`."""
    if (await session.view(session.home)).is_sheet():
        return
    records = iter(lambda: random(16), b"")
    for record, notice in tell_devices(session.home, session.member, records, told):
        await session.writer.write(session.home, notice, "allies", record=record)
