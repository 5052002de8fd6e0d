"""`securecall alarm`: what is wrong, and the evidence of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final

import typer

from securecall.sentences import several
from securecall_client.cli.command import command
from securecall_client.cli.evidence import OutputFile, verdict_words, written_words
from securecall_client.cli.line import Line
from securecall_client.cli.status import TO_DO
from securecall_client.cli.table import local, short, table
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.alarms import Alarms, AlarmShown
    from securecall_client.results.status import AlarmLine

NAME: Final = "alarm"
HELP: Final = "Alarms: what was found wrong, and the evidence of it."
noun = typer.Typer(rich_markup_mode=None)

AlarmName = Annotated[str, typer.Argument(metavar="ALARM", help="The alarm: its id, or the beginning of its id.")]


@command(noun, "list", example="securecall alarm list", gives="results.alarms:Alarms")
def list_alarms(
    line: Line, every: Annotated[bool, typer.Option("--all", help="Also those that you have dismissed.")] = False
) -> None:
    """List what was found wrong, the newest first.

    Alarms stay, as the record of what happened. Only what is about how things stand goes by itself: a missing key, and
    a server that takes nothing new. The server is not asked.
    """
    from securecall_client.acts import alarms

    line.show(line.alone().in_session(lambda session: alarms.list_alarms(session, dismissed=every)), _listed)


@command(noun, "show", example="securecall alarm show 1f3a9c20", gives="results.alarms:AlarmShown")
def show(line: Line, alarm: AlarmName) -> None:
    """Show an alarm, and whom its evidence convicts: the server, a member, or one of the two."""
    from securecall_client.acts import alarms

    line.show(line.alone().in_session(lambda session: alarms.show_alarm(session, alarm)), _shown)


@command(noun, "dismiss", example="securecall alarm dismiss 1f3a9c20", gives="results.status:AlarmLine")
def dismiss(line: Line, alarm: AlarmName) -> None:
    """Put an alarm aside that you have read and dealt with. It is kept: alarm list --all shows it.

    It comes back if more evidence of it is found. Proof is never put aside, nor what is still so.
    """
    from securecall_client.acts import alarms

    line.show(line.alone().in_session(lambda session: alarms.dismiss_alarm(session, alarm)), _dismissed)


@command(
    noun,
    "export",
    example="securecall alarm export 1f3a9c20 -o alarm.evidence",
    gives="results.alarms:EvidenceFile",
)
def export(
    line: Line,
    alarm: AlarmName,
    output: OutputFile,
) -> None:
    """Write an alarm's evidence into a file that anybody can check, without this profile and without the server.

    It holds signatures, keys, ids, times and who was in the space in which role; nothing that was written, no name, and
    no key that opens anything.
    """
    from securecall_client.acts import alarms

    line.show(line.alone().in_session(lambda session: alarms.export_alarm(session, alarm, output)), written_words)


def _listed(result: "Alarms") -> Iterator[str]:
    if result.alarms:
        yield from _table(result)
    else:
        yield "No alarms."
    if result.put_aside:
        yield f"{several(result.put_aside, 'alarm')} that you dismissed: securecall alarm list --all"


def _table(result: "Alarms") -> Iterator[str]:
    rows = [
        (
            short(alarm.alarm),
            f"{alarm.grade}, dismissed" if alarm.dismissed else alarm.grade,
            local(alarm.when) if alarm.when else "now",
            "yes" if alarm.evidence else "no",
            alarm.message,
        )
        for alarm in result.alarms
    ]
    yield table(("Alarm", "Grade", "When", "Evidence", "What"), rows)
    grades = {alarm.grade for alarm in result.alarms if not alarm.dismissed}
    yield from (f"{grade.capitalize()}: {to_do}" for grade, to_do in TO_DO.items() if grade in grades)


def _dismissed(result: "AlarmLine") -> Iterator[str]:
    yield f"Dismissed, and kept: {for_terminal(result.message)}"


def _shown(result: "AlarmShown") -> Iterator[str]:
    yield f"Alarm ({result.grade}): {for_terminal(result.message)}"
    yield f"  {TO_DO[result.grade]}"
    if result.when is not None:
        yield f"Found {local(result.when)}."
    if result.verdict is None:
        yield "There is no evidence of it that others could check."
        return
    yield from verdict_words(result.verdict)
    yield f"To hand it over: securecall alarm export {short(result.alarm)} -o FILE"
