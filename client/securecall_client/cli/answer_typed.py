"""An answer to an exercise, asked for question by question at the keyboard. Nothing typed is lost on the way."""

import json
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from securecall_client.cli import ask
from securecall_client.text import for_terminal
from securecall_client.work.errors import CellError, RowsError
from securecall_client.work.rows import Given, read_answer
from securecall_client.work.template import Table, Template
from securecall_client.work.values import CHOOSING, LISTS, Type, plain, read_value

if TYPE_CHECKING:
    from securecall_client.work.values import Field

_HINTS: Final[Mapping[Type, str]] = {
    "place": "a country or region, like KE or KE-30",
    "month": "YYYY-MM",
    "months": "YYYY-MM/YYYY-MM; either end may be left open",
    "date": "YYYY-MM-DD",
    "words": "several with commas between",
    "number": "digits",
    "word": "a word of your own, or “?” for a list",
}
_DONE: Final = "Enter alone when you have no more rows"


class AnswerTyped:
    """The answer that a person types, and the words of the row that is under way.

    ``country`` is what Enter stands for where a place is asked for; empty for nothing.
    """

    def __init__(self, template: Template, country: str = "") -> None:
        self._template, self._country = template, country
        self._given: dict[str, object] = {}
        self._row: dict[str, object] = {}
        self._refused = False

    def ask(self) -> Given:
        """Ask every question, and whether to send the answers.

        Raises:
            KeyboardInterrupt: The person stopped, or ended the input.
        """
        _say("Answer one by one. Ctrl-C stops without sending, and shows what you have typed.")
        try:
            for question in self._template.questions:
                if isinstance(question, Table):
                    self._ask_table(question)
                elif (value := self._ask_field(question, indent="")) is not None:
                    self._given[question.name] = value
            if not _yes("Send it? [Y/n]"):
                self._refused = True
                raise KeyboardInterrupt
        except EOFError as error:
            raise KeyboardInterrupt from error
        return read_answer(self._given, self._template)

    def rescue(self) -> str:
        """What was typed, in words that go back in with `--file answer.json`."""
        if not any(self._given.values()) and not self._row:
            return "Nothing was sent, and nothing had been typed."
        kept = json.dumps(self._with_row(), ensure_ascii=False, indent=1)
        sent = "Not sent." if self._refused else "Not known to be sent."
        return f"{sent} What you typed, to keep as answer.json and use with --file:\n{kept}"

    def _with_row(self) -> dict[str, object]:
        """What was typed, the row under way with the rows before it."""
        tables = [question.name for question in self._template.questions if isinstance(question, Table)]
        under_way = next((name for name in reversed(tables) if name in self._given), None)
        if under_way is None or not self._row:
            return self._given
        rows = self._given[under_way]
        return {**self._given, under_way: [*(rows if isinstance(rows, list) else []), self._row]}

    def _ask_table(self, table: Table) -> None:
        rows: list[dict[str, object]] = []
        self._given[table.name] = rows
        _say(table.title)
        while self._ask_row(table, rows):
            pass

    def _ask_row(self, table: Table, rows: list[dict[str, object]]) -> bool:
        """Ask for one row; False if the person has no more."""
        number = len(rows) + 1
        _say(f"Row {number}" + (f" ({_DONE})" if rows else ""))
        for column in table.columns:
            value = self._ask_field(column, may_end=bool(rows) and not self._row)
            if value is None and not self._row:
                return False
            if value is not None:
                self._row[column.name] = value
        self._keep(table, rows)
        return True

    def _ask_field(self, field: "Field", *, may_end: bool = False, indent: str = "  ") -> object:
        """A value as JSON has it, asked for until it is good; None for nothing where that will do."""
        default = self._country if field.type == "place" else "1" if field.type == "choice" else ""
        while True:
            typed = ask.shown(f"{indent}{_question(field, default)}").strip()
            if not typed and may_end:
                return None
            if typed == "?" and field.words:
                _say("    " + "; ".join(field.words))
                continue
            try:
                return _read(field, typed or default)
            except CellError as error:
                _say(f"    {field.title} {error}")

    def _keep(self, table: Table, rows: list[dict[str, object]]) -> None:
        row, self._row = self._row, {}
        try:
            read_answer({table.name: [row]}, Template("row", 1, "row", (table,)))
        except RowsError as error:
            _say(str(error).replace("Row 1", f"Row {len(rows) + 1}", 1) + " Please type this row again.")
        else:
            rows.append(row)


def _question(field: "Field", default: str) -> str:
    hint = _HINTS.get(field.type, "")
    if field.type in CHOOSING:
        hint = ", ".join(f"{number} {word}" for number, word in enumerate(field.words, 1))
    if field.type == "points":
        hint += f"; share out {field.points} points, like 1=3, 2=7"
    if field.type == "word" and not field.words:
        hint = ""
    enter = f"Enter for {default}" if default else "Enter for none" if field.may_be_empty else ""
    hints = "; ".join(filter(None, (hint, enter)))
    return f"{field.title} ({hints})" if hints else field.title


def _read(field: "Field", typed: str) -> object:
    """The value that ``typed`` says, as JSON has it; words of a list may be named by their numbers."""
    raw: object = typed
    if field.type in LISTS:
        parts = [part.strip() for part in re.split("[,;]", typed) if part.strip()]
        raw = [_named(field, part) for part in parts] if field.type in CHOOSING else parts
    elif field.type in CHOOSING:
        raw = _named(field, typed)
    value = plain(field, read_value(field, raw))
    return None if value in ([], {}) else value


def _named(field: "Field", typed: str) -> str:
    """The word that is meant, by its number or itself; points stay behind it."""
    word, equals, points = typed.partition("=")
    if word.strip().isdecimal() and 1 <= int(word) <= len(field.words):
        word = field.words[int(word) - 1]
    return f"{word}{equals}{points}"


def _yes(question: str) -> bool:
    while (typed := ask.shown(question).strip().casefold()) not in ("", "y", "yes", "n", "no"):
        _say("    Please type y or n.")
    return typed not in ("n", "no")


def _say(text: str) -> None:
    sys.stderr.write(for_terminal(text, newlines=True) + "\n")
    sys.stderr.flush()
