"""`securecall call`: open, list, show and close calls, and the roster code."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from securecall.sentences import several
from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES
from securecall_client.cli.table import local, short, table
from securecall_client.text import for_terminal, parse_time

if TYPE_CHECKING:
    from securecall_client.results.calls import Call, CallMember, Calls, CallState, Code, Opened

NAME: Final = "call"
HELP: Final = "Country calls: who is in them, and what happens."
CallName = Annotated[
    str, typer.Argument(metavar="CALL", help="The call: its title, its id, or the beginning of its id.")
]
noun = typer.Typer(rich_markup_mode=None)


@command(
    noun,
    "open",
    example='securecall call open "Situation in spring" --country KE --starts 2026-12-01T15:00+03:00',
    gives="results.calls:Opened",
    shared=WRITES,
)
def open_call(
    line: Line,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What the call is about.")],
    country: Annotated[str, typer.Option("--country", metavar="ISO", help="The country, as ISO 3166-1: KE.")],
    starts: Annotated[
        str, typer.Option("--starts", metavar="TIME", help="When, with its zone: 2026-12-01T15:00+03:00.")
    ],
    civic_space: Annotated[
        Literal["closing", "opening"] | None, typer.Option("--civic-space", help="Which way the country goes.")
    ] = None,
    link: Annotated[str, typer.Option("--link", metavar="URL", help="Where the voice call is held.")] = "",
) -> None:
    """Open a call. Nobody but you is in it until you invite them."""
    when = parse_time(starts)
    from securecall_client.acts import calls

    def words(result: "Opened") -> Iterator[str]:
        yield f"The call {for_terminal(title)} is open ({short(result.call)})."
        yield f"Invite people: securecall call invite {short(result.call)} MEMBER..."

    act = line.in_session(
        lambda session: calls.open_call(
            session, title=title, country=country, starts=when, civic_space=civic_space or "", link=link
        )
    )
    line.show(act, words)


@command(noun, "list", example="securecall call list", gives="results.calls:Calls")
def list_calls(line: Line) -> None:
    """List the calls that you are in."""
    from securecall_client.acts import calls

    line.show(line.in_session(calls.list_calls), _listed)


@command(noun, "show", example='securecall call show "Situation in spring"', gives="results.calls:Call")
def show_call(
    line: Line,
    call: CallName,
    guests: Annotated[bool, typer.Option("--as-guest", help="Show exactly what a guest of the call sees now.")] = False,
) -> None:
    """Show a call: when it is, its code, who and what is in it."""
    from securecall_client.acts import calls

    line.show(line.in_session(lambda session: calls.show_call(session, call, guests=guests)), _shown)


@command(
    noun,
    "close",
    example='securecall call close "Situation in spring"',
    gives="results.calls:CallState",
    shared=WRITES,
)
def close_call(line: Line, call: CallName) -> None:
    """Close a call. Nothing is lost, and answers that were sent before arrive as such."""
    from securecall_client.acts import calls

    def words(result: "CallState") -> Iterator[str]:
        yield f"The call {for_terminal(result.title)} is {result.state}. What is in it can still be read."

    line.show(line.in_session(lambda session: calls.close_call(session, call)), words)


@command(
    noun,
    "code",
    example='securecall call code "Situation in spring" --roll-call',
    gives="results.calls:Code",
    shared=WRITES,
)
def show_code(
    line: Line,
    call: CallName,
    roll_call: Annotated[
        bool,
        typer.Option("--roll-call", help="Hold a roll call (owners and chairs): a new code that nobody could foresee."),
    ] = False,
) -> None:
    """Show the roster code, to be read aloud.

    Its six words are the same on every screen if everybody sees the same people, devices, keys and records.
    """
    from securecall_client.acts import calls

    line.show(line.in_session(lambda session: calls.code(session, call, roll_call=roll_call)), _code)


def _code(result: "Code") -> Iterator[str]:
    yield f"{for_terminal(result.code)} (at place {result.seq})"
    yield "Read it aloud. Every screen must show these words at this place."
    yield "If one differs, stop writing here and call the secretariat."


def _listed(result: "Calls") -> Iterator[str]:
    if not result.calls:
        yield "There are no calls yet. Open one: securecall call open TITLE --country KE --starts 2026-12-01T15:00Z"
        return
    rows = [
        (short(call.call), call.title, call.country, local(call.starts), _state(call), str(len(call.members)))
        for call in result.calls
    ]
    yield table(("Call", "Title", "Country", "Starts", "State", "People"), rows)


def _state(call: "Call") -> str:
    return call.state if call.inside or call.state == "destroyed" else "you are out"


def _shown(call: "Call") -> Iterator[str]:
    space = f", civic space {for_terminal(call.civic_space)}" if call.civic_space else ""
    yield f"{for_terminal(call.title)} ({for_terminal(call.country)}{space})"
    yield f"Call:        {short(call.call)}, {call.state}, epoch {call.epoch}"
    if call.until:
        yield f"Until:       {local(call.until)}, when this computer wipes what it still has of it"
    yield f"Starts:      {local(call.starts)}"
    if call.link:
        yield f"Voice:       {for_terminal(call.link)}"
    yield f"Roster code: {for_terminal(call.code)} (at place {call.seq})"
    for what, titles in (("Documents", call.documents), ("Exercises", call.exercises)):
        if titles:
            yield f"{what}:   {', '.join(map(for_terminal, titles))}"
    if call.now:
        yield f"Now at:      {', '.join(map(for_terminal, call.now))}"
    told = [several(number, one, many) for number, one, many in _parts(call) if number]
    if told:
        yield f"Besides:     {', '.join(told)}"
    rows = [
        (short(who.member), f"{who.name} (you)" if who.you else who.name, who.org, _role(who)) for who in call.members
    ]
    yield ""
    yield table(("Member", "Name", "Organisation", "Role"), rows)


def _parts(call: "Call") -> tuple[tuple[int, str, str], ...]:
    return (
        (call.messages, "message", "messages"),
        (call.minutes, "version of the minutes", "versions of the minutes"),
        (call.decisions, "decision", "decisions"),
        (call.commitments, "open commitment", "open commitments"),
    )


def _role(who: "CallMember") -> str:
    return who.role if who.ends is None else f"{who.role} until {local(who.ends)}"
