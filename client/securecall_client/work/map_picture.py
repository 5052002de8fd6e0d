"""The map as a picture: a matrix of activity by place, for a screen and for paper without colours.

A cell is the darker the more organisations plan it there, and holds their number; a ring around the number says that
plans of that cell overlap; a diamond in an empty cell is a gap. So nothing is said by colour alone. Whoever points at
a cell, or has it read out, is told who and why.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from securecall.sentences import sentence, several, together
from securecall_client.work import map_marks as marks
from securecall_client.work.map_findings import Map
from securecall_client.work.map_grid import Cell, Grid, lay_out
from securecall_client.work.map_marks import HAIR, INK, RULE, SOFT
from securecall_client.work.places import lineage, name
from securecall_client.work.svg import Drawing, begin
from securecall_client.work.text_room import width, wrap

EMPTY = sentence("There is nothing to draw yet: no answer names an activity at a place.")

_MARGIN, _SPACE = 28.0, 12.0
_CELL, _WIDE_CELL = 30.0, 44.0
"""Height of a cell and its least width, and its width where places are few."""
_LABEL, _LABEL_LINES, _LINE = 250.0, 3, 15.0
"""Room for an activity's name, in pixels and lines, and the height of a line."""
_PLACE, _PLACE_SIZE = 210.0, 11.5
"""Room for the name of a place, and the size of its letters."""
_SLANT = 0.7071
"""Sine and cosine of the slant of the names of places."""
_LEAST = 600.0
"""Room for the legend and the lists below, however few the places are."""
_COLUMN = 290.0
"""Room for each word of the lists below."""
_TOLD = 6
"""Organisations and sentences that one cell names."""


class _Frame(NamedTuple):
    """Where the matrix stands: left and top of its first cell, a cell's width, the columns, and the rows' heights."""

    left: float
    top: float
    cell: float
    columns: int
    heights: Sequence[float]

    @property
    def right(self) -> float:
        return self.left + self.columns * self.cell

    @property
    def bottom(self) -> float:
        return self.top + sum(self.heights)


def to_svg(drawn: Map, title: str, *, named: bool = True) -> str:
    """The picture as the text of an SVG file; with ``named`` false no organisation stands anywhere in it."""
    grid = lay_out(drawn)
    about = _described(drawn, grid)
    picture = begin(title, about)
    y = picture.write_lines(_MARGIN, _MARGIN + 16, wrap(title, _LEAST, 3, 20), 20, font_weight="600", fill=INK)
    y = picture.write_lines(_MARGIN, y + 16, wrap(about, _LEAST, 4), fill=SOFT)
    right = _MARGIN + _LEAST
    if grid.cells:
        frame = _frame(grid, marks.legend(picture, _MARGIN, y + 12))
        _draw_places(picture, grid, frame)
        _draw_rows(picture, grid, frame, named=named)
        y, right = frame.bottom, max(right, frame.right, *_ends(grid, frame))
    y = _list(picture, y, right, sentence("On the list, and nobody plans it anywhere"), grid.unplanned, marked=True)
    if named:
        heading = sentence("Entered by others on their behalf, and not confirmed by them")
        y = _list(picture, y, right, heading, drawn.on_behalf, marked=False)
        y = _list(picture, y, right, sentence("Not in the map: too much to compare"), drawn.left_out, marked=False)
    picture.size(right + _MARGIN, y + _MARGIN)
    return picture.to_text()


def _described(drawn: Map, grid: Grid) -> str:
    if not grid.cells:
        return EMPTY
    organisations = {organisation for cell in drawn.matrix for organisation in cell.organisations}
    return sentence(
        "%(activities)s at %(places)s, planned by %(organisations)s: %(overlaps)s and %(gaps)s. A number is how many "
        "organisations plan it there.",
        activities=several(len(grid.activities), "activity", "activities"),
        places=several(len(grid.places), "place"),
        organisations=several(len(organisations), "organisation"),
        overlaps=several(len(drawn.overlaps), "overlap"),
        gaps=several(len(drawn.gaps), "gap"),
    )


def _frame(grid: Grid, y: float) -> _Frame:
    labels = [_label(activity) for activity in grid.activities.values()]
    left = _MARGIN + max(width(line) for lines in labels for line in lines) + _SPACE
    slanted = max(width(_place_label(place), _PLACE_SIZE) for place in grid.places) * _SLANT
    heights = [max(_CELL, len(lines) * _LINE + 8) for lines in labels]
    columns = len(grid.places)
    cell = min(_WIDE_CELL, max(_CELL, (_MARGIN + _LEAST - left) // columns))
    return _Frame(left, y + slanted + 2 * _SPACE, cell, columns, heights)


def _label(activity: str) -> list[str]:
    return wrap(activity, _LABEL, _LABEL_LINES)


def _place_label(place: str) -> str:
    return wrap(name(place), _PLACE, 1, _PLACE_SIZE)[0]


def _ends(grid: Grid, frame: _Frame) -> list[float]:
    """How far to the right the names of places reach."""
    return [
        frame.left + (number + 0.5) * frame.cell + width(_place_label(place), _PLACE_SIZE) * _SLANT
        for number, place in enumerate(grid.places)
    ]


def _draw_places(picture: Drawing, grid: Grid, frame: _Frame) -> None:
    """The names of places above, and the lines between them; a darker one where another country begins."""
    for number, place in enumerate(grid.places):
        x, y = frame.left + (number + 0.5) * frame.cell + 3, frame.top - 7
        group = picture.add("g", transform=f"translate({x:.1f} {y:.1f}) rotate(-45)")
        group.add("title", f"{name(place)} ({place})")
        group.write(0, 0, _place_label(place), _PLACE_SIZE, fill=INK)
    for number, (one, other) in enumerate(pairwise(grid.places), 1):
        x = frame.left + number * frame.cell
        abroad = lineage(one)[-1] != lineage(other)[-1]
        marks.rule(picture, (x, frame.top), (x, frame.bottom), RULE if abroad else HAIR)


def _draw_rows(picture: Drawing, grid: Grid, frame: _Frame, *, named: bool) -> None:
    y = frame.top
    for (activity, spelled), height in zip(grid.activities.items(), frame.heights, strict=True):
        marks.rule(picture, (_MARGIN, y), (frame.right, y), HAIR)
        lines = _label(spelled)
        group = picture.add("g")
        group.add("title", spelled)
        first = y + height / 2 + 4.2 - (len(lines) - 1) * _LINE / 2
        group.write_lines(frame.left - _SPACE, first, lines, text_anchor="end", fill=INK)
        for number, place in enumerate(grid.places):
            if (activity, place) in grid.cells:
                cell = grid.cells[activity, place]
                inside = picture.add("g")
                inside.add("title", _told(f"{spelled}, {name(place)}", cell, named=named))
                _draw_cell(inside, (frame.left + number * frame.cell, y), (frame.cell, height), cell)
        y += height
    marks.rule(picture, (_MARGIN, y), (frame.right, y), HAIR)


def _told(where: str, cell: Cell, *, named: bool) -> str:
    """What a cell says to whoever points at it."""
    if cell.gap is not None:
        return cell.gap.why if named else sentence("%(where)s: a gap.", where=where)
    organisations = several(len(cell.organisations), "organisation")
    if not named:
        overlaps = several(len(cell.overlaps), "overlap")
        return sentence(
            "%(where)s: %(organisations)s, %(overlaps)s.", where=where, organisations=organisations, overlaps=overlaps
        )
    who: list[str] = [*cell.organisations[:_TOLD]]
    if len(cell.organisations) > _TOLD:
        more = sentence("%(more)s more", more=len(cell.organisations) - _TOLD)
        who = [*who[:-1], sentence("%(name)s and %(more)s", name=who[-1], more=more)]
    told = sentence("%(where)s: %(organisations)s, %(who)s.", where=where, organisations=organisations, who=who)
    return together(told, *(overlap.why for overlap in cell.overlaps[:_TOLD]))


def _draw_cell(inside: Drawing, corner: tuple[float, float], size: tuple[float, float], cell: Cell) -> None:
    (x, y), (wide, high) = corner, size
    if cell.gap is not None:
        marks.diamond(inside, x + wide / 2, y + high / 2)
        return
    number = len(cell.organisations)
    marks.box(inside, x + 1, y + 1, wide - 2, high - 2, number)
    if cell.overlaps:
        marks.ring(inside, x + wide / 2, y + high / 2, number)


def _list(picture: Drawing, y: float, right: float, heading: str, items: Sequence[str], *, marked: bool) -> float:
    """Words below the matrix, side by side as far as there is room; returns where they end."""
    if not items:
        return y
    y = picture.write_lines(_MARGIN, y + 34, [heading], font_weight="600", fill=INK) + 4
    beside = max(1, int((right - _MARGIN) // _COLUMN))
    for start in range(0, len(items), beside):
        ends = []
        for number, item in enumerate(items[start : start + beside]):
            x = _MARGIN + number * _COLUMN
            if marked:
                marks.diamond(picture, x + 7, y + 8)
            lines = wrap(item, _COLUMN - 40, _LABEL_LINES)
            ends.append(picture.write_lines(x + (22 if marked else 0), y + 12, lines, fill=INK))
        y = max(ends) + 5
    return y
