"""`securecall exercise answer`: from a file, or question by question."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.acts.exercises import Asked
    from securecall_client.results.exercises import Answered
    from securecall_client.session import Session
    from securecall_client.work.rows import Given, Raw
    from securecall_client.work.template import Template

FormatName = Literal["toml", "json", "csv", "xlsx"]
FormatOption = Annotated[
    FormatName | None, typer.Option("--format", help="What the file holds, if its ending does not say.")
]
_ENDINGS: Final[Mapping[str, FormatName]] = {".toml": "toml", ".json": "json", ".csv": "csv", ".xlsx": "xlsx"}
FORMATS: Final = tuple(_ENDINGS.values())
commands = typer.Typer(rich_markup_mode=None)


@command(
    commands,
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
        typer.Option(
            "--file", metavar="FILE", allow_dash=True, help="The answer: .toml, .json, .csv or .xlsx, or “-” for stdin."
        ),
    ] = None,
    form: FormatOption = None,
    org: Annotated[
        str | None,
        typer.Option("--for", metavar="ORG", help="On behalf of this organisation (owners and chairs alone)."),
    ] = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Make your own what was entered on behalf of your organisation.")
    ] = False,
) -> None:
    """Answer an exercise, from a file or question by question.

    Without --file you are asked at the keyboard. What you type is kept as a draft, sealed on this computer, after each
    question: Ctrl-C or a crash loses nothing of it, and the same command goes on with it. What a file must name is what
    the exercise's template says; an empty sheet to fill in: securecall exercise sheet CALL EXERCISE -o answer.xlsx.
    A new answer takes the place of your last one.

    An answer with --for is marked wherever it is shown, and counts for that organisation until one of its own
    people answers, or confirms it.
    """
    if confirm and (file is not None or form is not None or org is not None):
        raise UsageError("--confirm gives what is there already, so neither --file nor --for goes with it.")
    if confirm:
        _confirm(line, call, exercise)
    elif file is not None:
        _send_file(line, _Target(call, exercise, org), file, form)
    elif ask.types_here():
        _type_and_send(line, _Target(call, exercise, org))
    else:
        raise UsageError("There is nobody here to ask for the rows.", hint="Give them with --file ROWS.csv.")


@dataclass(frozen=True)
class _Target:
    """What is answered, and on whose behalf if not one's own."""

    call: str
    exercise: str
    org: str | None

    async def send(self, session: "Session", given: "Given") -> "Answered":
        """Give the answer."""
        from securecall_client.acts import exercises, on_behalf

        if self.org is None:
            return await exercises.answer_exercise(session, self.call, self.exercise, given)
        return await on_behalf.answer_for(session, self.call, self.exercise, self.org, given)


def _confirm(line: Line, call: str, exercise: str) -> None:
    from securecall_client.acts import on_behalf

    line.show(line.in_session(lambda session: on_behalf.confirm_answer(session, call, exercise)), answered_words)


def format_of(file: Path, form: FormatName | None) -> FormatName:
    """What ``file`` holds: as said, else by its ending. Raises: UsageError."""
    if form is not None:
        return form
    known = _ENDINGS.get(file.suffix.lower())
    if known is None:
        raise UsageError("Nothing says what format the rows have.", hint=f"Add --format {' or '.join(FORMATS)}.")
    return known


async def raw_from(file: Path, form: FormatName | None, asks: "Template") -> "Raw":
    """What a file with an answer holds by question, not yet judged. Raises: UsageError, FileError, RowsError."""
    from securecall_client.acts.sheets import MAX_SHEET_BYTES, read_sheet
    from securecall_client.work.answer_text import MAX_TEXT_BYTES, read_answer_text

    form = format_of(file, form)
    if form == "xlsx":
        return await read_sheet(handover.the_bytes("The answer", file, MAX_SHEET_BYTES), asks)
    return read_answer_text(handover.from_bytes("The answer", file, MAX_TEXT_BYTES), form, asks)


def _send_file(line: Line, target: _Target, file: Path, form: FormatName | None) -> None:
    """Read, judge and send the answer in a file in one session, since opening one is what takes long."""
    from securecall_client.acts import drafts
    from securecall_client.work.rows import read_answer

    format_of(file, form)

    async def act(session: "Session") -> "Answered":
        asked = await _asked(line, session, target)
        raw = await raw_from(file, form, asked.template)
        answered = await target.send(session, read_answer(raw, asked.template))
        if asked.state == "open" and answered.state == "late":
            (await drafts.keeper(session, target.call, target.exercise, target.org)).save(raw)
        return answered

    line.show(line.in_session(act), answered_words)


def _type_and_send(line: Line, target: _Target) -> None:
    """Let a person type. What was typed is kept as a draft at each question, and shown again whatever happens.

    No session is open meanwhile, so other commands need not wait for the person.
    """
    from securecall_client.acts import drafts
    from securecall_client.cli.answer_typed import AnswerTyped

    async def begin(session: "Session") -> tuple["Asked", drafts.Keeper]:
        asked = await _asked(line, session, target)
        return asked, await drafts.keeper(session, target.call, target.exercise, target.org)

    asked, kept = line.in_session(begin)
    typed = AnswerTyped(asked.template, asked.country, kept.save)
    try:
        typed.offer(kept.load(), kept.when())
        given = typed.ask()
        answered = line.in_session(lambda session: target.send(session, given))
    except BaseException:
        line.screen.note(typed.rescue())
        raise
    if asked.state != "open" or answered.state != "late":
        kept.drop()
    line.show(answered, answered_words)


async def _asked(line: Line, session: "Session", target: _Target) -> "Asked":
    from securecall_client.acts import exercises, on_behalf

    asked = await exercises.asked(session, target.call, target.exercise)
    if target.org is not None:
        await on_behalf.organisation_for(session, target.call, target.exercise, target.org)
    if asked.state != "open":
        line.say.line("This exercise is closed. An answer still goes in, and is marked as late.")
    return asked


def answered_words(result: "Answered") -> Iterator[str]:
    """Where an answer is safe, and whether it came in time, for people."""
    title = for_terminal(result.title)
    if result.on_behalf_of is None:
        yield f"Your answer to {title} is saved {SAVED[result.saved]}."
    else:
        org = for_terminal(result.on_behalf_of)
        yield f"The answer to {title} on behalf of {org} is saved {SAVED[result.saved]}."
        yield f"It counts until somebody of {org} answers, or confirms it."
    if result.sealed:
        yield "The exercise is sealed: nobody but you and the owners and chairs of the call can open it now. All others"
        yield "whom the exercise is for can, once an owner or chair reveals all answers together."
    if result.state == "late":
        yield "The exercise was closed by then, so it is marked as late: everybody sees it, and owners and chairs say"
        yield "whether it counts. If the exercise closed while you wrote, your words are kept here as a draft too."
