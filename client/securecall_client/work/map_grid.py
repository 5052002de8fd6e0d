"""The map as a grid of activity by place, for whoever draws it: as a picture, or as a table."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from securecall_client.work.map_findings import Gap, Map, Overlap
from securecall_client.work.words import key


@dataclass(slots=True)
class Cell:
    """What is known of one activity at exactly one place: plans, or a gap, never both."""

    organisations: Sequence[str] = ()
    overlaps: list[Overlap] = field(default_factory=list)
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """Activities by their key, in the spelling that is shown; places; and the cells that hold something.

    ``unplanned``: words of the template's list that nobody plans anywhere.
    """

    activities: Mapping[str, str]
    places: Sequence[str]
    cells: Mapping[tuple[str, str], Cell]
    unplanned: Sequence[str]


def lay_out(drawn: Map) -> Grid:
    """The grid of a map, activities and places sorted."""
    cells: dict[tuple[str, str], Cell] = defaultdict(Cell)
    spelling: dict[str, str] = {}
    for planned in drawn.matrix:
        spelling[key(planned.activity)] = planned.activity
        cells[key(planned.activity), planned.place].organisations = planned.organisations
    for overlap in drawn.overlaps:
        for place in overlap.places:
            cells[key(overlap.activity), place].overlaps.append(overlap)
    for gap in drawn.gaps:
        if gap.place:
            spelling[key(gap.activity)] = gap.activity
            cells[key(gap.activity), gap.place].gap = gap
    places = sorted({place for _, place in cells})
    unplanned = [gap.activity for gap in drawn.gaps if not gap.place]
    return Grid(dict(sorted(spelling.items())), places, dict(cells), unplanned)
