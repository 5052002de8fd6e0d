"""`securecall invite`: a text that lets one person join, or a file for each person of a table."""

from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from securecall_client.cli import invite_many
from securecall_client.cli.call_people import Until, when_it_ends
from securecall_client.cli.command import command
from securecall_client.cli.failures import UsageError
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES
from securecall_client.text import parse_span

NAME: Final = "invite"
_HELP: Final = "See: securecall invite --help"
noun = typer.Typer(rich_markup_mode=None)


@command(
    noun,
    None,
    example='securecall invite --role member --org "River Watch" --label "Amina" > amina.txt',
    gives="results.people:Invited",
    shared=WRITES,
)
def invite(
    line: Line,
    role: Annotated[
        Literal["owner", "chair", "member", "guest"] | None, typer.Option("--role", help="What the person may do.")
    ] = None,
    org: Annotated[
        str,
        typer.Option(
            "--org", metavar="ORG", help="Their organisation, by name, id, or the beginning of it; made if it is new."
        ),
    ] = "",
    label: Annotated[str, typer.Option("--label", metavar="TEXT", help="Whom it is for, as you want to see it.")] = "",
    expires: Annotated[
        str, typer.Option("--expires", metavar="SPAN", help="How long it is good for: 7d, 12h, 30m.")
    ] = "7d",
    call: Annotated[
        str, typer.Option("--call", metavar="CALL", help="Into this call alone: for people from outside the coalition.")
    ] = "",
    until: Until = "",
    people: Annotated[
        Path | None,
        typer.Option("--people", metavar="FILE", help="Invite everybody in this CSV file: columns label, org, role."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="With --people: the folder for their files.")
    ] = None,
) -> None:
    """Make an invitation for one person, with --role and --org, or for many, with --people and -o.

    Hand each over on another channel: whoever has it can join in that person's place, once, until it expires. A guest
    comes for one call, with --call, and reads only what is put up for everyone from then on. With
    --people each stands in a file of its own, with a letter that says what to do and names nobody; --json then gives
    {invitations: [{label: string, file: string}]}.
    """
    if people is not None:
        if output is None or role is not None or org or label or call or until:
            raise UsageError("With --people goes -o DIR, and neither --role, --org, --label nor --call.", hint=_HELP)
        invite_many.from_table(line, people, output, parse_span(expires))
        return
    if role is None or not org or output is not None:
        raise UsageError("Say --role and --org for one person, or --people FILE and -o DIR for many.", hint=_HELP)
    if role == "guest" and not call:
        raise UsageError("A guest comes for one call.", hint="Say for which: --call CALL")
    span, end = parse_span(expires), when_it_ends(role, until)
    from securecall_client.acts import inviting

    stay = inviting.Stay(call, end) if call else None
    invite_many.show(
        line,
        line.in_session(
            lambda session: inviting.invite(session, role=role, org=org, label=label, expires=span, stay=stay)
        ),
    )
