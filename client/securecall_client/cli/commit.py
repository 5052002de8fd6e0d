"""`securecall commit`: who will do what by when, and what became of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from securecall_client.cli import writing
from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.doc import SAVED
from securecall_client.cli.failures import UsageError
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES, CircleChoice
from securecall_client.cli.table import short, table
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.decisions import CommitmentLine, Commitments, Committed

NAME: Final = "commit"
HELP: Final = "Who will do what by when, and what became of it."
CommitmentName = Annotated[
    str, typer.Argument(metavar="COMMITMENT", help="The commitment: its id, the beginning of it, or its words.")
]
noun = typer.Typer(rich_markup_mode=None)


@command(noun, "list", example='securecall commit list "Situation in spring"', gives="results.decisions:Commitments")
def list_commitments(line: Line, call: CallName) -> None:
    """List who will do what: what is due, late, done, dropped, by today's date here."""
    from securecall_client.acts import committing

    line.show(line.in_session(lambda session: committing.list_commitments(session, call)), _listed)


@command(
    noun,
    "add",
    example='securecall commit add "Situation in spring" --from-row 1a2b3c4d:0 --by 2027-01-31',
    gives="results.decisions:Committed",
    shared=WRITES,
)
def add(
    line: Line,
    call: CallName,
    what: Annotated[str | None, typer.Argument(metavar="TEXT", help="What will be done.")] = None,
    by: Annotated[str, typer.Option("--by", metavar="DATE", help="The day by which: 2027-01-31.")] = "",
    who: Annotated[str, typer.Option("--who", metavar="MEMBER", help="Who will; you, if you name nobody.")] = "",
    org: Annotated[str, typer.Option("--org", metavar="ORG", help="The organisation that will.")] = "",
    row: Annotated[
        str, typer.Option("--from-row", metavar="ANSWER:N", help="The row it is made from, counted from 0.")
    ] = "",
    circle: CircleChoice = None,
    file: writing.TextFile = None,
) -> None:
    """Put a commitment down: your own or your organisation's, or as owner or chair anybody's.

    From a row of an exercise, whoever gave that row commits themselves to it; without TEXT it says what the row says,
    and it is for whom the exercise is for. Any other is for allies unless you say otherwise.
    """
    if not by:
        raise UsageError("By when?", hint="Say the day: --by 2027-01-31")
    if who and org:
        raise UsageError("Either a person or an organisation commits itself.", hint="Leave out --who or --org.")
    written = what or "" if row and file is None else writing.read("commitment", what, file)
    from securecall_client.acts import committing

    act = line.in_session(
        lambda session: committing.commit(session, call, written, by=by, who=who, org=org, row=row, circle=circle)
    )
    line.show(act, _committed)


@command(
    noun,
    "done",
    example='securecall commit done "Situation in spring" 1a2b3c4d',
    gives="results.decisions:Committed",
    shared=WRITES,
)
def done(line: Line, call: CallName, commitment: CommitmentName) -> None:
    """Say that it is done: whoever's it is, and owners and chairs."""
    _say(line, call, commitment, "done")


@command(
    noun,
    "undo",
    example='securecall commit undo "Situation in spring" 1a2b3c4d',
    gives="results.decisions:Committed",
    shared=WRITES,
)
def undo(line: Line, call: CallName, commitment: CommitmentName) -> None:
    """Say that it is not done after all, or not dropped."""
    _say(line, call, commitment, "open")


@command(
    noun,
    "drop",
    example='securecall commit drop "Situation in spring" 1a2b3c4d',
    gives="results.decisions:Committed",
    shared=WRITES,
)
def drop(line: Line, call: CallName, commitment: CommitmentName) -> None:
    """Say that nobody will do it. It stays in the list, marked so."""
    _say(line, call, commitment, "dropped")


def _say(line: Line, call: str, commitment: str, state: Literal["open", "done", "dropped"]) -> None:
    from securecall_client.acts import committing

    line.show(line.in_session(lambda session: committing.say_state(session, call, commitment, state)), _committed)


def _committed(result: "Committed") -> Iterator[str]:
    what = for_terminal(result.what.partition("\n")[0])
    yield f"{for_terminal(result.who)}: {what}, by {for_terminal(result.by)} ({short(result.commitment)})."
    yield f"It is {result.state}: saved {SAVED[result.saved]}." if result.saved != "here" else "Saved on this computer."


def _listed(result: "Commitments") -> Iterator[str]:
    if not result.commitments:
        yield "You can read no commitment here yet. Begin: securecall commit add CALL --by DATE"
        return
    rows = [
        (short(each.commitment), each.state, each.by, _who(each), each.what, each.circle) for each in result.commitments
    ]
    yield table(("Commitment", "State", "By", "Who", "What", "For"), rows)


def _who(each: "CommitmentLine") -> str:
    return each.who if each.who == each.org or not each.org else f"{each.who}, {each.org}"
