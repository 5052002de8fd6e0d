"""What open pages are told the moment it happens: that something changed, that a sentence was said, that we locked."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["changed", "said", "progress", "locked"]


@dataclass(frozen=True, slots=True)
class Word:
    """Something that is told; ``text`` is a space's id in hexadecimal for `changed` (empty: anything), else words of
    ours, which are said in the language of each page. ``way`` is how far something is, of how much.
    """

    kind: Kind
    text: str = ""
    way: tuple[int, int] | None = None


@dataclass(slots=True)
class Listener:
    """One page's live stream; ``call`` is the call it shows, as it is typed in its address, if it shows one, and
    ``tab`` what its tab calls itself.
    """

    call: str
    tab: str
    words: asyncio.Queue[Word] = field(default_factory=asyncio.Queue)


class Hub:
    """The listeners; acts speak through it (`progress.Say`). ``on_calls`` is told which calls are on a screen now."""

    def __init__(self, on_calls: Callable[[frozenset[str]], None]) -> None:
        self._listeners: list[Listener] = []
        self._on_calls = on_calls

    def tell(self, kind: Kind, text: str = "", *, but: str = "") -> None:
        """Tell every page ``but`` those of one tab. One that is told of changes faster than it looks looks once."""
        self._tell(Word(kind, text), but)

    def line(self, text: str, hint: str = "") -> None:  # noqa: ARG002 - a command, which nobody types here
        """Say one sentence on every page."""
        self.tell("said", text)

    def progress(self, what: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` bytes of ``what``, an id or words of ours, are through."""
        self._tell(Word("progress", what, (done, total)))

    def _tell(self, word: Word, but: str = "") -> None:
        for listener in self._listeners:
            if not but or listener.tab != but:
                listener.words.put_nowait(word)

    @property
    def heard(self) -> bool:
        """Whether any page listens."""
        return bool(self._listeners)

    def calls(self) -> frozenset[str]:
        """The calls that are on a screen."""
        return frozenset(listener.call for listener in self._listeners if listener.call)

    async def listen(self, call: str, tab: str) -> AsyncGenerator[list[Word], None]:
        """What is told from now on, several words at once where they came together."""
        listener = Listener(call, tab)
        self._listeners.append(listener)
        self._on_calls(self.calls())
        try:
            while True:
                yield await _together(listener.words)
        finally:
            self._listeners.remove(listener)
            self._on_calls(self.calls())


async def _together(words: asyncio.Queue[Word]) -> list[Word]:
    found = [await words.get()]
    while not words.empty():
        found.append(words.get_nowait())
    return list(dict.fromkeys(found))
