"""How much a member may put on this server, and everybody together into a space (protocol 9; row O07).

Files that records list stay for as long as people want them, so there is a limit to their bytes, which whoever runs
the server sets. A blob that no record lists is nobody's to see and goes in time; until then it takes the disk from
everybody else, so of these there may be few. There chunks are counted, not bytes: no chunk is larger than
`caps.CHUNK_BYTES`.
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from securecall.caps import KIB, MIB
from securecall_server.chains import Held
from securecall_server.errors import Code, RefusedError
from securecall_server.purge import Purge
from securecall_server.store.interface import Store

UNLISTED_BLOBS = 256
"""Blobs of one member in one space that no record lists yet."""
UNLISTED_CHUNKS = 2_048
"""Chunks of these blobs together: 8 GiB, and more than the largest document has."""
MEMBER_ROOM = 20 * 1024 * MIB
"""Bytes of all that one member put on this server, listed or not, unless told otherwise: three of the largest."""
SPACE_ROOM = 100 * 1024 * MIB
"""Bytes of all that lies in one space, unless told otherwise."""
APIECE = 4 * KIB
"""Bytes that each chunk counts for beside its own: a disk's file, of which tiny ones would take as many."""

_Putter = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Rooms:
    """How many bytes a member may have on the server, and a space."""

    member: int = MEMBER_ROOM
    space: int = SPACE_ROOM


class Quota:
    """What members may still put; chunks on their way to the disk count as if they were there.

    What is used is counted once and kept while ``purge`` deletes nothing; if other processes write too (``shared``),
    it is counted anew for every chunk.
    """

    def __init__(self, store: Store, purge: Purge, rooms: Rooms, *, shared: bool) -> None:
        self._store, self._purge, self._rooms, self._shared = store, purge, rooms, shared
        self._coming: dict[_Putter, Counter[bytes]] = {}
        self._used: dict[bytes, int] = {}
        self._deleted = 0

    @asynccontextmanager
    async def room(self, held: Held, member: bytes, blob: bytes, size: int) -> AsyncIterator[None]:
        """Room for one new chunk of ``blob`` by ``member``, while it is put.

        Raises: RefusedError (`Code.FULL`, `Code.QUOTA_MEMBER`, `Code.QUOTA_SPACE`).
        """
        space = held.chain.space
        putter = (space, member)
        coming = self._coming.setdefault(putter, Counter())
        coming[blob] += 1
        try:
            await self._check_unlisted(held, member, coming)
            await self._take(space, member, size + APIECE)
            try:
                yield
            except BaseException:
                for one in putter:
                    self._used.pop(one, None)
                raise
        finally:
            coming[blob] -= 1
            if not coming.total():
                self._coming.pop(putter, None)

    async def _check_unlisted(self, held: Held, member: bytes, coming: Counter[bytes]) -> None:
        """One that was noted a moment ago may count twice; then the last few places stay empty."""
        space = held.chain.space
        there = [blob for blob in await self._store.begun(space, member) if blob not in held.listed]
        if len({*there, *+coming}) > UNLISTED_BLOBS:
            raise RefusedError(Code.FULL)
        if await self._store.count_chunks(space, there) + coming.total() > UNLISTED_CHUNKS:
            raise RefusedError(Code.FULL)

    async def _take(self, space: bytes, member: bytes, size: int) -> None:
        if self._shared or self._deleted != self._purge.deleted:
            self._used.clear()
            self._deleted = self._purge.deleted
        own, whole = self._used.get(member), self._used.get(space)
        own = await self._store.stored_by(member, APIECE) if own is None else own
        whole = await self._store.stored_in(space, APIECE) if whole is None else whole
        # Others may have taken room while this was counted.
        own, whole = self._used.setdefault(member, own) + size, self._used.setdefault(space, whole) + size
        if own > self._rooms.member:
            raise RefusedError(Code.QUOTA_MEMBER)
        if whole > self._rooms.space:
            raise RefusedError(Code.QUOTA_SPACE)
        self._used[member], self._used[space] = own, whole
