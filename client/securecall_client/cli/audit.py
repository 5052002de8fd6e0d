"""`securecall audit`: who should hold each of a call's keys, and whether it is so."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from securecall.sentences import several
from securecall_client.cli import failures
from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.alarms import Audit, EpochLine


commands = typer.Typer(rich_markup_mode=None)


@command(commands, "audit", example='securecall audit "Situation in spring"', gives="results.alarms:Audit")
def audit(line: Line, call: CallName) -> None:
    """Recompute from a call's history who should hold each of its keys, and compare.

    It compares with the keys that the history says were given, and with those on this computer. Leaves with 1 if
    anything is otherwise.
    """
    from securecall_client.acts import audit as act

    result = line.in_session(lambda session: act.audit_call(session, call))
    line.show(result, _words)
    if not result.clean:
        line.exit_code = failures.REFUSED


def _words(result: "Audit") -> Iterator[str]:
    yield f"{for_terminal(result.title)}: {several(len(result.epochs), 'epoch')}."
    for epoch in result.epochs:
        yield from _epoch(epoch)
    yield "Clean: everybody who should hold a key was given it, and nobody else." if result.clean else "Not clean."


def _epoch(epoch: "EpochLine") -> Iterator[str]:
    by = f"Epoch {epoch.epoch}, from place {epoch.seq}, by {for_terminal(epoch.author_name)}"
    devices: dict[tuple[str, str], int] = {}
    for one in epoch.recipients:
        devices[one.name, one.kind] = devices.get((one.name, one.kind), 0) + 1
    held = [
        f"{for_terminal(name)} ({several(count, 'device')}{', what is for everyone' if kind == 'everyone' else ''})"
        for (name, kind), count in devices.items()
    ]
    yield f"{by}: {', '.join(held)}."
    for difference in epoch.differences:
        yield f"  {for_terminal(difference)}"
