"""A table of people to invite, as a spreadsheet writes it: CSV with the columns label, org and role.

Excel writes a byte order mark, and `;` between the cells where the comma stands in numbers; LibreOffice asks.
All of it is judged before anybody is invited, and each refusal names the line of the file.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from securecall.caps import MEMBERS_PER_SPACE
from securecall.rights import Role
from securecall.sentences import sentence
from securecall_client.errors import TextError
from securecall_client.text import clean_name
from securecall_client.work.cells import restore
from securecall_client.work.errors import PeopleError
from securecall_client.work.words import shown

COLUMNS: Final = ("label", "org", "role")
IGNORED: Final = ("name", "email")
"""Columns that lists of people often have. What stands in them is not read, and leaves this computer by no way."""
MAX_TEXT_BYTES: Final = 1024 * 1024
_SEPARATORS: Final = ",;\t"
_ROLES: Final[Mapping[str, Role]] = {role: role for role in get_args(Role)}


@dataclass(frozen=True, slots=True)
class Row:
    """One person to invite. ``line``: where the row ends in the file, from 1. ``org``: as typed."""

    line: int
    label: str
    org: str
    role: Role


@dataclass(frozen=True, slots=True)
class People:
    """The rows, and the names of columns that were passed over."""

    rows: tuple[Row, ...]
    ignored: tuple[str, ...]


def read_people(text: str, roles: Sequence[Role]) -> People:
    """Read a table; ``roles`` are those that may be given here.

    Raises: PeopleError, a sentence that names the line.
    """
    text = text.removeprefix("\ufeff")
    separator = max(_SEPARATORS, key=text.partition("\n")[0].count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = _header(next(_filled(lines), None))
        rows = tuple(_row(lines.line_num, header, line, roles) for line in _filled(lines))
    except csv.Error as error:
        raise PeopleError(
            sentence("Line %(line_num)s is not readable CSV: %(error)s.", line_num=lines.line_num, error=error)
        ) from None
    if not rows:
        raise PeopleError("The file names nobody: there is no row below its first line.")
    if len(rows) > MEMBERS_PER_SPACE:
        raise PeopleError(
            sentence(
                "The file names %(number)s people; at most %(members_per_space)s are possible.",
                number=len(rows),
                members_per_space=MEMBERS_PER_SPACE,
            )
        )
    _refuse_doubles(rows)
    return People(rows, tuple(column for column in header if column in IGNORED))


def _filled(lines: Iterator[list[str]]) -> Iterator[list[str]]:
    """The lines in which anything stands: spreadsheets leave empty ones, and lines of separators alone."""
    return (line for line in lines if any(cell.strip() for cell in line))


def _header(line: Sequence[str] | None) -> list[str]:
    known = sentence(
        "The columns are %(columns)s; %(ignored)s are passed over.", columns=COLUMNS, ignored=" and ".join(IGNORED)
    )
    if line is None:
        raise PeopleError(sentence("The file is empty. %(known)s", known=known))
    header = [cell.strip().casefold() for cell in line]
    while header and not header[-1]:
        header.pop()
    for number, name in enumerate(header):
        if name not in (*COLUMNS, *IGNORED):
            raise PeopleError(
                sentence(
                    "The first line names a column %(name)s, which is not known. %(known)s",
                    name=shown(name),
                    known=known,
                )
            )
        if name in header[:number]:
            raise PeopleError(sentence("The first line names the column %(name)s twice.", name=name))
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise PeopleError(
            sentence("The first line does not name the column %(missing)s. %(known)s", missing=missing[0], known=known)
        )
    return header


def _row(number: int, header: Sequence[str], line: Sequence[str], roles: Sequence[Role]) -> Row:
    if any(cell.strip() for cell in line[len(header) :]):
        raise PeopleError(
            sentence(
                "Line %(number)s: it has %(cells)s cells, and the first line names %(named)s.",
                number=number,
                cells=len(line),
                named=len(header),
            )
        )
    cells = {name: restore(cell).strip() for name, cell in zip(header, line, strict=False)}
    for column in COLUMNS:
        if not cells.get(column):
            raise PeopleError(sentence("Line %(number)s: %(column)s is missing.", number=number, column=column))
    role = _ROLES.get(cells["role"].casefold())
    if role is None or role not in roles:
        raise PeopleError(
            sentence(
                "Line %(number)s: %(cells)s is none of the roles %(roles)s.",
                number=number,
                cells=shown(cells["role"]),
                roles=roles,
            )
        )
    try:
        return Row(
            number,
            clean_name(cells["label"], what=sentence("label")),
            clean_name(cells["org"], what=sentence("organisation")),
            role,
        )
    except TextError as error:
        raise PeopleError(sentence("Line %(number)s: %(error)s", number=number, error=error)) from None


def _refuse_doubles(rows: Sequence[Row]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        if row.label in seen:
            raise PeopleError(
                sentence(
                    "Line %(line)s: the label %(label)s stands in line %(seen)s already; each invitation "
                    "needs a label of its own.",
                    line=row.line,
                    label=shown(row.label),
                    seen=seen[row.label],
                )
            )
        seen[row.label] = row.line
