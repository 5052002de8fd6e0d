"""Leaving a space: what waits for it goes first, then the entry that says so (protocol 5; row R08).

What leaving shows is wiped from this computer as soon as it is known, by `securecall_client.wiping`.
"""

from contextlib import suppress
from typing import TYPE_CHECKING

from securecall import entries as e
from securecall.sentences import sentence
from securecall_client import wishes
from securecall_client.changing import Change, NothingToDoError, change
from securecall_client.errors import RefusedError, SecureCallError
from securecall_client.view import SpaceView
from securecall_keys.labels import Labels

if TYPE_CHECKING:
    from securecall_client.session import Session


async def depart(session: "Session", space: bytes) -> None:
    """Go from a space, if one is in it. Raises: as `change`; after a RefusedError one no longer asks to."""

    async def build(view: SpaceView) -> Change:
        if not view.is_in() or view.chain.destroyed:
            raise NothingToDoError
        return Change(e.Leave(), Labels())

    with suppress(SecureCallError):
        await session.writer.flush(space)
    try:
        with suppress(NothingToDoError):
            await change(session, space, build)
    except RefusedError:
        await wishes.settle(session, "leave", space)
        raise
    await wishes.settle(session, "leave", space)


async def depart_as_wished(session: "Session") -> None:
    """Leave the spaces that one asked to leave, the coalition last; say so where one cannot. Raises: as `change`."""
    for space in sorted(await wishes.wished(session, "leave"), key=lambda space: space == session.home):
        title = (await session.view(space)).state.title
        try:
            await depart(session, space)
        except RefusedError as error:
            session.say.line(
                sentence("You asked to leave %(title)s, and could not: %(error)s", title=title, error=error)
            )
        else:
            session.say.line(sentence("You have left %(title)s, as you asked.", title=title))
