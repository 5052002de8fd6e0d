"""`securecall call invite | remove | rotate`: who is in a call, and its key."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES
from securecall_client.cli.parting import receipt_words
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.calls import InvitedToCall, Removed, Rotated

MemberNames = Annotated[
    list[str],
    typer.Argument(metavar="MEMBER", help="People of the coalition, by name, id, or the beginning of their id."),
]


def register(noun: typer.Typer) -> None:
    """Add the commands."""

    @command(
        noun,
        "invite",
        example='securecall call invite "Situation in spring" "Amina" "Jonas"',
        gives="results.calls:InvitedToCall",
        shared=WRITES,
    )
    def invite(line: Line, call: CallName, people: MemberNames) -> None:
        """Let people of the coalition into a call. They can read what was written in it before."""
        from securecall_client.acts import calls

        line.show(line.in_session(lambda session: calls.invite_to_call(session, call, people)), _invited)

    @command(
        noun,
        "remove",
        example='securecall call remove "Situation in spring" "Jonas"',
        gives="results.calls:Removed",
        shared=WRITES,
    )
    def remove(line: Line, call: CallName, people: MemberNames) -> None:
        """Remove people, and make a new key.

        Both happen in one step. What the removed have read stays with them; the receipt says what that is.
        """
        from securecall_client.acts import removing

        line.show(line.in_session(lambda session: removing.remove_from_call(session, call, people)), _removed)

    @command(
        noun,
        "rotate",
        example='securecall call rotate "Situation in spring"',
        gives="results.calls:Rotated",
        shared=WRITES,
    )
    def rotate(line: Line, call: CallName) -> None:
        """Make a new key for a call; everybody in it stays."""
        from securecall_client.acts import calls

        line.show(line.in_session(lambda session: calls.rotate_call(session, call)), _rotated)


def _invited(result: "InvitedToCall") -> Iterator[str]:
    if not result.admitted:
        yield "They were all in the call already."
        return
    yield f"Let into the call {for_terminal(result.title)}: {', '.join(map(for_terminal, result.names))}."


def _rotated(result: "Rotated") -> Iterator[str]:
    yield f"The call has a new key: epoch {result.epoch} has begun."


def _removed(result: "Removed") -> Iterator[str]:
    yield from receipt_words(result.receipt)
    yield f"The call has a new key: epoch {result.epoch} has begun."
