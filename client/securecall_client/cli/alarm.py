"""`securecall alarm`: what is wrong, and the evidence of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final

import typer

from securecall_client.cli.command import command
from securecall_client.cli.evidence import OutputFile, verdict_words, written_words
from securecall_client.cli.line import Line
from securecall_client.cli.status import TO_DO
from securecall_client.cli.table import local, short, table
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.alarms import Alarms, AlarmShown

NAME: Final = "alarm"
HELP: Final = "Alarms: what was found wrong, and the evidence of it."
noun = typer.Typer(rich_markup_mode=None)

AlarmName = Annotated[str, typer.Argument(metavar="ALARM", help="The alarm: its id, or the beginning of its id.")]


@command(noun, "list", example="securecall alarm list", gives="results.alarms:Alarms")
def list_alarms(line: Line) -> None:
    """List what was found wrong, the newest first.

    Alarms stay, as the record of what happened; only one about a missing key goes by itself, once the key is here. The
    server is not asked.
    """
    from securecall_client.acts import alarms

    line.show(line.alone().in_session(alarms.list_alarms), _listed)


@command(noun, "show", example="securecall alarm show 1f3a9c20", gives="results.alarms:AlarmShown")
def show(line: Line, alarm: AlarmName) -> None:
    """Show an alarm, and whom its evidence convicts: the server, a member, or one of the two."""
    from securecall_client.acts import alarms

    line.show(line.alone().in_session(lambda session: alarms.show_alarm(session, alarm)), _shown)


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
    if not result.alarms:
        yield "No alarms."
        return
    rows = [
        (
            short(alarm.alarm),
            alarm.grade,
            local(alarm.when) if alarm.when else "now",
            "yes" if alarm.evidence else "no",
            alarm.message,
        )
        for alarm in result.alarms
    ]
    yield table(("Alarm", "Grade", "When", "Evidence", "What"), rows)


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
