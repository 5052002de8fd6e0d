"""A report as blocks: headings, paragraphs, lists, tables, pictures. What it looks like, its writers know. Pure.

`make` is the only way to one, and makes every text harmless on its way: what people wrote is data, shown as such, and
what cannot be seen in it stands there as an escape, so that no writer has to think of it (threat rows M14, M17).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from securecall_client.text import for_terminal

_VIEW = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')
_POINTS_PER_PIXEL = 0.75
_PAGE = (460.0, 560.0)
"""Room between the margins of A4, less that for a heading above the picture."""

Style = Literal["text", "quote", "note"]
"""Words of ours; words that a person wrote; what is said beside the matter."""


class Heading(msgspec.Struct, frozen=True, tag="heading"):
    """A heading of a section (level 1) or of a part of one (2, 3)."""

    level: Literal[1, 2, 3]
    text: str


class Paragraph(msgspec.Struct, frozen=True, tag="paragraph"):
    """A paragraph; line breaks in it stay. ``by`` says whose words they are, where that is said."""

    text: str
    style: Style = "text"
    by: str = ""


class Points(msgspec.Struct, frozen=True, tag="points"):
    """A list."""

    items: tuple[str, ...]


class Table(msgspec.Struct, frozen=True, tag="table"):
    """A table with a line of headings; each row has as many cells. ``widths`` are shares of the page."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


class Picture(msgspec.Struct, frozen=True, tag="picture"):
    """A picture as the text of an SVG file (`work.svg`, which makes the texts in it harmless), and what it shows."""

    svg: str
    shows: str


Block = Heading | Paragraph | Points | Table | Picture


class Report(msgspec.Struct, frozen=True):
    """A title, lines that stand below it, and blocks."""

    title: str
    about: tuple[str, ...]
    blocks: tuple[Block, ...]


def make(title: str, about: Sequence[str], blocks: Iterable[Block]) -> Report:
    """The report, with every text harmless."""
    return Report(for_terminal(title), _all(about), tuple(_harmless(block) for block in blocks))


def table(head: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[str]]) -> Table:
    """A table without the columns that nobody filled in; its first column stays."""
    lines = [tuple(row) for row in rows]
    used = [n for n in range(len(head)) if n == 0 or any(line[n] for line in lines)]
    return Table(
        tuple(head[n] for n in used),
        tuple(tuple(line[n] for n in used) for line in lines),
        tuple(widths[n] for n in used),
    )


def texts(report: Report) -> Iterator[str]:
    """Every text of the report but those in its pictures."""
    yield report.title
    yield from report.about
    for block in report.blocks:
        match block:
            case Heading():
                yield block.text
            case Paragraph():
                yield from (block.text, block.by)
            case Points():
                yield from block.items
            case Table():
                yield from block.head
                yield from (cell for row in block.rows for cell in row)
            case Picture():
                yield block.shows


def pictures(report: Report) -> Iterator[Picture]:
    """Its pictures."""
    return (block for block in report.blocks if isinstance(block, Picture))


def room(picture: Picture) -> tuple[float, float]:
    """Width and height of a picture on paper, in points: as large as it is drawn, or as fits into a page."""
    wide, high = _size(picture)
    return wide * scale(picture), high * scale(picture)


def scale(picture: Picture) -> float:
    """Points on paper to a pixel of the picture."""
    wide, high = _size(picture)
    return min(_POINTS_PER_PIXEL, _PAGE[0] / wide, _PAGE[1] / high)


def _size(picture: Picture) -> tuple[float, float]:
    found = _VIEW.search(picture.svg)
    if found is None:
        raise ValueError("a picture says how large it is")
    return float(found[1]), float(found[2])


def _harmless(block: Block) -> Block:
    match block:
        case Heading():
            return Heading(block.level, for_terminal(block.text))
        case Paragraph():
            return Paragraph(for_terminal(block.text, newlines=True), block.style, for_terminal(block.by))
        case Points():
            return Points(_all(block.items))
        case Table():
            return Table(_all(block.head), tuple(_all(row) for row in block.rows), block.widths)
        case Picture():
            return Picture(block.svg, for_terminal(block.shows))


def _all(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(for_terminal(line, newlines=True) for line in lines)
