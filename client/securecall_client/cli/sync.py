"""`securecall sync`: send what waits, fetch what is new."""

from typing import Annotated

import typer

from securecall_client.cli import failures
from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES
from securecall_client.cli.status import PROOF_GRADE, words

commands = typer.Typer(rich_markup_mode=None)


@command(commands, "sync", example="securecall sync", gives="results.status:Status", shared=WRITES)
def sync(
    line: Line,
    to_guests: Annotated[
        bool,
        typer.Option("--to-guests", help="Send also what guests would get who came after you wrote it."),
    ] = False,
) -> None:
    """Send what waits, fetch what is new.

    What comes from the server is verified before it is taken over. Shows where things stand then.

    Leaves with 4 if the server was not reached, and with 3 if it has been caught misbehaving.
    """
    if line.options.offline:
        raise failures.UsageError("sync is there to reach the server, so it does not take --offline.")
    from securecall_client.acts import status as act

    result = line.in_session(lambda session: act.sync(session, to_guests=to_guests))
    line.show(result, words)
    if any(alarm.grade == PROOF_GRADE for alarm in result.alarms):
        line.exit_code = failures.PROOF
    elif not result.reached:
        line.exit_code = failures.HERE
