"""The matrix of a map on the terminal: a line an activity, a column a place, as many side by side as there is room.

A cell is the number of organisations that plan it there, a star behind it if some of it overlaps, or the word gap.
"""

import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from securecall_client.cli.table import table
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.work.map_grid import Cell, Grid

MEANING: Final = (
    "A number is how many organisations plan it there, a star that some of it overlaps;"
    " gap: somebody needs it, and nobody plans it there."
)
_ACTIVITY: Final = 26
_PLACE: Final = 8
"""Columns of a terminal for the names of activities, and for one place."""


def matrix(grid: "Grid") -> Iterator[str]:
    """The tables of the matrix, and what their marks and codes mean; nothing for an empty grid."""
    if not grid.cells:
        return
    step = _beside(len(grid.places))
    for start in range(0, len(grid.places), step):
        yield from _part(grid, grid.places[start : start + step])
        yield ""
    yield MEANING
    yield from _names(grid.places)
    yield ""


def _beside(places: int) -> int:
    """How many places stand beside each other: in a pipe all."""
    if not sys.stdout.isatty():
        return places
    return max(1, (shutil.get_terminal_size().columns - _ACTIVITY) // _PLACE)


def _part(grid: "Grid", places: Sequence[str]) -> Iterator[str]:
    lines = {
        spelled: [_mark(grid.cells.get((activity, place))) for place in places]
        for activity, spelled in grid.activities.items()
    }
    yield table(["Activity", *places], [(spelled, *marks) for spelled, marks in lines.items() if any(marks)])


def _mark(cell: "Cell | None") -> str:
    if cell is None:
        return ""
    if cell.gap is not None:
        return "gap"
    return f"{len(cell.organisations)}{'*' if cell.overlaps else ''}"


def _names(places: Sequence[str]) -> Iterator[str]:
    from securecall_client.work.places import name

    yield for_terminal(f"Places: {'; '.join(f'{place} {name(place)}' for place in places)}.")
