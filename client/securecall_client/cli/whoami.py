"""`securecall whoami`: oneself."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.table import short
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.people import Whoami


commands = typer.Typer(rich_markup_mode=None)


@command(commands, "whoami", example="securecall whoami", gives="results.people:Whoami")
def whoami(line: Line) -> None:
    """Show who you are, and which device this is."""
    from securecall_client.acts import people

    line.show(line.in_session(people.whoami), _words)


def _words(result: "Whoami") -> Iterator[str]:
    of = f", {for_terminal(result.org)}" if result.org else ""
    yield f"{for_terminal(result.name)}{of} ({result.role})"
    yield f"member {short(result.member)}, on device {short(result.device)}"
