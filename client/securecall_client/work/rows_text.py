"""The three ways to write rows down, TOML, JSON and CSV, read to one plain form; values are judged behind.

TOML holds ``[[rows]]``; JSON ``{"rows": [...]}`` or the list alone; CSV a line of column names and a line
a row, the words of a list separated by ``;``, cells as `cells.neutralise` writes them or as typed.
"""

import csv
import io
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NoReturn

from securecall_client.work.cells import restore
from securecall_client.work.errors import RowsError
from securecall_client.work.template import Column
from securecall_client.work.words import SEPARATOR, shown

Format = Literal["toml", "json", "csv"]
Raw = list[Mapping[str, object]]

MAX_TEXT_BYTES = 1024 * 1024
"""Bytes in UTF-8 of a file of rows."""

_BYTE_ORDER_MARK = "\ufeff"


def read_text_rows(text: str, form: Format, columns: Sequence[Column]) -> Raw:
    """The rows in ``text``, not yet judged: what stands in them may have any type and any name.

    Raises: RowsError if the text is too long, of another format, or not readable as this one.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        raise RowsError(f"The file has more than {MAX_TEXT_BYTES} bytes.")
    read = _READERS.get(form)
    if read is None:
        raise RowsError(f"Rows are written as {', '.join(_READERS)}, not as {shown(form)}.")
    try:
        return read(text.removeprefix(_BYTE_ORDER_MARK), columns)
    except RowsError:
        raise
    except (ValueError, csv.Error) as error:
        raise RowsError(f"This is not readable {form.upper()}: {error}.") from None
    except RecursionError:
        raise RowsError(f"This {form.upper()} is nested too deeply.") from None


def _read_toml(text: str, _columns: Sequence[Column]) -> Raw:
    return _list_of_rows(tomllib.loads(text))


def _read_json(text: str, _columns: Sequence[Column]) -> Raw:
    # json takes duplicate keys and NaN. What it reads from 1e400 is refused as every number is: by its row.
    raw = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    return _list_of_rows({"rows": raw} if isinstance(raw, list) else raw)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise RowsError(f"The JSON holds {shown(name)} twice in one object.")
        found[name] = value
    return found


def _refuse_constant(constant: str) -> NoReturn:
    raise RowsError(f"The file holds {shown(constant)}, which is not JSON.")


def _list_of_rows(raw: object) -> Raw:
    if not isinstance(raw, dict) or "rows" not in raw:
        raise RowsError("The file holds no list named rows.")
    for name in raw:
        if name != "rows":
            raise RowsError(f"The file holds {shown(name)} beside rows; only rows are read.")
    rows = raw["rows"]
    if not isinstance(rows, list):
        raise RowsError("What is named rows must be a list of rows.")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise RowsError(f"Row {number}: a row must have named columns.")
    return rows


def _read_csv(text: str, columns: Sequence[Column]) -> Raw:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = _header(next(lines, []), columns)
    lists = {column.name for column in columns if column.type == "words"}
    return list(_csv_rows(lines, header, lists))


def _header(cells: Sequence[str], columns: Sequence[Column]) -> list[str]:
    header = [restore(cell).strip() for cell in cells]
    names = [column.name for column in columns]
    for number, name in enumerate(header):
        if name not in names:
            raise RowsError(
                f"The first line must name columns, separated by commas: {', '.join(names)}. It holds {shown(name)}."
            )
        if name in header[:number]:
            raise RowsError(f"The first line names the column {name} twice.")
    if not header:
        raise RowsError(f"The file is empty; its first line must name columns: {', '.join(names)}.")
    return header


def _csv_rows(lines: Iterator[list[str]], header: Sequence[str], lists: set[str]) -> Iterator[Mapping[str, object]]:
    number = 0
    for line in lines:
        if not any(line):
            continue
        number += 1
        if len(line) > len(header):
            raise RowsError(f"Row {number}: it has {len(line)} cells, and the first line names {len(header)}.")
        cells = {name: restore(cell) for name, cell in zip(header, line, strict=False) if cell}
        yield {name: _words(cell) if name in lists else cell for name, cell in cells.items()}


def _words(cell: str) -> list[str]:
    """The words of a list; a separator too many is forgiven."""
    words = (word.strip() for word in cell.split(SEPARATOR))
    return [word for word in words if word]


_READERS: Mapping[str, Callable[[str, Sequence[Column]], Raw]] = {
    "toml": _read_toml,
    "json": _read_json,
    "csv": _read_csv,
}
