"""The findings of a map, as values; their fields are those of `exercise map --json`.

A large map has a hundred thousand of them and none can be part of a cycle, so the collector passes them by.
"""

import msgspec


class RowRef(msgspec.Struct, frozen=True, gc=False, order=True):
    """A row: the id of its answer, and its place in it, from 0."""

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
    """What somebody needs at ``place`` and nobody, themselves included, has as an activity there.

    It is covered by a row of that activity whose place contains ``place`` or lies inside it; months and
    status do not matter.
    """

    activity: str
    place: str
    why: str


class Match(msgspec.Struct, frozen=True, gc=False):
    """A word that one organisation needs and another offers, each as they typed it, wherever they work.

    ``organisations``: first who needs, then who offers.
    """

    need: str
    offer: str
    organisations: tuple[str, str]
    why: str


class Alone(msgspec.Struct, frozen=True, gc=False):
    """An activity at ``place`` that no other organisation has there, in what contains it, or inside it."""

    activity: str
    place: str
    organisation: str
    why: str


class Map(msgspec.Struct, frozen=True):
    """What the rows of all organisations show together; each list sorted, without doubles.

    ``on_behalf``: the organisations whose rows others entered for them, and nobody of theirs has confirmed.
    """

    overlaps: tuple[Overlap, ...]
    gaps: tuple[Gap, ...]
    matches: tuple[Match, ...]
    alone: tuple[Alone, ...]
    on_behalf: tuple[str, ...]
