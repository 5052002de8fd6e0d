"""What a server does by itself once a day, and at its start: let go of what has had its time, and look at its database.

A server runs for months, and damage that nobody notices gets into every backup (row O02).
"""

import asyncio
import time

from securecall_server import log
from securecall_server.chains import Chains
from securecall_server.ledger import Ledger
from securecall_server.mailboxes import clear_mailboxes
from securecall_server.purge import Purge, drop_unlisted
from securecall_server.restored import Mark
from securecall_server.store import StoreFaultError, StoreFullError
from securecall_server.store.interface import Store

DAY = 86_400
"""Seconds."""


class Housekeeping:
    """The daily round; ``shared`` if other processes write to the database too, ``mark`` that of a restored server.

    `damaged` says whether the last round found the database damaged.
    """

    def __init__(
        self,
        store: Store,
        chains: Chains,
        ledger: Ledger,
        purge: Purge,
        *,
        shared: bool,
        mark: Mark,
    ) -> None:
        self._store, self._chains, self._ledger, self._purge = store, chains, ledger, purge
        self._shared, self._mark = shared, mark
        self.damaged = False

    async def run(self) -> None:
        """A round a day, until cancelled; the first after a day."""
        while True:
            await asyncio.sleep(DAY)
            await self.round(int(time.time()))

    async def round(self, now: int) -> None:
        """Tidy, then look at the whole database; ``now`` in unix seconds."""
        await self.tidy(now)
        try:
            await self._store.verify()
            self.damaged = False
        except StoreFaultError:
            self.damaged = True
            log.fault(500, "damaged")
        except StoreFullError:
            log.fault(503, "busy")

    async def tidy(self, now: int) -> None:
        """Let go of old mailboxes, blobs that no record lists, and what was dropped; ``now`` in unix seconds.

        What cannot go now waits for the next time.
        """
        try:
            await clear_mailboxes(self._store, now * 1_000)
            # Another process could be about to take a record that lists such a blob; then `purge` is for its operator.
            if not self._shared:
                async with self._ledger.alone():
                    await drop_unlisted(self._store, self._chains, self._mark, now)
        except (StoreFullError, StoreFaultError):
            log.fault(507, "full")
        await self._purge.sweep()
