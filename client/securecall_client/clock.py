"""This computer's clock, read in one place. What it says is a claim to others and never decides validity."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

HOUR = 3600
LATEST = 253_402_300_799
"""The last second that ISO 8601 writes with four digits of a year."""
_LEFT = 7 * 24 * HOUR
"""So much is left of that year, to say a time in a zone that is ahead of UTC, or the day after it."""


def now() -> float:
    """Unix time in seconds."""
    return time.time()


def minute() -> int:
    """Unix time in minutes, as items carry it."""
    return int(now() // 60)


def at(seconds: float) -> datetime:
    """Unix seconds as a time in UTC; what no calendar holds in every zone becomes the nearest it does."""
    return datetime.fromtimestamp(min(max(seconds, 0), LATEST - _LEFT), UTC)


def iso(seconds: float) -> str:
    """Unix seconds as ISO 8601 in UTC, as `at`."""
    return at(seconds).isoformat(timespec="seconds")


def trusted(server_ms: int, verified_minute: int) -> bool:
    """Whether this clock may act on an expiry: within an hour of the server's, and not before a verified minute."""
    return abs(now() - server_ms / 1000) < HOUR and minute() >= verified_minute


class Ticker(Protocol):
    """A clock that only goes on, for what is done at a pace; tests have one that they turn."""

    def now(self) -> float:
        """Seconds since some moment."""

    async def until(self, at: float) -> None:
        """Return once it is that time."""


class Monotonic:
    """The computer's own."""

    def now(self) -> float:
        """As `Ticker.now`."""
        return time.monotonic()

    async def until(self, at: float) -> None:
        """As `Ticker.until`."""
        await asyncio.sleep(max(0, at - time.monotonic()))
