"""`securecall status`: what is on this computer, on the server, and with others."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import typer

from securecall.sentences import several
from securecall_client.cli import failures, join
from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.table import by, local, short, table
from securecall_client.errors import ProfileError
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.status import AlarmLine, SpaceLine, Status

PROOF_GRADE: Final = "proof"
TO_DO: Final = {
    "late": "Wait: it may be the line.",
    "odd": "Tell the secretariat.",
    PROOF_GRADE: "Stop writing here, and call the secretariat on another channel.",
}


commands = typer.Typer(rich_markup_mode=None)


@command(commands, "status", example="securecall status", gives="results.status:Status")
def status(line: Line) -> None:
    """Show what is here, on the server, and with others.

    Leaves with 3 if the server or a member has been caught misbehaving.
    """
    from securecall_client.acts import status as act

    try:
        result = line.in_session(act.status)
    except ProfileError as error:
        if error.code != "not-joined":
            raise
        result = _joining(line, error)
    line.show(result, words)
    if any(alarm.grade == PROOF_GRADE for alarm in result.alarms):
        line.exit_code = failures.PROOF


def _joining(line: Line, error: ProfileError) -> "Status":
    """The state of a profile that waits to be let in, or ``error`` if it does not wait."""
    from securecall_client.acts import joining

    try:
        return line.run(joining.waiting(line.settings, line.lock, line.say))
    except ProfileError:
        raise error from None


def words(result: "Status") -> Iterator[str]:
    """The state of the line for people: alarms first."""
    for alarm in result.alarms:
        yield from _alarm(alarm)
    if result.joining is not None:
        yield f"You are not in {for_terminal(result.joining.title)} yet."
        yield from join.waiting(result.joining)
        return
    yield _on_this_computer(result)
    yield _on_the_server(result)
    yield from _waiting(result)
    yield from _unread(result)
    yield from _with_others(result)


def _alarm(alarm: "AlarmLine") -> Iterator[str]:
    yield f"Alarm ({alarm.grade}): {for_terminal(alarm.message)}"
    yield f"  {TO_DO.get(alarm.grade, 'Tell the secretariat.')}"
    if alarm.evidence:
        yield f"  What others can check of it: securecall alarm show {short(alarm.alarm)}"


def _on_this_computer(result: "Status") -> str:
    if not result.spaces:
        return "On this computer: no space yet. If you wait to be let in, run: securecall join"
    return f"On this computer: {several(len(result.spaces), 'space')}, each up to the place shown below."


def _on_the_server(result: "Status") -> str:
    if result.lacking:
        return (
            "On the server: not sure. It was put back from an old backup, or is being moved, and may lack some of what "
            "you wrote, which is still here. Give it that with: securecall heal"
        )
    why = f" {for_terminal(result.why)}" if result.why else ""
    if result.outbox:
        return f"On the server: all but {several(result.outbox, 'thing')} that you wrote, kept here until then.{why}"
    return f"On the server: everything that you wrote.{why}"


def _waiting(result: "Status") -> Iterator[str]:
    """What waits, a space at a time."""
    names = {space.space: space.name for space in result.spaces}
    for space in dict.fromkeys(line.space for line in result.waiting):
        yield f"Waiting here for {for_terminal(names.get(space, '')) or short(space)}:"
        for line in result.waiting:
            if line.space == space:
                said = for_terminal(f"{line.why} {line.hint}".rstrip())
                yield f"  {for_terminal(line.what)}, since {local(line.since)}. {said}"


def _unread(result: "Status") -> Iterator[str]:
    for space in result.spaces:
        if space.unread:
            name, number = for_terminal(space.name), several(space.unread, "new message")
            yield f"{number} in {name}: securecall discuss list {short(space.space)}"


def _with_others(result: "Status") -> Iterator[str]:
    if not result.spaces:
        return
    yield "Others have it: where the last column gives a time, another member had the same as you at that time."
    rows = [
        (
            short(space.space),
            space.name,
            space.kind,
            str(space.seq),
            str(space.epoch),
            _confirmed(space),
        )
        for space in result.spaces
    ]
    yield table(("Space", "Name", "Kind", "Place", "Epoch", "Confirmed"), rows)


def _confirmed(space: "SpaceLine") -> str:
    if space.until is not None:
        return f"destroyed; wiped here at {local(space.until)}"
    if not space.inside:
        return "you are no longer in it"
    if space.confirmed is None:
        return "nobody else is in it" if not space.others else "not yet"
    return local(space.confirmed) + by([one.name for one in space.confirmed_by], space.others)
