"""A long text pasted at a terminal, read without its line editor.

A terminal that edits lines keeps only the beginning of a long one: 1,024 bytes on macOS, 4,096 on Linux (termios(4),
N_TTY_BUF_SIZE). The text that leads to a new server is longer, and would come cut and without a word about it.
"""

import os
from typing import Final

from securecall_client.posix import as_typed, open_terminal

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
    handle = open_terminal()
    try:
        with as_typed(handle):
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
