"""Rows of an exercise, asked for one by one at the keyboard. Nothing that was typed is lost on the way."""

import json
import re
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from securecall_client.cli import ask
from securecall_client.text import for_terminal
from securecall_client.work.errors import CellError, RowsError
from securecall_client.work.months import read_month
from securecall_client.work.places import read_place
from securecall_client.work.rows import Row, parse_rows
from securecall_client.work.words import read_list, read_text

if TYPE_CHECKING:
    from securecall_client.work.template import Column, Template

_HINTS: Final[Mapping[str, str]] = {
    "place": "a country or region, like KE or KE-30",
    "month": "YYYY-MM; Enter if it is open",
    "words": "several with commas between; Enter for none",
}
_DONE: Final = "Enter alone when you have no more rows"


class RowsTyped:
    """The rows that a person types, and the words of the row that is under way.

    ``country`` is what Enter stands for where a place is asked for; empty for nothing.
    """

    def __init__(self, template: "Template", country: str = "") -> None:
        self._template, self._country = template, country
        self._rows: list[dict[str, object]] = []
        self._row: dict[str, object] = {}
        self._refused = False

    def ask(self) -> tuple[Row, ...]:
        """Ask for rows until there are no more, and whether to send them.

        Raises:
            KeyboardInterrupt: The person stopped, or ended the input.
        """
        _say("Answer row by row. Ctrl-C stops without sending, and shows what you have typed.")
        try:
            while self._ask_row():
                pass
            if not _yes(f"Send {len(self._rows)} rows? [Y/n]" if len(self._rows) > 1 else "Send it? [Y/n]"):
                self._refused = True
                raise KeyboardInterrupt
        except EOFError as error:
            raise KeyboardInterrupt from error
        return parse_rows(json.dumps(self._rows), "json", self._template)

    def rescue(self) -> str:
        """What was typed, in words that go back in with `--file rows.json`."""
        rows = [*self._rows, self._row] if self._row else self._rows
        if not rows:
            return "Nothing was sent, and nothing had been typed."
        kept = json.dumps({"rows": rows}, ensure_ascii=False, indent=1)
        sent = "Not sent." if self._refused else "Not known to be sent."
        return f"{sent} What you typed, to keep as rows.json and use with --file:\n{kept}"

    def _ask_row(self) -> bool:
        """Ask for one row; False if the person has no more."""
        number = len(self._rows) + 1
        _say(f"Row {number}" + (f" ({_DONE})" if self._rows else ""))
        for column in self._template.columns:
            value = self._ask_column(column, may_end=bool(self._rows) and not self._row)
            if value is None and not self._row:
                return False
            if value not in (None, ()):
                self._row[column.name] = value
        self._keep(number)
        return True

    def _ask_column(self, column: "Column", *, may_end: bool) -> object:
        """A value for one column, asked for until it is good; None for an empty one that may be empty."""
        default = {"place": self._country, "choice": "1"}.get(column.type, "")
        while True:
            typed = ask.shown(f"  {_question(column, default)}").strip()
            if not typed and may_end:
                return None
            if typed == "?" and column.words:
                _say("    " + "; ".join(column.words))
                continue
            try:
                return _read(column, typed or default)
            except CellError as error:
                _say(f"    {column.title} {error}")

    def _keep(self, number: int) -> None:
        row, self._row = self._row, {}
        try:
            parse_rows(json.dumps([row]), "json", self._template)
        except RowsError as error:
            _say(str(error).replace("Row 1", f"Row {number}", 1) + " Please type this row again.")
        else:
            self._rows.append(row)


def _question(column: "Column", default: str) -> str:
    enter = f"; Enter for {default}" if default else ""
    if column.type == "choice":
        return f"{column.title} (" + ", ".join(f"{n} {word}" for n, word in enumerate(column.words, 1)) + f"{enter})"
    if column.type == "word":
        return f"{column.title} (a word of your own, or “?” for a list)"
    return f"{column.title} ({_HINTS[column.type]}{enter})"


def _read(column: "Column", typed: str) -> object:
    readers: Mapping[str, Callable[[str], object]] = {
        "word": lambda text: read_text(text or None),
        "place": lambda text: read_place(text or None),
        "month": lambda text: read_month(text or None),
        "choice": lambda text: _read_choice(text, column.words),
        "words": lambda text: read_list([word.strip() for word in re.split("[,;]", text) if word.strip()]),
    }
    return readers[column.type](typed)


def _read_choice(typed: str, words: tuple[str, ...]) -> str:
    """One of ``words``, by its number or itself."""
    if typed.isdecimal() and 1 <= int(typed) <= len(words):
        return words[int(typed) - 1]
    if typed.casefold() in words:
        return typed.casefold()
    raise CellError("is one of the words or numbers in brackets.")


def _yes(question: str) -> bool:
    while (typed := ask.shown(question).strip().casefold()) not in ("", "y", "yes", "n", "no"):
        _say("    Please type y or n.")
    return typed not in ("n", "no")


def _say(text: str) -> None:
    sys.stderr.write(for_terminal(text, newlines=True) + "\n")
    sys.stderr.flush()
