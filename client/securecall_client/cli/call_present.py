"""`securecall call present`: putting something on everyone's screen."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.doc import SAVED
from securecall_client.cli.failures import UsageError
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.presenting import Presented

commands = typer.Typer(rich_markup_mode=None)


@command(
    commands,
    "present",
    example='securecall call present "Situation in spring" "map:who does what"',
    gives="results.presenting:Presented",
    shared=WRITES,
)
def present(
    line: Line,
    call: CallName,
    thing: Annotated[
        str, typer.Argument(metavar="THING", help="doc:DOCUMENT, map:EXERCISE or agenda; without it what is shown now.")
    ] = "",
    stop: Annotated[bool, typer.Option("--stop", help="Nobody presents any more.")] = False,
    to: Annotated[str, typer.Option("--to", metavar="MEMBER", help="Have somebody else present.")] = "",
) -> None:
    """Put a document, a map or the agenda on everyone's screen (owners, chairs, and whom they hand it to).

    The pages of those who follow go there; anybody may look elsewhere.
    """
    from securecall_client.acts import presenting

    if bool(thing) + stop + bool(to) > 1:
        raise UsageError("Name a thing, or --stop, or --to; not several.")
    if stop:
        line.show(line.in_session(lambda session: presenting.stop(session, call)), _presented)
    elif to:
        line.show(line.in_session(lambda session: presenting.hand_over(session, call, to)), _presented)
    elif thing:
        line.show(line.in_session(lambda session: presenting.present(session, call, thing)), _presented)
    else:
        line.show(line.in_session(lambda session: presenting.show_presented(session, call)), _presented)


def _presented(result: "Presented") -> Iterator[str]:
    saved = "" if result.saved is None else f" Saved {SAVED[result.saved]}."
    name, about = for_terminal(result.name), for_terminal(result.about)
    if result.presenter is None:
        yield f"Nobody presents.{saved}"
    elif not result.kind:
        yield f"{name} presents, and shows nothing yet.{saved}"
    else:
        what = {"document": f"the document {about}", "map": f"the map of {about}"}.get(result.kind, "the agenda")
        yield f"{name} shows {what}, for {result.circle}.{saved}"
