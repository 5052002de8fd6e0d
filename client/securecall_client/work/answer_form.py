"""An answer as the fields of a form on a page: read from them, and written back into them. Values are judged behind.

Fields are named by what they stand for: ``row:QUESTION:KEY:COLUMN`` for a cell, where the key tells rows apart;
``one:QUESTION`` for a question that is no table, several times where several words may be chosen; and
``part:QUESTION:NUMBER`` for the places of a ranking and the points for each word, in the order of the list.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from securecall_client.work.errors import CellError
from securecall_client.work.months import typed_month
from securecall_client.work.places import find_place, place_shown
from securecall_client.work.question import Question, Table
from securecall_client.work.rows import Raw, check_months
from securecall_client.work.template import Template
from securecall_client.work.values import LISTS, Field, plain_in_words, read_value
from securecall_client.work.words import SEPARATOR

_SPAN = re.compile(r"\s*(?:/|\bto\b|–|\s-\s)\s*")
_COMMA = ","


class RowAt(NamedTuple):
    """A row of a form: its key, and its number as a person counts all rows that stand there, from 1."""

    key: str
    number: int


class Typed(NamedTuple):
    """What stands in a form: the answer, not judged, and where the rows of each table stand."""

    raw: dict[str, object]
    rows: dict[str, list[RowAt]]


class Fault(NamedTuple):
    """What is wrong with one value; ``row`` counts from 0, and is None in a question that is no table."""

    question: str
    row: int | None
    column: str
    why: str


class Filled(NamedTuple):
    """What the fields of one question hold: rows of a table, or the texts of a question that is none."""

    rows: list[dict[str, str]]
    texts: list[str]
    parts: dict[str, str]
    """Text by word, of points."""


def read_form(fields: Iterable[tuple[str, str]], asks: Template) -> Typed:
    """What was typed, by question. Rows without any word are passed over, and so is what the template does not ask."""
    typed = _sorted(fields)
    raw: dict[str, object] = {}
    rows: dict[str, list[RowAt]] = {}
    for question in asks.questions:
        if isinstance(question, Table):
            found = {key: _row(question, cells) for key, cells in typed.cells.get(question.name, {}).items()}
            raw[question.name] = [row for row in found.values() if row]
            rows[question.name] = [RowAt(key, number) for number, (key, row) in enumerate(found.items(), 1) if row]
        else:
            value = _alone(question, typed.texts.get(question.name, []), typed.parts.get(question.name, {}))
            if value is not None:
                raw[question.name] = value
    return Typed(raw, rows)


class _Fields(NamedTuple):
    """Fields by what they stand for: cells by row and column, texts, and texts by number; each by question."""

    cells: dict[str, dict[str, dict[str, str]]]
    texts: dict[str, list[str]]
    parts: dict[str, dict[int, str]]


def _sorted(fields: Iterable[tuple[str, str]]) -> _Fields:
    found = _Fields({}, {}, {})
    for name, text in fields:
        match name.split(":"):
            case ["row", question, key, column]:
                found.cells.setdefault(question, {}).setdefault(key, {})[column] = text
            case ["one", question]:
                found.texts.setdefault(question, []).append(text)
            case ["part", question, number] if number.isdecimal() and len(number) < 5:
                found.parts.setdefault(question, {})[int(number)] = text
    return found


def fill_form(raw: Raw, asks: Template) -> dict[str, Filled]:
    """What to put into the fields of each question, so that `read_form` reads ``raw`` again; whatever it holds."""
    return {question.name: _filled(question, raw.get(question.name)) for question in asks.questions}


def faults(raw: Raw, asks: Template) -> list[Fault]:
    """Everything that keeps an answer from being one, each where it stands; `rows.read_answer` names the first."""
    found: list[Fault] = []
    for question in asks.questions:
        value = raw.get(question.name)
        if not isinstance(question, Table):
            found += _judged(question, question.name, None, value)
            continue
        for number, row in enumerate(value if isinstance(value, list) else []):
            found += _row_faults(question, number, row if isinstance(row, Mapping) else {})
    return found


def _row_faults(table: Table, number: int, row: Mapping[str, object]) -> list[Fault]:
    found = [fault for field in table.columns for fault in _judged(field, table.name, number, row.get(field.name))]
    if found:
        return found
    values = {field.name: read_value(field, row.get(field.name)) for field in table.columns}
    try:
        check_months(values)
    except CellError as error:
        return [Fault(table.name, number, "to", str(error))]
    return []


def _judged(field: Field, question: str, row: int | None, value: object) -> list[Fault]:
    try:
        read_value(field, value)
    except CellError as error:
        return [Fault(question, row, field.name, str(error))]
    return []


def _row(table: Table, typed: Mapping[str, str]) -> dict[str, object]:
    return {field.name: meant(field, typed[field.name]) for field in table.columns if typed.get(field.name, "").strip()}


def meant(field: Field, text: str) -> object:
    """What a text means in a field: a code for the name of a place, a list for several words; else as typed."""
    text = text.strip()
    match field.type:
        case "place":
            return find_place(text) or text
        case "month":
            return typed_month(text) or text
        case "months":
            ends = _SPAN.split(text) if typed_month(text) is None else [text]
            return "/".join(typed_month(end) or end for end in ends)
        case "long":
            return text.replace("\r\n", "\n")
        case kind if kind in LISTS:
            # A word may hold a comma, and never a semicolon: where there is one, it alone parts words.
            words = text.split(SEPARATOR if SEPARATOR in text else _COMMA)
            return [word.strip() for word in words if word.strip()]
    return text


def _alone(question: Field, texts: list[str], parts: Mapping[int, str]) -> object:
    """What was typed to a question that is no table; None for nothing."""
    match question.type:
        case "choices":
            return [text for text in texts if text] or None
        case "rank":
            return [parts[place] for place in sorted(parts) if parts[place]] or None
        case "points":
            shares = {
                question.words[at]: text.strip()
                for at, text in parts.items()
                if at < len(question.words) and text.strip()
            }
            return {word: int(text) if _is_count(text) else text for word, text in shares.items()} or None
    text = texts[0] if texts else ""
    return meant(question, text) if text.strip() else None


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 7


def _filled(question: Question, value: object) -> Filled:
    if isinstance(question, Table):
        rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []
        names = question.columns
        return Filled([{field.name: _text(field, row.get(field.name)) for field in names} for row in rows], [], {})
    if isinstance(value, Mapping):
        return Filled([], [], {str(word): str(points) for word, points in value.items()})
    if question.type in LISTS:
        return Filled([], [str(word) for word in value] if isinstance(value, list | tuple) else [], {})
    return Filled([], [_text(question, value)], {})


def _text(field: Field, value: object) -> str:
    """One value as it would be typed, so that `meant` says the same of it."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return f"{SEPARATOR} ".join(f"{word}={points}" for word, points in value.items())
    if isinstance(value, list | tuple):
        words = [str(word) for word in value]
        if not any(_COMMA in word for word in words):
            return ", ".join(words)
        return f"{SEPARATOR} ".join(words) + (SEPARATOR if len(words) == 1 else "")
    if field.type == "place" and isinstance(value, str):
        return place_shown(value)
    return plain_in_words("number", value)
