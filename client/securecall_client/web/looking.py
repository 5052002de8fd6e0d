"""Documents that are looked at on a page: in memory alone, drawn in the sandbox, and forgotten once the pages lock."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from securecall.wire import encode
from securecall_client.content import Document
from securecall_client.viewing import Shown, Text, begun, text, way

MOST: Final = 2
"""Documents that are held at once."""


@dataclass(frozen=True, slots=True)
class Look:
    """What there is to see of a document: its text, its pages, or nothing of a kind that is only downloaded."""

    text: Text | None = None
    pages: Shown | None = None


class Looked:
    """The documents that are looked at, the last ones."""

    def __init__(self) -> None:
        self._looks: dict[tuple[bytes, bytes], asyncio.Task[Look]] = {}

    async def at(self, space: bytes, body: Document, fetch: Callable[[], Awaitable[bytes]]) -> Look:
        """A document of a space, fetched and begun to be shown if that was not done yet.

        Raises: UnshownError, whatever ``fetch`` does.
        """
        # By the key and the digests too: what a blob is called says whoever writes a record (row G06).
        known = (space, encode(body))
        task = self._looks.pop(known, None)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = asyncio.create_task(_begun(fetch))
        self._looks[known] = task
        while len(self._looks) > MOST:
            self._drop(next(iter(self._looks)))
        return await asyncio.shield(task)

    def close(self) -> None:
        """Forget all of them."""
        for known in [*self._looks]:
            self._drop(known)

    def _drop(self, known: tuple[bytes, bytes]) -> None:
        task = self._looks.pop(known)
        task.cancel()
        task.add_done_callback(_let_go)


def _let_go(task: "asyncio.Task[Look]") -> None:
    if not task.cancelled() and task.exception() is None and (pages := task.result().pages) is not None:
        pages.close()


async def _begun(fetch: Callable[[], Awaitable[bytes]]) -> Look:
    data = await fetch()
    how = way(data)
    if how == "text":
        return Look(text=text(data))
    return Look(pages=await begun(data)) if how == "pages" else Look()
