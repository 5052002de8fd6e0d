"""Letting several people in at once, of whom one may have said two different things of their devices (row S03).

An entry that names them is refused whole, by the rules here, which know one of the two, or by the server, which may
know the other. Nobody can follow both, so whoever it is stays out, and the others come in.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from securecall.errors import Problem
from securecall_client.changing import Change, change
from securecall_client.errors import RefusedError
from securecall_client.view import SpaceView

if TYPE_CHECKING:
    from securecall_client.session import Session

Build = Callable[[SpaceView, list[bytes]], Awaitable[Change]]
"""Builds the change that lets these people in."""


async def let_in(session: "Session", space: bytes, people: Sequence[bytes], build: Build) -> list[bytes]:
    """Let people in by one entry, or where their identities do not let it stand, each by one of their own.

    Returns who came in, in the order given. Raises: as `change`; RefusedError (`bad-identity`) if nobody did for that.
    """

    async def come(some: list[bytes]) -> None:
        await change(session, space, lambda view: build(view, some))

    try:
        await come(list(people))
    except RefusedError as error:
        if error.code != Problem.BAD_IDENTITY or len(people) == 1:
            raise
        refusal = error
    else:
        return list(people)
    inside = []
    for member in people:
        try:
            await come([member])
        except RefusedError as error:
            if error.code != Problem.BAD_IDENTITY:
                raise
        else:
            inside.append(member)
    if not inside:
        raise refusal
    return inside
