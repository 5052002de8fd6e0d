"""An answer as lines of cells, as a CSV file or a sheet of a workbook has it; values are judged behind.

The first line names columns, by their names or their headings; a line without any cell is passed over. A question that
is no table may be a column too: it is enough to fill it in on one row, and two rows must not say two things.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from securecall.sentences import sentence
from securecall_client.work.errors import RowsError
from securecall_client.work.question import Table
from securecall_client.work.rows import Raw
from securecall_client.work.template import Template
from securecall_client.work.values import LISTS, Field, Type
from securecall_client.work.words import SEPARATOR, key, shown

Cell = str | date
"""What stands in a cell; a spreadsheet makes a day of what looks like one."""
_MONTHS: frozenset[Type] = frozenset({"month", "months"})


def sheet_fields(template: Template) -> tuple[Field, ...]:
    """The columns of a sheet that answers a template: those of its table, then its other questions.

    Raises: RowsError if no sheet can hold them.
    """
    tables = [question for question in template.questions if isinstance(question, Table)]
    if len(tables) > 1:
        raise RowsError("There are several tables, and a sheet holds one; answer this as TOML or JSON.")
    columns = tables[0].columns if tables else ()
    fields = (*columns, *(question for question in template.questions if isinstance(question, Field)))
    if len({field.name for field in fields}) < len(fields):
        raise RowsError("A question and a column have one name, which a sheet cannot tell apart; answer this as TOML.")
    return fields


def headings(template: Template) -> list[str]:
    """The first line of such a sheet: titles, or names where a title says two things. Raises: as `sheet_fields`."""
    fields = sheet_fields(template)
    meant = _meant({field.name: field for field in fields})
    twice = [key(field.title) for field in fields]
    clear = [meant[key(field.title)] == field and twice.count(key(field.title)) == 1 for field in fields]
    return [field.title if is_clear else field.name for field, is_clear in zip(fields, clear, strict=True)]


def columns_named(line: Sequence[Cell], template: Template) -> int:
    """How many cells of a line name a column. Raises: as `sheet_fields`."""
    meant = _meant({field.name: field for field in sheet_fields(template)})
    return sum(key(str(cell)) in meant for cell in line)


def read_table(lines: Iterable[Sequence[Cell]], template: Template) -> Raw:
    """What stands in ``lines`` by question, each cell as text, or as a list of words where its type is one.

    Raises: RowsError.
    """
    known = {field.name: field for field in sheet_fields(template)}
    tables = [question for question in template.questions if isinstance(question, Table)]
    columns = tables[0].columns if tables else ()
    alone = [question for question in template.questions if isinstance(question, Field)]
    found: dict[str, object] = {}
    rows: list[Mapping[str, object]] = []
    for number, cells in enumerate(_rows(iter(lines), known), start=1):
        _take_alone(found, {field.name: cells[field.name] for field in alone if field.name in cells}, number)
        if row := {field.name: cells[field.name] for field in columns if field.name in cells}:
            rows.append(row)
    if not found and not rows:
        raise RowsError(
            "Nothing stands below the headings, so there is no answer in this file. To take back an answer that you "
            "gave there is a command of its own: securecall exercise withdraw."
        )
    return found | {tables[0].name: rows} if tables else found


def _take_alone(found: dict[str, object], said: Mapping[str, object], number: int) -> None:
    for name, value in said.items():
        if found.setdefault(name, value) != value:
            raise RowsError(
                sentence(
                    "Row %(number)s, %(name)s: another row says something else, and there is one answer to it.",
                    number=number,
                    name=name,
                )
            )


def _rows(lines: Iterable[Sequence[Cell]], known: Mapping[str, Field]) -> Iterable[Mapping[str, object]]:
    header: list[Field] | None = None
    number = 0
    for line in lines:
        if header is None:
            header = _header(line, known)
            continue
        if not any(line):
            continue
        number += 1
        if len(line) > len(header):
            raise RowsError(
                sentence(
                    "Row %(number)s: it has %(cells)s cells, and the first line names %(named)s.",
                    number=number,
                    cells=len(line),
                    named=len(header),
                )
            )
        yield {field.name: _read(field, cell) for field, cell in zip(header, line, strict=False) if cell}
    if header is None:
        _header([], known)


def _read(field: Field, cell: Cell) -> object:
    """What a cell says in its column: the month of a day where a month is asked for."""
    if isinstance(cell, date):
        cell = f"{cell:%Y-%m}" if field.type in _MONTHS else cell.isoformat()
    return _words(cell) if field.type in LISTS else cell


def _meant(known: Mapping[str, Field]) -> dict[str, Field]:
    """Which column a heading means, by its `words.key`: its name, else its title."""
    names = {key(name): field for name, field in known.items()}
    return {key(field.title): field for field in known.values()} | names


def _header(cells: Sequence[Cell], known: Mapping[str, Field]) -> list[Field]:
    meant = _meant(known)
    if not any(cells):
        raise RowsError(sentence("The file is empty; its first line must name columns: %(known)s.", known=known))
    header: list[Field] = []
    for cell in cells:
        field = meant.get(key(str(cell)))
        if field is None:
            raise RowsError(
                sentence(
                    "The first line must name columns, separated by commas, semicolons or tabs: %(known)s. "
                    "It holds %(cell)s.",
                    known=known,
                    cell=shown(str(cell)),
                )
            )
        if field in header:
            raise RowsError(sentence("The first line names the column %(name)s twice.", name=field.name))
        header.append(field)
    return header


def _words(cell: str) -> list[str]:
    """The words of a list; a separator too many is forgiven."""
    words = (word.strip() for word in cell.split(SEPARATOR))
    return [word for word in words if word]
