"""`securecall org`: the organisations of the coalition."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final

import typer

from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES
from securecall_client.cli.table import short, table
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.organisations import AddedOrganisation, Organisations

NAME: Final = "org"
HELP: Final = "The organisations of the coalition."
noun = typer.Typer(rich_markup_mode=None)


@command(noun, "list", example="securecall org list", gives="results.organisations:Organisations")
def list_organisations(line: Line) -> None:
    """List the organisations of the coalition. Overlaps, gaps and answers are counted by them."""
    from securecall_client.acts import organisations

    line.show(line.in_session(organisations.organisations), _listed)


@command(
    noun,
    "add",
    example='securecall org add "River Watch" --kind "local group" --country KE',
    gives="results.organisations:AddedOrganisation",
    shared=WRITES,
)
def add(
    line: Line,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the organisation is called.")],
    kind: Annotated[
        str, typer.Option("--kind", metavar="TEXT", help="What kind of organisation it is, in your words.")
    ] = "",
    country: Annotated[str, typer.Option("--country", metavar="ISO", help="Its country, as ISO 3166-1: KE.")] = "",
) -> None:
    """Add an organisation (owners and chairs).

    One whose name could be taken for that of another is refused. An invitation adds its organisation by itself if
    that is new.
    """
    from securecall_client.acts import organisations

    line.show(line.in_session(lambda session: organisations.add_organisation(session, name, kind, country)), _added)


def _added(result: "AddedOrganisation") -> Iterator[str]:
    yield f"{for_terminal(result.name)} is an organisation of the coalition now."
    yield f"Invite somebody from it: securecall invite --role member --org {short(result.organisation)}"


def _listed(result: "Organisations") -> Iterator[str]:
    rows = [(short(org.organisation), org.name, org.kind, org.country) for org in result.organisations]
    yield table(("Organisation", "Name", "Kind", "Country"), rows)
