"""`securecall exercise map`: overlaps, gaps, matches, and who is alone."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from securecall.sentences import several
from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.exercise import ExerciseName
from securecall_client.cli.failures import UsageError
from securecall_client.cli.line import Line
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.exercises import ExerciseMap
    from securecall_client.work.map_findings import Map

Csv = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Also write the map to this new file, as CSV.")]
Svg = Annotated[
    Path | None, typer.Option("--svg", metavar="FILE", help="Also draw the map into this new file, as a picture (SVG).")
]


commands = typer.Typer(rich_markup_mode=None)


@command(
    commands,
    "map",
    example='securecall exercise map "Situation in spring" 1a2b3c4d --svg map.svg --csv map.csv',
    gives="results.exercises:ExerciseMap",
)
def show_map(line: Line, call: CallName, exercise: ExerciseName, csv: Csv = None, svg: Svg = None) -> None:
    """Show overlaps, gaps, matches, and who is alone.

    An overlap is two organisations with one activity in places and months that meet; a gap is what somebody
    needs and nobody plans there, or what nobody plans anywhere; a match is what one needs and another offers,
    or whom one wishes to reach and another can. Whatever overlaps with nothing is alone.
    """
    from securecall_client.acts import mapping
    from securecall_client.work.map_csv import to_csv
    from securecall_client.work.map_picture import to_svg

    if csv is not None and csv == svg:
        raise UsageError("--csv and --svg name one file; a picture and a table need a file each.")
    drawn = line.in_session(lambda session: mapping.map_exercise(session, call, exercise))
    asked: tuple[tuple[Path | None, Callable[[Map], str]], ...] = (
        (csv, to_csv),
        (svg, lambda of: to_svg(of, drawn.title)),
    )
    files = {path: to_text for path, to_text in asked if path is not None}
    _write(drawn, files)
    line.show(drawn, _words)
    for path in files:
        line.screen.note(f"Written to {path}. It is not encrypted: keep it where only you can read it.")
    if files and drawn.not_revealed:
        line.screen.note("The exercise is not revealed yet, and the file does not say so: show it to nobody.")


def _write(drawn: "Map", files: "Mapping[Path, Callable[[Map], str]]") -> None:
    """Write all of them or none."""
    from securecall_client.files import save_as

    with ExitStack() as written:
        for path, to_text in files.items():
            written.enter_context(save_as(path)).write(to_text(drawn).encode("utf-8"))


def _words(drawn: "ExerciseMap") -> Iterator[str]:
    from securecall_client.cli.map_table import matrix
    from securecall_client.work import map_why as why
    from securecall_client.work.map_findings import Gap, kinds
    from securecall_client.work.map_grid import lay_out

    if drawn.not_revealed:
        yield "Not revealed yet: you see this as an owner or chair of the call, and the others do not."
    found = kinds(drawn)
    if not any(kind.findings for kind in found):
        yield "The map is empty: there are no overlaps, gaps or matches in the answers so far."
        yield from _left_out(drawn)
        return
    grid = lay_out(drawn)
    yield from matrix(grid)
    for kind in found:
        number = several(len(kind.findings), kind.one, kind.many)
        yield f"{number}. {kind.meaning}" if kind.findings else f"{number}."
        for finding in kind.findings:
            if not isinstance(finding, Gap) or finding.place:
                yield f"  {for_terminal(finding.why)}"
        if kind.findings is drawn.gaps and grid.unplanned:
            yield f"  On the list, and nobody plans it anywhere: {for_terminal(', '.join(grid.unplanned))}."
    for name in drawn.on_behalf:
        yield for_terminal(why.on_behalf(name))
    yield from _left_out(drawn)


def _left_out(drawn: "Map") -> Iterator[str]:
    from securecall_client.work import map_why as why

    for name in drawn.left_out:
        yield for_terminal(why.left_out(name))
