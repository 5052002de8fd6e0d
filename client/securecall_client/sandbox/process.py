"""The sandbox from without: a process that is given a file and asked about it, and ended when it takes too long.

What it answers is not believed further than its types and caps go, since a file may have taken it over.
"""

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self, TypeVar

import msgspec

from securecall_client.posix import without_console
from securecall_client.sandbox import WORD
from securecall_client.sandbox.messages import (
    LENGTHS,
    MADE_MOST,
    Answer,
    Cannot,
    Cleaned,
    Lines,
    NoDocument,
    Pages,
    Picture,
    Question,
    Take,
    Why,
    frame,
    lengths,
    read_answer,
)

SECONDS: Final = 90.0
"""How long an answer may take, by the clock on the wall; the processor's time is less (`sandboxed.child`)."""
_MODULE: Final = "securecall_client.sandboxed"
_KEPT: Final = ("SYSTEMROOT", "SYSTEMDRIVE", "LD_LIBRARY_PATH", "PATH")
"""What a process cannot start without on one system or another; nothing else of the environment is handed on."""

A = TypeVar("A", Cleaned, Lines, Pages, Picture)


class SandboxError(Exception):
    """There is no answer; ``why`` the sandbox says, or `gave-up`: it took too much time or memory, or broke."""

    def __init__(self, why: Why | Literal["gave-up"]) -> None:
        super().__init__(why)
        self.why = why


class Sandbox:
    """A process with a file of ``data``. It starts with the first question, and anew with the next one if it ended."""

    def __init__(self, data: bytes, seconds: float = SECONDS) -> None:
        self._data, self._seconds = data, seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._has_file = False
        self._closed = False
        self._turn = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, question: Question, kind: type[A]) -> tuple[A, bytes]:
        """Ask, and wait for the answer and the bytes with it. Raises: SandboxError."""
        process = self._running()
        watch = threading.Timer(self._seconds, process.kill)
        watch.start()
        try:
            answer, made = self._asked(process, question)
        except (OSError, EOFError, ValueError, msgspec.DecodeError) as error:
            self._end()
            raise SandboxError("gave-up") from error
        finally:
            watch.cancel()
        if isinstance(answer, kind):
            return answer, made
        if isinstance(answer, Cannot):
            raise SandboxError(answer.why)
        raise SandboxError("kind" if isinstance(answer, NoDocument) else "gave-up")

    def close(self) -> None:
        """End it for good. May be called while another thread asks, or is about to."""
        with self._turn:
            self._closed = True
        self._end()

    def _end(self) -> None:
        with self._turn:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            with suppress(OSError):
                process.communicate()

    def _running(self) -> "subprocess.Popen[bytes]":
        with self._turn:
            if self._closed:
                raise SandboxError("gave-up")
            if self._process is None:
                self._process = self._start()
            return self._process

    def _start(self) -> "subprocess.Popen[bytes]":
        self._has_file = False
        return subprocess.Popen(  # noqa: S603  this very program, by a fixed list of words
            _command(),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=Path(os.sep), env={name: os.environ[name] for name in _KEPT if name in os.environ},
            start_new_session=True, creationflags=without_console(),
        )  # fmt: skip

    def _asked(self, process: "subprocess.Popen[bytes]", question: Question) -> tuple[Answer, bytes]:
        if process.stdin is None:
            raise EOFError
        if not self._has_file:
            process.stdin.write(frame(Take(), self._data))
            process.stdin.write(self._data)
            self._has_file = True
        process.stdin.write(frame(question))
        process.stdin.flush()
        text, data = lengths(self._read(process, LENGTHS), MADE_MOST)
        return read_answer(self._read(process, text)), self._read(process, data)

    @staticmethod
    def _read(process: "subprocess.Popen[bytes]", size: int) -> bytes:
        data = b"" if process.stdout is None else process.stdout.read(size)
        if len(data) < size:
            raise EOFError
        return data


def _command() -> list[str]:
    """How this program starts itself as a sandbox: without the folder it stands in, and without options of Python's."""
    if getattr(sys, "frozen", False):
        return [sys.executable, WORD]
    return [sys.executable, "-E", "-P", "-m", _MODULE]
