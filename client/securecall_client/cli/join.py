"""`securecall join`: into a coalition or a call, by invitation."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from securecall_client.cli import handover
from securecall_client.cli.command import command
from securecall_client.cli.failures import UsageError
from securecall_client.cli.line import Line
from securecall_client.cli.memory import DEFAULT_MEMORY, Memory
from securecall_client.cli.table import local, names, short
from securecall_client.text import for_terminal
from securecall_client.work.covering import code_in

if TYPE_CHECKING:
    from securecall_client.results.people import Joined


commands = typer.Typer(rich_markup_mode=None)


@command(commands, "join", example='securecall join --name "Amina" --from amina.txt', gives="results.people:Joined")
def join(
    line: Line,
    person: Annotated[str, typer.Option("--name", metavar="PERSON", help="Your name.")] = "",
    source: handover.From = None,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Do not wait until somebody lets you in.")] = False,
    memory: Memory = DEFAULT_MEMORY,
) -> None:
    """Join by invitation, and wait until somebody lets you in.

    Reads the invitation from a prompt, or with --from. If you stopped waiting, run it again, without the
    invitation: it goes on where it was.
    """
    if line.has_profile():
        if source is not None:
            line.say.line("This profile has begun to join before, so that goes on; the invitation is not read.")
        line.show(_go_on(line, person, no_wait), _words)
    else:
        line.show(_begin(line, person, source, no_wait, memory), _words)


def _begin(line: Line, person: str, source: Path | None, no_wait: bool, memory: int) -> "Joined":
    from securecall_client.acts import joining

    if not person:
        raise UsageError("Say who you are: --name PERSON.", hint="See: securecall join --help")
    invitation = code_in(handover.read("invitation", source))
    lock = line.new_lock(memory)
    return line.run(joining.join(line.settings, lock, line.say, invitation=invitation, person=person, wait=not no_wait))


def _go_on(line: Line, person: str, no_wait: bool) -> "Joined":
    from securecall_client.acts import joining

    return line.run(joining.join(line.settings, line.lock, line.say, invitation=None, person=person, wait=not no_wait))


def _words(result: "Joined") -> Iterator[str]:
    if result.state == "joined" and result.role == "guest":
        yield from _as_guest(result)
        return
    if result.state == "joined":
        yield f"You are in {for_terminal(result.title)}."
        yield "See who is there: securecall member list. See the calls: securecall call list"
        return
    yield f"Your wish to join {for_terminal(result.title)} is on the server. You are not in yet."
    yield from waiting(result)


def waiting(result: "Joined") -> Iterator[str]:
    """Who must do what for a join to go on, and what the person who waits can do meanwhile."""
    yield f"You wait since {local(result.since)}."
    if result.waiting_for:
        people = names(person.name for person in result.waiting_for)
        yield f"One of these people must be online and run “securecall admit”: {people}."
    yield f"They may ask you, on a voice that they know, for the words of your keys: {for_terminal(result.words)}."
    yield "Tell one of them, by another way, that you wait. You may switch off meanwhile: your wish stays there."
    yield "To see whether you are in, and to go on waiting: securecall join"


def _as_guest(result: "Joined") -> Iterator[str]:
    yield f"You are in the call {for_terminal(result.title)} as a guest, until {local(result.ends or '')}."
    yield "You read what is put up for everyone from now on, and what you write is for everyone."
    yield f"See the call: securecall call show {short(result.space)}"
