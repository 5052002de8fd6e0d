"""An answer to an exercise, asked for question by question at the keyboard. Nothing typed is lost on the way."""

import json
import re
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from securecall_client.cli import ask
from securecall_client.cli.table import local
from securecall_client.text import for_terminal
from securecall_client.work.errors import CellError, RowsError
from securecall_client.work.question import Table
from securecall_client.work.rows import Given, Raw, read_answer
from securecall_client.work.template import Template
from securecall_client.work.values import CHOOSING, LISTS, Type, plain, read_value

if TYPE_CHECKING:
    from securecall_client.acts.drafts import When
    from securecall_client.work.values import Field

Keep = Callable[[Raw], None]
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
    """The answer that a person types, and the rows that are under way.

    ``country`` is what Enter stands for where a place is asked for; empty for nothing. ``keep`` is given all that was
    typed so far whenever a question was answered.
    """

    def __init__(self, template: Template, country: str = "", keep: Keep = lambda _: None) -> None:
        self._template, self._country, self._save = template, country, keep
        self._given: dict[str, object] = {}
        self._rows: dict[str, dict[str, object]] = {}
        self._handed_on = False

    def offer(self, draft: Raw | None, when: "When | None") -> None:
        """Let the person go on with a draft, if there is one, where they left off; they are told of ``when`` it is.

        Raises:
            KeyboardInterrupt: The person stopped, or ended the input.
            RowsError: The draft holds what cannot be typed on with; it stays as it is.
        """
        if not draft or when is None:
            return
        _say(f"You began an answer on this computer before, and did not send it. It was kept {local(when.at)}:")
        _say(json.dumps(draft, ensure_ascii=False, indent=1))
        if when.is_older:
            _say("You have given an answer since, which says something else. If you send this, it takes its place.")
        try:
            if not _yes("Go on with it? With n you begin anew, and it goes once you answer something. [Y/n]"):
                return
        except EOFError as error:
            raise KeyboardInterrupt from error
        self._given = dict(draft)
        for question in self._template.questions:
            if isinstance(question, Table):
                self._given[question.name] = self._rows_of(question)
        read_answer({name: value for name, value in self._given.items() if value}, self._known())

    def _rows_of(self, table: Table) -> list[dict[str, object]]:
        """The rows of a draft; a last one that is not whole is the one under way."""
        kept = self._given.get(table.name) or []
        rows = [dict(row) for row in kept if isinstance(row, Mapping)] if isinstance(kept, list) else []
        if rows and not _is_whole(table, rows[-1]):
            self._rows[table.name] = rows.pop()
        return rows

    def _known(self) -> Template:
        """The template without the questions that were not answered yet."""
        asked = tuple(question for question in self._template.questions if self._given.get(question.name))
        return Template(self._template.name, self._template.version, self._template.title, asked)

    def ask(self) -> Given:
        """Ask every question that is not answered yet, and whether to send the answers.

        Raises:
            KeyboardInterrupt: The person stopped, or ended the input.
        """
        _say("Answer one by one. Ctrl-C stops without sending; what you typed is kept on this computer.")
        try:
            for question in self._template.questions:
                if isinstance(question, Table):
                    self._ask_table(question)
                elif self._given.get(question.name) is None:
                    self._take(question)
            if not _yes("Send it? [Y/n]"):
                raise KeyboardInterrupt
        except EOFError as error:
            raise KeyboardInterrupt from error
        given = read_answer(self._given, self._template)
        self._handed_on = True
        return given

    def _take(self, question: "Field") -> None:
        value = self._ask_field(question, indent="")
        if value is not None:
            self._given[question.name] = value
            self._save(self._with_rows())

    def rescue(self) -> str:
        """What was typed, in words that go back in with `--file answer.json`."""
        if not any(self._with_rows().values()):
            return "Nothing was sent, and nothing had been typed."
        kept = json.dumps(self._with_rows(), ensure_ascii=False, indent=1)
        sent = "Not sent."
        if self._handed_on:
            sent = "Whether it was sent is not known; “securecall exercise show” with --mine tells."
        return (
            f"{sent} It is kept as a draft: the same command goes on with it. What you typed, should you want it as"
            f" answer.json for --file:\n{kept}"
        )

    def _with_rows(self) -> dict[str, object]:
        """What was typed, of each table the row under way behind those before it."""
        whole = dict(self._given)
        for name, row in self._rows.items():
            rows = whole.get(name)
            whole[name] = [*(rows if isinstance(rows, list) else []), row]
        return whole

    def _ask_table(self, table: Table) -> None:
        kept = self._given.setdefault(table.name, [])
        rows: list[dict[str, object]] = kept if isinstance(kept, list) else []
        _say(table.title)
        while self._ask_row(table, rows):
            pass

    def _ask_row(self, table: Table, rows: list[dict[str, object]]) -> bool:
        """Ask for one row, or the rest of it; False if the person has no more."""
        row = self._rows.get(table.name, {})
        _say(f"Row {len(rows) + 1}" + (f" ({_DONE})" if rows and not row else ""))
        for column in table.columns:
            if column.name in row:
                continue
            value = self._ask_field(column, may_end=bool(rows) and not row)
            if value is None and not row:
                return False
            if value is not None:
                row[column.name] = value
                self._rows[table.name] = row
                self._save(self._with_rows())
        self._keep(table, rows)
        self._save(self._with_rows())
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
        row = self._rows.pop(table.name, {})
        try:
            _judge(table, row)
        except RowsError as error:
            _say(str(error).replace("Row 1", f"Row {len(rows) + 1}", 1) + " Please type this row again.")
        else:
            rows.append(row)


def _judge(table: Table, row: Mapping[str, object]) -> None:
    """Raise RowsError unless this is a whole row of the table."""
    read_answer({table.name: [row]}, Template("row", 1, "row", (table,)))


def _is_whole(table: Table, row: Mapping[str, object]) -> bool:
    try:
        _judge(table, row)
    except RowsError:
        return False
    return True


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
