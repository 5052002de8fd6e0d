"""Brings files that wait to the server beside everything else: nobody waits for the profile because of a large file.

Their chunks are sealed and lie in the profile already, and each goes as often as it must; so what is sent here needs
neither the chain nor the outbox. The record with which a file counts goes as any other once all its chunks are there.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from securecall.records import BlobRef
from securecall_client.errors import FileError, OfflineError
from securecall_client.foreseen import told
from securecall_client.outbox import Leaving
from securecall_client.session import Session
from securecall_client.transport import Transport
from securecall_client.web.hub import Hub

AGAIN: Final = 3.0
"""Seconds until what did not go is tried again."""
EVERY: Final = 30.0
"""Seconds until it is looked whether another process left a file here."""


@dataclass(slots=True)
class Way:
    """How far a file is: sealed bytes ``done`` and in all, whether a person paused it, and why it does not go."""

    done: int = 0
    total: int = 0
    paused: bool = False
    failed: str = ""


class Carrying:
    """The task that does so, as long as the block lasts. ``lost`` is called when it found that there is no line."""

    def __init__(self, session: Session, hub: Hub, lost: Callable[[], None]) -> None:
        self._session, self._hub, self._lost = session, hub, lost
        self._ways: dict[bytes, Way] = {}
        self._carried: set[bytes] = set()
        self._stirred = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._sending: tuple[bytes, asyncio.Task[None]] | None = None

    async def __aenter__(self) -> Self:
        self._session.outbox.carried = self._carried
        self._task = asyncio.create_task(self._carry())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks = [task for task in (self._task, self._sending and self._sending[1]) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def stir(self) -> None:
        """Look now whether there is something to carry."""
        self._stirred.set()

    def way(self, blob: bytes) -> Way:
        """How far a file is."""
        return self._ways.setdefault(blob, Way())

    def pause(self, blob: bytes) -> None:
        """Send nothing more of a file until `resume`; the outbox remembers it from one time to the next."""
        self.way(blob).paused = True
        if self._sending is not None and self._sending[0] == blob:
            self._sending[1].cancel()

    def resume(self, blob: bytes) -> None:
        """Go on with it, also where it did not go before."""
        way = self.way(blob)
        way.paused, way.failed = False, ""
        self.stir()

    async def _carry(self) -> None:
        while True:
            self._stirred.clear()
            try:
                while await self._look():
                    pass
            except Exception as error:
                # What is wrong with the profile or the line is told by the sync beside this one, too.
                self._hub.line(str(told(error)))
            await self._stirred_within(EVERY)

    async def _stirred_within(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stirred.wait(), seconds)

    async def _look(self) -> bool:
        """Bring the oldest file that may go to the server; returns whether to look again."""
        async with self._session.working(reading=True):
            for blob in await self._session.outbox.paused():
                self.way(blob).paused = True
            leaving = [one for one in await self._session.outbox.leaving() if not self._stays(one)]
            transport = self._session.straight
        if not leaving:
            return False
        if not self._session.reached or not await self._bring(leaving[0], transport):
            await self._stirred_within(AGAIN)
            self._stirred.clear()
        return True

    def _stays(self, leaving: Leaving) -> bool:
        """Whether there is nothing to do here for this one: its files are there, or are not to go now."""
        ways = [self.way(ref.blob) for ref in leaving.outgoing.blobs]
        is_there = {ref.blob for ref in leaving.outgoing.blobs} <= self._carried
        return is_there or any(way.paused or way.failed for way in ways)

    async def _bring(self, leaving: Leaving, transport: Transport) -> bool:
        """Bring one to the server; returns False where there is no line."""
        for ref in leaving.outgoing.blobs:
            way = self.way(ref.blob)
            try:
                await self._send(leaving.space, ref, transport)
            except OfflineError as error:
                self._session.line.lost(error)
                self._lost()
                self._hub.tell("changed")
                return False
            except FileError:
                # The outbox finds the same, and sets it aside.
                pass
            except Exception as error:
                way.failed = str(told(error))
            if way.paused or way.failed:
                self._hub.tell("changed")
                return True
            self._carried.add(ref.blob)
        await self._enter(leaving.space)
        return True

    async def _send(self, space: bytes, ref: BlobRef, transport: Transport) -> None:
        """Send what the server lacks of a file, unless it is paused meanwhile."""
        way = self.way(ref.blob)

        def show(done: int, total: int) -> None:
            way.done, way.total = done, total
            self._hub.progress(ref.blob.hex(), done, total)

        sending = asyncio.create_task(self._session.blobs.upload(space, ref, transport, show))
        self._sending = ref.blob, sending
        try:
            await asyncio.wait([sending])
        finally:
            self._sending = None
            sending.cancel()
        if not sending.cancelled():
            sending.result()

    async def _enter(self, space: bytes) -> None:
        """Send the record that goes with a file whose chunks are there."""
        try:
            async with self._session.working():
                # While it was on its way somebody may have been removed from what the space hangs on.
                await self._session.synced(space)
                await self._session.writer.flush(space)
        except Exception as error:
            self._hub.line(str(told(error)))
        self._hub.tell("changed", space.hex())
