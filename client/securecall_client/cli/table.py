"""Pieces of words: tables that fold to the terminal, short ids, local times."""

import io
import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from securecall_client.text import for_terminal, when

_ID_SHOWN: Final = 8
_ID_LENGTH: Final = 32  # hexadecimal digits of the shortest ids
_HEX: Final = frozenset("0123456789abcdef")
_NAMED: Final = 4  # of those who confirm a head
_UNFOLDED: Final = 100_000  # columns; what a pipe gets is never folded


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of plain text; headings and cells are made harmless and read without markup.

    On a terminal it folds to its width; in a pipe each row is one line.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    folds = sys.stdout.isatty()
    out = io.StringIO()
    width = shutil.get_terminal_size().columns if folds else _UNFOLDED
    drawn = Table(box=SIMPLE_HEAD if folds else None, pad_edge=False, show_edge=False)
    for heading in headings:
        drawn.add_column(Text(for_terminal(heading)), overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(for_terminal(cell)) for cell in row))
    Console(file=out, width=width, color_system=None, legacy_windows=False).print(drawn)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def short(identifier: str) -> str:
    """The first eight characters of an id, enough to name it by; any other text whole."""
    if len(identifier) >= _ID_LENGTH and _HEX.issuperset(identifier):
        return identifier[:_ID_SHOWN]
    return for_terminal(identifier)


def local(time: str) -> str:
    """An ISO 8601 time in local time and UTC; text that is none as it stands, since others may have written it."""
    try:
        return when(datetime.fromisoformat(time))
    except (ValueError, OverflowError):
        return for_terminal(time)


def names(people: Iterable[str]) -> str:
    """Names in one line, harmless."""
    return ", ".join(for_terminal(name) for name in people)


def by(people: Sequence[str], others: int) -> str:
    """` by Amina, Tomas (2 of 5)`; nothing where it is nobody."""
    if not people:
        return ""
    more = f" and {len(people) - _NAMED} more" if len(people) > _NAMED else ""
    return f" by {names(people[:_NAMED])}{more} ({len(people)} of {others})"
