"""What others' beats have told of each space, kept sealed in the profile (protocol 13.6, 13.7; rows S08, S09).

Two things outlast the program that heard them: how far another member had this history when they answered a beat of
ours, and a place that a member signed for and the server does not show.
"""

from typing import Annotated

import msgspec

from securecall.caps import MEMBERS_PER_SPACE
from securecall.entries import Seen
from securecall.wire import U32, Id, Wire, encode
from securecall_client.own import read_own
from securecall_client.replica import Replica
from securecall_keys.context import StorageContext, context_bytes
from securecall_keys.primitives import seal
from securecall_keys.secret import Secret

_BYTES = 128 * 1024


class Echo(Wire, frozen=True):
    """That ``member`` had this history up to the place ``seen`` at ``minute``, in answer to a beat of ours."""

    member: Id
    seen: U32
    minute: U32


class Denied(Wire, frozen=True):
    """A place that ``member`` signed for, and that the server does not show, or shows otherwise."""

    member: Id
    at: Seen


class _Kept(Wire, frozen=True):
    echoes: Annotated[list[Echo], msgspec.Meta(max_length=MEMBERS_PER_SPACE)]
    denied: Denied | None


class Heard:
    """What was heard, by space."""

    def __init__(self, replica: Replica, key: Secret) -> None:
        self._replica, self._key = replica, key
        self._echoes: dict[bytes, dict[bytes, Echo]] = {}

    async def echoes(self, space: bytes) -> dict[bytes, Echo]:
        """Member to their latest echo: the very table that `take` writes into."""
        if space not in self._echoes:
            self._echoes[space] = {echo.member: echo for echo in (await self._kept(space)).echoes}
        return self._echoes[space]

    async def take(self, space: bytes, echo: Echo) -> None:
        """Take an echo in, unless its member had named a later place before."""
        echoes = await self.echoes(space)
        old = echoes.get(echo.member)
        if old is None or echo.seen >= old.seen:
            echoes[echo.member] = echo

    async def save(self, space: bytes) -> None:
        """Keep the echoes of a space for the next program."""
        kept, echoes = await self._kept(space), await self.echoes(space)
        if echoes:
            await self._keep(space, msgspec.structs.replace(kept, echoes=list(echoes.values())[-MEMBERS_PER_SPACE:]))

    async def denied(self, space: bytes) -> Denied | None:
        """The place that the server owes, if there is one."""
        return (await self._kept(space)).denied

    async def deny(self, space: bytes, denied: Denied | None) -> None:
        """Note such a place, or that it has been shown."""
        await self._keep(space, msgspec.structs.replace(await self._kept(space), denied=denied))

    async def _kept(self, space: bytes) -> _Kept:
        data = await self._replica.meta(_name(space))
        return _Kept([], None) if data is None else read_own(self._key, data, _context(space), _Kept, _BYTES)

    async def _keep(self, space: bytes, kept: _Kept) -> None:
        await self._replica.set_meta(_name(space), seal(self._key, encode(kept), _context(space)))


def _name(space: bytes) -> str:
    return f"beats {space.hex()}"


def _context(space: bytes) -> bytes:
    return context_bytes(StorageContext("beats", space.hex()))
