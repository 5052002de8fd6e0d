"""`securecall call invite | remove | role | label | rotate`: who is in a call, as what, and its key."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.failures import UsageError
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES
from securecall_client.cli.parting import receipt_words, sealed_words
from securecall_client.cli.table import local
from securecall_client.text import for_terminal, parse_time

if TYPE_CHECKING:
    from securecall_client.results.calls import InvitedToCall, Labelled, Removed, RoleGiven, Rotated

MemberNames = Annotated[
    list[str],
    typer.Argument(metavar="MEMBER", help="People of the coalition, by name, id, or the beginning of their id."),
]
MemberName = Annotated[
    str, typer.Argument(metavar="MEMBER", help="Somebody in the call, by name, id, or the beginning of their id.")
]
Until = Annotated[
    str,
    typer.Option(
        "--until",
        metavar="TIME",
        help="When a guest's stay ends, with its zone; else at the end of the day after the call starts.",
    ),
]


def when_it_ends(role: str, until: str) -> datetime | None:
    """The end of a stay as typed. Raises: UsageError, TextError."""
    if until and role != "guest":
        raise UsageError("Only a guest's stay has an end.", hint="Leave out --until.")
    return parse_time(until) if until else None


commands = typer.Typer(rich_markup_mode=None)


@command(
    commands,
    "invite",
    example='securecall call invite "Situation in spring" "Amina" "Jonas"',
    gives="results.calls:InvitedToCall",
    shared=WRITES,
)
def invite(line: Line, call: CallName, people: MemberNames) -> None:
    """Let people of the coalition into a call. They can read what was written in it before."""
    from securecall_client.acts import calls

    line.show(line.in_session(lambda session: calls.invite_to_call(session, call, people)), _invited)


@command(
    commands,
    "remove",
    example='securecall call remove "Situation in spring" "Jonas"',
    gives="results.calls:Removed",
    shared=WRITES,
)
def remove(line: Line, call: CallName, people: MemberNames) -> None:
    """Remove people, and make a new key.

    Both happen in one step. What the removed have read stays with them; the receipt says what that is.
    """
    from securecall_client.acts import removing

    line.show(line.in_session(lambda session: removing.remove_from_call(session, call, people)), _removed)


@command(
    commands,
    "role",
    example='securecall call role "Situation in spring" "Amina" chair',
    gives="results.calls:RoleGiven",
    shared=WRITES,
)
def role(
    line: Line,
    call: CallName,
    person: MemberName,
    role: Annotated[Literal["owner", "chair", "member", "guest"], typer.Argument(metavar="ROLE")],
    until: Until = "",
) -> None:
    """Give somebody in a call another role: owner, chair, member or guest.

    Whoever becomes a guest reads nothing new that is not for everyone, and the call gets a new key. Whoever is
    raised from guest can then read everything in the call. Of who is owner or chair no more you are told which sealed
    answers they could read.
    """
    end = when_it_ends(role, until)
    from securecall_client.acts import roles

    line.show(line.in_session(lambda session: roles.give_role(session, call, person, role, end)), _given)


@command(
    commands,
    "label",
    example='securecall call label "Situation in spring" "Amina" "Amina (focal point)" --for-guests "Focal point"',
    gives="results.calls:Labelled",
    shared=WRITES,
)
def label(
    line: Line,
    call: CallName,
    person: MemberName,
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="What allies read; owners and chairs set it.")
    ] = None,
    for_guests: Annotated[
        str | None,
        typer.Option(
            "--for-guests",
            metavar="TEXT",
            help="What guests read; anybody may set their own, owners and chairs everybody's.",
        ),
    ] = None,
) -> None:
    """Set what somebody in a call is called, for allies and for guests.

    Guests see nobody's name, but the alias that each has chosen; until then, the kind of their organisation.
    """
    if text is None and for_guests is None:
        raise UsageError("Nothing says what they are to be called.", hint="Give TEXT, or --for-guests TEXT.")
    from securecall_client.acts import labels

    line.show(line.in_session(lambda session: labels.label(session, call, person, text, for_guests)), _labelled)


@command(
    commands,
    "rotate",
    example='securecall call rotate "Situation in spring"',
    gives="results.calls:Rotated",
    shared=WRITES,
)
def rotate(line: Line, call: CallName) -> None:
    """Make a new key for a call; everybody in it stays."""
    from securecall_client.acts import calls

    line.show(line.in_session(lambda session: calls.rotate_call(session, call)), _rotated)


def _invited(result: "InvitedToCall") -> Iterator[str]:
    if not result.admitted:
        yield "They were all in the call already."
        return
    yield f"Let into the call {for_terminal(result.title)}: {', '.join(map(for_terminal, result.names))}."


def _given(result: "RoleGiven") -> Iterator[str]:
    yield f"{for_terminal(result.name)} has the role {result.role} in this call now."
    yield from sealed_words(result.sealed)
    if result.sealed:
        yield "What is sealed from now on goes to a new key, which they are not given."
    if result.ends is not None:
        yield f"The stay as a guest ends {local(result.ends)}. What they read before stays with them."
        yield "The call has a new key. What is put up from now on reaches them only if it is for everyone."


def _labelled(result: "Labelled") -> Iterator[str]:
    if result.name != result.for_guests:
        yield f"Allies read: {for_terminal(result.name)}"
    yield f"Guests read: {for_terminal(result.for_guests) or 'the kind of their organisation'}"


def _rotated(result: "Rotated") -> Iterator[str]:
    yield f"The call has a new key: epoch {result.epoch} has begun."


def _removed(result: "Removed") -> Iterator[str]:
    yield from receipt_words(result.receipt)
    yield f"The call has a new key: epoch {result.epoch} has begun."
