"""How acts speak while they run: sentences and bars on stderr, so that stdout holds results alone."""

import sys
import time
from typing import TYPE_CHECKING, Final, Protocol, TextIO

from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_REFRESH_EVERY: Final = 0.1  # seconds


class Say(Protocol):
    """What an act is given to speak through."""

    def line(self, text: str, hint: str = "") -> None:
        """Say one sentence; ``hint`` is the command that one may type, which pages leave out."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` bytes of ``what`` are through; equal when it has finished."""


class Terminal:
    """Speaks on ``stream`` (stderr): bars where a person looks on, sentences everywhere.

    Text is made harmless here once more, whoever wrote it (threat M14).
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._refreshed = 0.0

    def line(self, text: str, hint: str = "") -> None:
        """Say one sentence, and its hint, on one line; bars that run are wiped and drawn anew with their next step."""
        self.close()
        self._stream.write(for_terminal(f"{text} {hint}".rstrip()) + "\n")
        self._stream.flush()

    def progress(self, what: str, done: int, total: int) -> None:
        """Move the bar of ``what``; nothing where the stream is no terminal."""
        if not self._stream.isatty():
            return
        bars = self._open()
        if what not in self._tasks:
            self._tasks[what] = bars.add_task(for_terminal(what), total=total)
        bars.update(self._tasks[what], completed=done, total=total)
        now = time.monotonic()
        if done >= total or now - self._refreshed >= _REFRESH_EVERY:
            bars.refresh()
            self._refreshed = now
        if bars.finished:
            self.close()

    def close(self) -> None:
        """Wipe the bars, if there are any."""
        bars, self._bars = self._bars, None
        self._tasks.clear()
        if bars is not None:
            bars.stop()

    def _open(self) -> "Progress":
        if self._bars is None:
            from rich.console import Console
            from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

            console = Console(file=self._stream, highlight=False, markup=False, emoji=False)
            # A name is somebody else's text, so no column may read markup in it.
            columns = TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(True)
            self._bars = Progress(*columns, console=console, auto_refresh=False, transient=True)
            self._bars.start()
        return self._bars
