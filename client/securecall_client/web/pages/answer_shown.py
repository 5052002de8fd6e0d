"""Answers as a page shows them: each value in words, tables as tables, and no more rows than a page is quick with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from securecall_client.results.exercises import AnswerLine, ExerciseAnswers
from securecall_client.results.templates import FieldShown, QuestionShown
from securecall_client.work.places import name as place_name
from securecall_client.work.values import plain_in_words

ROWS: Final = 200
"""Rows on one page; of what is beyond, who answered stands there, with a way to it."""
OPEN: Final = 60
"""With so many rows and fewer, all stand open."""


Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class TableShown:
    """A table of an answer: its title, headings, and rows; each row has a number among all rows of the answer."""

    title: str
    headings: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """An answer with its tables, and title and words of its other questions; ``whole`` unless there are too many."""

    line: AnswerLine
    count: int
    tables: list[TableShown] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)
    whole: bool = True
    opened: bool = False


def words(column: FieldShown, value: object) -> str:
    """A value in words; of a place its name."""
    return (
        place_name(value) if column.type == "place" and isinstance(value, str) else plain_in_words(column.type, value)
    )


def row_words(columns: Sequence[FieldShown], row: Mapping[str, object]) -> list[str]:
    """The values of a row, those that are empty too."""
    return [words(column, row.get(column.name)) for column in columns]


def rows_of(line: AnswerLine, questions: Sequence[QuestionShown]) -> Iterator[tuple[QuestionShown, list[Row]]]:
    """The rows of an answer's tables, by table."""
    for question in questions:
        value = line.questions.get(question.name)
        if question.type == "rows":
            rows = value if isinstance(value, list | tuple) else []
            yield question, [row for row in rows if isinstance(row, Mapping)]


def shown(line: AnswerLine, questions: Sequence[QuestionShown], *, opened: bool = True) -> AnswerShown:
    """One answer as a whole."""
    made = AnswerShown(line, 0, opened=opened)
    count = 0
    for question, rows in rows_of(line, questions):
        listed = [(count + number, row_words(question.columns, row)) for number, row in enumerate(rows)]
        count += len(rows)
        if listed:
            made.tables.append(TableShown(question.title, [column.title for column in question.columns], listed))
    for question in questions:
        said = "" if question.type == "rows" else words(question.columns[0], line.questions.get(question.name))
        if said:
            made.others.append((question.title, said))
    return AnswerShown(line, count, made.tables, made.others, opened=opened)


def all_shown(lines: Sequence[AnswerLine], of: ExerciseAnswers) -> list[AnswerShown]:
    """Answers of an exercise, the newest first, in full as long as there is room; of one that is sealed none open."""
    counts = {line.answer: sum(len(rows) for _, rows in rows_of(line, of.questions)) for line in lines}
    opened, room = sum(counts.values()) <= OPEN and (of.revealed or not of.sealed), ROWS
    found = []
    for line in reversed(lines):
        room -= max(counts[line.answer], 1)
        beyond = AnswerShown(line, counts[line.answer], whole=False)
        found.append(shown(line, of.questions, opened=opened) if room >= 0 else beyond)
    return found
