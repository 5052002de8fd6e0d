"""The server's clock: unix milliseconds that never go back, not even across restarts (protocol 13).

Before a time is used, a mark past it is written to the database; after a restart the clock begins at the
mark. So it may run up to `AHEAD` early after a restart, and never runs late by more than its caller waits.
Several processes share the mark, so it is only ever raised: a process cannot know up to which time another one
has used it.
"""

import asyncio
import time
from collections.abc import Callable

from securecall_server.store.interface import Store

AHEAD = 10_000
"""How far ahead of use the mark is written, in milliseconds."""
_MARGIN = 2_000
_KEY = "clock"


def wall() -> int:
    """The system's time in unix milliseconds."""
    return time.time_ns() // 1_000_000


class Clock:
    """`now` after `ready` is never less than any `now` before it, in this process or an earlier one."""

    def __init__(self, store: Store, mark: int, now: Callable[[], int] = wall) -> None:
        self._store = store
        self._wall = now
        self._mark = mark
        self._last = mark
        self._lock = asyncio.Lock()

    @classmethod
    async def open(cls, store: Store, now: Callable[[], int] = wall) -> "Clock":
        """The clock that goes on where the one before it on this database ended."""
        mark = await store.meta(_KEY)
        return cls(store, int.from_bytes(mark or b"", "big"), now)

    async def ready(self) -> None:
        """Make sure that `now` can tell the time for the next moments. Raises: StoreFullError."""
        if self._wall() + _MARGIN <= self._mark:
            return
        async with self._lock:
            if self._wall() + _MARGIN <= self._mark:
                return
            mark = self._wall() + AHEAD
            await self._store.raise_meta(_KEY, mark.to_bytes(8, "big"))
            self._mark = mark

    def now(self) -> int:
        """The time; it stands still where no mark allows it to go on."""
        self._last = max(self._last, min(self._wall(), self._mark))
        return self._last
