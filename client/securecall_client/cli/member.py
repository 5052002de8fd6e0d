"""`securecall member`: the people of the coalition."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final

import typer

from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES, Yes
from securecall_client.cli.parting import parted
from securecall_client.cli.table import short, table
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.people import Members, MemberShown

NAME: Final = "member"
HELP: Final = "The people of the coalition."
noun = typer.Typer(rich_markup_mode=None)


@command(noun, "list", example="securecall member list", gives="results.people:Members")
def list_members(line: Line) -> None:
    """List the members of the coalition, with the role that its chain gives them."""
    from securecall_client.acts import people

    line.show(line.in_session(people.members), _words)


@command(noun, "show", example='securecall member show "Amina"', gives="results.people:MemberShown")
def show(
    line: Line,
    member: Annotated[
        str, typer.Argument(metavar="MEMBER", help="The member: their name, their id, or the beginning of it.")
    ],
) -> None:
    """Show a member of the coalition: organisation, role, devices, and the calls that you are both in."""
    from securecall_client.acts import people

    line.show(line.in_session(lambda session: people.show_member(session, member)), _shown)


def _shown(result: "MemberShown") -> Iterator[str]:
    yield f"{for_terminal(result.name)}, {for_terminal(result.org) or 'no organisation'}"
    yield f"Member:  {short(result.member)}, {result.role} of the coalition"
    yield f"Devices: {result.devices}"
    if not result.calls:
        yield "You are in no call together."
        return
    yield ""
    yield table(("Call", "Title", "Role there"), [(short(call.call), call.title, call.role) for call in result.calls])


@command(
    noun,
    "remove",
    example='securecall member remove "Jonas"',
    gives="results.partings:Parting",
    shared=WRITES,
)
def remove_member(
    line: Line,
    member: Annotated[str, typer.Argument(metavar="MEMBER", help="Who: their name, id, or the beginning of their id.")],
    yes: Yes = False,
) -> None:
    """Remove somebody from the coalition and from every call they came into through it.

    In each of them there is a new key. Where it cannot be done now, it waits, and is done by whoever may and is next
    online; nobody else's SecureCall writes there before that. What they have read stays with them.
    """
    from securecall_client.acts import expelling

    line.sure(f"You are about to remove {for_terminal(member)} from the coalition and its calls.", yes=yes)
    line.show(line.in_session(lambda session: expelling.remove_member(session, member)), parted)


def _words(result: "Members") -> Iterator[str]:
    rows = [(short(who.member), who.name, who.org, who.role, str(who.devices)) for who in result.members]
    yield table(("Member", "Name", "Organisation", "Role", "Devices"), rows)
    if len(rows) == 1:
        yield "You are alone here. Invite somebody: securecall invite --role member --org ORG"
