"""`securecall call report | export`: what is taken along from a call."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from securecall.sentences import several
from securecall_client.cli import passphrase
from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.failures import UsageError
from securecall_client.cli.line import Line
from securecall_client.cli.options import READS
from securecall_client.cli.table import names
from securecall_client.text import for_terminal, size
from securecall_client.work.report_who import Who

if TYPE_CHECKING:
    from securecall_client.acts.exporting import Seal
    from securecall_client.results.reports import Exported, Reported, ReportForm

_FORMS: "dict[str, ReportForm]" = {".docx": "docx", ".html": "html", ".pdf": "pdf"}

commands = typer.Typer(rich_markup_mode=None)


@command(
    commands,
    "report",
    example='securecall call report "Situation in spring" -o report.docx --who kind',
    gives="results.reports:Reported",
    shared=READS,
)
def report(
    line: Line,
    call: CallName,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="A new file; its ending says what: .docx, .pdf, .html."),
    ],
    who: Annotated[
        Who, typer.Option("--who", help="Name people and organisations, say their kinds, or only how many.")
    ] = "named",
    anyway: Annotated[bool, typer.Option("--anyway", help="Write it although some letters cannot be shown.")] = False,
) -> None:
    """Write the report of a call: context, who took part, the maps, decisions, commitments, open questions.

    It is made on this computer. It is not encrypted: whoever gets at it reads it.
    """
    from securecall_client.acts import reporting

    form = _FORMS.get(output.suffix.lower())
    if form is None:
        raise UsageError("The ending of the file says what to write: .docx, .pdf or .html.")
    line.show(
        line.in_session(lambda session: reporting.report_call(session, call, output, form, who, anyway=anyway)),
        _reported,
    )


@command(
    commands,
    "export",
    example='securecall call export "Situation in spring" -o spring.tar.age --passphrase-file words.txt',
    gives="results.reports:Exported",
    shared=READS,
)
def export(
    line: Line,
    call: CallName,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="A new file, best named .tar.age.")],
    recipient: Annotated[
        list[str] | None, typer.Option("--recipient", metavar="AGE1...", help="Whose key opens it; may be repeated.")
    ] = None,
    passphrase_file: Annotated[
        Path | None, typer.Option("--passphrase-file", metavar="FILE", help="A file with the passphrase that opens it.")
    ] = None,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Add the signed items, and what others need to check them.")
    ] = False,
) -> None:
    """Write a whole call into one encrypted archive: documents, exercises with their maps, and the report.

    Any `age` opens it without SecureCall: age -d spring.tar.age | tar x. Without a recipient you are asked for a
    passphrase.
    """
    from securecall_client.acts import exporting

    if recipient and passphrase_file:
        raise UsageError("Name recipients or a passphrase, not both: an archive is opened in one way.")
    _ = line.lock
    seal = _seal(recipient or [], passphrase_file)
    line.show(
        line.in_session(lambda session: exporting.export_call(session, call, output, seal, evidence=evidence)),
        _exported,
    )


def _seal(recipients: list[str], file: Path | None) -> "Seal":
    from functools import partial

    from securecall_client import archive

    if recipients:
        return partial(archive.to_recipients, recipients=recipients)
    return partial(archive.under_passphrase, passphrase=passphrase.for_archive(file))


def _reported(result: "Reported") -> Iterator[str]:
    yield f"The report of {for_terminal(result.title)} is in {for_terminal(result.path)} ({size(result.size)})."
    if result.names_left:
        yield f"It should name nobody, and in what people wrote these names still stand: {names(result.names_left)}."
        yield "Read it before you pass it on."
    if result.not_shown:
        yield f"{several(len(result.not_shown), 'letter')} cannot be shown in it."
    yield "It is not encrypted: keep it where only you can read it."


def _exported(result: "Exported") -> Iterator[str]:
    held = several(len(result.files), "file")
    yield f"{for_terminal(result.title)} is in {for_terminal(result.path)}, encrypted: {held}, {size(result.size)}."
    if result.missing:
        yield f"These documents could not be had: {names(result.missing)}."
    yield f"To open it, without SecureCall too: age -d {for_terminal(result.path)} | tar x"
