"""What a record drops or a `destroy` ends is deleted at once (protocol 9; row O13).

The notes of its chunks go within the item's own transaction, and after a `destroy` the bytes of records too. A
blob of which no chunk is noted is one whose bytes are still to go; so whatever happens in between, the next
sweep goes on, and one is made at every start. A blob that no record has listed goes after 30 days.
"""

import asyncio
import os
import time
from collections.abc import Iterable, Set
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import msgspec

from securecall.errors import InvalidError
from securecall_server import log, settings
from securecall_server.blobs import BlobOpenError, open_blobs
from securecall_server.blobs.interface import BlobFullError, BlobStore, ChunkId, StoredChunk
from securecall_server.chains import Chains
from securecall_server.errors import DamagedError, RefusedError, StartError
from securecall_server.mailboxes import clear_mailboxes
from securecall_server.restored import Mark
from securecall_server.store import StoreFaultError, StoreFullError, StoreOpenError, open_store
from securecall_server.store.interface import Store

UNLISTED_FOR = 30 * 86_400
"""Seconds for which a blob that no record lists is kept, from its first chunk on."""
IN_FLIGHT = 600
"""Seconds within which a chunk that was put is noted, by far; until then it is nobody's orphan beside a server."""


class Purge:
    """Deletes the bytes of blobs that are noted no more."""

    def __init__(self, store: Store, blobs: BlobStore) -> None:
        self._store, self._blobs = store, blobs
        self._turn = asyncio.Lock()
        self.deleted = 0
        """Blobs that went since the process began."""

    async def sweep(self) -> None:
        """Delete what is to go, and what the database still has of it.

        What storage or database do not let go of now waits for the next sweep; the item stands all the same.
        """
        try:
            await self.delete()
        except (BlobFullError, StoreFullError, StoreFaultError):
            log.fault(507, "full")

    async def delete(self) -> int:
        """As `sweep`, and say how many blobs went. Raises: BlobFullError, StoreFullError, StoreFaultError."""
        async with self._turn:
            dropped = await self._store.dropped()
            for space, blob in dropped:
                await self._blobs.delete(space, blob)
                await self._store.forget(space, blob)
            await self._store.scrub()
            self.deleted += len(dropped)
            return len(dropped)


async def drop_unlisted(store: Store, chains: Chains, mark: Mark, now: int) -> None:
    """Note no more the blobs that no record has listed for 30 days, but where clients may yet put back records;
    ``now`` in unix seconds.

    Whoever calls sees to it that no record takes its place meanwhile: it could be the one that lists such a blob.
    """
    for space, blob in await store.begun_before(now - UNLISTED_FOR):
        # Of a damaged chain nobody knows what it lists.
        with suppress(DamagedError, RefusedError, InvalidError):
            held = await chains.get(space)
            if not mark.holds(space) and (held is None or blob not in held.listed):
                await store.drop(space, blob)


async def find_orphans(store: Store, blobs: BlobStore, chunks: Iterable[StoredChunk]) -> list[ChunkId]:
    """Those of ``chunks``, seen in the storage, that the database does not note: a crash came between the two.

    Beside a running server ``chunks`` must be `settled`. What was dropped, and goes with the next sweep, is none.
    """
    seen = await _unnoted(store, {chunk.id for chunk in chunks})
    # What was being deleted just now is noted no more, and not there any more either.
    return sorted(seen & {chunk.id async for chunk in blobs.listing()}) if seen else []


async def _unnoted(store: Store, chunks: Set[ChunkId]) -> set[ChunkId]:
    unnoted = set(chunks)
    for space, blob in {chunk[:2] for chunk in chunks}:
        unnoted -= {(space, blob, index) for index in await store.chunks(space, blob)}
    going = set(await store.dropped())
    return {chunk for chunk in unnoted if chunk[:2] not in going}


def settled(chunks: Iterable[StoredChunk], now: float) -> list[StoredChunk]:
    """Chunks that a running server has noted by ``now`` (unix seconds), or never will."""
    return [chunk for chunk in chunks if chunk.since < now - IN_FLIGHT]


class Purged(msgspec.Struct, frozen=True):
    """What went: blobs that were dropped or that no record listed for 30 days, and chunks that were orphans.

    ``kept`` counts orphans that stay, because clients may yet put back a record that lists them.
    """

    blobs: int
    orphans: int
    kept: int


async def purge_all(folder: Path, database: str | None = None, blobs: str | None = None) -> Purged:
    """Delete all that is to go from a server that stands still, and leave nothing of it in the files of its database.

    Raises: StartError, for one while a server runs on the folder.
    """
    settings.load(folder)
    url, place = settings.database_url(folder, database), settings.blobs_place(folder, blobs)
    async with AsyncExitStack() as held:
        alone = url.startswith("sqlite:")
        if alone:
            held.callback(os.close, settings.lock(folder))
        try:
            store = await open_store(url)
            held.push_async_callback(store.close)
            return await _purge(Mark(folder), store, open_blobs(place), alone=alone)
        except (StoreOpenError, StoreFaultError, StoreFullError, BlobOpenError, BlobFullError) as error:
            raise StartError(f"{error} What could not be deleted goes with the next purge.") from None


async def _purge(mark: Mark, store: Store, blobs: BlobStore, *, alone: bool) -> Purged:
    await clear_mailboxes(store)
    await drop_unlisted(store, Chains(store, shared=False), mark, int(time.time()))
    dropped = await Purge(store, blobs).delete()
    there = [chunk async for chunk in blobs.listing()]
    # Of PostgreSQL nobody sees here whether a server runs on it, though none should.
    orphans = await find_orphans(store, blobs, there if alone else settled(there, time.time()))
    going = [orphan for orphan in orphans if not mark.holds(orphan[0])]
    for orphan in going:
        await blobs.delete_chunk(*orphan)
    await store.compact()
    return Purged(dropped, len(going), len(orphans) - len(going))
