"""How long a request may take on a bad line: it ends upon silence or a drip, and never for being large (row S38).

One deadline for a whole request would cut every chunk on a line of 20 kbit/s. So the clock is put back with every
piece that moves, and what has moved buys time for the rest, at a rate that no line in use falls below.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from securecall.caps import KIB

PIECE = 16 * KIB
"""Bytes that are handed over at once; each piece counts as progress."""
_BUFFERED = 128 * KIB
"""Bytes that may still lie in this computer's own buffers when all of a body was handed over."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What is asked of a line: times in seconds, ``slowest`` in bytes a second."""

    connect: float = 30
    silence: float = 60
    slowest: int = 512
    pauses: tuple[float, ...] = (0.5, 1, 2, 4, 8)
    """Between one try and the next, while nothing gets through."""
    patient: float = 20
    """Within which a server must answer that is behind a proxy (Tor takes its time), or that a command is all about."""


@asynccontextmanager
async def patience(pace: Pace, sending: int) -> AsyncIterator[Callable[[int], None]]:
    """The deadline of a request that sends ``sending`` bytes; gives what to call with each count of bytes that moved.

    Raises: TimeoutError.
    """
    clock = asyncio.get_running_loop().time
    silence = pace.silence + min(sending, _BUFFERED) / pace.slowest
    began, total, over = clock(), 0, False

    def moved(count: int) -> None:
        nonlocal total
        total += count
        if not over:
            timeout.reschedule(min(clock() + silence, began + silence + total / pace.slowest))

    async with asyncio.timeout(silence) as timeout:
        try:
            yield moved
        finally:
            over = True
