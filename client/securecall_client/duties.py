"""What the chains call for and every client does by itself, once it sees it (protocol 5.5, 11, 4.5; rows S10, R01).

A rotation that is due is made, and one for whoever was given no good key. Guests whose stay is over are taken out by
anybody else; whoever went from the parent, and whatever device, is taken out of what hangs on it, by owners and
chairs, who also see to the keys of sealed exercises. A space that names an older head of one's own identity is told
the newer one. What a person asked for and could not be done then is done now.
"""

from contextlib import suppress
from typing import TYPE_CHECKING

from securecall import entries as e
from securecall.rights import KEEPERS, Action, may
from securecall_client import complaints, exercise_keys, own_devices, wishes
from securecall_client.changing import Change, NothingToDoError, change, renew, rotate_if_due
from securecall_client.departing import depart_as_wished
from securecall_client.guests import show_out
from securecall_client.view import SpaceView
from securecall_client.work.going import from_parent, lost_devices, must_go
from securecall_keys.labels import Labels

if TYPE_CHECKING:
    from securecall_client.session import Session


async def see_to(session: "Session", space: bytes) -> None:
    """Do in a space what is called for, as far as one may. Raises: as `change`."""
    view = await session.view(space)
    if not view.chain.heads or space in session.line.read_only:
        return
    if not view.is_in() or view.chain.destroyed:
        # Whoever is let in again later must not go by what they wished before.
        await wishes.settle(session, "leave", space)
        return
    if space in await wishes.wished(session, "leave"):
        await depart_as_wished(session)
        return
    if view.lacks_key():
        await complaints.complain(session, space)
        return
    await rotate_if_due(session, space)
    await _renew_after_healing(session, space)
    await complaints.answer(session, space)
    told = await own_devices.name_devices(session, space)
    if told:
        await rotate_if_due(session, space)
        await own_devices.tell(session, told)
    if view.is_sheet():
        return
    await show_out(session, space)
    await take_out(session, space)
    await shut_out(session, space)
    await exercise_keys.see_to(session, space)


async def will_renew(session: "Session", space: bytes, after: int) -> None:
    """Remember that a space needs an epoch that begins after the place ``after``: others' grants are in no replica."""
    await session.replica.set_meta(_renewal(space), str(after).encode())


async def _renew_after_healing(session: "Session", space: bytes) -> None:
    after = await session.replica.meta(_renewal(space))
    view = await session.view(space)
    if after and view.starts_epochs():
        await renew(session, space, int(after))
        await session.replica.set_meta(_renewal(space), b"")


def _renewal(space: bytes) -> str:
    return f"renew {space.hex()}"


async def shut_out(session: "Session", space: bytes) -> SpaceView:
    """Bar in a space the devices that its parent lost, as far as one may. Returns the space after that.

    Raises: as `change`.
    """
    view = await session.view(space)
    for member in strays(view):
        if not may(session.role_in(view), Action.BAR, view.chain.roster.members[member].role):
            continue

        async def build(view: SpaceView, member: bytes = member) -> Change:
            lost = strays(view).get(member)
            if not lost:
                raise NothingToDoError
            there = view.chain.roster.members[member]
            return Change(e.Devices(member, there.identity.head, sorted(there.barred | lost)), Labels())

        with suppress(NothingToDoError):
            view = await change(session, space, build)
            await rotate_if_due(session, space)
    return await session.view(space)


def strays(view: SpaceView) -> dict[bytes, frozenset[bytes]]:
    """The devices that the parent lost and that still count here; nothing may be written here until they are out."""
    parent = view.parent
    if parent is None or not parent.chain.heads or not parent.is_in():
        return {}
    return lost_devices(view.chain.roster, parent.chain.roster, came_from_parent(view))


async def take_out(session: "Session", space: bytes) -> SpaceView:
    """Take out of a space everybody who must go and whom one may remove. Returns the space after that.

    Raises: as `change`.
    """
    view = await session.view(space)

    async def build(view: SpaceView) -> Change:
        going = _removable(view, await wishes.wished(session, "remove"))
        if not going:
            raise NothingToDoError
        return Change(e.Remove(going), Labels())

    if _removable(view, await wishes.wished(session, "remove")):
        try:
            view = await change(session, space, build)
        except NothingToDoError:
            view = await session.view(space)
        await wishes.wished(session, "remove")
    return view


def overdue(view: SpaceView) -> list[bytes]:
    """Who is in a space although they went from its parent; nothing may be written there until they are out.

    Whoever has left the parent themselves cannot know.
    """
    parent = view.parent
    if parent is None or not parent.chain.heads or not parent.is_in():
        return []
    return must_go(view.chain.roster, parent.chain.roster, came_from_parent(view))


def came_from_parent(view: SpaceView) -> set[bytes]:
    """Whom a space has from its parent, and who is in it still."""
    entries = (step.body.body for step in view.steps if isinstance(step.body, e.Entry))
    return from_parent(entries) & view.chain.roster.members.keys()


def _removable(view: SpaceView, wanted: list[bytes]) -> list[bytes]:
    """Who must go and whom one may remove; in the coalition those of whom it was asked (``wanted``)."""
    members = view.chain.roster.members
    me = view.me
    if me is None or me.role not in KEEPERS:
        return []
    going = [member for member in wanted if member in members] if view.parent is None else overdue(view)
    return [member for member in going if may(me.role, Action.REMOVE, members[member].role) and member != me.member]
