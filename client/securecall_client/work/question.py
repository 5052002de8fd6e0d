"""What a template asks: a question is a single field, or a table of *rows* with a field for each column.

Here stands what types cannot say of one, so that an exercise never asks what nobody could answer. ``where`` is the
beginning of a sentence that says on which line of the template a thing stands, or is empty.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from securecall.sentences import sentence
from securecall_client.work.errors import CellError, TemplateError
from securecall_client.work.values import CHOOSING, Field, Type
from securecall_client.work.words import key, read_text, shown

MAX_PROPOSALS = 200
"""Words in one list."""
MAX_QUESTIONS = 32
"""Questions in a template, and columns in a table."""
MAX_POINTS = 1_000

_FIELD = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_NAME_LENGTH = 64
_PARTED = re.compile("[;=]")
"""What parts words and points in a CSV cell."""

REACHES = ("can reach", "wish to reach")
"""The choices of a column *reach*."""
MEANINGS: Mapping[str, Type] = {
    "activity": "word",
    "place": "place",
    "from": "month",
    "to": "month",
    "status": "choice",
    "with": "words",
    "needs": "words",
    "offers": "words",
    "target": "word",
    "reach": "choice",
    "door": "text",
}
"""Columns that the map reads by their names, wherever they stand; each must then have its type."""


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question of type *rows*: a table that a person adds lines to."""

    name: str
    type: Literal["rows"]
    title: str
    columns: tuple[Field, ...]


Question = Field | Table


def fields(question: Question) -> tuple[Field, ...]:
    """What a row of its answer holds: the columns of a table, else the question itself, of which there is one row."""
    return question.columns if isinstance(question, Table) else (question,)


def check_table(table: Table, where: str, at: Sequence[str]) -> None:
    """Check a table, whose columns stand ``at`` these places; one that the map reads by its name has the type that the
    map expects. Raises: TemplateError.
    """
    _check_name(table.name, sentence("question"), where)
    check_text(table.title, sentence("the title of the question %(name)s", name=table.name), where)
    if not 1 <= len(table.columns) <= MAX_QUESTIONS:
        raise TemplateError(
            sentence(
                "%(where)sThe table %(name)s has %(number)s columns; it must have 1 to %(max_questions)s.",
                where=where,
                name=table.name,
                number=len(table.columns),
                max_questions=MAX_QUESTIONS,
            )
        )
    for column, place in zip(table.columns, at, strict=True):
        check_field(column, sentence("column"), place)
        meaning = MEANINGS.get(column.name, column.type)
        if column.type != meaning:
            raise TemplateError(
                sentence(
                    "%(at)sThe column %(name)s must be of the type %(meaning)s: the map reads it so.",
                    at=place,
                    name=column.name,
                    meaning=meaning,
                )
            )
        if column.name == "reach" and column.words != REACHES:
            raise TemplateError(
                sentence("%(at)sThe words of the column reach must be: %(reaches)s.", at=place, reaches=REACHES)
            )
    check_names([column.name for column in table.columns], sentence("column"), where)


def check_names(names: Sequence[str], what: str, where: str) -> None:
    """Raise TemplateError of a name that is there twice."""
    for place, name in enumerate(names):
        if name in names[:place]:
            raise TemplateError(
                sentence("%(where)sThere are two %(what)ss of the name %(name)s.", where=where, what=what, name=name)
            )


def check_field(field: Field, what: str, where: str) -> None:
    """Check a field, which is ``what`` in its template. Raises: TemplateError."""
    _check_name(field.name, what, where)
    check_text(field.title, sentence("the title of the %(what)s %(name)s", what=what, name=field.name), where)
    _check_words(field, what, where)
    if not 1 <= field.points <= MAX_POINTS:
        raise TemplateError(
            sentence(
                "%(where)sThe points of %(name)s must be a number from 1 to %(max_points)s.",
                where=where,
                name=field.name,
                max_points=MAX_POINTS,
            )
        )


def _check_words(field: Field, what: str, where: str) -> None:
    if len(field.words) > MAX_PROPOSALS:
        raise TemplateError(
            sentence(
                "%(where)sThe %(what)s %(name)s has more than %(max_proposals)s words.",
                where=where,
                what=what,
                name=field.name,
                max_proposals=MAX_PROPOSALS,
            )
        )
    for word in field.words:
        check_text(word, sentence("a word of the %(what)s %(name)s", what=what, name=field.name), where)
        if field.type != "word" and _PARTED.search(word):
            raise TemplateError(
                sentence(
                    "%(where)sThe word %(word)s of %(name)s holds a semicolon or an equals sign.",
                    where=where,
                    word=shown(word),
                    name=field.name,
                )
            )
    if len({key(word) for word in field.words}) != len(field.words):
        raise TemplateError(
            sentence("%(where)sThe %(what)s %(name)s has the same word twice.", where=where, what=what, name=field.name)
        )
    if field.type in CHOOSING and not field.words:
        raise TemplateError(
            sentence(
                "%(where)sThe %(what)s %(name)s has no words to choose from; list them as words = [...].",
                where=where,
                what=what,
                name=field.name,
            )
        )
    if field.type not in CHOOSING and field.type != "word" and field.words:
        raise TemplateError(
            sentence("%(where)sThe %(what)s %(name)s takes no list of words.", where=where, what=what, name=field.name)
        )


def _check_name(name: str, what: str, where: str) -> None:
    if not _FIELD.fullmatch(name) or len(name) > _NAME_LENGTH:
        raise TemplateError(
            sentence(
                "%(where)sThe name of the %(what)s %(name)s must be small letters, digits and hyphens.",
                where=where,
                what=what,
                name=shown(name),
            )
        )


def check_text(text: str, what: str, where: str) -> None:
    """Raise TemplateError of a text that cannot be shown on one line."""
    try:
        read_text(text)
    except CellError as error:
        raise TemplateError(
            sentence("%(where)sIn the template, %(what)s: %(error)s", where=where, what=what, error=error)
        ) from None
