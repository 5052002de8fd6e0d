"""How much a member may put into a space before a record lists it (protocol 9; row O07).

A blob that no record lists is nobody's to see and goes in time; until then it takes the disk from everybody
else. Chunks are counted, not bytes: no chunk is larger than `caps.CHUNK_BYTES`, and tiny ones cost a disk
their files.
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from securecall_server.chains import Held
from securecall_server.errors import Code, RefusedError
from securecall_server.store.interface import Store

UNLISTED_BLOBS = 256
"""Blobs of one member in one space that no record lists yet."""
UNLISTED_CHUNKS = 2_048
"""Chunks of these blobs together: 8 GiB, and more than the largest document has."""

_Putter = tuple[bytes, bytes]


class Quota:
    """What members may still put; chunks on their way to the disk count as if they were there."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._coming: dict[_Putter, Counter[bytes]] = {}

    @asynccontextmanager
    async def room(self, held: Held, member: bytes, blob: bytes) -> AsyncIterator[None]:
        """Room for one new chunk of ``blob`` by ``member``, while it is put. Raises: RefusedError (`Code.FULL`)."""
        putter = (held.chain.space, member)
        coming = self._coming.setdefault(putter, Counter())
        coming[blob] += 1
        try:
            await self._check(held, member, coming)
            yield
        finally:
            coming[blob] -= 1
            if not coming.total():
                self._coming.pop(putter, None)

    async def _check(self, held: Held, member: bytes, coming: Counter[bytes]) -> None:
        """One that was noted a moment ago may count twice; then the last few places stay empty."""
        space = held.chain.space
        there = [blob for blob in await self._store.begun(space, member) if blob not in held.listed]
        if len({*there, *+coming}) > UNLISTED_BLOBS:
            raise RefusedError(Code.FULL)
        if await self._store.count_chunks(space, there) + coming.total() > UNLISTED_CHUNKS:
            raise RefusedError(Code.FULL)
