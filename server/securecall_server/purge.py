"""What a record drops or a `destroy` ends is deleted at once (protocol 9; row O13).

The notes of its chunks go within the item's own transaction, and after a `destroy` the bytes of records too. A
blob of which no chunk is noted is one whose bytes are still to go; so whatever happens in between, the next
sweep goes on, and one is made at every start.
"""

import asyncio
import logging

from securecall_server.blobs.interface import BlobFullError, BlobStore
from securecall_server.store import StoreFaultError, StoreFullError
from securecall_server.store.interface import Store

_log = logging.getLogger("securecall_server.errors")


class Purge:
    """Deletes the bytes of blobs that are noted no more."""

    def __init__(self, store: Store, blobs: BlobStore) -> None:
        self._store, self._blobs = store, blobs
        self._turn = asyncio.Lock()

    async def sweep(self) -> None:
        """Delete what is to go, and what the database still has of it.

        What storage or database do not let go of now waits for the next sweep; the item stands all the same.
        """
        async with self._turn:
            try:
                for space, blob in await self._store.dropped():
                    await self._blobs.delete(space, blob)
                    await self._store.forget(space, blob)
                await self._store.scrub()
            except (BlobFullError, StoreFullError, StoreFaultError):
                _log.warning("- 507 full")
