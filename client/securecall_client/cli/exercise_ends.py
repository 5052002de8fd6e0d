"""`securecall exercise withdraw | close`: taking one's answer back, and ending an exercise."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.doc import SAVED
from securecall_client.cli.exercise import ExerciseName
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES
from securecall_client.cli.table import short

if TYPE_CHECKING:
    from securecall_client.results.exercises import Answered, ExerciseState


commands = typer.Typer(rich_markup_mode=None)


@command(
    commands,
    "withdraw",
    example='securecall exercise withdraw "Situation in spring" 1a2b3c4d',
    gives="results.exercises:Answered",
    shared=WRITES,
)
def withdraw(line: Line, call: CallName, exercise: ExerciseName) -> None:
    """Take your answer back, so that it counts nowhere. You may answer anew."""
    from securecall_client.acts import exercises

    line.show(line.in_session(lambda session: exercises.withdraw_answer(session, call, exercise)), _withdrawn)


@command(
    commands,
    "close",
    example='securecall exercise close "Situation in spring" 1a2b3c4d',
    gives="results.exercises:ExerciseState",
    shared=WRITES,
)
def close(line: Line, call: CallName, exercise: ExerciseName) -> None:
    """Close an exercise (owners and chairs). Answers that were sent before arrive as such; others are late."""
    from securecall_client.acts import exercises

    line.show(line.in_session(lambda session: exercises.close_exercise(session, call, exercise)), _closed)


def _withdrawn(result: "Answered") -> Iterator[str]:
    yield f"Your answer is withdrawn and counts nowhere: saved {SAVED[result.saved]}."
    yield "Who has read it knows it all the same. You may answer anew."


def _closed(result: "ExerciseState") -> Iterator[str]:
    yield f"The exercise {short(result.exercise)} is {result.state}: saved {SAVED[result.saved]}."
