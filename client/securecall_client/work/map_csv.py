"""The map as one CSV table, a line a finding, that a spreadsheet opens and cannot run (threat row M17)."""

from collections.abc import Iterable, Iterator

from securecall_client.work import cells
from securecall_client.work import map_why as why
from securecall_client.work.map_findings import Map, Overlap, RowRef

HEADER = ("finding", "activity", "places", "from", "to", "need", "offer", "organisations", "rows", "why")
_JOINT = "; "


def to_csv(drawn: Map) -> str:
    """The table, its first line the `HEADER`; several values in one cell are parted by ``; ``.

    A row is named by its answer's id, a colon and its place in the answer, from 0. Each cell is as
    `cells.neutralise` writes it.
    """
    return cells.to_csv([HEADER, *_lines(drawn)])


def _lines(drawn: Map) -> Iterator[tuple[str, ...]]:
    yield from (_overlap(overlap) for overlap in drawn.overlaps)
    for gap in drawn.gaps:
        who, rows = _JOINT.join(gap.organisations), _refs(gap.rows)
        yield "gap", gap.activity, gap.place, "", "", "", "", who, rows, gap.why
    for match in drawn.matches:
        who, rows = _JOINT.join(match.organisations), _refs(match.rows)
        yield "match", "", "", "", "", match.need, match.offer, who, rows, match.why
    for alone in drawn.alone:
        yield "alone", alone.activity, alone.place, "", "", "", "", alone.organisation, _refs(alone.rows), alone.why
    for name in drawn.on_behalf:
        yield "on behalf", "", "", "", "", "", "", name, "", why.on_behalf(name)
    for name in drawn.left_out:
        yield "left out", "", "", "", "", "", "", name, "", why.left_out(name)


def _overlap(overlap: Overlap) -> tuple[str, ...]:
    return (
        "overlap",
        overlap.activity,
        _JOINT.join(overlap.places),
        overlap.from_ or "",
        overlap.to or "",
        "",
        "",
        _JOINT.join(overlap.organisations),
        _refs(overlap.rows),
        overlap.why,
    )


def _refs(rows: Iterable[RowRef]) -> str:
    return _JOINT.join(f"{ref.answer}:{ref.row}" for ref in rows)
