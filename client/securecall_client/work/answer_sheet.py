"""The sheet of a workbook (XLSX) that an answer is filled in on: an empty one, and one that came back.

What came back is a stranger's file, so its size unpacked is bounded before anything reads it, and it may hold no
definitions of its own. Formulas are never run: of a cell that has one, the value counts that the spreadsheet stored.
Source: ECMA-376, Office Open XML; openpyxl in its read-only mode.
"""

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from securecall.sentences import sentence
from securecall_client.work.answer_table import Cell, headings, read_table, sheet_fields
from securecall_client.work.errors import RowsError
from securecall_client.work.rows import Raw
from securecall_client.work.template import Template
from securecall_client.work.values import Field

if TYPE_CHECKING:
    from openpyxl import Workbook

MAX_SHEET_BYTES = 1024 * 1024
"""Bytes of a file."""
_MAX_UNPACKED, _MAX_PARTS = 16 * 1024 * 1024, 256
_MAX_LINES = 1_048_576
"""Of a sheet, by the standard; a line of a higher number is in no spreadsheet."""
_MAX_CELLS = 8_000_000
"""Of a sheet, empty ones too: a few bytes far to the right make sixteen thousand of them."""
_PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""How parts of a workbook may be packed; only of these does `zipfile` unpack no more than it is asked for."""
_WIDTH = 28
_LISTED = frozenset({"choice", "word"})


def read_sheet(data: bytes, template: Template) -> Raw:
    """What stands on the first sheet by question, not yet judged.

    Raises: RowsError if it is no workbook, or holds more than an answer can.
    """
    _check_parts(data)
    try:
        lines = list(_lines(data))
    except RowsError:
        raise
    except Exception as error:  # what openpyxl raises for a broken workbook is of any type, and none of its own
        raise RowsError("This is not a readable XLSX workbook; save it anew, or save the sheet as CSV.") from error
    return read_table(lines, template)


def write_sheet(template: Template) -> bytes:
    """An empty sheet with a template's headings, its cells set to be text, with the words to choose from.

    Raises: RowsError if the template has several tables.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Answer"
    titles = headings(template)
    for number, title in enumerate(titles, 1):
        cell = sheet.cell(1, number)
        cell.value, cell.data_type = title, "s"
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        column = sheet.column_dimensions[get_column_letter(number)]
        # As text, so that no spreadsheet makes a day of 2026-03, or a formula of what begins with “=”.
        column.width, column.number_format = _WIDTH, "@"
    sheet.freeze_panes = "A2"
    _list_words(book, sheet_fields(template))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _list_words(book: "Workbook", fields: tuple[Field, ...]) -> None:
    """Put the words of each list on a second sheet, from which the cells of its column offer them."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    listed = [(number, field) for number, field in enumerate(fields, 1) if field.words]
    if not listed:
        return
    words = book.create_sheet("Words")
    for at, (number, field) in enumerate(listed, 1):
        for line, word in enumerate((field.title, *field.words), 1):
            cell = words.cell(line, at)
            cell.value, cell.data_type = word, "s"
        if field.type in _LISTED:
            where, column = get_column_letter(at), get_column_letter(number)
            offer = DataValidation(
                type="list",
                formula1=f"Words!${where}$2:${where}${len(field.words) + 1}",
                allow_blank=True,
                showErrorMessage=field.type == "choice",
            )
            offer.add(f"{column}2:{column}1001")
            book.worksheets[0].add_data_validation(offer)


def _check_parts(data: bytes) -> None:
    """Raise RowsError unless this is an archive of few parts, small when unpacked, without definitions in its XML."""
    if len(data) > MAX_SHEET_BYTES:
        raise RowsError(
            sentence("The workbook has more than %(max_sheet_bytes)s bytes.", max_sheet_bytes=MAX_SHEET_BYTES)
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > _MAX_PARTS or any(part.compress_type not in _PACKED for part in parts):
                raise RowsError("The workbook is not packed as spreadsheets pack them; save it anew.")
            if sum(part.file_size for part in parts) > _MAX_UNPACKED:
                raise RowsError(
                    sentence(
                        "The workbook holds more than %(max_unpacked)s bytes; an answer is smaller.",
                        max_unpacked=_MAX_UNPACKED,
                    )
                )
            if any(b"<!DOCTYPE" in archive.read(part).replace(b"\0", b"") for part in parts):
                raise RowsError("The workbook holds definitions that no spreadsheet writes; save it anew.")
    except RowsError:
        raise
    except Exception as error:  # zipfile raises of every type for what is no sound archive
        raise RowsError("This is not an XLSX workbook, or it has a password; save it as XLSX without one.") from error


def _lines(data: bytes) -> Iterator[tuple[Cell, ...]]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        # Of parts that are not read here: pictures, lists to choose from, print settings.
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            # What a file says of its size is not believed.
            sheet.reset_dimensions()
            room = _MAX_CELLS
            for line in sheet.iter_rows(max_row=_MAX_LINES, values_only=True):
                room -= len(line)
                if room < 0:
                    raise RowsError("The sheet is far wider than an answer; delete what stands to its right.")
                if cells := _cells(line):
                    yield cells
        finally:
            book.close()


def _cells(line: tuple[object, ...]) -> tuple[Cell, ...]:
    cells = [_cell(value) for value in line]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _cell(value: object) -> Cell:
    """A cell as a person typed it, as near as can be told."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float():
            # As many digits as spreadsheets keep.
            return f"{value:.15g}"
        case datetime() if value.time() == time():
            return value.date()
        case date() if not isinstance(value, datetime):
            return value
        case _:
            return str(value)
