"""The sandbox from within: takes one file, answers questions about it, and can open nothing any more by then."""

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, Final

from securecall_client import posix
from securecall_client.sandbox.messages import (
    FILE_MOST,
    LENGTHS,
    PAGES_MOST,
    Answer,
    Cannot,
    Cleaned,
    Count,
    Draw,
    Lines,
    NoDocument,
    Pages,
    Picture,
    Question,
    Read,
    Take,
    frame,
    lengths,
    read_question,
)
from securecall_client.sandboxed.cannot import CannotError, nothing_else
from securecall_client.sandboxed.found import Found

if TYPE_CHECKING:
    from securecall_client.sandboxed.viewing.drawing import Drawn

MEMORY: Final = 2 * 1024 * 1024 * 1024
"""Bytes of address space."""
SECONDS: Final = 60
"""Of the processor."""


def main() -> int:
    """Serve the program at the other end of stdin and stdout until it closes them."""
    posix.limit_process(MEMORY, SECONDS)
    with suppress(EOFError):
        _serve(sys.stdin.buffer, sys.stdout.buffer)
    return 0


def _serve(source: BinaryIO, sink: BinaryIO) -> None:
    _, data = _frame(source)
    worker = _Worker(data)
    while True:
        question, _ = _frame(source)
        answer, made = worker.answer(question)
        sink.write(frame(answer, made))
        sink.write(made)
        sink.flush()


def _frame(source: BinaryIO) -> tuple[Question | Take, bytes]:
    text, data = lengths(_exactly(source, LENGTHS), FILE_MOST)
    return read_question(_exactly(source, text)), _exactly(source, data)


def _exactly(source: BinaryIO, size: int) -> bytes:
    data = source.read(size)
    if len(data) < size:
        raise EOFError
    return data


class _Worker:
    """What answers about one file. What a question needs is loaded first, for after that nothing can be opened."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._closed = False
        self._pages: Drawn | None = None

    def answer(self, question: Question | Take) -> tuple[Answer, bytes]:
        """Raises: OSError if the doors stay open; then nothing of the file is read."""
        answer = self._loaded(question)
        if not self._closed:
            posix.close_doors()
            self._closed = True
        try:
            with nothing_else():
                return answer()
        except CannotError as error:
            return (NoDocument() if error.why == "kind" else Cannot(error.why)), b""

    def _loaded(self, question: Question | Take) -> Callable[[], tuple[Answer, bytes]]:
        """What answers, with all loaded that it needs."""
        if isinstance(question, Count | Draw):
            from securecall_client.sandboxed import pictures
            from securecall_client.sandboxed.viewing import drawing

            pictures.load()
            return lambda: self._view(question, drawing.opened)
        if isinstance(question, Read):
            from securecall_client.sandboxed import sheets

            return lambda: (Lines(), sheets.read(self._data))
        from securecall_client.sandboxed.cleaning import families

        families.load(self._data)
        return lambda: self._clean(families.clean)

    def _clean(self, clean: Callable[[bytes, Found], bytes]) -> tuple[Answer, bytes]:
        found = Found()
        made = clean(self._data, found)
        return Cleaned(found.findings()), made

    def _view(self, question: Count | Draw, opened: "Callable[[bytes], Drawn]") -> tuple[Answer, bytes]:
        if self._pages is None:
            self._pages = opened(self._data)
        if isinstance(question, Draw):
            return Picture(), self._pages.draw(question.page, question.width)
        count = self._pages.count()
        return Pages(min(count, PAGES_MOST), count > PAGES_MOST), b""
