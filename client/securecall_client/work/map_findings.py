"""The findings of a map, as values; their fields are those of `exercise map --json`.

Whether two words or two places are the same, `work.map` says. A *plan* is a row that names an activity and a place.
Each plan is in an overlap, or alone, and never both.

A large map has a hundred thousand findings and none can be part of a cycle, so the collector passes them by.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

from securecall.sentences import sentence


class RowRef(msgspec.Struct, frozen=True, gc=False, order=True):
    """A row: the id of its answer, and its place among the rows of the answer's tables, from 0."""

    answer: str
    row: int


class Overlap(msgspec.Struct, frozen=True, gc=False, rename={"from_": "from"}):
    """Two organisations with one activity, in places of which one contains the other, in months that meet.

    ``places``: one or two codes, sorted. ``from_``, ``to``: the months that both have, None if open.
    ``organisations``: the two names, sorted. ``rows``: all rows that make this overlap, sorted.
    """

    activity: str
    places: tuple[str, ...]
    from_: str | None
    to: str | None
    organisations: tuple[str, str]
    rows: tuple[RowRef, ...]
    why: str


class Gap(msgspec.Struct, frozen=True, gc=False):
    """What somebody needs at ``place`` and nobody, themselves included, plans there; or what nobody plans anywhere.

    A need is met by a plan of that activity whose place contains ``place`` or lies inside it; months and status do not
    matter. ``organisations``: who needs it, sorted; ``rows``: where they say so. A word of the template's list that is
    nobody's activity, and no gap at a place already, has neither, and an empty ``place``.
    """

    activity: str
    place: str
    organisations: tuple[str, ...]
    rows: tuple[RowRef, ...]
    why: str


class Match(msgspec.Struct, frozen=True, gc=False):
    """A word that one organisation needs and another offers; or whom the one wishes to reach and the other can reach.

    ``need``, ``offer``: the word as each typed it, wherever they work. ``organisations``: first who needs or wishes,
    then who offers or reaches. ``doors``: through which the latter reaches them, as far as it says. ``rows``: those of
    both that say so, sorted.
    """

    kind: Literal["offer", "reach"]
    need: str
    offer: str
    organisations: tuple[str, str]
    doors: tuple[str, ...]
    rows: tuple[RowRef, ...]
    why: str


class Alone(msgspec.Struct, frozen=True, gc=False):
    """What one organisation plans at ``place``, and no other there, in what contains it, or inside it, in these months.

    ``rows``: its plans there that are in no overlap, sorted. Where others have that activity in other months, each is
    alone in its own, and ``why`` says so.
    """

    activity: str
    place: str
    organisation: str
    rows: tuple[RowRef, ...]
    why: str


class Cell(msgspec.Struct, frozen=True, gc=False):
    """Who plans an activity at exactly this place: ``organisations`` sorted, and all ``rows`` that say so."""

    activity: str
    place: str
    organisations: tuple[str, ...]
    rows: tuple[RowRef, ...]


class Map(msgspec.Struct, frozen=True):
    """What the rows of all organisations show together; each list sorted, without doubles.

    ``on_behalf``: the organisations whose rows others entered for them, and nobody of theirs has confirmed.
    ``matrix``: the cells of activity by place that hold a plan. ``left_out``: the organisations of answers that are not
    in the map, since it would be too much to compare (`map_room`).
    """

    overlaps: tuple[Overlap, ...]
    gaps: tuple[Gap, ...]
    matches: tuple[Match, ...]
    alone: tuple[Alone, ...]
    on_behalf: tuple[str, ...]
    matrix: tuple[Cell, ...]
    left_out: tuple[str, ...]


Finding = Overlap | Gap | Match | Alone


class Kind(NamedTuple):
    """The findings of one kind: their heading, what one and several are called, what they mean."""

    heading: str
    one: str
    many: str
    meaning: str
    findings: Sequence[Finding]


def kinds(drawn: Map) -> tuple[Kind, ...]:
    """The findings of a map by kind, as every screen and paper tells and counts them."""
    gap = sentence("Somebody needs it and nobody plans it there, or it is on the list and nobody plans it anywhere.")
    match = sentence("One needs what another offers, or wishes to reach whom another can reach.")
    return (
        Kind(
            "Overlaps",
            "overlap",
            "overlaps",
            sentence("Two organisations plan the same, in places and months that meet."),
            drawn.overlaps,
        ),
        Kind("Gaps", "gap", "gaps", gap, drawn.gaps),
        Kind("Matches", "match", "matches", match, drawn.matches),
        Kind(
            "Alone",
            sentence("plan alone"),
            sentence("plans alone"),
            sentence("Nobody else plans it there in these months."),
            drawn.alone,
        ),
    )
