"""`securecall exercise map`: overlaps, gaps, matches, and who is alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.exercise import ExerciseName
from securecall_client.cli.line import Line
from securecall_client.cli.table import several
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.work.map_findings import Map

Csv = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Also write the map to this new file, as CSV.")]


commands = typer.Typer(rich_markup_mode=None)


@command(
    commands,
    "map",
    example='securecall exercise map "Situation in spring" 1a2b3c4d --csv map.csv',
    gives="work.map_findings:Map",
)
def show_map(line: Line, call: CallName, exercise: ExerciseName, csv: Csv = None) -> None:
    """Show overlaps, gaps, matches, and who is alone.

    An overlap is two organisations with one activity in places and months that meet; a gap is what somebody
    needs and nobody does there; a match is what one needs and another offers.
    """
    from securecall_client.acts import exercises

    drawn = line.in_session(lambda session: exercises.map_exercise(session, call, exercise))
    if csv is not None:
        _write(csv, drawn)
    line.show(drawn, _words)
    if csv is not None:
        line.screen.note(f"Written to {csv}. It is not encrypted: keep it where only you can read it.")


def _write(path: Path, drawn: "Map") -> None:
    from securecall_client.files import save_as
    from securecall_client.work.map_csv import to_csv

    with save_as(path) as file:
        file.write(to_csv(drawn).encode("utf-8"))


def _words(drawn: "Map") -> Iterator[str]:
    from securecall_client.work import map_why as why

    found = (
        ("overlap", drawn.overlaps, "Two organisations plan the same, in places and months that meet."),
        ("gap", drawn.gaps, "Somebody needs it, and nobody does it there."),
        ("match", drawn.matches, "One needs what another offers."),
        ("activity alone", drawn.alone, "Nobody else does it there."),
    )
    if not any(findings for _, findings, _ in found):
        yield "The map is empty: there are no overlaps, gaps or matches in the answers so far."
        return
    plurals = {"match": "matches", "activity alone": "activities alone"}
    for name, findings, meaning in found:
        number = several(len(findings), name, plurals.get(name))
        yield f"{number}. {meaning}" if findings else f"{number}."
        for finding in findings:
            yield f"  {for_terminal(finding.why)}"
    for name in drawn.on_behalf:
        yield for_terminal(why.on_behalf(name))
