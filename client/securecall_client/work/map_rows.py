"""What the map reads in an answer: the columns that have a meaning for it, wherever a template puts them.

A column has its meaning by its name (`question.MEANINGS`); all others are shown and not mapped. A table without a place
of its own says nothing about places.
"""

from collections.abc import Mapping, Sequence

import msgspec

from securecall_client.work.months import Span
from securecall_client.work.question import REACHES, Table
from securecall_client.work.rows import QuestionAnswer
from securecall_client.work.template import Template
from securecall_client.work.values import Value


class Row(msgspec.Struct, frozen=True):
    """One line of an answer as the map reads it; ``activity`` and ``place`` are empty where it names none.

    ``needs``, ``offers``: words as typed. ``reaches``, ``wishes``: whom its organisation can reach, and wishes to;
    ``door``: through which door it reaches them, empty if it does not say.
    """

    activity: str = ""
    place: str = ""
    months: Span = (None, None)
    needs: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    reaches: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    door: str = ""


def read_map_rows(given: Sequence[QuestionAnswer], template: Template) -> tuple[Row, ...]:
    """All rows of an answer's tables, in their order."""
    return tuple(
        _row({column.name: value for column, value in zip(question.columns, cells, strict=True)})
        for part, question in zip(given, template.questions, strict=True)
        if isinstance(question, Table)
        for cells in part.rows
    )


def proposals(template: Template) -> tuple[str, ...]:
    """The activities that the template lists, in its order."""
    return tuple(
        word
        for question in template.questions
        if isinstance(question, Table)
        for column in question.columns
        if column.name == "activity"
        for word in column.words
    )


def _row(cells: Mapping[str, Value]) -> Row:
    def one(name: str) -> str | None:
        return next(iter(cells.get(name, ())), None)

    target, reach = cells.get("target", ()), one("reach")
    return Row(
        activity=one("activity") or "",
        place=one("place") or "",
        months=(one("from"), one("to")),
        needs=cells.get("needs", ()),
        offers=cells.get("offers", ()),
        reaches=target if reach == REACHES[0] else (),
        wishes=target if reach == REACHES[1] else (),
        door=one("door") or "",
    )
