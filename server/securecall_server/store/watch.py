"""What other processes tell: spaces to which they appended, and beats; handed to whoever watches."""

import asyncio
from collections.abc import Iterable
from weakref import WeakSet


class Watch:
    """What was told, in order, and once however often it was told before it is read; ends with its store."""

    def __init__(self) -> None:
        self._news: dict[bytes, None] = {}
        self._stir = asyncio.Event()
        self._ended = False

    def tell(self, news: bytes) -> None:
        """There is something new: the id of a space, or a beat."""
        self._news[news] = None
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
        news = next(iter(self._news))
        del self._news[news]
        return news


class Watchers:
    """All watches of one kind of news of one store. A watch that nobody holds any more goes by itself."""

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

    def tell(self, news: Iterable[bytes]) -> None:
        """Tell every watch."""
        for one in news:
            for watch in self._watches:
                watch.tell(one)

    def end(self) -> None:
        """End every watch, also those to come."""
        self._ended = True
        for watch in self._watches:
            watch.end()
