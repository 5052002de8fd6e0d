"""News of spaces to which other processes appended, handed to whoever watches."""

import asyncio
from collections.abc import Iterable
from weakref import WeakSet


class Watch:
    """Ids of spaces with news, each once however often it is told before it is read; ends with its store."""

    def __init__(self) -> None:
        self._news: dict[bytes, None] = {}
        self._stir = asyncio.Event()
        self._ended = False

    def tell(self, space: bytes) -> None:
        """There is something new in ``space``."""
        self._news[space] = None
        self._stir.set()

    def end(self) -> None:
        """Nothing more will come."""
        self._ended = True
        self._stir.set()

    def __aiter__(self) -> "Watch":
        return self

    async def __anext__(self) -> bytes:
        while not self._news:
            if self._ended:
                raise StopAsyncIteration
            self._stir.clear()
            await self._stir.wait()
        space = next(iter(self._news))
        del self._news[space]
        return space


class Watchers:
    """All watches of one store. A watch that nobody holds any more goes by itself."""

    def __init__(self) -> None:
        self._watches: WeakSet[Watch] = WeakSet()
        self._ended = False

    def watch(self) -> Watch:
        """A watch that misses nothing told from now on."""
        watch = Watch()
        self._watches.add(watch)
        if self._ended:
            watch.end()
        return watch

    def tell(self, spaces: Iterable[bytes]) -> None:
        """Tell every watch about these spaces."""
        for space in spaces:
            for watch in self._watches:
                watch.tell(space)

    def end(self) -> None:
        """End every watch, also those to come."""
        self._ended = True
        for watch in self._watches:
            watch.end()
