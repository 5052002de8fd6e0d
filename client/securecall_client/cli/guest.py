"""`securecall guest`: sealed pages for people who can install nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from securecall_client.cli import handover
from securecall_client.cli.answer import answered_words
from securecall_client.cli.call import CallName
from securecall_client.cli.call_people import Until, when_it_ends
from securecall_client.cli.command import command
from securecall_client.cli.doc import SAVED
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES
from securecall_client.cli.table import local, names
from securecall_client.text import for_terminal, size

if TYPE_CHECKING:
    from securecall_client.results.guest_pages import GuestPage, TakenPage
    from securecall_client.session import Session

NAME: Final = "guest"
HELP: Final = "Sealed pages, for guests who can install nothing."
noun = typer.Typer(rich_markup_mode=None)


@command(
    noun,
    "page",
    example='securecall guest page "Situation in spring" --for "River Watch" -o page.html',
    gives="results.guest_pages:GuestPage",
    shared=WRITES,
    patient=True,
)
def page(
    line: Line,
    call: CallName,
    whom: Annotated[
        str,
        typer.Option("--for", metavar="LABEL", help="The organisation that it speaks for; made if it is new."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The new file, such as page.html.")],
    until: Until = "",
) -> None:
    """Make one HTML file in which a guest reads what is for everyone, answers, and adds a file, without the network.

    It is sealed under a code. Send the file one way and tell the code another way, best by voice: whoever has both can
    read it and answer in that name. It is not live, and nothing in it proves who typed. What the guest sends back goes
    in with: securecall guest take FILE.
    """
    end = when_it_ends("guest", until)
    from securecall_client.acts import guest_pages

    made = line.in_session(lambda session: guest_pages.make_page(session, call, whom, output, end))
    line.show(made, _made)


@command(
    noun,
    "take",
    example="securecall guest take answer.txt",
    gives="results.guest_pages:TakenPage",
    shared=WRITES,
)
def take(
    line: Line,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", allow_dash=True, help="What the guest sent, or “-” for stdin.")
    ],
    call: Annotated[
        str | None, typer.Option("--call", metavar="CALL", help="The call, if another computer made the page.")
    ] = None,
    whom: Annotated[
        str | None, typer.Option("--for", metavar="LABEL", help="Whom it is for, if another computer made the page.")
    ] = None,
    code: handover.From = None,
    again: Annotated[bool, typer.Option("--again", help="Take it though something of that page was taken.")] = False,
    late: Annotated[bool, typer.Option("--late", help="Take it though the page was over.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="Write the guest's file here; do not put it up."),
    ] = None,
) -> None:
    """Enter what came back of a sealed page: answers on behalf of its guest, and a file for everyone.

    Both are marked “by sealed page” wherever they are shown. The computer that made the page needs nothing more; on
    another, name the call and the guest, and type the page's code when you are asked (or give it with --from).
    """
    from securecall_client.acts import taking_pages
    from securecall_client.acts.page_rules import Wanted
    from securecall_client.errors import RefusedError
    from securecall_client.guest_page.reply import TEXT_MOST
    from securecall_keys.pages import read_code

    text = handover.from_bytes("The sealed answer", file, TEXT_MOST)
    wanted = Wanted(call, whom, again, late, output)
    given = None if code is None else read_code(handover.read("code", code))

    async def act(session: "Session") -> "TakenPage":
        return await taking_pages.take_page(session, text, wanted, given)

    try:
        taken = line.in_session(act)
    except RefusedError as error:
        if error.code != taking_pages.UNKNOWN or given is not None or call is None or whom is None:
            raise
        given = read_code(handover.read("code", None))
        taken = line.in_session(act)
    line.show(taken, _taken)


def _made(result: "GuestPage") -> Iterator[str]:
    yield f"The page for {for_terminal(result.org)} is {for_terminal(result.path)} ({size(result.size)})."
    yield "Its code, to be told another way than the file goes, best by voice:"
    yield f"  {for_terminal(result.code)}"
    exercises, documents = names(each.name for each in result.exercises), names(each.name for each in result.documents)
    yield f"To answer in it: {exercises or 'no exercise, since none for everyone is open'}."
    if documents:
        yield f"Documents in it: {documents}."
    if result.left_out:
        yield f"Too large for it, so by name alone: {names(each.name for each in result.left_out)}."
    yield f"It is over at {local(result.ends)}. Whoever has file and code can read it and answer in that name; that"
    yield "cannot be taken back. What comes back goes in with: securecall guest take FILE"


def _taken(result: "TakenPage") -> Iterator[str]:
    yield f"By sealed page, for {for_terminal(result.org)}, in {for_terminal(result.title)}:"
    for answer in result.answers:
        yield from answered_words(answer)
    if result.document is not None:
        name, number = for_terminal(result.document.name), size(result.document.size)
        yield f"{name} ({number}) is put up for everyone: saved {SAVED[result.document.saved]}."
    if result.path is not None:
        yield f"The guest's file is {for_terminal(result.path)}. Nobody has looked into it: open it with care."
    yield "Nobody knows who typed this. If it matters, ask them by a voice that you know."
