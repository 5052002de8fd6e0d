"""`securecall server`: the coalition moves to another server, and everybody follows."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final

import typer

from securecall.sentences import several
from securecall_client.cli import handover
from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.moving import Moved, ServerText

NAME: Final = "server"
HELP: Final = "Move the coalition to another server."
noun = typer.Typer(rich_markup_mode=None)


@command(noun, "move", example="securecall server move --to https://calls.example.net", gives="results.moving:Moved")
def move(
    line: Line,
    to: Annotated[str, typer.Option("--to", metavar="URL", help="The address of the new server.")],
    source: handover.From = None,
) -> None:
    """Begin at a new server with all that is on this computer, as an owner, when the old one was seized or is given up.

    Reads the setup code that the new server printed: from a prompt, or with --from. Prints a text for everybody else.
    """
    from securecall_client.acts import moving

    line.need_profile()
    setup = handover.read("setup code", source)
    line.show(line.run(moving.move(line.settings, line.lock, line.say, setup=setup, to=to)), _moved)


@command(noun, "text", example="securecall server text", gives="results.moving:ServerText")
def text(
    line: Line,
    call: Annotated[
        str | None, typer.Argument(metavar="CALL", help="For those who are in this call alone, such as guests.")
    ] = None,
) -> None:
    """Print again the text that leads people to the new server, as an owner of the coalition, or of a call."""
    from securecall_client.acts import moving

    line.show(line.in_session(lambda session: moving.text_for(session, call)), _text)


@command(noun, "use", example="securecall server use --from text.txt", gives="results.moving:Moved")
def use(
    line: Line,
    source: handover.From = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="URL", help="The new server's address, if this computer cannot read it there."),
    ] = None,
) -> None:
    """Follow the coalition to the server that an owner's text names, and give it what this computer has.

    The text is believed only if an owner signed it, as far as this computer knows who that is.
    """
    from securecall_client.acts import moving

    line.need_profile()
    text = handover.read("text of the new server", source)
    line.show(line.run(moving.use(line.settings, line.lock, line.say, text=text, to=to)), _moved)


def _text(result: "ServerText") -> Iterator[str]:
    yield for_terminal(result.text)


def _moved(result: "Moved") -> Iterator[str]:
    yield f"From now on this computer goes to {for_terminal(result.address)}, as {for_terminal(result.by)} says."
    for space in result.spaces:
        yield f"{for_terminal(space.name)} ({space.kind}): {several(space.put_back, 'item')} put back from here."
    for document in result.lost:
        yield f"The file of {for_terminal(document.name)} is not there: securecall doc replace, by whoever has it."
    if result.text is not None:
        yield "Hand this text to everybody, on a way that you trust; they run securecall server use, and paste it:"
        yield for_terminal(result.text)
        yield "Once they have, let things go on: securecall heal --finish. So does the owner of each call."
