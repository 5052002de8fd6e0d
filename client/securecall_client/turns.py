"""Whose turn it is at an open profile: other processes, tasks of this program, and pages that only look.

One task works at a time, while no other process does: it may change what the profile holds on the disk and what of it
is in memory. While it waits for a server, and only then, others of this program may look: nothing in memory is half
done at that moment, since what came from a server is placed, checked and kept without waiting for anything but the
disk (`securecall_client.sync`; what is placed and not kept for longer is set aside, see `Spaces`). Whoever looks
changes nothing, and the one at work goes on only when they have looked. So no page waits for a line.

What a task has on the line at the same time (chunks of a file) touches files alone while the others wait. Who moves
such chunks without being at the profile takes the line as it is (`Session.straight`), and says nothing here.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Final, cast

from securecall_client.profile import Turn
from securecall_client.transport import Transport

_STRAIGHT: Final = ("address", "close", "use", "live")
"""What of a transport does not wait for an answer, or waits while the profile rests."""


class Turns:
    """The turns at one profile. ``catch_up`` reads what others left there."""

    def __init__(self, turn: Turn, catch_up: Callable[[], Awaitable[None]]) -> None:
        self._turn, self._catch_up = turn, catch_up
        self._working = self._holds = True
        """Whether a task of this program is at work, or waits for other processes; and whether it is."""
        self._asking = 0
        """What the one at work has on the line."""
        self._looked_at = False
        self._looks: ContextVar[bool] = ContextVar("looks", default=False)
        self._waiting: list[asyncio.Future[None]] = []

    @asynccontextmanager
    async def resting(self) -> AsyncIterator[None]:
        """Let everybody else at the profile meanwhile, and take in what they did."""
        self.give()
        try:
            yield
        finally:
            # Whoever rests holds the profile afterwards, also where the rest was cut short.
            await _in_any_case(self._take())
            await self._catch_up()

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Be at the profile for once, in a program whose session rests."""
        await self._take()
        try:
            await self._catch_up()
            yield
        finally:
            self.give()

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[None]:
        """See what is here, beside the one at work if they wait for a server, else for oneself."""
        await self._until(lambda: not self._working or (self._may_look() and not self._looked_at))
        if not self._working:
            async with self.working():
                yield
            return
        self._looked_at = True
        looks = self._looks.set(True)
        try:
            yield
        finally:
            self._looks.reset(looks)
            self._looked_at = False
            self._tell()

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        """Wait for a server; by whoever is at work."""
        if self._looks.get():
            yield
            return
        self._asking += 1
        self._tell()
        try:
            yield
        finally:
            self._asking -= 1
            if not self._asking and self._looked_at:
                await _in_any_case(self._until(lambda: not self._looked_at))

    def give(self) -> None:
        """Let everybody else at the profile."""
        self._holds = self._working = False
        self._turn.give()
        self._tell()

    def close(self) -> None:
        """Wait for no other process any more."""
        self._turn.close()

    async def _take(self) -> None:
        await self._until(lambda: not self._working)
        self._working = True
        try:
            await self._turn.take()
        except BaseException:
            self._working = False
            self._tell()
            raise
        self._holds = True

    def _may_look(self) -> bool:
        return self._holds and self._asking > 0

    async def _until(self, free: Callable[[], bool]) -> None:
        while not free():
            told = asyncio.get_running_loop().create_future()
            self._waiting.append(told)
            try:
                await told
            finally:
                self._waiting.remove(told)

    def _tell(self) -> None:
        for told in self._waiting:
            if not told.done():
                told.set_result(None)


async def _in_any_case(step: Awaitable[None]) -> None:
    """Do a step to its end, also where the task is cancelled meanwhile."""
    doing, cancelled = asyncio.ensure_future(step), False
    while not doing.done():
        try:
            await asyncio.shield(doing)
        except asyncio.CancelledError:
            cancelled = True
    await doing
    if cancelled:
        raise asyncio.CancelledError


class _Aside:
    """A transport all of whose requests are made as `Turns.asking`."""

    def __init__(self, transport: Transport, turns: Turns) -> None:
        self._transport, self._turns = transport, turns

    def __getattr__(self, name: str) -> object:
        found = getattr(self._transport, name)
        if name in _STRAIGHT or not callable(found):
            return found

        async def ask(*what: object, **how: object) -> object:
            async with self._turns.asking():
                return await found(*what, **how)

        return ask


def aside(transport: Transport, turns: Turns) -> Transport:
    """The same line, for which nobody waits but who asks."""
    return cast("Transport", _Aside(transport, turns))
