"""An answer as lines of cells, as a CSV file or a sheet of a workbook has it; values are judged behind.

The first line names columns, by their names or their headings; a line without any cell is passed over. A question that
is no table may be a column too: it is enough to fill it in on one row, and two rows must not say two things.
"""

from collections.abc import Iterable, Mapping, Sequence

from securecall_client.work.errors import RowsError
from securecall_client.work.template import Table, Template
from securecall_client.work.values import LISTS, Field
from securecall_client.work.words import SEPARATOR, key, shown


def read_table(lines: Iterable[Sequence[str]], template: Template) -> Mapping[str, object]:
    """What stands in ``lines`` by question, each cell as text, or as a list of words where its type is one.

    Raises: RowsError.
    """
    tables = [question for question in template.questions if isinstance(question, Table)]
    if len(tables) > 1:
        raise RowsError("This exercise has several tables, and a sheet holds one; answer it as TOML or JSON.")
    columns = tables[0].columns if tables else ()
    alone = [question for question in template.questions if isinstance(question, Field)]
    known = {field.name: field for field in (*alone, *columns)}
    found: dict[str, object] = {}
    rows: list[Mapping[str, object]] = []
    for number, cells in enumerate(_rows(iter(lines), known), start=1):
        _take_alone(found, {field.name: cells[field.name] for field in alone if field.name in cells}, number)
        if row := {field.name: cells[field.name] for field in columns if field.name in cells}:
            rows.append(row)
    return found | {tables[0].name: rows} if tables else found


def _take_alone(found: dict[str, object], said: Mapping[str, object], number: int) -> None:
    for name, value in said.items():
        if found.setdefault(name, value) != value:
            raise RowsError(f"Row {number}, {name}: another row says something else, and there is one answer to it.")


def _rows(lines: Iterable[Sequence[str]], known: Mapping[str, Field]) -> Iterable[Mapping[str, object]]:
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
            raise RowsError(f"Row {number}: it has {len(line)} cells, and the first line names {len(header)}.")
        yield {
            field.name: _words(cell) if field.type in LISTS else cell
            for field, cell in zip(header, line, strict=False)
            if cell
        }
    if header is None:
        _header([], known)


def _header(cells: Sequence[str], known: Mapping[str, Field]) -> list[Field]:
    headings = {key(name): field for name, field in known.items()}
    headings |= {key(field.title): field for field in known.values()} | headings
    if not any(cells):
        raise RowsError(f"The file is empty; its first line must name columns: {', '.join(known)}.")
    header: list[Field] = []
    for cell in cells:
        field = headings.get(key(cell))
        if field is None:
            raise RowsError(
                f"The first line must name columns, separated by commas: {', '.join(known)}. It holds {shown(cell)}."
            )
        if field in header:
            raise RowsError(f"The first line names the column {field.name} twice.")
        header.append(field)
    return header


def _words(cell: str) -> list[str]:
    """The words of a list; a separator too many is forgiven."""
    words = (word.strip() for word in cell.split(SEPARATOR))
    return [word for word in words if word]
