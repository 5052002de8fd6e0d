"""`securecall invite --people`, and what became of invitations: `invite list | again | revoke`."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from securecall.sentences import several
from securecall_client.cli import handover
from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES
from securecall_client.cli.table import local, short, table
from securecall_client.text import for_terminal, parse_span

if TYPE_CHECKING:
    from securecall_client.results.people import InvitationFiles, InvitationLine, Invitations, Invited, InvitedAgain

Call = Annotated[
    str | None, typer.Option("--call", metavar="CALL", help="Invitations into this call, not into the coalition.")
]
InvitationName = Annotated[
    str, typer.Argument(metavar="LABEL", help="The invitation: its label, its id, or the beginning of its id.")
]
_STATES: Final = {
    "open": "not used yet",
    "waiting": "asks to be let in",
    "joined": "has joined",
    "expired": "has run out",
    "revoked": "taken back",
}


def from_table(line: Line, table: Path, folder: Path, expires: timedelta) -> None:
    """Invite everybody in a table."""
    from securecall_client.acts import inviting_people
    from securecall_client.work.people import COLUMNS, MAX_TEXT_BYTES, read_people

    text = handover.from_bytes("The table of people", table, MAX_TEXT_BYTES)
    people = read_people(text, ("owner", "chair", "member"))
    if people.ignored:
        columns = " and ".join(people.ignored)
        line.say.line(f"The column {columns} is not read: {', '.join(COLUMNS)} are.")
    line.show(
        line.in_session(lambda session: inviting_people.invite_people(session, people.rows, folder, expires)), _written
    )


commands = typer.Typer(rich_markup_mode=None)


@command(commands, "list", example="securecall invite list", gives="results.people:Invitations")
def list_invitations(line: Line, call: Call = None) -> None:
    """List invitations and what became of them: who has not joined yet, who waits to be let in."""
    from securecall_client.acts import invitations

    line.show(line.in_session(lambda session: invitations.invitations(session, call)), _listed)


@command(
    commands,
    "again",
    example='securecall invite again "Amina" > amina.txt',
    gives="results.people:InvitedAgain",
    shared=WRITES,
)
def again(
    line: Line,
    named: InvitationName,
    call: Call = None,
    expires: Annotated[
        str, typer.Option("--expires", metavar="SPAN", help="How long it is good for: 7d, 12h, 30m.")
    ] = "7d",
) -> None:
    """Make an invitation anew for the same person, organisation and role; the old one is worth nothing then."""
    span = parse_span(expires)
    from securecall_client.acts import invitations

    show(line, line.in_session(lambda session: invitations.invite_again(session, named, call, span)))


@command(
    commands,
    "revoke",
    example='securecall invite revoke "Amina"',
    gives="results.people:Invitations",
    shared=WRITES,
)
def revoke(line: Line, named: InvitationName, call: Call = None) -> None:
    """Take an invitation back: nobody can join with it any more."""
    from securecall_client.acts import invitations

    line.show(line.in_session(lambda session: invitations.revoke_invitation(session, named, call)), _revoked)


def show(line: Line, result: "Invited | InvitedAgain") -> None:
    """Show an invitation: its text alone is the result, so that it can go to a file; words stand beside it."""
    if not line.screen.as_json:
        for sentence in _beside(result):
            line.screen.note(sentence)
    line.show(result, lambda invited: [for_terminal(invited.invitation)])


def _beside(result: "Invited | InvitedAgain") -> Iterator[str]:
    whom = for_terminal(result.label) or "one person"
    yield f"An invitation for {whom} ({result.role}, {for_terminal(result.org)}), good until {local(result.expires)}."
    if result.call is not None:
        yield f"It is for the call {for_terminal(result.call)} alone."
    if result.ends is not None:
        yield f"The guest's stay ends {local(result.ends)}."
    yield "Hand it over where nobody reads along, and only to that person. It works once."
    yield "They run: securecall join --name NAME"


def _written(result: "InvitationFiles") -> Iterator[str]:
    rows = [(each.label, each.file) for each in result.invitations]
    yield table(("For", "File"), rows)
    yield f"{several(len(rows), 'invitation')}, each in a file of its own. The files are not encrypted."
    yield "Hand each over where nobody reads along, and only to that person; then delete these files."
    yield "See who has not joined yet: securecall invite list"


def _listed(result: "Invitations") -> Iterator[str]:
    if not result.invitations:
        yield "Nobody has been invited yet. Invite somebody: securecall invite --role member --org ORG --label NAME"
        return
    rows = [
        (short(each.id), each.label, each.org, each.role, _STATES[each.state], local(each.expires))
        for each in result.invitations
    ]
    yield table(("Invitation", "For", "Organisation", "Role", "State", "Ends"), rows)
    yield from _to_do(result.invitations)


def _to_do(invitations: "list[InvitationLine]") -> Iterator[str]:
    states = [each.state for each in invitations]
    missing = len(states) - states.count("joined") - states.count("revoked")
    yield f"Not joined yet: {missing}. Joined: {states.count('joined')}."
    if "waiting" in states:
        yield "To let in who asks: securecall admit"
    if "expired" in states:
        yield "For one that has run out, or was lost: securecall invite again LABEL"


def _revoked(result: "Invitations") -> Iterator[str]:
    for each in result.invitations:
        whom = for_terminal(each.label) or short(each.id)
        yield f"The invitation for {whom} is worth nothing now."
        yield f"If they should come after all: securecall invite again {short(each.id)}"
