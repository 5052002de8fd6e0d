"""`securecall call destroy | claim`: the end of a call, and another owner where none answers."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES, Yes
from securecall_client.cli.table import local, short
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.calls import CallState, Claimed


commands = typer.Typer(rich_markup_mode=None)


@command(
    commands,
    "destroy",
    example='securecall call destroy "Situation in spring"',
    gives="results.calls:CallState",
    shared=WRITES,
)
def destroy(line: Line, call: CallName, yes: Yes = False) -> None:
    """Destroy a call (owners): the server deletes at once what is in it.

    Everybody's computer keeps what it has for a week, so that it can be taken along, and then wipes it. Documents
    are on the server alone: if they are to be kept, first write all into an archive (securecall call export).
    """
    from securecall_client.acts import ending

    line.sure(f"You are about to destroy {for_terminal(call)}, for everybody.", yes=yes)
    line.show(line.in_session(lambda session: ending.destroy_call(session, call)), _destroyed)


@command(
    commands,
    "claim",
    example='securecall call claim "Situation in spring" "Amina"',
    gives="results.calls:Claimed",
    shared=WRITES,
)
def claim(
    line: Line,
    call: CallName,
    member: Annotated[str, typer.Argument(metavar="MEMBER", help="Who should become owner.")],
) -> None:
    """Say that somebody should become owner of a call whose owners do not answer any more.

    They are once more than half of all but guests have said so. Whatever an owner does in the call ends all claims.
    """
    from securecall_client.acts import ending

    line.show(line.in_session(lambda session: ending.claim_call(session, call, member)), _claimed)


def _destroyed(result: "CallState") -> Iterator[str]:
    yield f"The call {for_terminal(result.title)} is {result.state}. The server has deleted what was in it."
    if result.until:
        yield f"What this computer has can be read until {local(result.until)}; then it is wiped."
        yield f"To keep it in an encrypted archive: securecall call export {short(result.call)} -o FILE"
    yield "Copies that people made stay with them."


def _claimed(result: "Claimed") -> Iterator[str]:
    if result.role == "owner":
        yield "They are an owner of the call now."
        return
    yield f"{result.claims} of {result.needed} that it takes have claimed this."
