"""Invitations and setup codes on their way in: from a prompt, a file or stdin, and never from the command line.

What stands among the arguments of a program is readable for every user of a computer and stays in the shell's
history.
"""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from securecall_client.cli import ask
from securecall_client.cli.failures import UsageError
from securecall_client.errors import FileError
from securecall_client.files import reading

From = Annotated[
    Path | None,
    typer.Option("--from", metavar="FILE", allow_dash=True, help="Read it from this file, or from stdin with “-”."),
]
MAX_BYTES: Final = 16 * 1024


def read(what: str, source: Path | None) -> str:
    """The text that was handed over; ``what`` names it in sentences (`setup code`).

    Raises:
        UsageError: No file is named and nobody is there to ask.
        FileError: The file cannot be read, or holds no such thing.
    """
    if source is not None:
        text = from_bytes(f"The {what}", source, MAX_BYTES)
    elif ask.someone_is_there():
        text = ask.pasted(f"{what.capitalize()} (not shown as you paste it)", MAX_BYTES)
    else:
        raise UsageError(
            f"There is nobody here to ask for the {what}.", hint="Give it with --from FILE, or --from - for stdin."
        )
    if not text.strip():
        raise FileError(f"There is no {what}: what was given is empty.")
    return text.strip()


def from_bytes(what: str, source: Path, cap: int) -> str:
    """The text in a file, or in stdin for `-`, of at most ``cap`` bytes.

    Raises:
        FileError: It is no ordinary file, cannot be read, is too long, or is no text.
    """
    try:
        return the_bytes(what, source, cap).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(
            f"{_named(what, source)} is not text (UTF-8).", hint="Save it as UTF-8; a spreadsheet asks when it saves."
        ) from error


def the_bytes(what: str, source: Path, cap: int) -> bytes:
    """What is in a file, or in stdin for `-`, of at most ``cap`` bytes.

    Raises:
        FileError: It is no ordinary file, cannot be read, or is too long.
    """
    data = _bytes(source, cap + 1)
    if len(data) > cap:
        raise FileError(f"{_named(what, source)} is too long: at most {cap} bytes are read.")
    return data


def _named(what: str, source: Path) -> str:
    return what if str(source) == "-" else f"{what} in {source}"


def _bytes(source: Path, number: int) -> bytes:
    if str(source) == "-":
        return sys.stdin.buffer.read(number)
    with reading(source) as file:
        return file.read(number)
