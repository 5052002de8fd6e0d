"""Templates of exercises: TOML with typed questions.

An exercise carries the text of its template, so that what people are asked does not change under them
and a new kind of question changes no bytes. This module reads what `who-does-what` needs; an unknown
type is refused by its name, so that an exercise written by a newer SecureCall is never half understood.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from securecall_client.work import templates
from securecall_client.work.errors import CellError, TemplateError
from securecall_client.work.words import key, read_text, shown

MAX_TEMPLATE_BYTES = 16 * 1024
"""Bytes in UTF-8; a record holds 64 KiB."""
MAX_PROPOSALS = 200
"""Words in one column's list."""
MAX_VERSION = 65_535

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

ColumnType = Literal["word", "place", "month", "choice", "words"]
COLUMNS: Mapping[str, ColumnType] = {
    "activity": "word",
    "place": "place",
    "from": "month",
    "to": "month",
    "status": "choice",
    "with": "words",
    "needs": "words",
    "offers": "words",
}
"""The columns of a question of type *rows*, in their order: those of the 4W matrix."""
STATUSES = ("planned", "under way", "considering")
"""The choices of the column *status*."""
_QUESTION_TYPES = ("rows",)
_COLUMN_TYPES = tuple(dict.fromkeys(COLUMNS.values()))


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One column: its name in files, its heading, and its list of words.

    In a column of type *word* the list proposes and a new word is welcome; in a *choice* it decides.
    """

    name: str
    type: ColumnType
    title: str
    words: tuple[str, ...] = ()


class RowsQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="rows"):
    """A table that a person adds lines to."""

    name: str
    title: str
    columns: tuple[Column, ...]


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an exercise asks."""

    name: str
    version: int
    title: str
    questions: tuple[RowsQuestion, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of its table."""
        return self.questions[0].columns


def names() -> list[str]:
    """The names of the built-in templates, sorted."""
    return templates.names()


def load_text(name: str) -> str:
    """The TOML of a built-in template, as an exercise carries it.

    Raises: TemplateError if there is none of that name.
    """
    try:
        return templates.text(name)
    except KeyError:
        known = ", ".join(names())
        raise TemplateError(f"There is no template {shown(name)}. The built-in ones are: {known}.") from None


def load(name: str) -> Template:
    """A built-in template.

    Raises: TemplateError if there is none of that name.
    """
    return parse(load_text(name))


def parse(text: str) -> Template:
    """Read a template, strictly.

    Raises: TemplateError, with the reason, and nothing else.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_TEMPLATE_BYTES:
        raise TemplateError(f"The template has {size} bytes; at most {MAX_TEMPLATE_BYTES} are possible.")
    try:
        raw = tomllib.loads(text)
        _refuse_unknown_types(raw)
        template = msgspec.convert(raw, Template)
    except msgspec.ValidationError as error:
        raise TemplateError(f"The template does not have the form of one: {error}.") from None
    except TemplateError:
        raise
    except (ValueError, RecursionError) as error:
        raise TemplateError(f"The template is not readable TOML: {error}.") from None
    _check(template)
    return template


def _refuse_unknown_types(raw: Mapping[str, object]) -> None:
    for question in _tables(raw, "questions"):
        _refuse_unknown(question, "question", _QUESTION_TYPES)
        for column in _tables(question, "columns"):
            _refuse_unknown(column, "column", _COLUMN_TYPES)


def _refuse_unknown(table: Mapping[str, object], what: str, known: tuple[str, ...]) -> None:
    kind = table.get("type")
    if isinstance(kind, str) and kind not in known:
        name = table.get("name")
        whose = f" {shown(name)}" if isinstance(name, str) else ""
        raise TemplateError(
            f"The {what}{whose} is of the type {shown(kind)}, which this SecureCall does not know;"
            f" it knows: {', '.join(known)}."
        )


def _tables(raw: Mapping[str, object], field: str) -> Iterator[Mapping[str, object]]:
    """The tables in a list of tables; what has another form is left to the strict reading behind."""
    found = raw.get(field)
    if isinstance(found, list):
        yield from (table for table in found if isinstance(table, dict))


def _check(template: Template) -> None:
    """What types cannot say: names, texts, caps, and the columns of the table."""
    if not _NAME.fullmatch(template.name):
        raise TemplateError(f"The name {shown(template.name)} must be small letters, digits and hyphens.")
    if not 1 <= template.version <= MAX_VERSION:
        raise TemplateError(f"The version must be a number from 1 to {MAX_VERSION}.")
    _check_text(template.name, "the name")
    _check_text(template.title, "the title")
    if len(template.questions) != 1:
        raise TemplateError(f"The template has {len(template.questions)} questions; it must have exactly one.")
    for question in template.questions:
        _check_text(question.name, "a question's name")
        _check_text(question.title, f"the title of the question {question.name}")
        _check_columns(question)


def _check_columns(question: RowsQuestion) -> None:
    if [(column.name, column.type) for column in question.columns] != list(COLUMNS.items()):
        wanted = ", ".join(f"{name} ({kind})" for name, kind in COLUMNS.items())
        raise TemplateError(f"The columns of {question.name} must be, in this order: {wanted}.")
    for column in question.columns:
        _check_text(column.title, f"the title of the column {column.name}")
        _check_words(column)


def _check_words(column: Column) -> None:
    if len(column.words) > MAX_PROPOSALS:
        raise TemplateError(f"The column {column.name} has more than {MAX_PROPOSALS} words.")
    for word in column.words:
        _check_text(word, f"a word of the column {column.name}")
    if len({key(word) for word in column.words}) != len(column.words):
        raise TemplateError(f"The column {column.name} has the same word twice.")
    if column.type == "choice" and column.words != STATUSES:
        raise TemplateError(f"The words of the column {column.name} must be: {', '.join(STATUSES)}.")
    if column.type not in ("word", "choice") and column.words:
        raise TemplateError(f"The column {column.name} takes no list of words.")


def _check_text(text: str, where: str) -> None:
    try:
        read_text(text)
    except CellError as error:
        raise TemplateError(f"In the template, {where}: {error}") from None
