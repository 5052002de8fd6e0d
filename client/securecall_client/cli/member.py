"""`securecall member`: the people of the coalition."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import typer

from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.table import short, table

if TYPE_CHECKING:
    from securecall_client.results.people import Members

NAME: Final = "member"
HELP: Final = "The people of the coalition."
noun = typer.Typer(rich_markup_mode=None)


@command(noun, "list", example="securecall member list", gives="results.people:Members")
def list_members(line: Line) -> None:
    """List the members of the coalition, with the role that its chain gives them."""
    from securecall_client.acts import people

    line.show(line.in_session(people.members), _words)


def _words(result: "Members") -> Iterator[str]:
    rows = [(short(who.member), who.name, who.org, who.role, str(who.devices)) for who in result.members]
    yield table(("Member", "Name", "Organisation", "Role", "Devices"), rows)
    if len(rows) == 1:
        yield "You are alone here. Invite somebody: securecall invite --role member --org ORG"
