"""`securecall exercise`: start, list and show exercises. Answering and the map have files of their own."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES, CircleName
from securecall_client.cli.table import short, table
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.exercises import ExerciseLine, Exercises, StartedExercise
    from securecall_client.session import Session

NAME: Final = "exercise"
HELP: Final = "Written exercises: who does what, what comes first."
ExerciseName = Annotated[
    str, typer.Argument(metavar="EXERCISE", help="The exercise: its title, its id, or the beginning of its id.")
]
Way = Literal["rank", "points", "approval"]
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
            help="A built-in template, by its name (exercise template list), or a file that ends in .toml.",
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
    sealed: Annotated[
        bool,
        typer.Option("--sealed", help="Write first, reveal together. Until then owners and chairs alone read answers."),
    ] = False,
) -> None:
    """Start an exercise from a template. People can answer at once.

    The exercise carries its own copy of the template, so that what people are asked does not change under them.
    --choice and --by are for templates that ask to choose from a list, such as priorities and temperature.
    """
    from securecall_client.acts import exercises

    async def act(session: "Session") -> "StartedExercise":
        return await exercises.start_exercise(
            session, call, template, circle, title=title, choices=choice or (), way=by, sealed=sealed
        )

    def words(result: "StartedExercise") -> Iterator[str]:
        yield f"The exercise {for_terminal(result.title)} has started: {short(result.exercise)}."
        yield f"People answer with: securecall exercise answer CALL {short(result.exercise)}"
        if result.sealed:
            yield "Until it is revealed, owners and chairs of the call can read the answers, and nobody else:"
            yield f"  securecall exercise reveal CALL {short(result.exercise)}"

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
def show(
    line: Line,
    call: CallName,
    exercise: ExerciseName,
    mine: Annotated[
        bool, typer.Option("--mine", help="All versions of your own answer, which nobody else is shown any more.")
    ] = False,
) -> None:
    """Show an exercise: the newest answer of everybody, who has not answered, and the tally of what can be counted.

    In a tally each organisation has the same say, however many of its people answer.
    """
    from securecall_client.acts import exercises
    from securecall_client.cli.exercise_shown import exercise_words, own_words

    shown = line.in_session(lambda session: exercises.show_exercise(session, call, exercise, mine=mine))
    line.show(shown, own_words if mine else exercise_words)


def _listed(result: "Exercises") -> Iterator[str]:
    if not result.exercises:
        yield (
            "This call has no exercise that you can read yet. Owners and chairs start one:"
            " securecall exercise start CALL who-does-what"
        )
        return
    rows = [
        (short(exercise.exercise), exercise.title, exercise.template, _state(exercise), exercise.circle)
        for exercise in result.exercises
    ]
    yield table(("Exercise", "Title", "Template", "State", "For"), rows)


def _state(exercise: "ExerciseLine") -> str:
    if not exercise.sealed:
        return exercise.state
    return f"{exercise.state}, {'revealed' if exercise.revealed else 'sealed'}"
