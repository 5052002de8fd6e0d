"""What is fuzzed: one decoder of outside bytes, the bytes that are good for it, and how it may refuse the others.

A member can sign and seal whatever they like, so a decoder that stands behind a signature or a seal is aimed at twice:
with raw bytes, which the signature stops, and *dressed*, where `run` signs or seals the bytes truly first.
"""

import asyncio
import atexit
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from securecall.errors import InvalidError

T = TypeVar("T")
MALFORMED: tuple[type[Exception], ...] = (InvalidError,)


@dataclass(frozen=True, slots=True)
class Target:
    """``run`` gives what was read of the bytes, which ``samples`` are good for."""

    name: str
    run: Callable[[bytes], object]
    samples: Callable[[], Sequence[bytes]]
    refusals: tuple[type[Exception], ...]
    """The one typed error, and those that say more of why. Empty where nothing may be raised at all."""
    again: Callable[[object], bytes] | None = None
    """What was read, encoded again: the very bytes that came."""

    def take(self, data: bytes) -> bool:
        """Whether ``data`` was read; False if it was refused as it must be. Whatever else happens is a fault."""
        try:
            value = self.run(data)
        except self.refusals:
            return False
        if self.again is not None:
            assert self.again(value) == data, f"{self.name} reads a second encoding"
        return True


@cache
def _runner() -> asyncio.Runner:
    runner = asyncio.Runner()
    atexit.register(runner.close)
    return runner


def wait(work: Awaitable[T]) -> T:
    """Run to its end what is asynchronous; one loop serves all examples."""

    async def whole() -> T:
        return await work

    return _runner().run(whole())


def text(data: bytes) -> str:
    """Bytes as the text that a prompt or a file may give: any at all, lone surrogates too."""
    return data.decode("utf-8", "surrogateescape")


def typed(words: str) -> bytes:
    """The other way round."""
    return words.encode("utf-8", "surrogateescape")
