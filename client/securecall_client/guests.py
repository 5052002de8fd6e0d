"""Guests of a call: who of them came since a place, and whose stay is over (protocol 5, 13; row G09).

A stay's end stands in the clear and makes nothing invalid: past it, the first honest client of anybody but a guest
takes the guest out, as soon as that client's clock can be trusted.
"""

from contextlib import suppress
from typing import TYPE_CHECKING

from securecall import entries as e
from securecall.sentences import sentence
from securecall_client import clock
from securecall_client.changing import Change, NothingToDoError, change
from securecall_client.view import SpaceView
from securecall_client.work.captioning import captions

if TYPE_CHECKING:
    from securecall_client.session import Session


def came_since(view: SpaceView, seq: int) -> list[bytes]:
    """The guests in a space now who were not in it, on this stay, at the place ``seq``."""
    then = next(roster for at, roster in reversed(view.chain.rosters) if at <= seq).members
    return sorted(
        guest.member
        for guest in view.chain.roster.members.values()
        if guest.role == "guest" and ((before := then.get(guest.member)) is None or _left(before.since, guest.since))
    )


def _left(before: int, since: int) -> bool:
    """Whether a stay is another one: its first epoch differs. Who was no guest before could read from the start."""
    return before not in (0, since)


def stays_over(view: SpaceView) -> list[bytes]:
    """The guests whose stay is over by this computer's clock."""
    now = clock.minute()
    members = view.chain.roster.members.values()
    return sorted(member.member for member in members if member.ends is not None and member.ends <= now)


async def show_out(session: "Session", space: bytes) -> None:
    """Take out guests whose stay is over, with a new key, and say so; one's own role permitting.

    Where the clock cannot be trusted, a person is told. Raises: as `change`.
    """
    view = await session.view(space)
    guests = stays_over(view)
    names = [view.state.name(guest) for guest in guests]
    if not guests or session.role_in(view) == "guest":
        return
    if not session.line.clock_is_trusted(view):
        session.say.line(
            sentence(
                "By this computer's clock the stay of %(names)s in %(title)s is over, but the server's "
                "clock differs. If it is over, take them out: securecall call remove.",
                names=names,
                title=view.state.title,
            )
        )
        return

    async def build(view: SpaceView) -> Change:
        gone = stays_over(view)
        if not gone:
            raise NothingToDoError
        return Change(e.Remove(gone), captions(reason="the stay as a guest is over"))

    with suppress(NothingToDoError):
        await change(session, space, build)
        session.say.line(
            sentence(
                "The stay of %(names)s as a guest of %(title)s is over. They are out now, and the call "
                "has a new key. What they read before stays with them.",
                names=names,
                title=view.state.title,
            )
        )
