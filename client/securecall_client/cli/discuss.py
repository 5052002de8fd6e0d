"""`securecall discuss`: threads on what is in a call or a pair, also between calls."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final

import typer

from securecall.sentences import several
from securecall_client.cli import writing
from securecall_client.cli.command import command
from securecall_client.cli.doc import SAVED
from securecall_client.cli.failures import UsageError
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES, CircleChoice
from securecall_client.cli.table import local, short, table
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.discussion import Discussion, MessageLine, Said, Thread

NAME: Final = "discuss"
HELP: Final = "What is said about a call, and things in it."
SpaceName = Annotated[
    str, typer.Argument(metavar="CALL", help="The call, or the pair: its title, its id, or the beginning of its id.")
]
MessageName = Annotated[str, typer.Argument(metavar="MESSAGE", help="Your message: its id, or the beginning of it.")]
On = Annotated[
    str,
    typer.Option(
        "--on",
        metavar="THING",
        help="doc:ID, row:ANSWER:N (the first is 0), finding:gap:WORD:PLACE (or overlap, match, alone), decision:ID;"
        " else the call itself.",
    ),
]
noun = typer.Typer(rich_markup_mode=None)


@command(noun, "list", example='securecall discuss list "Situation in spring"', gives="results.discussion:Discussion")
def list_threads(line: Line, call: SpaceName) -> None:
    """List what is talked about, the newest first."""
    from securecall_client.acts import discussing

    line.show(line.in_session(lambda session: discussing.list_threads(session, call)), _listed)


@command(
    noun,
    "show",
    example='securecall discuss show "Situation in spring" --on doc:1a2b3c4d',
    gives="results.discussion:Thread",
)
def show(
    line: Line,
    call: SpaceName,
    on: On = "",
    versions: Annotated[bool, typer.Option("--versions", help="Also how messages read before they changed.")] = False,
) -> None:
    """Show what is said about one thing."""
    from securecall_client.acts import discussing

    def words(result: "Thread") -> Iterator[str]:
        yield f"About {for_terminal(result.about)} ({for_terminal(result.title)}):"
        if not result.messages:
            yield "Nothing is said about it yet, or nothing that you can read. Begin: securecall discuss say CALL"
        for message in result.messages:
            yield from _message(message, versions=versions)

    line.show(line.in_session(lambda session: discussing.show_thread(session, call, on)), words)


@command(
    noun,
    "say",
    example='securecall discuss say "Situation in spring" --on doc:1a2b3c4d --file message.txt',
    gives="results.discussion:Said",
    shared=WRITES,
)
def say(
    line: Line,
    call: SpaceName,
    text: Annotated[
        str | None,
        typer.Argument(metavar="TEXT", help="What you say. Others who use this computer may see it there."),
    ] = None,
    on: On = "",
    reply: Annotated[str, typer.Option("--reply", metavar="MESSAGE", help="Answer this message, where it is.")] = "",
    change: Annotated[str, typer.Option("--change", metavar="MESSAGE", help="Put your own message anew.")] = "",
    circle: CircleChoice = None,
    file: writing.TextFile = None,
) -> None:
    """Say something about a thing, to whoever can read it.

    Without TEXT or --file you are asked for it, so that it stands nowhere else. Guests read what is for everyone, and
    write nothing. It goes on after the call is closed. What is about the call itself is for allies unless you say
    otherwise.
    """
    if sum(map(bool, (on, reply, change))) > 1 or (circle and (reply or change)):
        raise UsageError("--on, --reply and --change each say where this belongs.", hint="Use one of them, by itself.")
    written = writing.read("message", text, file)
    from securecall_client.acts import discussing

    if reply:
        said = line.in_session(lambda session: discussing.reply(session, call, written, reply))
    elif change:
        if not written.strip():
            raise UsageError("There is no text.", hint="To take a message back: securecall discuss withdraw.")
        said = line.in_session(lambda session: discussing.change(session, call, written, change))
    else:
        said = line.in_session(lambda session: discussing.say(session, call, written, on=on, circle=circle))
    line.show(said, _said)


@command(
    noun,
    "withdraw",
    example='securecall discuss withdraw "Situation in spring" 1a2b3c4d',
    gives="results.discussion:Said",
    shared=WRITES,
)
def withdraw(line: Line, call: SpaceName, message: MessageName) -> None:
    """Take back what you said. It is marked so; whoever has read it has read it, and what it said is kept."""
    from securecall_client.acts import discussing

    def words(result: "Said") -> Iterator[str]:
        yield f"Taken back: {short(result.message)}, saved {SAVED[result.saved]}. What it said can still be looked up."

    line.show(line.in_session(lambda session: discussing.change(session, call, "", message)), words)


def _listed(result: "Discussion") -> Iterator[str]:
    if not result.threads:
        yield "Nothing is said here yet that you can read. Begin: securecall discuss say CALL"
        return
    rows = [
        (thread.about, several(thread.messages, "message"), local(thread.latest), thread.circle, thread.on)
        for thread in result.threads
    ]
    yield table(("About", "Messages", "Latest", "For", "--on"), rows)


def _said(result: "Said") -> Iterator[str]:
    readers = "" if result.about == "the pair" else f", for {result.circle}"
    about = for_terminal(result.about)
    yield f"Said about {about}{readers} ({short(result.message)}): saved {SAVED[result.saved]}."


def _message(message: "MessageLine", *, versions: bool) -> Iterator[str]:
    yield ""
    answers = f", answers {short(message.reply)}" if message.reply else ""
    how = "taken back" if not message.text else "changed" if message.earlier else ""
    marks = "".join(f", {mark}" for mark in (message.circle, how) if mark)
    yield f"{for_terminal(message.name)}, {local(message.at)} ({short(message.message)}{answers}{marks})"
    yield from _indented(message.text)
    for number, text in enumerate(message.earlier if versions else (), 1):
        yield f"  version {number}:"
        yield from _indented(text)


def _indented(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield f"  {for_terminal(line)}"
