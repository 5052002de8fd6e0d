"""`securecall agenda`: what a call is about, in what order, and where it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from securecall_client.cli import writing
from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES, CircleChoice
from securecall_client.cli.table import local, table
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.agenda import AgendaLine, Agendas, AgendaSaid, PointLine

NAME: Final = "agenda"
HELP: Final = "The agenda of a call, and where the call is."
PointName = Annotated[str, typer.Argument(metavar="POINT", help="The point: its number, its title, or its id.")]
noun = typer.Typer(rich_markup_mode=None)


@command(noun, "show", example='securecall agenda show "Situation in spring"', gives="results.agenda:Agendas")
def show(line: Line, call: CallName) -> None:
    """Show the agenda of a call, and the point it is at."""
    from securecall_client.acts import agenda

    line.show(line.in_session(lambda session: agenda.show_agenda(session, call)), _shown)


@command(
    noun,
    "set",
    example='securecall agenda set "Situation in spring" --file agenda.toml',
    gives="results.agenda:AgendaSaid",
    shared=WRITES,
)
def set_agenda(
    line: Line,
    call: CallName,
    file: Annotated[Path, typer.Option("--file", metavar="FILE", allow_dash=True, help="The agenda as TOML.")],
    circle: CircleChoice = None,
) -> None:
    """Put up a whole agenda (owners and chairs).

    The file is TOML, a table of the array “points” for each point: title = "Updates" and, if you like, minutes = 10,
    starts = 2026-12-01T15:00:00+03:00, speaker = "Amina". For allies, unless --circle everyone.
    """
    from securecall_client.acts import agenda
    from securecall_client.work.agenda import parse_agenda

    points = parse_agenda(writing.read("agenda", None, file))
    line.show(line.in_session(lambda session: agenda.set_agenda(session, call, points, circle)), _said)


@command(
    noun,
    "add",
    example='securecall agenda add "Situation in spring" "Updates" --minutes 20 --speaker "Amina"',
    gives="results.agenda:AgendaSaid",
    shared=WRITES,
)
def add(
    line: Line,
    call: CallName,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What the point is about.")],
    minutes: Annotated[int | None, typer.Option("--minutes", metavar="N", help="How long it takes.")] = None,
    starts: Annotated[
        str | None, typer.Option("--starts", metavar="TIME", help="When it begins, with its zone, if that is fixed.")
    ] = None,
    speaker: Annotated[str, typer.Option("--speaker", metavar="NAME", help="Who speaks.")] = "",
    before: Annotated[str, typer.Option("--before", metavar="POINT", help="Before this point, not at the end.")] = "",
    circle: CircleChoice = None,
) -> None:
    """Add a point to the agenda (owners and chairs). Of two agendas that for allies is meant, if you do not say."""
    from securecall_client.acts import agenda

    point = {"title": title, "minutes": minutes, "starts": starts, "speaker": speaker}
    line.show(line.in_session(lambda session: agenda.add_point(session, call, point, before, circle)), _said)


@command(
    noun,
    "remove",
    example='securecall agenda remove "Situation in spring" 3',
    gives="results.agenda:AgendaSaid",
    shared=WRITES,
)
def remove(line: Line, call: CallName, point: PointName, circle: CircleChoice = None) -> None:
    """Take a point off the agenda (owners and chairs). Of two that for allies is meant, if you do not say."""
    from securecall_client.acts import agenda

    line.show(line.in_session(lambda session: agenda.remove_point(session, call, point, circle)), _said)


@command(
    noun,
    "now",
    example='securecall agenda now "Situation in spring" 2',
    gives="results.agenda:AgendaSaid",
    shared=WRITES,
)
def now(
    line: Line,
    call: CallName,
    point: Annotated[
        str, typer.Argument(metavar="POINT", help="The point: its number, its title, or its id; else the next.")
    ] = "",
    circle: CircleChoice = None,
) -> None:
    """Say which point the call is at (owners and chairs); everybody's screen shows it."""
    from securecall_client.acts import agenda

    line.show(line.in_session(lambda session: agenda.go_to_point(session, call, point, circle)), _at)


def _shown(result: "Agendas") -> Iterator[str]:
    if not result.agendas:
        yield "You can read no agenda of this call yet. Owners and chairs begin it: securecall agenda add CALL TITLE"
    for agenda in result.agendas:
        yield from _agenda(agenda)


def _said(result: "AgendaSaid") -> Iterator[str]:
    if result.saved == "here":
        yield f"The agenda of {for_terminal(result.title)} will change once this is sent."
    else:
        yield from _agenda(result.agenda)


def _at(result: "AgendaSaid") -> Iterator[str]:
    yield from _said(result)
    if result.saved != "here" and not any(point.now for point in result.agenda.points):
        yield "That was the last point: the call is at none now. To go to one again: securecall agenda now CALL POINT"


def _agenda(agenda: "AgendaLine") -> Iterator[str]:
    yield f"Agenda for {agenda.circle}:"
    if not agenda.points:
        yield "  It has no points."
        return
    rows = [
        ("now" if point.now else "", str(point.number), point.title, _when(point), _minutes(point), point.speaker)
        for point in agenda.points
    ]
    yield table(("", "", "Point", "Starts", "Minutes", "Speaks"), rows)


def _when(point: "PointLine") -> str:
    return local(point.starts) if point.starts else ""


def _minutes(point: "PointLine") -> str:
    return str(point.minutes) if point.minutes else ""
