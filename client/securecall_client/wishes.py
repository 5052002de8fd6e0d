"""What a person asked for and could not be done then: kept sealed, shown by `status`, done at the next occasion.

A wish is to take a member out of the coalition, or to leave a space.
"""

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from securecall.caps import CHANGES_PER_ENTRY
from securecall.wire import Id, Wire, encode
from securecall_client import clock
from securecall_client.errors import RefusedError
from securecall_client.own import read_own
from securecall_keys.context import StorageContext, context_bytes
from securecall_keys.primitives import seal

if TYPE_CHECKING:
    from securecall_client.session import Session

What = Literal["remove", "leave"]

_META = "wishes"
_CONTEXT = context_bytes(StorageContext("outbox", _META))
_BYTES = 64 * 1024


class Wish(Wire, frozen=True):
    """One wish: to ``remove`` a member, or to ``leave`` a space; ``minute`` is when it was asked for first."""

    what: What
    target: Id
    minute: Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]


class _Wishes(Wire, frozen=True):
    wishes: Annotated[list[Wish], msgspec.Meta(max_length=CHANGES_PER_ENTRY)]


async def wishes(session: "Session") -> list[Wish]:
    """Every wish that waits, oldest first."""
    body = await session.replica.meta(_META)
    if body is None:
        return []
    return read_own(session.device.storage, body, _CONTEXT, _Wishes, _BYTES).wishes


async def wished(session: "Session", what: What) -> list[bytes]:
    """The targets of the wishes of one kind, oldest first."""
    return [wish.target for wish in await wishes(session) if wish.what == what]


async def keep(session: "Session", what: What, target: bytes) -> None:
    """Remember a wish; the same one is kept once. Raises: RefusedError if too many wait."""
    known = await wishes(session)
    if any((wish.what, wish.target) == (what, target) for wish in known):
        return
    if len(known) == CHANGES_PER_ENTRY:
        raise RefusedError("Too many removals wait here already.", code="too-many")
    await _write(session, [*known, Wish(what, target, clock.minute())])


async def settle(session: "Session", what: What, target: bytes) -> None:
    """Forget a wish: it is done, or never can be."""
    known = await wishes(session)
    left = [wish for wish in known if (wish.what, wish.target) != (what, target)]
    if left != known:
        await _write(session, left)


async def _write(session: "Session", known: list[Wish]) -> None:
    await session.replica.set_meta(_META, seal(session.device.storage, encode(_Wishes(known)), _CONTEXT))
