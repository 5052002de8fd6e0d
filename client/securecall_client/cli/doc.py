"""`securecall doc`: the documents of a call."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES
from securecall_client.cli.table import short, table
from securecall_client.text import for_terminal, size

if TYPE_CHECKING:
    from securecall_client.results.documents import AddedDocuments, Documents, GotDocument

NAME: Final = "doc"
HELP: Final = "The documents of a call."
SAVED: Final = {
    "here": "on this computer",
    "server": "on the server",
    "others": "on the server, and others have it",
}
"""Where a thing is saved, in words."""
CircleName = Annotated[
    Literal["everyone", "allies"], typer.Option("--circle", help="Who can open it: everyone, or all but guests.")
]
noun = typer.Typer(rich_markup_mode=None)


@command(
    noun,
    "add",
    example='securecall doc add "Situation in spring" report.pdf photos.zip',
    gives="results.documents:AddedDocuments",
    shared=WRITES,
)
def add(
    line: Line,
    call: CallName,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Files on this computer.")],
    circle: CircleName = "allies",
) -> None:
    """Put up documents. Each is encrypted here first; the server sees neither what is in it nor its name."""
    from securecall_client.acts import documents

    line.show(line.in_session(lambda session: documents.add_documents(session, call, files, circle)), _added)


@command(noun, "list", example='securecall doc list "Situation in spring"', gives="results.documents:Documents")
def list_documents(line: Line, call: CallName) -> None:
    """List the documents of a call."""
    from securecall_client.acts import documents

    line.show(line.in_session(lambda session: documents.list_documents(session, call)), _listed)


@command(
    noun,
    "get",
    example='securecall doc get "Situation in spring" report.pdf -o received.pdf',
    gives="results.documents:GotDocument",
)
def get(
    line: Line,
    call: CallName,
    document: Annotated[
        str, typer.Argument(metavar="DOC", help="The document: its name, its id, or the beginning of its id.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", allow_dash=True, help="Write to this file, or with “-” to stdout."),
    ] = None,
) -> None:
    """Fetch a document and check every byte of it. It lands in the current folder unless you say where.

    With -o - the bytes go to stdout, and words or the JSON document to stderr.
    """
    from securecall_client.acts import documents

    line.screen.aside = str(output) == "-"
    got = line.in_session(lambda session: documents.get_document(session, call, document, output))
    line.screen.end_bytes()
    line.show(got, _got)


def _added(result: "AddedDocuments") -> Iterator[str]:
    for document in result.documents:
        yield (
            f"{for_terminal(document.name)} ({size(document.size)}, {short(document.document)})"
            f" for {document.circle}: saved {SAVED[document.saved]}."
        )


def _listed(result: "Documents") -> Iterator[str]:
    if not result.documents:
        yield "There are no documents in this call yet. Put one up: securecall doc add CALL FILE"
        return
    rows = [
        (
            short(document.document),
            document.name,
            size(document.size),
            short(document.author),
            document.circle,
            "withdrawn" if document.withdrawn else str(document.version),
        )
        for document in result.documents
    ]
    yield table(("Document", "Name", "Size", "From", "For", "Version"), rows)


def _got(result: "GotDocument") -> Iterator[str]:
    where = "" if result.path == "-" else f": {for_terminal(result.path)}"
    yield f"Fetched and checked, {size(result.size)}{where}"
