"""A report as a DOCX, by python-docx: paragraphs, tables and pictures, and no field, macro or link."""

import io
from datetime import UTC, datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, TypeGuard

from securecall_client.work.report import Block, Heading, Paragraph, Picture, Points, Report, Table, room
from securecall_client.work.report_pdf import right_to_left, to_png

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.table import CT_TblPr
    from docx.styles.style import ParagraphStyle
    from docx.text.paragraph import Paragraph as Line

_FONT: Final = "Noto Sans"
_INK, _SOFT, _RULE = "1C2530", "55606D", "C9D1DA"
_WIDTH_CM: Final = 16.6


def to_docx(report: Report, made: int) -> bytes:
    """The file; ``made`` in unix seconds. Of whoever makes it, it says nothing: no name, no computer, no program."""
    import docx
    from docx.shared import Pt

    document = docx.Document()
    _set_properties(document, report.title, datetime.fromtimestamp(made, UTC))
    _set_looks(document)
    _write(document.add_paragraph(style="Title"), report.title)
    for line in report.about:
        below = document.add_paragraph()
        below.paragraph_format.space_after = Pt(2)
        _write(below, line, soft=True)
    for block, after in zip_longest(report.blocks, report.blocks[1:]):
        _add(document, block)
        if isinstance(after, Picture):
            document.paragraphs[-1].paragraph_format.keep_with_next = True
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _set_properties(document: "Document", title: str, made: datetime) -> None:
    properties = document.core_properties
    properties.author = properties.last_modified_by = properties.comments = properties.keywords = ""
    properties.title = title[:255]
    properties.created = properties.modified = made


def _set_looks(document: "Document") -> None:
    from docx.shared import Cm, Pt

    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.2)
        section.top_margin = section.bottom_margin = Cm(2.2)
    looks = (("Normal", 10, _INK), ("Title", 22, _INK), ("Heading 1", 15, _INK))
    more = (("Heading 2", 11.5, _INK), ("Heading 3", 10, _INK), ("Quote", 10, _INK), ("List Bullet", 10, _INK))
    for name, points, colour in (*looks, *more):
        style = document.styles[name]
        if _is_paragraph_style(style):
            _set_font(style, points, colour)
            style.paragraph_format.space_after = Pt(6)
            style.font.italic = False


def _is_paragraph_style(style: object) -> "TypeGuard[ParagraphStyle]":
    from docx.styles.style import ParagraphStyle

    return isinstance(style, ParagraphStyle)


def _set_font(style: "ParagraphStyle", points: float, colour: str) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size = _FONT, Pt(points)
    style.font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for which in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{which}"), _FONT)
    for theme in ("asciiTheme", "hAnsiTheme", "cstheme", "eastAsiaTheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)


def _add(document: "Document", block: Block) -> None:
    from docx.shared import Pt

    match block:
        case Heading(level=level, text=text):
            _write(document.add_paragraph(style=f"Heading {level}"), text)
        case Paragraph(text=text, style=style, by=by):
            quote = style == "quote"
            line = document.add_paragraph(style="Quote" if quote else "Normal")
            line.paragraph_format.left_indent = Pt(12 if quote else 0)
            _write(line, text, soft=style == "note")
            if by:
                below = document.add_paragraph(style="Quote")
                below.paragraph_format.left_indent = Pt(12)
                _write(below, by, soft=True)
        case Points(items=items):
            for item in items:
                _write(document.add_paragraph(style="List Bullet"), item)
        case Table():
            _add_table(document, block)
        case Picture():
            _add_picture(document, block)


def _add_picture(document: "Document", picture: Picture) -> None:
    from docx.shared import Pt

    shape = document.add_picture(io.BytesIO(to_png(picture)), width=Pt(room(picture)[0]))
    shape._inline.docPr.set("descr", picture.shows)


def _add_table(document: "Document", block: Table) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Cm, Pt

    table = document.add_table(rows=0, cols=len(block.head))
    table.autofit = False
    _set_lines(table._tbl.tblPr)
    share = _WIDTH_CM / sum(block.widths)
    for column, width in zip(table.columns, block.widths, strict=True):
        column.width = Cm(width * share)
    for number, texts in enumerate((block.head, *block.rows)):
        row = table.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, text, width in zip(row.cells, texts, block.widths, strict=True):
            cell.width = Cm(width * share)
            cell.paragraphs[0].paragraph_format.space_after = Pt(3)
            _write(cell.paragraphs[0], text, soft=number == 0, small=True)
    document.add_paragraph()


def _set_lines(properties: "CT_TblPr") -> None:
    """A thin line below each row."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for side in ("bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", _RULE)):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    properties.append(borders)


def _write(line: "Line", text: str, *, soft: bool = False, small: bool = False) -> None:
    """Put ``text`` into a paragraph, line breaks as such; one that begins from the right is set from there."""
    from docx.oxml import OxmlElement
    from docx.shared import Pt, RGBColor

    run = line.add_run(text)
    if soft:
        run.font.color.rgb = RGBColor.from_string(_SOFT)
    if soft or small:
        run.font.size = Pt(8.5)
    if right_to_left(text):
        line._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        run._r.get_or_add_rPr().append(OxmlElement("w:rtl"))
