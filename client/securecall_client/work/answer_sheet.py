"""The sheet of a workbook (XLSX) on which an answer is filled in. One that came back is read by `acts.sheets`.

Source: ECMA-376, Office Open XML.
"""

import io
from typing import TYPE_CHECKING

from securecall_client.work.answer_table import headings, sheet_fields
from securecall_client.work.template import Template
from securecall_client.work.values import Field

if TYPE_CHECKING:
    from openpyxl import Workbook

_WIDTH = 28
_LISTED = frozenset({"choice", "word"})


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
