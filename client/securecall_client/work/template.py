"""Templates of exercises: TOML with questions (`question`), read strictly.

An exercise carries the text of its template, so that what people are asked does not change under them. A type that is
not known is refused by its name, so that an exercise written by a newer SecureCall is never half understood.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import msgspec

from securecall.sentences import sentence
from securecall_client.work import templates
from securecall_client.work.errors import TemplateError
from securecall_client.work.question import (
    MAX_QUESTIONS,
    Question,
    Table,
    check_field,
    check_names,
    check_table,
    check_text,
)
from securecall_client.work.values import TYPES, Field
from securecall_client.work.words import shown

MAX_TEMPLATE_BYTES = 16 * 1024
"""Bytes in UTF-8; a record holds 64 KiB."""
MAX_VERSION = 65_535

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HEADER = re.compile(r"\s*\[\[\s*questions\s*(\.\s*columns\s*)?\]\]")

T = TypeVar("T")


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
    check_names([question.name for question in questions], sentence("question"), "")
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
    check_text(raw.name, sentence("the name"), "")
    check_text(raw.title, sentence("the title"), "")
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
        check_field(question, sentence("question"), where)
        return question
    columns = table.get("columns")
    for place, column in enumerate(columns if isinstance(columns, list) else []):
        if isinstance(column, dict):
            _refuse_unknown(column, sentence("column"), TYPES, lines.of(number, place))
    rows = _convert(table, Table, where)
    check_table(rows, where, [lines.of(number, place) for place in range(len(rows.columns))])
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
