"""People who watch a call, at a clock that the test turns: nothing here takes time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field

from securecall_client.acts.watching import watch
from securecall_client.beating import Beating
from securecall_client.session import Session
from tests.simulator.people import Person, Stage

_CALM = 20
"""Turns of the event loop in which nothing stirs."""


class Hand:
    """A clock for several watchers. A watcher that waits for a time, with nothing on its line, is idle."""

    def __init__(self) -> None:
        self.time = 0.0
        self.watchers: list[Watcher] = []
        self._waiting: set[asyncio.Future[None]] = set()

    def now(self) -> float:
        """As `Ticker.now`."""
        return self.time

    async def until(self, at: float) -> None:
        """As `Ticker.until`."""
        while self.time < at:
            turned = asyncio.get_running_loop().create_future()
            self._waiting.add(turned)
            try:
                await turned
            finally:
                self._waiting.discard(turned)

    async def turn(self, seconds: float) -> None:
        """Let time go by, a little at a time, and everybody do what they then do."""
        end = self.time + seconds
        await self.settle()
        while self.time < end:
            self.time = min(end, self.time + 5)
            for turned in self._waiting:
                turned.set_result(None)
            self._waiting.clear()
            await self.settle()

    async def settle(self) -> None:
        """Wait until all watchers are idle, or done."""
        async with asyncio.timeout(60):
            calm = 0
            while calm < _CALM:
                await asyncio.sleep(0)
                calm = calm + 1 if self._is_idle() else 0

    def _is_idle(self) -> bool:
        running = [watcher for watcher in self.watchers if not watcher.task.done()]
        empty = all(not watcher.person.hostile.listeners[-1:] or watcher.is_read() for watcher in running)
        return empty and len(self._waiting) == len(running)


@dataclass
class Watcher:
    """Somebody's `call watch`: what it told, and how it ended."""

    person: Person
    session: Session
    call: bytes
    task: asyncio.Task[None]
    events: list[dict[str, object]] = field(default_factory=list)

    @property
    def beating(self) -> Beating:
        """Their beats."""
        return self.session.beating(self.call)

    async def stop(self) -> None:
        """End the watch, as Ctrl-C does; one that has ended by itself is left."""
        if not self.task.done():
            self.task.cancel()
            with suppress(asyncio.CancelledError):
                await self.task

    def is_read(self) -> bool:
        """Whether nothing is on its way to them."""
        return self.person.hostile.listeners[-1].queue.empty()

    def told(self, *kinds: str) -> list[tuple[str, object]]:
        """Events of these kinds with whom they name, oldest first; they are told once."""
        found = [(str(event["event"]), event.get("name")) for event in self.events if event["event"] in kinds]
        self.events.clear()
        return found


PRESENCE = ("present", "away", "writing", "not_writing", "confirmed", "unconfirmed")


@asynccontextmanager
async def watching(stage: Stage, hand: Hand, *names: str) -> AsyncIterator[list[Watcher]]:
    """These people watch the call."""
    async with AsyncExitStack() as stack:
        watchers = []
        for name in names:
            session = await stack.enter_async_context(stage[name].open())
            watchers.append(await stack.enter_async_context(_watcher(stage, hand, name, session)))
        await hand.settle()
        yield watchers


@asynccontextmanager
async def _watcher(stage: Stage, hand: Hand, name: str, session: Session) -> AsyncIterator[Watcher]:
    events: list[dict[str, object]] = []
    note = events.append

    async def run() -> None:
        async for event in watch(session, stage.call.hex(), hand):
            note(event)

    watcher = Watcher(stage[name], session, stage.call, asyncio.create_task(run()), events)
    hand.watchers.append(watcher)
    try:
        yield watcher
    finally:
        hand.watchers.remove(watcher)
        await watcher.stop()


def sent_beats(person: Person) -> list[bytes]:
    """The beats that somebody has sent."""
    return [data for data in person.hostile.sent if len(data) == 512]
