"""One call on the live line: what comes is handed on, and beats go both ways at their pace (protocol 13.7).

Nothing here is believed. A hint leads to a sync; a beat counts as far as the verified chain bears it out.
"""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Literal

from securecall.beats import check_beat, read_beat
from securecall.errors import InvalidError, Problem
from securecall_client import clock
from securecall_client.beating import pace
from securecall_client.heard import Denied
from securecall_client.transport import Hint

if TYPE_CHECKING:
    from securecall_client.session import Session

News = Literal["place", "beat", "end"]
"""A place may have been taken: sync, then `Live.settle`. Who is here, or who confirms, may have changed. Nothing more
comes."""


class Live:
    """The line of one call. Made by `live`."""

    def __init__(self, session: "Session", space: bytes, ticker: clock.Ticker) -> None:
        self.beating = session.beating(space)
        self.space, self._session, self._ticker = space, session, ticker
        self._line = session.transport.live([space])
        self._coming: asyncio.Task[Hint | bytes | None] | None = None
        self._up = False
        self._doubtful: bytes | None = None

    @property
    def now(self) -> float:
        """What the line's clock says."""
        return self._ticker.now()

    async def next(self) -> News:
        """Wait for what comes next, at rest; beats are sent and heard meanwhile. Raises: OfflineError."""
        view = await self._session.view(self.space)
        if self._up and self.beating.due(view) <= self.now:
            # Whoever types an answer does so in another program, which leaves a draft at each question.
            writing = self._session.drafts.saved_since(self.space, clock.now() - 2 * pace(view))
            await self._session.transport.beat(self.beating.say(view, self.now, clock.minute(), writing=writing))
            await self._session.heard.save(self.space)
            return "beat"
        if not await self._comes_before(self.beating.wakes(view, self.now) if self._up else math.inf):
            return "beat"
        message = await self._take()
        if message is None:
            return "end"
        self._up = True
        if isinstance(message, bytes) and await self._hear(message) is None:
            return "beat"
        self._doubtful = message if isinstance(message, bytes) else None
        return "place"

    async def settle(self) -> None:
        """Judge again, after a sync, a beat that named a place which was not here as it said. Raises: ProofError."""
        data, self._doubtful = self._doubtful, None
        denied = None if data is None else await self._hear(data)
        if data is not None and denied is not None and self._session.reached:
            await self._session.accuse(self.space, denied, data)

    async def close(self) -> None:
        """Let go of the line."""
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.gather(self._coming, return_exceptions=True)
        await self._line.aclose()
        await self._session.heard.save(self.space)

    async def _hear(self, data: bytes) -> Denied | None:
        """Take in a beat if it is good; what its author signed for, where that is not in the chain that is here."""
        view = await self._session.view(self.space)
        try:
            beat = read_beat(data)
        except InvalidError:
            return None
        header = beat.value.header
        try:
            check_beat(view.chain, beat)
        except InvalidError as error:
            vouched = error.problem is Problem.BAD_SEEN and view.is_in()
            return Denied(header.author, header.seen) if vouched else None
        echo = self.beating.hear(view, beat.value, self.now)
        if echo is not None:
            await self._session.heard.take(self.space, echo)
        return None

    async def _comes_before(self, at: float) -> bool:
        """Wait until something has come, or until that time; whether something has."""
        if self._coming is None:
            self._coming = asyncio.create_task(self._fetch())
        async with self._session.resting():
            timer = asyncio.create_task(self._ticker.until(at))
            try:
                await asyncio.wait([self._coming, timer], return_when=asyncio.FIRST_COMPLETED)
            finally:
                timer.cancel()
        return self._coming.done()

    async def _fetch(self) -> Hint | bytes | None:
        return await anext(self._line, None)

    async def _take(self) -> Hint | bytes | None:
        coming, self._coming = self._coming, None
        return None if coming is None else await coming


@asynccontextmanager
async def live(session: "Session", space: bytes, ticker: clock.Ticker) -> AsyncIterator[Live]:
    """A call's live line, let go of at the end."""
    line = Live(session, space, ticker)
    try:
        yield line
    finally:
        await line.close()
