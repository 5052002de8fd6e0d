"""Text that a person writes for others: as an argument, from a file or stdin, or typed line by line."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from securecall_client.cli import ask, handover
from securecall_client.cli.failures import UsageError

TextFile = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", allow_dash=True, help="Read the text from this file, or stdin with “-”."),
]
MOST: Final = 1024 * 1024
"""Bytes that are read before the text's own limit is named."""
_END: Final = "."


def read(what: str, given: str | None, source: Path | None) -> str:
    """The text, wherever it stands; ``what`` names it (`message`).

    Raises:
        UsageError: It stands in two places, or in none and nobody is there to type.
        FileError: The file cannot be read.
    """
    if given is not None and source is not None:
        raise UsageError(f"The {what} stands both behind the command and in a file.", hint="Leave one of them out.")
    if source is not None:
        return handover.from_bytes(f"The {what}", source, MOST)
    if given is not None:
        return given
    if not ask.types_here():
        raise UsageError(f"There is nobody here to ask for the {what}.", hint="Give it with --file FILE, or --file -.")
    return typed(what)


def typed(what: str) -> str:
    """What a person types, up to a line with a full stop alone, or the end of the input; Ctrl-C sends nothing."""
    ask.tell(f"Write the {what}. A line with nothing but a full stop ends it; Ctrl-C sends nothing.")
    lines = []
    for line in sys.stdin:
        if line.strip() == _END:
            break
        lines.append(line)
    return "".join(lines)
