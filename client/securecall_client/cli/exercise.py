"""`securecall exercise`: start, list and show exercises. Answering and the map have files of their own."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.doc import CircleName
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES
from securecall_client.cli.table import several, short, table
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.exercises import AnswerLine, ExerciseAnswers, Exercises, StartedExercise
    from securecall_client.session import Session

NAME: Final = "exercise"
HELP: Final = "Written exercises: who does what, where and when."
ExerciseName = Annotated[
    str, typer.Argument(metavar="EXERCISE", help="The exercise: its title, its id, or the beginning of its id.")
]
Way = Literal["rank", "points", "approval"]
_LISTS: Final = ("with", "needs", "offers")
noun = typer.Typer(rich_markup_mode=None)


@command(
    noun,
    "start",
    example='securecall exercise start "Situation in spring" who-does-what',
    gives="results.exercises:StartedExercise",
    shared=WRITES,
)
def start(
    line: Line,
    call: CallName,
    template: Annotated[
        str,
        typer.Argument(
            metavar="TEMPLATE",
            help="What is asked: a built-in template (securecall exercise template list), or a file that ends in .toml.",
        ),
    ],
    circle: CircleName = "allies",
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="What people see, instead of the template's title.")
    ] = None,
    choice: Annotated[
        list[str] | None,
        typer.Option("--choice", metavar="TEXT", help="One of the words to choose from; give it for each of them."),
    ] = None,
    by: Annotated[
        Way | None, typer.Option("--by", help="How people choose: in order, by sharing out points, or by approving.")
    ] = None,
) -> None:
    """Start an exercise from a template. People can answer at once.

    The exercise carries its own copy of the template, so that what people are asked does not change under them.
    --choice and --by are for templates that ask to choose from a list, such as priorities and temperature.
    """
    from securecall_client.acts import exercises

    async def act(session: "Session") -> "StartedExercise":
        return await exercises.start_exercise(
            session, call, template, circle, title=title, choices=choice or (), way=by
        )

    def words(result: "StartedExercise") -> Iterator[str]:
        yield f"The exercise {for_terminal(result.title)} has started: {short(result.exercise)}."
        yield f"People answer with: securecall exercise answer CALL {short(result.exercise)}"

    line.show(line.in_session(act), words)


@command(noun, "list", example='securecall exercise list "Situation in spring"', gives="results.exercises:Exercises")
def list_exercises(line: Line, call: CallName) -> None:
    """List the exercises of a call."""
    from securecall_client.acts import exercises

    line.show(line.in_session(lambda session: exercises.list_exercises(session, call)), _listed)


@command(
    noun,
    "show",
    example='securecall exercise show "Situation in spring" 1a2b3c4d',
    gives="results.exercises:ExerciseAnswers",
)
def show(line: Line, call: CallName, exercise: ExerciseName) -> None:
    """Show an exercise and the newest answer of everybody."""
    from securecall_client.acts import exercises

    line.show(line.in_session(lambda session: exercises.show_exercise(session, call, exercise)), _shown)


def _listed(result: "Exercises") -> Iterator[str]:
    if not result.exercises:
        yield (
            "This call has no exercise that you can read yet. Owners and chairs start one:"
            " securecall exercise start CALL who-does-what"
        )
        return
    rows = [
        (short(exercise.exercise), exercise.title, exercise.template, exercise.state, exercise.circle)
        for exercise in result.exercises
    ]
    yield table(("Exercise", "Title", "Template", "State", "For"), rows)


def _shown(result: "ExerciseAnswers") -> Iterator[str]:
    number = several(len(result.answers), "answer")
    yield f"{for_terminal(result.title)} ({short(result.exercise)}), {result.state}: {number}"
    for answer in result.answers:
        yield ""
        yield from _answer(answer)
    if any(answer.on_behalf for answer in result.answers):
        yield ""
        yield "Whoever is of an organisation that others answered for makes it their own with:"
        yield f"  securecall exercise answer CALL {short(result.exercise)} --confirm"
    if not result.answers and result.state == "open":
        yield f"Nobody has answered yet. Be the first: securecall exercise answer CALL {short(result.exercise)}"


def _answer(answer: "AnswerLine") -> Iterator[str]:
    name, org = for_terminal(answer.name), for_terminal(answer.org)
    who = f"on behalf of {org}, by {name}" if answer.on_behalf else f"{name}, {org}"
    yield f"{who} ({answer.state}; answer {short(answer.answer)})"
    for row in answer.rows:
        yield from row_lines(row)


def row_lines(row: Mapping[str, object]) -> Iterator[str]:
    """A row of who-does-what in one or two lines, in the shape in which `--json` has it."""
    first, last = row.get("from"), row.get("to")
    months = f"{first or 'open'} to {last or 'open'}" if first or last else "no months given"
    parts = (row.get("activity"), row.get("place"), months, row.get("status"))
    yield "  " + " · ".join(for_terminal(str(part)) for part in parts)
    lists = [f"{name}: {_words(row.get(name))}" for name in _LISTS if row.get(name)]
    if lists:
        yield "    " + "; ".join(lists)


def _words(value: object) -> str:
    words = value if isinstance(value, list | tuple) else [value]
    return ", ".join(for_terminal(str(word)) for word in words)
