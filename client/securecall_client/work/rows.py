"""An answer to an exercise: for each question of its template the rows that a person gave, judged in one place.

A question that is no table has one row of one cell, or none where it was left out; so every answer is tables of cells,
and a new type of question changes no bytes.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from securecall.sentences import sentence
from securecall.wire import Wire
from securecall_client.work.errors import CellError, RowsError
from securecall_client.work.months import read_span
from securecall_client.work.question import Question, Table, fields
from securecall_client.work.template import Template
from securecall_client.work.values import Field, Value, plain, read_value
from securecall_client.work.words import shown

MAX_ROWS = 1_000
"""Rows in one table."""

Cells = tuple[
    Annotated[
        tuple[Annotated[str, msgspec.Meta(max_length=16_384)], ...],
        msgspec.Meta(max_length=200),
    ],
    ...,
]
"""The values of one row, in the order of its question's columns."""


class QuestionAnswer(Wire, frozen=True):
    """What was answered to one question; a question that is no table has at most one row."""

    question: Annotated[str, msgspec.Meta(max_length=200)]
    rows: Annotated[tuple[Annotated[Cells, msgspec.Meta(max_length=32)], ...], msgspec.Meta(max_length=MAX_ROWS)]


Raw = Mapping[str, object]
"""What a person gave, by question, not yet judged: it may have any type and any name."""
Given = tuple[QuestionAnswer, ...]
"""A whole answer: each question of the template, in its order."""


def read_answer(raw: Raw, template: Template) -> Given:
    """Judge what a person gave to each question, by its name: a list of rows for a table, else a value; strictly, but
    that a place may be written in small letters.

    Raises: RowsError, a sentence that names row and column, and nothing else.
    """
    known = [question.name for question in template.questions]
    for name in raw:
        if name not in known:
            raise RowsError(
                sentence("There is no question %(name)s; there are %(known)s.", name=shown(name), known=known)
            )
    return tuple(_read_question(question, raw.get(question.name)) for question in template.questions)


def check(given: Sequence[QuestionAnswer], template: Template) -> None:
    """Judge an answer that came in a record.

    Raises: RowsError if it does not answer the template's questions, or is not in canonical form.
    """
    if [part.question for part in given] != [question.name for question in template.questions]:
        raise RowsError("The answer is to other questions than those of its exercise.")
    for part, question in zip(given, template.questions, strict=True):
        if not isinstance(question, Table) and len(part.rows) > 1:
            raise RowsError(sentence("%(name)s is answered twice.", name=question.name))
        for number, cells in enumerate(part.rows, start=1):
            if len(cells) != len(fields(question)):
                raise RowsError(
                    sentence(
                        "Row %(number)s has %(cells)s cells, and its table %(columns)s columns.",
                        number=number,
                        cells=len(cells),
                        columns=len(fields(question)),
                    )
                )
            raw = dict(zip((field.name for field in fields(question)), plains(question, cells), strict=True))
            if _read_row(number, question, raw, stored=True) != cells:
                raise RowsError(sentence("Row %(number)s is not in the one form of a row.", number=number))
        if not isinstance(question, Table) and not part.rows and not question.may_be_empty:
            raise RowsError(sentence("%(name)s: is missing.", name=question.name))


def plains(question: Question, cells: Cells) -> list[object]:
    """The values of a row as JSON has them, in the order of the columns."""
    return [plain(field, value) for field, value in zip(fields(question), cells, strict=True)]


def to_json(given: Sequence[QuestionAnswer], template: Template) -> dict[str, object]:
    """The answer as JSON: by question a list of rows, or a value, null where it was left out; none of one withdrawn."""
    found: dict[str, object] = {}
    if not given:
        return found
    for part, question in zip(given, template.questions, strict=True):
        rows = _json_rows(part, question)
        found[question.name] = rows if isinstance(question, Table) else rows[0][question.name] if rows else None
    return found


def table_to_json(given: Sequence[QuestionAnswer], template: Template) -> list[dict[str, object]]:
    """The rows of the first table as JSON, each with all its columns; none where there is no table."""
    both = zip(given, template.questions if given else (), strict=True)
    return next((_json_rows(part, question) for part, question in both if isinstance(question, Table)), [])


def _json_rows(part: QuestionAnswer, question: Question) -> list[dict[str, object]]:
    names = [field.name for field in fields(question)]
    return [dict(zip(names, plains(question, cells), strict=True)) for cells in part.rows]


def _read_question(question: Question, raw: object) -> QuestionAnswer:
    if isinstance(question, Table):
        rows = [] if raw is None else raw
        if not isinstance(rows, list):
            raise RowsError(sentence("What is named %(name)s must be a list of rows.", name=question.name))
        if len(rows) > MAX_ROWS:
            raise RowsError(
                sentence(
                    "There are %(number)s rows; at most %(max_rows)s are possible.", number=len(rows), max_rows=MAX_ROWS
                )
            )
        return QuestionAnswer(
            question.name, tuple(_read_row(number, question, row) for number, row in enumerate(rows, start=1))
        )
    try:
        value = read_value(question, raw)
    except CellError as error:
        raise RowsError(sentence("%(name)s: %(error)s", name=question.name, error=error)) from None
    return QuestionAnswer(question.name, ((value,),) if value else ())


def _read_row(number: int, question: Question, raw: object, *, stored: bool = False) -> Cells:
    if not isinstance(raw, Mapping):
        raise RowsError(sentence("Row %(number)s: a row must have named columns.", number=number))
    columns = {field.name: field for field in fields(question)}
    for column in raw:
        if column not in columns:
            raise RowsError(
                sentence(
                    "Row %(number)s: there is no column %(column)s; there are %(columns)s.",
                    number=number,
                    column=shown(str(column)),
                    columns=columns,
                )
            )
    cells = {name: _read_cell(number, field, raw.get(name), stored=stored) for name, field in columns.items()}
    try:
        check_months(cells)
    except CellError as error:
        raise RowsError(sentence("Row %(number)s, to: %(error)s", number=number, error=error)) from None
    return tuple(cells.values())


def _read_cell(number: int, field: Field, raw: object, *, stored: bool) -> Value:
    try:
        return read_value(field, raw, stored=stored)
    except CellError as error:
        raise RowsError(
            sentence("Row %(number)s, %(name)s: %(error)s", number=number, name=field.name, error=error)
        ) from None


def check_months(cells: Mapping[str, Value]) -> None:
    """Judge the columns that are the ends of one span by their names (`question.MEANINGS`). Raises: CellError."""
    first, last = cells.get("from", ()), cells.get("to", ())
    if first and last:
        read_span(first[0], last[0])
