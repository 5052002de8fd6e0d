"""`securecall found`: a coalition begins."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final

import typer

from securecall_client.cli import handover
from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.memory import DEFAULT_MEMORY, Memory
from securecall_client.errors import ProfileError
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.people import Founded


def refuse_second_profile(line: Line) -> None:
    """Refuse before anything is asked: a folder holds one profile."""
    if line.has_profile():
        raise ProfileError(
            f"There is a profile in {line.options.folder} already.",
            hint="Use another folder: --home DIR, or SECURECALL_HOME.",
        )


commands = typer.Typer(rich_markup_mode=None)


@command(
    commands,
    "found",
    example='securecall found "Coalition" --server https://calls.example.org --name "Amina" --org "Secretariat"',
    gives="results.people:Founded",
)
def found(
    line: Line,
    coalition: Annotated[str, typer.Argument(metavar="NAME", help="What the coalition is called.")],
    server: Annotated[str, typer.Option("--server", metavar="URL", help="The address of the server.")],
    person: Annotated[str, typer.Option("--name", metavar="PERSON", help="Your name.")],
    org: Annotated[str, typer.Option("--org", metavar="ORG", help="Your organisation.")],
    source: handover.From = None,
    memory: Memory = DEFAULT_MEMORY,
) -> None:
    """Begin a coalition on a server, as its first owner.

    Reads the setup code that the server printed, once it has been set up: from a prompt, or with --from.
    """
    from securecall_client.acts import founding

    refuse_second_profile(line)
    setup = handover.read("setup code", source)
    lock = line.new_lock(memory)
    act = founding.found(
        line.settings, lock, line.say,
        setup=setup, server=server, coalition=coalition, person=person, org=org,
    )  # fmt: skip

    def words(_result: "Founded") -> Iterator[str]:
        yield f"{for_terminal(coalition)} has begun, and you are its owner."
        yield from _NEXT

    line.show(line.run(act), words)


_NEXT: Final = (
    "Keep the passphrase: nobody can open this profile without it, and nobody can give you another.",
    "Invite the first person: securecall invite --role member --org ORG --label NAME",
    "Or many at once, from a table: securecall invite --people FILE.csv -o DIR",
)
