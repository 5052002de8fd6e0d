"""A report as a PDF, and a picture as PNG, by typst: on this machine, without a network.

What people wrote goes in as data beside a text of our own (`report.typ`), and is set there as text, so that nothing of
it can be markup or code. The only files that typst may read are the fonts.
"""

import unicodedata
from collections.abc import Mapping
from importlib.resources import files
from typing import Final, Literal

import msgspec

from securecall_client.work.report import Block, Heading, Paragraph, Picture, Points, Report, Table, room
from securecall_client.work.report_fonts import FAMILIES, folder

PPI: Final = 200
"""Dots per inch of a picture for a text processor."""
_ALONE: Final = (
    b"#let data = json(bytes(sys.inputs.report))\n"
    b"#set page(width: auto, height: auto, margin: 0pt)\n"
    b"#set text(font: data.fonts)\n"
    b'#image(bytes(data.svg), format: "svg")\n'
)


def to_pdf(report: Report, made: int) -> bytes:
    """The file; ``made`` in unix seconds stands in it as the time at which it was made."""
    text = (files("securecall_client.work") / "report.typ").read_bytes()
    data: Mapping[str, object] = {
        "title": report.title,
        "heading": _text(report.title),
        "fonts": FAMILIES,
        "about": [_text(line) for line in report.about],
        "blocks": [_block(block) for block in report.blocks],
    }
    return _compile(text, data, "pdf", made)


def to_png(picture: Picture) -> bytes:
    """The picture in dots."""
    return _compile(_ALONE, {"svg": picture.svg, "fonts": FAMILIES}, "png", 0)


def right_to_left(text: str) -> bool:
    """Whether a text begins, by its first letter that says so, from the right (Unicode Annex 9, P2 and P3)."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def _compile(text: bytes, data: Mapping[str, object], kind: Literal["pdf", "png"], made: int) -> bytes:
    import typst

    home = str(folder())
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[home])
    data_in = {"report": msgspec.json.encode(data).decode()}
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
        case Picture(svg=svg, shows=shows):
            return {"type": "picture", "svg": svg, "shows": shows, "width": room(block)[0]}
