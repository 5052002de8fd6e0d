"""`securecall admit`: let in those who have accepted their invitation."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES
from securecall_client.cli.table import short, table
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.people import Admitted


commands = typer.Typer(rich_markup_mode=None)


@command(commands, "admit", example="securecall admit", gives="results.people:Admitted", shared=WRITES)
def admit(
    line: Line,
    watch: Annotated[
        bool,
        typer.Option("--watch", help="Stay, and let in ordinary members as they come; Ctrl-C ends it."),
    ] = False,
) -> None:
    """Let in everybody who waits, into the coalition and your calls.

    Running it is your confirmation that they are who they say. With --watch only ordinary members are let
    in; owners, chairs and guests go on waiting for a person. With --json it then prints one document a line.
    """
    from securecall_client.acts import admitting

    if watch:
        line.say.line("Waiting for people who join. Press Ctrl-C to stop.")
        line.each(admitting.admit_watch, lambda result: line.show(result, _words))
    else:
        line.show(line.in_session(lambda session: admitting.admit(session, confirmed=True)), _words)


def _words(result: "Admitted") -> Iterator[str]:
    if result.admitted:
        yield f"Let in: {', '.join(map(for_terminal, result.names))}."
    elif not result.waiting:
        yield "Nobody waits to be let in. See who was invited and has not joined: securecall invite list"
        yield "Invite somebody: securecall invite --role member --org ORG"
    if result.waiting:
        yield "Still waiting for a person's word:"
        rows = [(short(join.member), join.name, join.role, join.into, join.words, join.why) for join in result.waiting]
        yield table(("Member", "Name", "Role", "Into", "Their words", "Why"), rows)
        yield "Their SecureCall shows them the same words: let them read these to you, on a voice that you know."
        yield f"If you know that it is {for_terminal(result.waiting[0].name)}, run: securecall admit"
