"""Documents as pixels and plain text, for looking at without opening them (L08, M16, F04): the door.

Pictures and PDF are drawn in the sandbox; what comes back is a PNG made from pixels alone. Text is shown as text.
Of everything else there is nothing to see: it can only be downloaded.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from securecall.sentences import sentence
from securecall_client.errors import FileError
from securecall_client.sandbox.kinds import HEAD, kind_of
from securecall_client.sandbox.messages import FILE_MOST, WIDTH_MOST, Count, Draw, Pages, Picture
from securecall_client.sandbox.process import Sandbox, SandboxError
from securecall_client.text import for_terminal
from securecall_client.viewing.png import is_plain

TEXT_MOST: Final = 400_000
"""Characters of a text that are shown."""
A = TypeVar("A", Pages, Picture)
Way = Literal["pages", "text", "download"]
_DRAWN: Final = frozenset({"pdf", "jpeg", "png", "gif", "webp", "tiff"})
_WHY: Final = {
    "locked": sentence("it is locked by a password"),
    "damaged": sentence("it is damaged, or not what it says it is"),
    "too-large": sentence("it is too large to be shown"),
}


class UnshownError(FileError):
    """A document, or a page of it, cannot be shown; it can still be downloaded."""

    code = "not-shown"

    def __init__(self, why: str) -> None:
        reason = _WHY.get(why, sentence("drawing it took too much time or memory, or failed"))
        super().__init__(
            sentence("This cannot be shown here: %(reason)s.", reason=reason),
            hint="You can download it. Open it only if you trust whoever put it up.",
        )


@dataclass(frozen=True)
class Text:
    """A text, safe to show as text; ``cut`` if there is more of it."""

    shown: str
    cut: bool


def way(head: bytes) -> Way:
    """How a document can be looked at whose first `HEAD` bytes are ``head``; its name has no say in it (F07)."""
    kind = kind_of(head[:HEAD])
    return "pages" if kind in _DRAWN else "text" if kind == "text" else "download"


def text(data: bytes) -> Text:
    r"""A text for showing: UTF-8, or UTF-16 with its mark. What cannot be seen or steers a screen stands as `\x1b`."""
    is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    begin = data[: 4 * TEXT_MOST + 2]
    decoded = begin.decode("utf-16" if is_wide else "utf-8-sig", errors="replace")
    shown = for_terminal(decoded[:TEXT_MOST].replace("\t", "    "), newlines=True)
    return Text(shown, len(decoded) > TEXT_MOST or len(data) > len(begin))


class Shown:
    """A document whose pages can be asked for; one at a time is drawn."""

    def __init__(self, sandbox: Sandbox, pages: Pages) -> None:
        self.pages, self.more = pages.pages, pages.more
        self._sandbox, self._turn = sandbox, asyncio.Lock()

    def close(self) -> None:
        """Let go of it."""
        self._sandbox.close()

    async def picture(self, page: int, width: int) -> bytes:
        """Page ``page``, from 0, as a PNG at most ``width`` pixels wide. Raises: UnshownError, FileError (no page)."""
        if not (0 <= page < self.pages and 1 <= width <= WIDTH_MOST):
            raise FileError("There is no such page.", code="no-page")
        async with self._turn:
            drawn = (await _asked(self._sandbox, Draw(page, width), Picture))[1]
        if not is_plain(drawn, width):
            raise UnshownError("gave-up")
        return drawn


async def begun(data: bytes) -> Shown:
    """A document of the way `pages`, to be shown until it is closed. Raises: UnshownError."""
    if len(data) > FILE_MOST:
        raise UnshownError("too-large")
    sandbox = Sandbox(data)
    try:
        counted, _ = await _asked(sandbox, Count(), Pages)
    except BaseException:
        sandbox.close()
        raise
    return Shown(sandbox, counted)


@asynccontextmanager
async def showing(data: bytes) -> AsyncIterator[Shown]:
    """The same, for as long as the block lasts."""
    shown = await begun(data)
    try:
        yield shown
    finally:
        shown.close()


async def _asked(sandbox: Sandbox, question: Count | Draw, kind: type[A]) -> tuple[A, bytes]:
    try:
        return await asyncio.to_thread(sandbox.ask, question, kind)
    except SandboxError as error:
        raise UnshownError(error.why) from error
