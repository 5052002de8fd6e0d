"""Budgets of requests, in memory alone (rows G01, O08, O10).

Each is a token bucket, kept as the one moment at which it will be full again (the generic cell rate algorithm, ITU-T
I.371): one that is full is as good as forgotten, so a flood of addresses costs a bounded piece of memory.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from securecall_server.limits import BUCKETS, Budget
from securecall_server.tokens import elapsed


class Buckets:
    """A budget for each of many; ``now`` in milliseconds."""

    def __init__(self, budget: Budget, now: Callable[[], int] = elapsed, most: int = BUCKETS) -> None:
        self._each = 1_000 / budget.a_second
        self._all = self._each * (budget.burst - 1)
        self._now, self._most = now, most
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()

    def take(self, key: Hashable) -> int:
        """Take one out of the bucket of ``key``: 0, or the milliseconds until there is one."""
        now = self._now()
        full_at = max(self._full_at.get(key, now), now)
        over = full_at - now - self._all
        if over > 0:
            return int(over) + 1
        self._full_at[key] = full_at + self._each
        self._full_at.move_to_end(key)
        self._forget(now)
        return 0

    def __len__(self) -> int:
        return len(self._full_at)

    def _forget(self, now: int) -> None:
        """Forget the oldest where it is full again, and past the most that are kept."""
        while self._full_at:
            oldest = next(iter(self._full_at))
            if self._full_at[oldest] > now and len(self._full_at) <= self._most:
                return
            del self._full_at[oldest]
