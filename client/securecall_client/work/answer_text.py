"""The ways to write an answer down, TOML, JSON and CSV, read to one plain form; values are judged behind.

TOML holds for each question its name with a value, or ``[[name]]`` for the rows of a table; JSON an object of the same
form, or, where there is one table, the list of its rows alone. CSV is a line of column names or headings and a line a
row, the words of a list separated by ``;``, cells as `cells.neutralise` writes them or as typed; a question that is no
table may be a column too, filled in on any row. Cells stand apart by commas (RFC 4180), or by semicolons or tabs, which
spreadsheets write in countries where a comma stands in numbers.
"""

import csv
import io
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NoReturn

from securecall.sentences import sentence
from securecall_client.work.answer_table import columns_named, read_table
from securecall_client.work.cells import restore
from securecall_client.work.errors import RowsError
from securecall_client.work.question import Table
from securecall_client.work.rows import Raw
from securecall_client.work.template import Template
from securecall_client.work.words import shown

Format = Literal["toml", "json", "csv"]

MAX_TEXT_BYTES = 1024 * 1024
"""Bytes in UTF-8 of a file with an answer."""

_SEPARATORS = (",", ";", "\t")
_BYTE_ORDER_MARK = "\ufeff"


def read_answer_text(text: str, form: Format, template: Template) -> Raw:
    """What stands in ``text`` by question, not yet judged.

    Raises: RowsError if the text is too long, of another format, or not readable as this one.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        raise RowsError(sentence("The file has more than %(max_text_bytes)s bytes.", max_text_bytes=MAX_TEXT_BYTES))
    read = _READERS.get(form)
    if read is None:
        raise RowsError(
            sentence("Rows are written as %(readers)s, not as %(form)s.", readers=_READERS, form=shown(form))
        )
    try:
        return read(text.removeprefix(_BYTE_ORDER_MARK), template)
    except RowsError:
        raise
    except (ValueError, csv.Error) as error:
        raise RowsError(sentence("This is not readable %(form)s: %(error)s.", form=form.upper(), error=error)) from None
    except RecursionError:
        raise RowsError(sentence("This %(form)s is nested too deeply.", form=form.upper())) from None


def _read_toml(text: str, template: Template) -> Raw:
    return _named(tomllib.loads(text), template)


def _read_json(text: str, template: Template) -> Raw:
    # json takes duplicate keys and NaN. What it reads from 1e400 is refused as every number is: by its row.
    raw = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    return _named(raw, template)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise RowsError(sentence("The JSON holds %(name)s twice in one object.", name=shown(name)))
        found[name] = value
    return found


def _refuse_constant(constant: str) -> NoReturn:
    raise RowsError(sentence("The file holds %(constant)s, which is not JSON.", constant=shown(constant)))


def _named(raw: object, template: Template) -> Raw:
    """The answers by question; whoever gives a list alone means the only table."""
    tables = [question.name for question in template.questions if isinstance(question, Table)]
    if isinstance(raw, list) and len(tables) == 1:
        return {tables[0]: raw}
    known = [question.name for question in template.questions]
    if not isinstance(raw, dict) or not any(name in raw for name in known):
        raise RowsError(sentence("The file answers no question; it must name %(known)s.", known=" or ".join(known)))
    return raw


def _read_csv(text: str, template: Template) -> Raw:
    separator = max(_SEPARATORS, key=lambda each: _named_by(text, each, template))
    return read_table(_csv_lines(text, separator), template)


def _csv_lines(text: str, separator: str) -> Iterator[list[str]]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    return ([restore(cell) for cell in line] for line in lines)


def _named_by(text: str, separator: str, template: Template) -> int:
    """How many columns the first line names, if its cells stand apart by ``separator``."""
    try:
        return columns_named(next(_csv_lines(text, separator), []), template)
    except csv.Error:
        return 0


_READERS: Mapping[str, Callable[[str, Template], Raw]] = {
    "toml": _read_toml,
    "json": _read_json,
    "csv": _read_csv,
}
