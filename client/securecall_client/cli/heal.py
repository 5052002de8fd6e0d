"""`securecall heal`: a server that was put back from a backup gets back what it lacks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from securecall.sentences import several
from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.healing import Healed, HealedSpace


commands = typer.Typer(rich_markup_mode=None)


@command(commands, "heal", example="securecall heal", gives="results.healing:Healed", patient=True)
def heal(
    line: Line,
    finish: Annotated[
        bool,
        typer.Option("--finish", help="As an owner: let every space go on that has all back that is known here."),
    ] = False,
) -> None:
    """Give a server that was put back from a backup, or is new, what it lacks and this computer has.

    Everybody runs it, in any order; then an owner, with --finish, lets things go on, and a new key is made.
    Nothing here is ever given up for what such a server shows.
    """
    from securecall_client.acts import healing

    line.show(line.in_session(lambda session: healing.heal(session, finish=finish)), _words)


def _words(result: "Healed") -> Iterator[str]:
    yield _this_time(result)
    for space in result.spaces:
        yield f"{for_terminal(space.name)} ({space.kind}): {_state(space)}"
    for document in result.lost:
        yield (
            f"The server has lost the file of {for_terminal(document.name)}. {for_terminal(document.author)}, or "
            "whoever has it, can put it up again: securecall doc replace."
        )
    if any(space.state == "lacking" for space in result.spaces):
        yield "Awaited: whoever else has read there runs securecall heal."
    if any(space.state == "whole" for space in result.spaces):
        yield (
            "Once everybody has run this who may have read more, an owner runs securecall heal --finish: "
            f"{_awaited(result)}."
        )


def _this_time(result: "Healed") -> str:
    count, where = sum(space.put_back for space in result.spaces), sum(space.put_back > 0 for space in result.spaces)
    if count:
        done = f"Put back from this computer: {several(count, 'item')}, in {several(where, 'space')}."
    elif any(space.again for space in result.spaces):
        done = "Nothing was left to put back."
    elif result.lifted:
        return "Nothing to do: the server takes what is new everywhere, and lacks nothing that this computer knows of."
    else:
        done = "Nothing was put back this time: this computer has nothing that the server lacks."
    return f"{done} The server goes on, and so does everybody." if result.lifted else done


def _state(space: "HealedSpace") -> str:
    came = f"{_items(space)} put back from here. " if space.put_back else ""
    match space.state:
        case "open":
            return f"{came}It goes on{' again from now on' if space.again else ''}."
        case "whole":
            return f"{came}All that is known of here is there. Nothing new is taken yet."
        case "lacking":
            return (
                f"{came}{several(space.lacks, 'item')} that others have read are still lacking, and not on this "
                "computer. Nothing new is taken yet."
            )


def _items(space: "HealedSpace") -> str:
    """How many, and of what."""
    records = space.put_back - space.entries
    parts = [several(space.entries, "change of people or keys", "changes of people or keys")] if space.entries else []
    parts += [several(records, "record")] if records else []
    return f"{several(space.put_back, 'item')} ({', '.join(parts)})"


def _awaited(result: "Healed") -> str:
    """Who may let go on what is whole."""
    waits = [space for space in result.spaces if space.state == "whole"]
    names = {"you" if owner.you else owner.name for space in waits for owner in space.owners}
    return for_terminal(", ".join(sorted(names, key=lambda name: (name != "you", name))))
