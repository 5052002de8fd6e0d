"""`securecall doctor`: what is in order and what needs mending."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from securecall_client.cli import failures
from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.doctor import Diagnosis


commands = typer.Typer(rich_markup_mode=None)


@command(commands, "doctor", example="securecall doctor", gives="results.doctor:Diagnosis")
def doctor(
    line: Line,
    server: Annotated[
        str, typer.Option("--server", metavar="URL", help="Try this server instead of the profile's.")
    ] = "",
) -> None:
    """Look at this computer and the way to the server, and say what needs mending.

    Asks for no passphrase and works without a profile. What it prints holds no secrets, no ids and no address
    of a server, so it can be sent to whoever helps. Leaves with 1 if something needs mending.
    """
    from securecall_client.acts import doctor as act

    result = line.run(act.examine(line.settings, line.say, server))
    line.show(result, _words)
    if not result.ok:
        line.exit_code = failures.REFUSED


def _words(result: "Diagnosis") -> Iterator[str]:
    for check in result.checks:
        yield f"{check.state:8}  {for_terminal(check.message)}"
        if check.hint is not None:
            yield f"          {for_terminal(check.hint)}"
    yield "All is well." if result.ok else "Something needs mending: see what follows “problem”."
