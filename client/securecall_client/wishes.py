"""What a person asked for and could not be done then: kept sealed, shown by `status`, done at the next occasion.

A wish is to take a member out of the coalition, or to leave a space. It is about a stay that went on where it was
asked: whoever went since and was let in again is not meant, so that a wish from an older copy of the profile harms
nobody (row T06).
"""

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from securecall.caps import CHANGES_PER_ENTRY
from securecall.wire import U32, Id, Wire, encode
from securecall_client import clock
from securecall_client.errors import RefusedError
from securecall_client.own import read_own
from securecall_keys.context import StorageContext, context_bytes
from securecall_keys.primitives import seal

if TYPE_CHECKING:
    from securecall_client.session import Session
    from securecall_client.view import SpaceView

What = Literal["remove", "leave"]

_META = "wishes"
_CONTEXT = context_bytes(StorageContext("outbox", _META))
_BYTES = 64 * 1024


class Wish(Wire, frozen=True):
    """One wish: to ``remove`` a member, or to ``leave`` a space; ``minute`` is when it was asked for first.

    ``at`` is the newest place of the space it is about that was known then.
    """

    what: What
    target: Id
    minute: U32
    at: U32


class _Wishes(Wire, frozen=True):
    wishes: Annotated[list[Wish], msgspec.Meta(max_length=CHANGES_PER_ENTRY)]


async def wishes(session: "Session") -> list[Wish]:
    """Every wish that is kept, oldest first. Raises: ProfileError."""
    body = await session.replica.meta(_META)
    if body is None:
        return []
    return read_own(session.device.storage, body, _CONTEXT, _Wishes, _BYTES).wishes


async def wished(session: "Session", what: What) -> list[bytes]:
    """The targets of the wishes of one kind that still stand, oldest first; those that do not are forgotten."""
    return [wish.target for wish in await _standing(session) if wish.what == what]


async def keep(session: "Session", what: What, target: bytes) -> None:
    """Remember a wish; the same one is kept once. Raises: RefusedError if too many wait."""
    known = await _standing(session)
    if any((wish.what, wish.target) == (what, target) for wish in known):
        return
    if len(known) == CHANGES_PER_ENTRY:
        raise RefusedError("Too many removals wait here already.", code="too-many")
    at = (await _about(session, what, target)).chain.next_seq - 1
    await _write(session, [*known, Wish(what, target, clock.minute(), at)])


async def settle(session: "Session", what: What, target: bytes) -> None:
    """Forget a wish: it is done, or never can be."""
    known = await wishes(session)
    left = [wish for wish in known if (wish.what, wish.target) != (what, target)]
    if left != known:
        await _write(session, left)


async def _standing(session: "Session") -> list[Wish]:
    known = await wishes(session)
    left = [wish for wish in known if _stands(session, wish, await _about(session, wish.what, wish.target))]
    if left != known:
        await _write(session, left)
    return left


def _stands(session: "Session", wish: Wish, view: "SpaceView") -> bool:
    """Whether whoever should go has been in the space ever since."""
    member = wish.target if wish.what == "remove" else session.member
    return all(member in roster.members for seq, roster in view.chain.rosters if seq > wish.at)


async def _about(session: "Session", what: What, target: bytes) -> "SpaceView":
    return await session.view(session.home if what == "remove" else target)


async def _write(session: "Session", known: list[Wish]) -> None:
    await session.replica.set_meta(_META, seal(session.device.storage, encode(_Wishes(known)), _CONTEXT))
