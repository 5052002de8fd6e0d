"""`securecall invite`: a text that lets one person join."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES
from securecall_client.cli.table import local
from securecall_client.text import for_terminal, parse_span

if TYPE_CHECKING:
    from securecall_client.results.people import Invited


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(
        app,
        "invite",
        example='securecall invite --role member --org "River Watch" --label "Amina" > amina.txt',
        gives="results.people:Invited",
        shared=WRITES,
    )
    def invite(
        line: Line,
        role: Annotated[Literal["owner", "chair", "member"], typer.Option("--role", help="What the person may do.")],
        org: Annotated[str, typer.Option("--org", metavar="ORG", help="Their organisation; it is made if it is new.")],
        label: Annotated[
            str, typer.Option("--label", metavar="TEXT", help="Whom it is for, as you want to see it.")
        ] = "",
        expires: Annotated[
            str, typer.Option("--expires", metavar="SPAN", help="How long it is good for: 7d, 12h, 30m.")
        ] = "7d",
    ) -> None:
        """Make an invitation for one person.

        Hand the text over on another channel: whoever has it can join in that person's place, once, until it
        expires.
        """
        span = parse_span(expires)
        from securecall_client.acts import inviting

        result = line.in_session(
            lambda session: inviting.invite(session, role=role, org=org, label=label, expires=span)
        )
        if not line.screen.as_json:
            for sentence in _beside(result):
                line.screen.note(sentence)
        line.show(result, lambda invited: [for_terminal(invited.invitation)])


def _beside(result: "Invited") -> Iterator[str]:
    """What is said beside the invitation, which alone is the result, so that it can go to a file."""
    whom = for_terminal(result.label) or "one person"
    yield f"An invitation for {whom} ({result.role}, {for_terminal(result.org)}), good until {local(result.expires)}."
    yield "Hand it over where nobody reads along, and only to that person. It works once."
    yield "They run: securecall join --name NAME"
