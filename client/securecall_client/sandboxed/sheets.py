"""The first sheet of a workbook (XLSX) as lines of cells, in which somebody filled in an answer (M12, M17).

Formulas are never run: of a cell that has one, the value counts that the spreadsheet stored.
Source: ECMA-376, Office Open XML; openpyxl in its read-only mode, loaded with this module.
"""

import io
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final

import msgspec
from openpyxl import load_workbook

from securecall_client.sandbox.kinds import HEAD, kind_of
from securecall_client.sandboxed.cannot import CannotError, need, nothing_else
from securecall_client.sandboxed.cleaning import zips

UNPACKED_MOST: Final = 16 * 1024 * 1024
"""Bytes of all parts of a workbook."""
_LINES_MOST: Final = 1_048_576
"""Of a sheet, by the standard; a line of a higher number is in no spreadsheet."""
_CELLS_MOST: Final = 8_000_000
"""Of a sheet, empty ones too: a few bytes far to the right make sixteen thousand of them."""

Cell = str | int
"""A text, or a day by its number (`date.toordinal`)."""


def read(data: bytes) -> bytes:
    """The lines as JSON. Raises: CannotError."""
    return msgspec.json.encode(lines(data))


def lines(data: bytes) -> list[list[Cell]]:
    """The lines in which something stands, each as far as something stands in it.

    Raises: CannotError; its reason is `kind` if this is no workbook, `too-large` if it holds more than an answer can.
    """
    if kind_of(data[:HEAD]) != "zip":
        raise CannotError("kind")
    with nothing_else(), warnings.catch_warnings():
        # Of parts that are not read here: pictures, lists to choose from, print settings.
        warnings.simplefilter("ignore")
        for part in zips.read(data, zips.Room(UNPACKED_MOST)).values():
            need(b"<!DOCTYPE" not in part.replace(b"\0", b""))
        return list(_lines(data))


def _lines(data: bytes) -> Iterator[list[Cell]]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    # What a file says of its size is not believed.
    sheet.reset_dimensions()
    room = _CELLS_MOST
    for line in sheet.iter_rows(max_row=_LINES_MOST, values_only=True):
        room -= len(line)
        if room < 0:
            raise CannotError("too-large")
        if cells := _cells(line):
            yield cells


def _cells(line: tuple[object, ...]) -> list[Cell]:
    cells = [_cell(value) for value in line]
    while cells and not cells[-1]:
        cells.pop()
    return cells


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
            return value.toordinal()
        case date() if not isinstance(value, datetime):
            return value.toordinal()
        case _:
            return str(value)
