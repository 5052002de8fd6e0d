"""Templates of exercises: TOML with typed questions, each a single field or a table of *rows*.

An exercise carries the text of its template, so that what people are asked does not change under them. A type that is
not known is refused by its name, so that an exercise written by a newer SecureCall is never half understood.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal, TypeVar

import msgspec

from securecall.sentences import sentence
from securecall_client.work import templates
from securecall_client.work.errors import CellError, TemplateError
from securecall_client.work.values import CHOOSING, TYPES, Field, Type
from securecall_client.work.words import key, read_text, shown

MAX_TEMPLATE_BYTES = 16 * 1024
"""Bytes in UTF-8; a record holds 64 KiB."""
MAX_PROPOSALS = 200
"""Words in one list."""
MAX_QUESTIONS = 32
"""Questions in a template, and columns in a table."""
MAX_POINTS = 1_000
MAX_VERSION = 65_535

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FIELD = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_NAME_LENGTH = 64
_PARTED = re.compile("[;=]")
"""What parts words and points in a CSV cell."""
_HEADER = re.compile(r"\s*\[\[\s*questions\s*(\.\s*columns\s*)?\]\]")

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


T = TypeVar("T")


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question of type *rows*: a table that a person adds lines to."""

    name: str
    type: Literal["rows"]
    title: str
    columns: tuple[Field, ...]


Question = Field | Table


class Template(msgspec.Struct, frozen=True):
    """What an exercise asks."""

    name: str
    version: int
    title: str
    questions: tuple[Question, ...]


class _Raw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The outermost form of a template; each question is read by itself, so that a refusal can say where."""

    name: str
    version: int
    title: str
    questions: list[dict[str, object]]


class _Lines(msgspec.Struct, frozen=True):
    """On which lines, counted from 1, the questions begin, and the columns of each."""

    questions: list[int]
    columns: list[list[int]]

    def of(self, question: int, column: int | None = None) -> str:
        """Where that is, as the beginning of a sentence; empty where nobody can say (tables written in one line)."""
        try:
            line = self.questions[question] if column is None else self.columns[question][column]
        except IndexError:
            return ""
        return sentence("Line %(line)s: ", line=line)


def fields(question: Question) -> tuple[Field, ...]:
    """What a row of its answer holds: the columns of a table, else the question itself, of which there is one row."""
    return question.columns if isinstance(question, Table) else (question,)


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
        known = [*names()]
        raise TemplateError(
            sentence("There is no template %(name)s. The built-in ones are: %(known)s.", name=shown(name), known=known)
        ) from None


def load(name: str) -> Template:
    """A built-in template.

    Raises: TemplateError if there is none of that name.
    """
    return parse(load_text(name))


@lru_cache(maxsize=64)
def parse(text: str) -> Template:
    """Read a template, strictly.

    Raises: TemplateError, with the reason and where it can be said the line, and nothing else.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_TEMPLATE_BYTES:
        raise TemplateError(
            sentence(
                "The template has %(size)s bytes; at most %(max_template_bytes)s are possible.",
                size=size,
                max_template_bytes=MAX_TEMPLATE_BYTES,
            )
        )
    try:
        raw = _convert(tomllib.loads(text), _Raw, "")
    except TemplateError:
        raise
    except (ValueError, RecursionError) as error:
        raise TemplateError(sentence("The template is not readable TOML: %(error)s.", error=error)) from None
    _check_head(raw)
    lines = _find_lines(text)
    questions = tuple(_read_question(table, number, lines) for number, table in enumerate(raw.questions))
    _check_names([question.name for question in questions], sentence("question"), "")
    return Template(raw.name, raw.version, raw.title, questions)


def _find_lines(text: str) -> _Lines:
    found = _Lines([], [])
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header is None:
            continue
        if header[1] is None:
            found.questions.append(number)
            found.columns.append([])
        elif found.columns:
            found.columns[-1].append(number)
    return found


def _convert(raw: object, kind: type[T], where: str) -> T:
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise TemplateError(
            sentence("%(where)sThe template does not have the form of one: %(error)s.", where=where, error=error)
        ) from None


def _check_head(raw: _Raw) -> None:
    if not _NAME.fullmatch(raw.name):
        raise TemplateError(
            sentence("The name %(name)s must be small letters, digits and hyphens.", name=shown(raw.name))
        )
    if not 1 <= raw.version <= MAX_VERSION:
        raise TemplateError(
            sentence("The version must be a number from 1 to %(max_version)s.", max_version=MAX_VERSION)
        )
    _check_text(raw.name, sentence("the name"), "")
    _check_text(raw.title, sentence("the title"), "")
    if not 1 <= len(raw.questions) <= MAX_QUESTIONS:
        raise TemplateError(
            sentence(
                "The template has %(number)s questions; it must have 1 to %(max_questions)s.",
                number=len(raw.questions),
                max_questions=MAX_QUESTIONS,
            )
        )


def _read_question(table: Mapping[str, object], number: int, lines: _Lines) -> Question:
    where = lines.of(number)
    _refuse_unknown(table, sentence("question"), (*TYPES, "rows"), where)
    if table.get("type") != "rows":
        question = _convert(table, Field, where)
        _check_field(question, sentence("question"), where)
        return question
    columns = table.get("columns")
    for place, column in enumerate(columns if isinstance(columns, list) else []):
        if isinstance(column, dict):
            _refuse_unknown(column, sentence("column"), TYPES, lines.of(number, place))
    rows = _convert(table, Table, where)
    _check_table(rows, number, lines)
    return rows


def _refuse_unknown(table: Mapping[str, object], what: str, known: Sequence[str], where: str) -> None:
    kind = table.get("type")
    if isinstance(kind, str) and kind not in known:
        name = table.get("name")
        whose = f" {shown(name)}" if isinstance(name, str) else ""
        raise TemplateError(
            sentence(
                "%(where)sThe %(what)s%(whose)s is of the type %(kind)s, which this SecureCall does not "
                "know; it knows: %(known)s.",
                where=where,
                what=what,
                whose=whose,
                kind=shown(kind),
                known=known,
            )
        )


def _check_table(table: Table, number: int, lines: _Lines) -> None:
    """What types cannot say of a table; a column that the map reads by its name has the type that the map expects."""
    where = lines.of(number)
    _check_name(table.name, sentence("question"), where)
    _check_text(table.title, sentence("the title of the question %(name)s", name=table.name), where)
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
    for place, column in enumerate(table.columns):
        at = lines.of(number, place)
        _check_field(column, sentence("column"), at)
        meaning = MEANINGS.get(column.name, column.type)
        if column.type != meaning:
            raise TemplateError(
                sentence(
                    "%(at)sThe column %(name)s must be of the type %(meaning)s: the map reads it so.",
                    at=at,
                    name=column.name,
                    meaning=meaning,
                )
            )
        if column.name == "reach" and column.words != REACHES:
            raise TemplateError(
                sentence("%(at)sThe words of the column reach must be: %(reaches)s.", at=at, reaches=REACHES)
            )
    _check_names([column.name for column in table.columns], sentence("column"), where)


def _check_names(names: Sequence[str], what: str, where: str) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            raise TemplateError(
                sentence("%(where)sThere are two %(what)ss of the name %(name)s.", where=where, what=what, name=name)
            )


def _check_field(field: Field, what: str, where: str) -> None:
    _check_name(field.name, what, where)
    _check_text(field.title, sentence("the title of the %(what)s %(name)s", what=what, name=field.name), where)
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
        _check_text(word, sentence("a word of the %(what)s %(name)s", what=what, name=field.name), where)
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
    if not 1 <= field.points <= MAX_POINTS:
        raise TemplateError(
            sentence(
                "%(where)sThe points of %(name)s must be a number from 1 to %(max_points)s.",
                where=where,
                name=field.name,
                max_points=MAX_POINTS,
            )
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


def _check_text(text: str, what: str, where: str) -> None:
    try:
        read_text(text)
    except CellError as error:
        raise TemplateError(
            sentence("%(where)sIn the template, %(what)s: %(error)s", where=where, what=what, error=error)
        ) from None
