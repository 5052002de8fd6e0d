"""`securecall decision`: what was decided, and what supersedes it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final

import typer

from securecall_client.cli import writing
from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.doc import SAVED
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES, CircleChoice
from securecall_client.cli.table import local, short
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.decisions import Decided, DecisionLine, Decisions

NAME: Final = "decision"
HELP: Final = "The decisions of a call; none is removed."
noun = typer.Typer(rich_markup_mode=None)


@command(noun, "list", example='securecall decision list "Situation in spring"', gives="results.decisions:Decisions")
def list_decisions(line: Line, call: CallName) -> None:
    """List what was decided, oldest first."""
    from securecall_client.acts import deciding

    line.show(line.in_session(lambda session: deciding.list_decisions(session, call)), _listed)


@command(
    noun,
    "add",
    example='securecall decision add "Situation in spring" --for "all" --against "nobody" --file decision.txt',
    gives="results.decisions:Decided",
    shared=WRITES,
)
def add(
    line: Line,
    call: CallName,
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help="What was decided; you are asked for it.")] = None,
    in_favour: Annotated[str, typer.Option("--for", metavar="WORDS", help="Who was for it, in your words.")] = "",
    against: Annotated[str, typer.Option("--against", metavar="WORDS", help="Who was against it.")] = "",
    abstained: Annotated[str, typer.Option("--abstained", metavar="WORDS", help="Who abstained.")] = "",
    supersedes: Annotated[
        str, typer.Option("--supersedes", metavar="DECISION", help="The decision that this one supersedes.")
    ] = "",
    circle: CircleChoice = None,
    file: writing.TextFile = None,
) -> None:
    """Put a decision down (owners and chairs). It stays as it is; a later one may supersede it.

    It is for allies unless you say otherwise; one that supersedes another is for whom that was for.
    """
    written = writing.read("decision", text, file)
    from securecall_client.acts import deciding

    act = line.in_session(
        lambda session: deciding.decide(
            session,
            call,
            written,
            in_favour=in_favour,
            against=against,
            abstained=abstained,
            supersedes=supersedes,
            circle=circle,
        )
    )
    line.show(act, _decided)


def _decided(result: "Decided") -> Iterator[str]:
    yield f"The decision {short(result.decision)}, for {result.circle}: saved {SAVED[result.saved]}."


def _listed(result: "Decisions") -> Iterator[str]:
    if not result.decisions:
        yield "Nothing is decided yet that you can read. Owners and chairs put it down: securecall decision add CALL"
    for number, decision in enumerate(result.decisions):
        if number:
            yield ""
        yield from _decision(decision)


def _decision(decision: "DecisionLine") -> Iterator[str]:
    later = f"; superseded by {short(decision.superseded_by)}" if decision.superseded_by else ""
    before = f"; supersedes {short(decision.supersedes)}" if decision.supersedes else ""
    name = for_terminal(decision.name)
    yield f"{short(decision.decision)}, {local(decision.at)}, by {name}, for {decision.circle}{before}{later}"
    for line in decision.text.splitlines():
        yield f"  {for_terminal(line)}"
    votes = (("for", decision.in_favour), ("against", decision.against), ("abstained", decision.abstained))
    told = [f"{how}: {for_terminal(words)}" for how, words in votes if words]
    if told:
        yield f"  ({'; '.join(told)})"
