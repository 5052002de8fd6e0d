"""`securecall leave`, and the words of every going from several spaces."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from securecall.sentences import several
from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES, Yes
from securecall_client.cli.table import local, names
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.calls import Receipt, SealedRead
    from securecall_client.results.partings import Parting


commands = typer.Typer(rich_markup_mode=None)


@command(
    commands,
    "leave",
    example='securecall leave "Situation in spring"',
    gives="results.partings:Parting",
    shared=WRITES,
)
def leave(
    line: Line,
    call: Annotated[
        str | None, typer.Argument(metavar="CALL", help="One call or pair; without it all, and the coalition.")
    ] = None,
    yes: Yes = False,
) -> None:
    """Leave a call, or the coalition with every call.

    Keys and others' content are wiped from this computer; what you wrote stays readable. The last owner cannot go.
    Without the server it waits here, and is done once the server is reached.
    """
    from securecall_client.acts import leaving

    what = "the coalition and every call" if call is None else f"the call {for_terminal(call)}"
    line.sure(f"You are about to leave {what}.", yes=yes)
    line.show(line.in_session(lambda session: leaving.leave(session, call)), _left)


def parted(result: "Parting") -> Iterator[str]:
    """Each space, and the receipt for all."""
    for part in result.spaces:
        why = f": {for_terminal(part.why)}" if part.why else ""
        yield f"{for_terminal(part.name)} ({part.kind}): {part.state}{why}."
    yield from receipt_words(result.receipt)


def _left(result: "Parting") -> Iterator[str]:
    for part in result.spaces:
        done = part.state == "done"
        space = f"{for_terminal(part.name)} ({part.kind})"
        yield f"You have left {space}." if done else f"You are still in {space}: {part.why}."
    if not result.spaces:
        yield "There was nothing to leave."
        return
    receipt = result.receipt
    if any(part.state == "done" for part in result.spaces):
        yield f"Until {local(receipt.at)} you could read {_content(receipt)}."
        yield from sealed_words(receipt.sealed, "you")
    yield for_terminal(receipt.keeps)
    yield for_terminal(receipt.from_now)


def receipt_words(receipt: "Receipt") -> Iterator[str]:
    """A receipt in sentences."""
    yield f"Removed: {names(person.name for person in receipt.removed)}, at {local(receipt.at)}."
    yield f"Until then they could read {_content(receipt)}."
    yield from sealed_words(receipt.sealed)
    for sentence in (receipt.keeps, receipt.from_now):
        if sentence:
            yield for_terminal(sentence)
    if receipt.new_key_not_seen_by:
        yield f"Not yet seen with the new key: {names(person.name for person in receipt.new_key_not_seen_by)}."


def sealed_words(sealed: Iterable["SealedRead"], who: str = "they") -> Iterator[str]:
    """What a facilitator could read before its reveal, in sentences."""
    for read in sealed:
        of = names(person.name for person in read.of)
        yield f"As a facilitator {who} could also read what is sealed in {for_terminal(read.title)}, by {of}."


def _content(receipt: "Receipt") -> str:
    return f"{several(receipt.documents, 'document')} and {several(receipt.answers, 'answer')}"
