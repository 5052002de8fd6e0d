"""`securecall minutes`: one writer at a time, every version kept."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final

import typer

from securecall_client.cli import ask, writing
from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.doc import SAVED
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES, CircleChoice
from securecall_client.cli.table import local
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.minutes import MinutesEvent, MinutesHistory, MinutesSaid, MinutesShown

NAME: Final = "minutes"
HELP: Final = "The minutes of a call, by one writer at a time."
noun = typer.Typer(rich_markup_mode=None)


@command(noun, "show", example='securecall minutes show "Situation in spring"', gives="results.minutes:MinutesShown")
def show(
    line: Line,
    call: CallName,
    version: Annotated[int | None, typer.Option("--version", metavar="N", min=1, help="An earlier version.")] = None,
    circle: CircleChoice = None,
) -> None:
    """Show the minutes, and who writes them."""
    from securecall_client.acts import minutes

    line.show(line.in_session(lambda session: minutes.show_minutes(session, call, circle, version)), _shown)


@command(
    noun, "history", example='securecall minutes history "Situation in spring"', gives="results.minutes:MinutesHistory"
)
def history(line: Line, call: CallName, circle: CircleChoice = None) -> None:
    """Show who wrote which version, and whose hands the pen went through."""
    from securecall_client.acts import minutes

    line.show(line.in_session(lambda session: minutes.minutes_history(session, call, circle)), _history)


@command(
    noun,
    "write",
    example='securecall minutes write "Situation in spring" --file minutes.txt',
    gives="results.minutes:MinutesSaid",
    shared=WRITES,
)
def write(
    line: Line,
    call: CallName,
    file: writing.TextFile = None,
    take: Annotated[
        bool, typer.Option("--take", help="Take the pen from whoever has it (owners and chairs); all see that.")
    ] = False,
    circle: CircleChoice = None,
) -> None:
    """Write the minutes anew, whole, and keep the pen.

    You take the pen if nobody has it; without --file before you are asked for the text. It stays with you until you
    hand it over. For allies, unless --circle everyone, which are minutes of their own.
    """
    from securecall_client.acts import minutes

    if file is None and ask.types_here():
        line.in_session(lambda session: minutes.take_pen(session, call, circle, take=take))
    text = writing.read("minutes", None, file)
    line.show(line.in_session(lambda session: minutes.write_minutes(session, call, text, circle, take=take)), _written)


@command(
    noun,
    "hand",
    example='securecall minutes hand "Situation in spring" "Jonas"',
    gives="results.minutes:MinutesSaid",
    shared=WRITES,
)
def hand(
    line: Line,
    call: CallName,
    person: Annotated[
        str, typer.Argument(metavar="MEMBER", help="Who writes from now on; if you name nobody, whoever wants to.")
    ] = "",
    circle: CircleChoice = None,
) -> None:
    """Hand the pen over, or put it down."""
    from securecall_client.acts import minutes

    line.show(line.in_session(lambda session: minutes.hand_pen(session, call, circle, person)), _handed)


def _shown(result: "MinutesShown") -> Iterator[str]:
    if not result.version:
        yield f"There are no minutes for {result.circle} yet. Write them: securecall minutes write CALL"
    else:
        at = f", {local(result.at)}" if result.at else ""
        kept = "" if result.with_pen else "; written without the pen, so these are not the minutes"
        yield f"Minutes for {result.circle}, version {result.version}, by {for_terminal(result.name)}{at}{kept}"
        yield ""
        yield from (f"  {for_terminal(text)}" for text in result.text.splitlines())
        yield ""
    yield _pen(result.pen_name)


def _history(result: "MinutesHistory") -> Iterator[str]:
    if not result.events:
        yield f"There are no minutes for {result.circle} yet, and nobody has the pen."
    for event in result.events:
        yield f"{local(event.at)}  {_event(event)}"


def _event(event: "MinutesEvent") -> str:
    name = for_terminal(event.name)
    if event.version is not None:
        return f"{name} wrote version {event.version}" + ("." if event.with_pen else ", without the pen.")
    if event.pen_name is None:
        return f"{name} put the pen down."
    taken = event.pen_name == event.name
    return f"{name} took the pen." if taken else f"{name} handed the pen to {for_terminal(event.pen_name)}."


def _written(result: "MinutesSaid") -> Iterator[str]:
    version = f", version {result.version}" if result.version else ""
    yield f"The minutes for {result.circle}{version}: saved {SAVED[result.saved]}."
    if result.version:
        yield _pen(result.pen_name)


def _handed(result: "MinutesSaid") -> Iterator[str]:
    if result.saved == "here":
        yield "The pen changes hands once this is sent."
    else:
        yield _pen(result.pen_name)


def _pen(name: str | None) -> str:
    return f"{for_terminal(name)} has the pen." if name else "Nobody has the pen."
