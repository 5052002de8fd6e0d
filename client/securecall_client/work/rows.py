"""Rows of *who-does-what*: their meaning, what is refused in them, and their forms.

`Row` is the unit of the humanitarian 4W matrix (who does what, where, when). Every way in, a file that
a person wrote or a record that a member sent, goes through `_read_row`, so neither can be laxer.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import msgspec

from securecall.wire import Wire
from securecall_client.work.errors import CellError, RowsError
from securecall_client.work.months import Span, read_month, read_span
from securecall_client.work.places import read_place, read_stored_place
from securecall_client.work.rows_text import Format, read_text_rows
from securecall_client.work.template import COLUMNS, STATUSES, Template
from securecall_client.work.words import read_list, read_text, shown

MAX_ROWS = 1_000
"""Rows in one answer."""

T = TypeVar("T")


class Row(Wire, frozen=True):
    """One thing that an organisation does or plans; fields in the order in which a record holds them.

    ``activity``: as typed, see `words.key` for when two are the same. ``place``: ISO 3166-1 alpha-2 or
    3166-2. ``from_`` and ``to``: months ``YYYY-MM``, both included, None if open. ``status``: one of
    `STATUSES`. ``with_``, ``needs``, ``offers``: words as typed.
    """

    activity: str
    place: str
    from_: str | None
    to: str | None
    status: str
    with_: tuple[str, ...]
    needs: tuple[str, ...]
    offers: tuple[str, ...]

    @property
    def months(self) -> Span:
        """When, as a span of months."""
        return self.from_, self.to


def parse_rows(
    text: str,
    format: Format,  # noqa: A002 - the word that people use; the builtin is not wanted here
    template: Template,
) -> tuple[Row, ...]:
    """Read the rows that a person wrote, strictly; a place may be written in small letters.

    Raises: RowsError, a sentence that names row and column, and nothing else.
    """
    raw = read_text_rows(text, format, template.columns)
    _check_number(len(raw))
    return tuple(_read_row(number, fields) for number, fields in enumerate(raw, start=1))


def check(rows: tuple[Row, ...]) -> None:
    """Judge rows that came as values.

    Raises: RowsError if there are too many, one is refused, or one is not in canonical form.
    """
    _check_number(len(rows))
    for number, row in enumerate(rows, start=1):
        if _read_row(number, _fields(row), read_stored_place) != row:
            raise RowsError(f"Row {number} is not in the one form of a row.")


def to_json(rows: Iterable[Row]) -> list[dict[str, object]]:
    """The rows as JSON values, each with all its columns; an open month is null."""
    return [_fields(row) for row in rows]


def _fields(row: Row) -> dict[str, object]:
    values = zip(COLUMNS, msgspec.structs.astuple(row), strict=True)
    return {column: list(value) if isinstance(value, tuple) else value for column, value in values}


def _check_number(number: int) -> None:
    if number > MAX_ROWS:
        raise RowsError(f"There are {number} rows; at most {MAX_ROWS} are possible.")


def _read_row(number: int, raw: Mapping[str, object], place: Callable[[object], str] = read_place) -> Row:
    for column in raw:
        if column not in COLUMNS:
            raise RowsError(f"Row {number}: there is no column {shown(column)}; there are {', '.join(COLUMNS)}.")
    row = Row(
        activity=_read(number, "activity", raw, read_text),
        place=_read(number, "place", raw, place),
        from_=_read(number, "from", raw, read_month),
        to=_read(number, "to", raw, read_month),
        status=_read(number, "status", raw, _read_status),
        with_=_read(number, "with", raw, read_list),
        needs=_read(number, "needs", raw, read_list),
        offers=_read(number, "offers", raw, read_list),
    )
    _read(number, "to", raw, lambda _: read_span(*row.months))
    return row


def _read(number: int, column: str, raw: Mapping[str, object], read: Callable[[object], T]) -> T:
    try:
        return read(raw.get(column))
    except CellError as error:
        raise RowsError(f"Row {number}, {column}: {error}") from None


def _read_status(value: object) -> str:
    status = read_text(value)
    if status not in STATUSES:
        raise CellError(f"{shown(status)} is none of: {', '.join(STATUSES)}.")
    return status
