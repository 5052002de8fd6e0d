"""A long text pasted at a terminal, read without its line editor.

A terminal that edits lines keeps only the beginning of a long one: 1,024 bytes on macOS, 4,096 on Linux (termios(4),
N_TTY_BUF_SIZE). The text that leads to a new server is longer, and would come cut and without a word about it.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_RUBOUT: Final = b"\x7f\x08"
_KILL: Final = b"\x15"
_END: Final = b"\x04"
_LINE_ENDS: Final = b"\r\n"


def read_line(question: str, most: int) -> str:
    """Ask at this program's terminal for a line of at most ``most`` bytes, which is not shown; the rest is dropped.

    Raises:
        OSError: There is no such terminal.
        EOFError: The person ended the input instead.
    """
    handle = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    try:
        with _as_typed(handle):
            os.write(handle, question.encode(errors="replace"))
            line = _line(handle, most)
            os.write(handle, b"\n")
    finally:
        os.close(handle)
    return line.decode(errors="replace")


def _line(handle: int, most: int) -> bytes:
    line = bytearray()
    while (byte := os.read(handle, 1)) and byte not in _LINE_ENDS:
        if byte == _END and not line:
            raise EOFError
        if byte in _RUBOUT:
            del line[-1:]
        elif byte == _KILL:
            line.clear()
        elif len(line) < most:
            line += byte
    if not byte and not line:
        raise EOFError
    return bytes(line)


@contextmanager
def _as_typed(handle: int) -> Iterator[None]:
    """Let a terminal give each byte as it comes and show none; Ctrl-C goes on working."""
    if sys.platform == "win32":
        raise OSError("A console of this system is read by getpass, which cuts nothing.")
    import termios

    before = termios.tcgetattr(handle)
    quiet = termios.tcgetattr(handle)
    quiet[3] &= ~(termios.ECHO | termios.ICANON)
    try:
        termios.tcsetattr(handle, termios.TCSAFLUSH, quiet)
        yield
    finally:
        termios.tcsetattr(handle, termios.TCSAFLUSH, before)
