"""What goes on beside whoever is at the profile, so that nobody waits for it."""

import asyncio
from collections.abc import Coroutine

from securecall_client.errors import RefusedError


class Errands:
    """Errands of one open profile, and what is being fetched by those who wait for it."""

    def __init__(self) -> None:
        self._errands: set[asyncio.Task[None]] = set()
        self._fetching: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[object, object, None]) -> None:
        """Let something go on until it is done, or `end`."""
        task = asyncio.create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def end(self) -> None:
        """Cut short what was begun and is not done."""
        errands = list(self._errands)
        for task in errands:
            task.cancel()
        await asyncio.gather(*errands, return_exceptions=True)

    async def fetch(self, work: Coroutine[object, object, None]) -> None:
        """Fetch something. Raises: RefusedError (`give_up`); as ``work``."""
        task = asyncio.create_task(work)
        self._fetching.add(task)
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
            self._fetching.discard(task)
        if task.cancelled():
            raise RefusedError("You ended it. Nothing of the file was kept.", code="ended")
        task.result()

    def give_up(self) -> None:
        """End what is being fetched."""
        for task in self._fetching:
            task.cancel()
