"""An open profile is kept up to date in the background: a sync now and then, a live line for each call on screen."""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import aclosing, suppress
from types import TracebackType
from typing import Self

from securecall_client.acts import admitting, founding, joining
from securecall_client.acts.watching import watch
from securecall_client.afterwards import see_to_others
from securecall_client.errors import SecureCallError
from securecall_client.foreseen import told
from securecall_client.opening import follow_server
from securecall_client.results.people import WaitingJoin
from securecall_client.session import Session
from securecall_client.transport import Hint
from securecall_client.web.hub import Hub

EVERY = 30.0
"""Seconds between two syncs of everything; what is on screen has a live line."""
AGAIN = 5.0
"""Seconds until a server that was not reached is tried again."""
_HOME = ""
"""What is watched while no call is on screen: the space that one came in by."""
LOOK = 2.0
"""Seconds between two looks at what no live line tells: whether one was let in, and who asks to be."""


class KeepingUp:
    """The tasks beside the pages, as long as the block lasts."""

    def __init__(self, session: Session, hub: Hub) -> None:
        self._session, self._hub = session, hub
        self.trouble = ""
        self.asking: Sequence[WaitingJoin] = ()
        self._stirred = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        """All that run still, also those that were told to end."""
        self._watching: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        self._begin(self._sync())
        self._begin(self._look())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def end(self) -> None:
        """Begin to stop."""
        for task in self._tasks:
            task.cancel()

    def stir(self) -> None:
        """Sync soon."""
        self._stirred.set()

    def on_screen(self, calls: frozenset[str]) -> None:
        """Hold a live line for each of these calls; while there is none, and somebody looks on, for the home space."""
        wanted = calls or ({_HOME} if self._hub.heard and self._session.home else frozenset())
        for call in self._watching.keys() - wanted:
            self._watching.pop(call).cancel()
        for call in wanted:
            if call not in self._watching or self._watching[call].done():
                self._watching[call] = self._begin(self._watch(call) if call else self._listen())

    def _begin(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _sync(self) -> None:
        await self._come_in()
        self.on_screen(self._hub.calls())
        while True:
            try:
                async with self._session.working():
                    if await self._session.reach():
                        await self._session.sync_all()
                        await see_to_others(self._session)
                        await follow_server(self._session)
                        self.asking = await admitting.asking(self._session)
            except Exception as error:
                self._hub.line(str(told(error)))
            self._hub.tell("changed")
            self._stirred.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stirred.wait(), EVERY if self._session.reached else AGAIN)

    async def _come_in(self) -> None:
        """Go on with a join or a founding that is under way, until one is in."""
        asked = False
        while not self._session.home:
            try:
                async with self._session.working():
                    await self._go_on(anew=not asked)
                self.trouble, asked = "", True
            except SecureCallError as error:
                self.trouble, asked = str(error), False
            except Exception as error:
                self.trouble, asked = str(told(error)), False
            self._hub.tell("changed")
            if not self._session.home:
                await asyncio.sleep(LOOK)

    async def _go_on(self, *, anew: bool) -> None:
        if await self._session.replica.meta(founding.NOTE) is not None:
            await founding.go_on(self._session)
        elif anew:
            await joining.go_on(self._session, wait=False)
        else:
            await joining.look(self._session)

    async def _look(self) -> None:
        """See who asks to be let in, which no live line tells, while somebody looks on."""
        while True:
            await asyncio.sleep(LOOK)
            if not self._hub.heard or not self._session.home or not self._session.reached:
                continue
            with suppress(SecureCallError):
                async with self._session.working():
                    # Who asks, and not all that is new.
                    self._session.line.asked = False
                    asking = await admitting.asking(self._session)
                if asking != self.asking:
                    self.asking = asking
                    self._hub.tell("changed")

    async def _watch(self, call: str) -> None:
        """Tell the pages whenever something happens in a call."""
        try:
            async with self._session.working(), aclosing(watch(self._session, call)) as events:
                async for _ in events:
                    self._hub.tell("changed", call)
        except Exception as error:
            self._hub.line(str(told(error)))
        self._hub.tell("changed", call)

    async def _listen(self) -> None:
        """Sync whenever something was added where one came in: that one was let into a call is told there."""
        while True:
            with suppress(SecureCallError):
                async with aclosing(self._session.transport.live([self._session.home])) as line:
                    async for told in line:
                        if isinstance(told, Hint) and await self._is_new(told):
                            self.stir()
            await asyncio.sleep(AGAIN)

    async def _is_new(self, hint: Hint) -> bool:
        async with self._session.working(reading=True):
            return hint.seq >= (await self._session.view(hint.space)).chain.next_seq
