"""`securecall exercise withdraw | close | decide | reveal`: answers taken back, late or sealed, and ending it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.doc import SAVED
from securecall_client.cli.exercise import ExerciseName
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES
from securecall_client.cli.table import short
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.exercises import AnswerDecided, Answered, ExerciseState

Word = Literal["counts", "set-aside"]
AskAuthors = Annotated[
    bool,
    typer.Option(
        "--ask-authors",
        help="For an owner, if nobody is left who holds the key: ask all authors to reveal their own answers.",
    ),
]


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


@command(
    commands,
    "decide",
    example='securecall exercise decide "Situation in spring" 1a2b3c4d 5e6f7a8b set-aside',
    gives="results.exercises:AnswerDecided",
    shared=WRITES,
)
def decide(
    line: Line,
    call: CallName,
    exercise: ExerciseName,
    answer: Annotated[
        str,
        typer.Argument(metavar="ANSWER", help="The late answer: its id, the beginning of it, or its author's name."),
    ],
    word: Annotated[Word, typer.Argument(metavar="WORD", help="counts, or set-aside.")],
) -> None:
    """Say whether a late answer counts in the map and the tally (owners and chairs). It is shown in any case."""
    from securecall_client.acts import late_answers

    counts = word == "counts"
    decided = line.in_session(
        lambda session: late_answers.decide_answer(session, call, exercise, answer, counts=counts)
    )
    line.show(decided, _decided)


def _decided(result: "AnswerDecided") -> Iterator[str]:
    word = "counts" if result.counts else "does not count, and everybody still sees it"
    yield f"The late answer of {for_terminal(result.name)} {word}: saved {SAVED[result.saved]}."


@command(
    commands,
    "reveal",
    example='securecall exercise reveal "Situation in spring" 1a2b3c4d',
    gives="results.exercises:ExerciseState",
    shared=WRITES,
)
def reveal(line: Line, call: CallName, exercise: ExerciseName, ask_authors: AskAuthors = False) -> None:
    """Reveal a sealed exercise (owners and chairs): all whom it is for read its answers from now on.

    It cannot be sealed again; who answers afterwards answers in the open.
    """
    from securecall_client.acts import revealing

    act = revealing.ask_authors if ask_authors else revealing.reveal_exercise
    line.show(line.in_session(lambda session: act(session, call, exercise)), _asked if ask_authors else _revealed)


def _revealed(result: "ExerciseState") -> Iterator[str]:
    yield f"The exercise {short(result.exercise)} is revealed: saved {SAVED[result.saved]}."
    yield f"Everybody it is for reads the answers: securecall exercise show CALL {short(result.exercise)}"


def _asked(result: "ExerciseState") -> Iterator[str]:
    yield f"All authors in {short(result.exercise)} are asked to reveal their own answers: saved {SAVED[result.saved]}."
    yield "Their SecureCall does so by itself, each once it is online next."


def _withdrawn(result: "Answered") -> Iterator[str]:
    yield f"Your answer is withdrawn and counts nowhere: saved {SAVED[result.saved]}."
    yield "Who has read it knows it all the same. You may answer anew."


def _closed(result: "ExerciseState") -> Iterator[str]:
    yield f"The exercise {short(result.exercise)} is {result.state}: saved {SAVED[result.saved]}."
