"""Whose turn it is at an open profile: other processes, tasks of this program, and pages that only look.

One task works at a time, while no other process does: it may change what the profile holds on the disk and what of it
is in memory. While it waits for a server, and only then, others of this program may look: nothing in memory is half
done at that moment, since what came from a server is placed, checked and kept without waiting for anything but the
disk (`securecall_client.sync`; what is placed and not kept for longer is set aside, see `Spaces`). Whoever looks
changes nothing, and the one at work goes on only when they have looked. So no page waits for a line.

Nor does anybody have to wait for one who does: what was asked of a server can be given up, as if the line had been
lost, which whoever asked must expect at any time. For somebody who is ``pressing``, what is unanswered for long is.

What a task has on the line at the same time (chunks of a file) touches files alone while the others wait. Who moves
such chunks without being at the profile takes the line as it is (`Session.straight`), and says nothing here.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, TypeVar, cast

from securecall_client.errors import OfflineError
from securecall_client.profile import Turn
from securecall_client.transport import Transport

_STRAIGHT: Final = ("address", "close", "use", "live")
"""What of a transport does not wait for an answer, or waits while the profile rests."""
STALLED: Final = 3.0
"""Seconds without an answer after which what was asked of a server is given up for somebody who is pressing."""
_LOOK: Final = 0.2
"""Seconds between two looks at whether there is such a thing."""
T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Asked:
    """Something that was asked of a server: by which task, since when, how often that was ``cancelling`` before, and
    whether it is waited for no longer.
    """

    task: asyncio.Task[object]
    since: float
    cancelling: int
    given_up: bool = False


class Turns:
    """The turns at one profile. ``catch_up`` reads what others left there."""

    def __init__(self, turn: Turn, catch_up: Callable[[], Awaitable[None]]) -> None:
        self._turn, self._catch_up = turn, catch_up
        self._working = self._holds = True
        """Whether a task of this program is at work, or waits for other processes; and whether it is."""
        self._asked: list[_Asked] = []
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
    async def working(self, *, pressing: bool = False) -> AsyncIterator[None]:
        """Be at the profile for once, in a program whose session rests."""
        async with self._pressing() if pressing else nullcontext():
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

    async def ask(self, request: Awaitable[T]) -> T:
        """What a server answers to whoever is at work. Raises: OfflineError (it was given up); as ``request``."""
        task = asyncio.current_task()
        if self._looks.get() or task is None:
            return await request
        asked = _Asked(task, asyncio.get_running_loop().time(), task.cancelling())
        self._asked.append(asked)
        self._tell()
        try:
            return await request
        except asyncio.CancelledError:
            if asked.given_up and task.uncancel() <= asked.cancelling:
                raise OfflineError("The server did not answer in time.") from None
            raise
        finally:
            self._asked.remove(asked)
            if not self._asked and self._looked_at:
                await _in_any_case(self._until(lambda: not self._looked_at))

    def give_up(self, seconds: float = 0) -> None:
        """Wait no longer for what a server has not answered for so many seconds."""
        until = asyncio.get_running_loop().time() - seconds
        for asked in self._asked:
            if asked.since <= until and not asked.given_up:
                asked.given_up = True
                asked.task.cancel()

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

    @asynccontextmanager
    async def _pressing(self) -> AsyncIterator[None]:
        """Have given up meanwhile what is unanswered for long."""
        pressing = asyncio.create_task(self._press())
        try:
            yield
        finally:
            pressing.cancel()

    async def _press(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            self.give_up(STALLED)

    def _may_look(self) -> bool:
        return self._holds and bool(self._asked)

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
    """A transport all of whose requests are made as `Turns.ask`."""

    def __init__(self, transport: Transport, turns: Turns) -> None:
        self._transport, self._turns = transport, turns

    def __getattr__(self, name: str) -> object:
        found = getattr(self._transport, name)
        if name in _STRAIGHT or not callable(found):
            return found

        async def ask(*what: object, **how: object) -> object:
            return await self._turns.ask(found(*what, **how))

        return ask


def aside(transport: Transport, turns: Turns) -> Transport:
    """The same line, for which nobody waits but who asks."""
    return cast("Transport", _Aside(transport, turns))
