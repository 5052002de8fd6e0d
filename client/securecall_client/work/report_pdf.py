"""A report as a PDF, and a picture as PNG, by typst: on this machine, without a network.

What people wrote goes in as data beside texts of our own (`report.typ` and others), and is set there as text, so that
nothing of it can be markup or code. The only files that typst may read are the fonts.
"""

import unicodedata
from collections.abc import Mapping
from importlib.resources import files
from typing import Final, Literal

import msgspec
from msgspec.structs import asdict

from securecall.sentences import plain
from securecall_client.work.picture_texts import apart
from securecall_client.work.report import Block, Heading, Paragraph, Picture, Points, Report, Table, room, scale
from securecall_client.work.report_fonts import FAMILIES, folder

PPI: Final = 200
"""Dots per inch of a picture for a text processor."""


def to_pdf(report: Report, made: int) -> bytes:
    """The file; ``made`` in unix seconds stands in it as the time at which it was made."""
    data: Mapping[str, object] = {
        "title": report.title,
        "heading": _text(report.title),
        "fonts": FAMILIES,
        "about": [_text(line) for line in report.about],
        "blocks": [_block(block) for block in report.blocks],
    }
    return _compile("report.typ", data, "pdf", made)


def to_png(picture: Picture) -> bytes:
    """The picture in dots."""
    return _compile("picture.typ", {**_picture(picture), "fonts": FAMILIES}, "png", 0)


def right_to_left(text: str) -> bool:
    """Whether a text begins, by its first letter that says so, from the right (Unicode Annex 9, P2 and P3)."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def _compile(name: str, data: Mapping[str, object], kind: Literal["pdf", "png"], made: int) -> bytes:
    import typst

    home = str(folder())
    text = b"".join((files("securecall_client.work") / part).read_bytes() for part in ("drawn.typ", name))
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[home])
    data_in = {"report": msgspec.json.encode(data, enc_hook=plain).decode()}
    compiler = typst.Compiler(text, root=home, font_paths=fonts, sys_inputs=data_in)
    result = compiler.compile(format=kind, ppi=PPI, timestamp=made)
    if not isinstance(result, bytes):
        raise TypeError("typst gives one file for one document, and a page of its own for one picture")
    return result


def _text(text: str) -> dict[str, object]:
    return {"text": text, "rtl": right_to_left(text)}


def _block(block: Block) -> dict[str, object]:
    match block:
        case Heading(level=level, text=text):
            return {"type": "heading", "level": level, "text": _text(text)}
        case Paragraph(text=text, style=style, by=by):
            return {"type": "paragraph", "text": _text(text), "style": style, "by": _text(by)}
        case Points(items=items):
            return {"type": "points", "items": [_text(item) for item in items]}
        case Table(head=head, rows=rows, widths=widths):
            cells = [[_text(cell) for cell in row] for row in rows]
            return {"type": "table", "head": [_text(cell) for cell in head], "rows": cells, "widths": widths}
        case Picture():
            return _picture(block)


def _picture(picture: Picture) -> dict[str, object]:
    svg, texts = apart(picture.svg)
    wide, high = room(picture)
    said = [{**asdict(one), "rtl": right_to_left(one.text)} for one in texts]
    return {
        "type": "picture",
        "svg": svg,
        "shows": picture.shows,
        "width": wide,
        "height": high,
        "scale": scale(picture),
        "texts": said,
    }
