"""`securecall exercise draft`: what was typed here and not sent."""

import json
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from securecall_client.cli.answer import FormatOption, answered_words, raw_from
from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.exercise import ExerciseName
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES
from securecall_client.cli.table import local
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.drafts import DraftDropped, DraftShown
    from securecall_client.session import Session

NAME: Final = "draft"
HELP: Final = "Your answer before it is sent: on this computer alone."
noun = typer.Typer(rich_markup_mode=None)
_EXAMPLE: Final = '"Situation in spring" 1a2b3c4d'


@command(
    noun,
    "save",
    example=f"securecall exercise draft save {_EXAMPLE} --file rows.csv",
    gives="results.drafts:DraftShown",
)
def save(
    line: Line,
    call: CallName,
    exercise: ExerciseName,
    file: Annotated[
        Path,
        typer.Option("--file", metavar="FILE", allow_dash=True, help="The draft: .toml, .json, .csv or .xlsx, or “-”."),
    ],
    form: FormatOption = None,
) -> None:
    """Keep what a file holds as your draft, sealed on this computer. It need not be whole, and nobody else sees it."""
    from securecall_client.acts import drafts, exercises

    async def act(session: "Session") -> "DraftShown":
        asks = (await exercises.asked(session, call, exercise)).template
        return await drafts.save_draft(session, call, exercise, await raw_from(file, form, asks))

    line.show(line.in_session(act), _shown(call, exercise))


@command(noun, "show", example=f"securecall exercise draft show {_EXAMPLE}", gives="results.drafts:DraftShown")
def show(line: Line, call: CallName, exercise: ExerciseName) -> None:
    """Show your draft, in the form that --file takes, and what it lacks."""
    from securecall_client.acts import drafts

    line.show(line.in_session(lambda session: drafts.show_draft(session, call, exercise)), _shown(call, exercise))


@command(
    noun,
    "send",
    example=f"securecall exercise draft send {_EXAMPLE}",
    gives="results.exercises:Answered",
    shared=WRITES,
)
def send(line: Line, call: CallName, exercise: ExerciseName) -> None:
    """Give your draft as your answer. Others see it from then on."""
    from securecall_client.acts import drafts

    line.show(line.in_session(lambda session: drafts.send_draft(session, call, exercise)), answered_words)


@command(noun, "drop", example=f"securecall exercise draft drop {_EXAMPLE}", gives="results.drafts:DraftDropped")
def drop(line: Line, call: CallName, exercise: ExerciseName) -> None:
    """Forget your draft. An answer that you gave stays."""
    from securecall_client.acts import drafts

    line.show(line.in_session(lambda session: drafts.drop_draft(session, call, exercise)), _dropped)


def _shown(call: str, exercise: str) -> Callable[["DraftShown"], Iterator[str]]:
    """A draft in words, with the command that sends it, for the call and exercise as they were typed."""

    def words(result: "DraftShown") -> Iterator[str]:
        yield f"Your draft for {for_terminal(result.title)}, kept {local(result.saved_at)} on this computer alone:"
        yield for_terminal(json.dumps(result.questions, ensure_ascii=False, indent=1), newlines=True)
        if result.older:
            yield "You have given an answer since, which says something else."
        if result.problem is not None:
            yield f"It cannot be sent yet. {for_terminal(result.problem)}"
        elif not result.older:
            yield for_terminal(f"To send it: securecall exercise draft send {shlex.join([call, exercise])}")

    return words


def _dropped(result: "DraftDropped") -> Iterator[str]:
    yield "Your draft is gone." if result.dropped else "There was no draft on this computer."
