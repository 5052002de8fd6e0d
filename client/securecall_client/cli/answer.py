"""`securecall exercise answer`: from a file, or row by row."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from securecall_client.cli import ask, handover
from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.doc import SAVED
from securecall_client.cli.exercise import ExerciseName
from securecall_client.cli.failures import UsageError
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES
from securecall_client.cli.table import short

if TYPE_CHECKING:
    from securecall_client.results.exercises import Answered
    from securecall_client.session import Session
    from securecall_client.work.template import Template

FormatName = Literal["toml", "json", "csv"]
_ENDINGS: Final[Mapping[str, FormatName]] = {".toml": "toml", ".json": "json", ".csv": "csv"}


def register(noun: typer.Typer) -> None:
    """Add the command."""

    @command(
        noun,
        "answer",
        example='securecall exercise answer "Situation in spring" 1a2b3c4d --file rows.csv',
        gives="results.exercises:Answered",
        shared=WRITES,
    )
    def answer(
        line: Line,
        call: CallName,
        exercise: ExerciseName,
        file: Annotated[
            Path | None,
            typer.Option("--file", allow_dash=True, help="Rows as .toml, .json or .csv, or “-” for stdin."),
        ] = None,
        form: Annotated[
            FormatName | None, typer.Option("--format", help="What the file holds, if its ending does not say.")
        ] = None,
    ) -> None:
        """Answer an exercise, from a file or row by row.

        Without --file you are asked at the keyboard; Ctrl-C stops, and shows what you have typed. Columns of a row:
        activity, place (ISO 3166), from and to (months, YYYY-MM), status (planned, under way or considering),
        with, needs, offers (lists). A new answer takes the place of your last one.
        """
        if file is not None:
            _send_file(line, call, exercise, file, _format(file, form))
        elif ask.types_here():
            _type_and_send(line, call, exercise)
        else:
            raise UsageError("There is nobody here to ask for the rows.", hint="Give them with --file ROWS.csv.")


def _format(file: Path, form: FormatName | None) -> FormatName:
    """What ``file`` holds: as said, else by its ending."""
    if form is not None:
        return form
    known = _ENDINGS.get(file.suffix.lower())
    if known is None:
        raise UsageError(
            "Nothing says what format the rows have.", hint="Add --format toml, --format json or --format csv."
        )
    return known


def _send_file(line: Line, call: str, exercise: str, file: Path, form: FormatName) -> None:
    """Read, judge and send the rows of a file in one session, since opening one is what takes long."""
    from securecall_client.acts import exercises
    from securecall_client.work.rows import parse_rows
    from securecall_client.work.rows_text import MAX_TEXT_BYTES

    text = handover.from_bytes("The table of rows", file, MAX_TEXT_BYTES)

    async def act(session: "Session") -> "Answered":
        rows = parse_rows(text, form, await _template(line, session, call, exercise))
        return await exercises.answer_exercise(session, call, exercise, rows)

    line.show(line.in_session(act), _words)


def _type_and_send(line: Line, call: str, exercise: str) -> None:
    """Let a person type; whatever happens then, what was typed is still on the screen, ready for a file.

    No session is open meanwhile, so other commands need not wait for the person.
    """
    from securecall_client.acts import calls, exercises
    from securecall_client.cli.rows_typed import RowsTyped

    async def begin(session: "Session") -> RowsTyped:
        template = await _template(line, session, call, exercise)
        return RowsTyped(template, (await calls.show_call(session, call)).country)

    typed = line.in_session(begin)
    try:
        rows = typed.ask()
        answered = line.in_session(lambda session: exercises.answer_exercise(session, call, exercise, rows))
    except BaseException:
        line.screen.note(typed.rescue())
        raise
    line.show(answered, _words)


async def _template(line: Line, session: "Session", call: str, exercise: str) -> "Template":
    from securecall_client.acts import exercises
    from securecall_client.work import template

    shown = await exercises.show_exercise(session, call, exercise)
    if shown.state != "open":
        line.say.line("This exercise is closed. An answer still goes in, and is marked as late.")
    return template.load(shown.template)


def _words(result: "Answered") -> Iterator[str]:
    yield f"Your answer {short(result.answer)} is saved {SAVED[result.saved]}."
