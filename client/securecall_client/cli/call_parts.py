"""`securecall call link | message | ics | pair | pairs`: telling people of a call, and going on in pairs."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from securecall_client.cli import handover
from securecall_client.cli.call import CallName
from securecall_client.cli.call_people import MemberName
from securecall_client.cli.command import command
from securecall_client.cli.doc import SAVED
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES
from securecall_client.cli.table import names, short, table
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.announcing import Announcement, CalendarFile, CallLink
    from securecall_client.results.pairs import Paired, Pairs

commands = typer.Typer(rich_markup_mode=None)


@command(
    commands,
    "link",
    example='securecall call link "Situation in spring" --from link.txt',
    gives="results.announcing:CallLink",
    shared=WRITES,
)
def link(line: Line, call: CallName, source: handover.From = None) -> None:
    """Show where the voice call is held; with --from say it anew to everyone in the call (owners and chairs).

    The link is encrypted like all else; it never stands among the arguments here.
    """
    from securecall_client.acts import announcing

    if source is None:
        line.show(line.in_session(lambda session: announcing.show_link(session, call)), _link)
        return
    text = handover.read("link", source)
    line.show(line.in_session(lambda session: announcing.set_link(session, call, text)), _link)


@command(
    commands,
    "message",
    example='securecall call message "Situation in spring" --zone Africa/Nairobi --zone +01:00',
    gives="results.announcing:Announcement",
)
def message(
    line: Line,
    call: CallName,
    zones: Annotated[
        list[str] | None,
        typer.Option(
            "--zone", metavar="ZONE", help="Also in this zone: Africa/Nairobi or +03:00. Only its time shows."
        ),
    ] = None,
) -> None:
    """Print when a call is, to be copied into an e-mail or a chat: no title, no country, no link.

    Without --zone in your own zone and in UTC.
    """
    from securecall_client.acts import announcing

    def words(result: "Announcement") -> Iterator[str]:
        yield from (f"  {for_terminal(text)}" for text in result.text.splitlines())

    line.show(line.in_session(lambda session: announcing.announce(session, call, zones or [])), words)


@command(
    commands,
    "ics",
    example='securecall call ics "Situation in spring" -o call.ics',
    gives="results.announcing:CalendarFile",
)
def ics(
    line: Line,
    call: CallName,
    path: Annotated[Path, typer.Option("-o", metavar="FILE", help="Write it here; nothing is written over.")],
    minutes: Annotated[int, typer.Option("--minutes", metavar="N", min=1, max=1440, help="How long it takes.")] = 60,
    summary: Annotated[
        str, typer.Option("--summary", metavar="TEXT", help="What calendars show. Others may see them: say little.")
    ] = "Call",
) -> None:
    """Write a calendar entry for a call: no title, no country, no link, and nothing that leads back to the call."""
    from securecall_client.acts import announcing

    def words(result: "CalendarFile") -> Iterator[str]:
        yield f"Written to {for_terminal(result.path)}, not encrypted. It says when, and “{for_terminal(summary)}”."

    line.show(line.in_session(lambda session: announcing.save_calendar(session, call, path, minutes, summary)), words)


@command(
    commands,
    "pair",
    example='securecall call pair "Situation in spring" "Jonas"',
    gives="results.pairs:Paired",
    shared=WRITES,
)
def pair(line: Line, call: CallName, person: MemberName) -> None:
    """Go on talking with one other person of a call, where nobody else reads along; also once it is closed.

    The pair that is there is found again. Guests have no pairs.
    """
    from securecall_client.acts import pairs

    def words(result: "Paired") -> Iterator[str]:
        how = "You and {} have a pair now" if result.new else "You and {} have a pair already"
        yield f"{how.format(for_terminal(result.name))}: {short(result.space)}."
        yield f"Talk there: securecall discuss say {short(result.space)}"

    line.show(line.in_session(lambda session: pairs.open_pair(session, call, person)), words)


@command(commands, "pairs", example='securecall call pairs "Situation in spring"', gives="results.pairs:Pairs")
def pairs(line: Line, call: CallName) -> None:
    """List your pairs of a call."""
    from securecall_client.acts import pairs

    line.show(line.in_session(lambda session: pairs.list_pairs(session, call)), _pairs)


def _link(result: "CallLink") -> Iterator[str]:
    if result.saved is not None:
        yield f"The link of {for_terminal(result.title)}: saved {SAVED[result.saved]}."
    elif result.link:
        yield for_terminal(result.link)
    else:
        yield "Nobody has said yet where the voice call is. Owners and chairs do: securecall call link CALL --from FILE"


def _pairs(result: "Pairs") -> Iterator[str]:
    if not result.pairs:
        yield "You have no pair in this call. Open one: securecall call pair CALL MEMBER"
        return
    rows = [
        (
            short(pair.space),
            names(other.name for other in pair.others) or "nobody else",
            "" if pair.inside else "you are out",
        )
        for pair in result.pairs
    ]
    yield table(("Pair", "With", ""), rows)
