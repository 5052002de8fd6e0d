"""`securecall doc`: the documents of a call."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.options import WRITES, CircleName
from securecall_client.cli.table import local, names, short, table
from securecall_client.text import for_terminal, size

if TYPE_CHECKING:
    from securecall_client.results.documents import (
        AddedDocuments,
        CheckedFiles,
        Documents,
        GotDocument,
        ReplacedDocument,
        WithdrawnDocument,
    )

NAME: Final = "doc"
HELP: Final = "The documents of a call."
SAVED: Final = {
    "here": "on this computer",
    "server": "on the server",
    "others": "on the server, and others have it",
}
"""Where a thing is saved, in words."""
DocumentName = Annotated[
    str, typer.Argument(metavar="DOC", help="The document: its name, its id, or the beginning of its id.")
]
KeepMetadata = Annotated[
    bool,
    typer.Option("--keep-metadata", help="Send a file as it is, with all that it hides: names, places, changes."),
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
    keep_metadata: KeepMetadata = False,
) -> None:
    """Put up documents. Each is encrypted here first; the server sees neither what is in it nor its name.

    What a file hides (where a photo was taken, who wrote a text, tracked changes) is told and removed from what is
    sent; your own file stays as it is. A file that tells such things and cannot be cleaned is not sent.
    """
    from securecall_client.acts import documents

    added = line.in_session(
        lambda session: documents.add_documents(session, call, files, circle, keep_metadata=keep_metadata)
    )
    line.show(added, _added)


@command(
    noun,
    "check",
    example="securecall doc check photo.jpg report.docx",
    gives="results.documents:CheckedFiles",
)
def check(
    line: Line,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Files on this computer.")],
) -> None:
    """Tell what files hide, and whether doc add could remove it. Nothing is sent, and nothing changes."""
    from securecall_client.acts import checking

    line.show(line.run(checking.check_files(files)), _checked)


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
    patient=True,
)
def get(
    line: Line,
    call: CallName,
    document: DocumentName,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", allow_dash=True, help="Write to this file, or with “-” to stdout."
        ),
    ] = None,
    version: Annotated[
        int | None, typer.Option("--version", metavar="N", min=1, help="An older version instead of the newest.")
    ] = None,
) -> None:
    """Fetch a document and check every byte of it. It lands in the current folder unless you say where.

    With -o - the bytes go to stdout, and words or the JSON document to stderr.
    """
    from securecall_client.acts import documents

    line.screen.aside = str(output) == "-"
    got = line.in_session(lambda session: documents.get_document(session, call, document, output, version))
    line.screen.end_bytes()
    line.show(got, _got)


@command(
    noun,
    "replace",
    example='securecall doc replace "Situation in spring" report.pdf report-2.pdf',
    gives="results.documents:ReplacedDocument",
    shared=WRITES,
)
def replace(
    line: Line,
    call: CallName,
    document: DocumentName,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file that takes its place.")],
    keep_metadata: KeepMetadata = False,
) -> None:
    """Put up a new version of a document: for its author, and for owners and chairs.

    The versions before it are kept: securecall doc get --version N. To have one gone, withdraw the document. What the
    file hides is told and removed, as with doc add.
    """
    from securecall_client.acts import documents

    placed = line.in_session(
        lambda session: documents.replace_document(session, call, document, file, keep_metadata=keep_metadata)
    )
    line.show(placed, _replaced)


@command(
    noun,
    "withdraw",
    example='securecall doc withdraw "Situation in spring" report.pdf',
    gives="results.documents:WithdrawnDocument",
    shared=WRITES,
)
def withdraw(line: Line, call: CallName, document: DocumentName) -> None:
    """Withdraw a document with all its versions: one's own, or as owner or chair anybody's.

    The server deletes the file at once. The receipt says who could read it until then.
    """
    from securecall_client.acts import withdrawing

    line.show(line.in_session(lambda session: withdrawing.withdraw_document(session, call, document)), _withdrawn)


def _replaced(result: "ReplacedDocument") -> Iterator[str]:
    what = f"{for_terminal(result.name)} ({short(result.document)})"
    yield f"Version {result.version} is {what}: saved {SAVED[result.saved]}."


def _withdrawn(result: "WithdrawnDocument") -> Iterator[str]:
    receipt = result.receipt
    yield f"Withdrawn: {for_terminal(receipt.withdrawn)}, at {local(receipt.at)}. {for_terminal(receipt.from_now)}"
    seen, could = (names(person.name for person in people) for people in (receipt.seen_by, receipt.could_open))
    if seen:
        yield f"Their computers had been told of it: {seen}."
    if could:
        yield f"They held the key too, and nobody knows whether they looked: {could}."
    yield for_terminal(receipt.keeps) if seen or could else "Nobody else could read it."


def _added(result: "AddedDocuments") -> Iterator[str]:
    for document in result.documents:
        yield (
            f"{for_terminal(document.name)} ({size(document.size)}, {short(document.document)})"
            f" for {document.circle}: saved {SAVED[document.saved]}."
        )


def _checked(result: "CheckedFiles") -> Iterator[str]:
    for file in result.files:
        name = for_terminal(file.name)
        if file.uncleanable is not None:
            why = for_terminal(file.uncleanable)
            yield f"{name} cannot be cleaned of what it hides: {why}. {for_terminal(file.instead)}".rstrip()
            continue
        for stays, words in ((False, "holds, and doc add removes"), (True, "holds, and it stays")):
            if found := [for_terminal(each.words) for each in file.hidden if each.stays is stays]:
                yield f"{name} {words}: {'; '.join(found)}."
        if not file.hidden:
            yield f"{name}: {_NOTHING[file.metadata]}"
    if result.limits is not None:
        yield for_terminal(result.limits)


_NOTHING: Final = {
    "none": "nothing hidden was found.",
    "unknown": "nothing here can look into a file of its kind. doc add sends it as it is, with all that it hides.",
}


def _listed(result: "Documents") -> Iterator[str]:
    if not result.documents:
        yield "This call has no document that you can read yet. Put one up: securecall doc add CALL FILE"
        return
    rows = [
        (
            short(document.document),
            document.name,
            size(document.size),
            short(document.author) if document.by_page_of is None else f"{document.by_page_of}, by sealed page",
            document.circle,
            "withdrawn" if document.withdrawn else str(document.version),
        )
        for document in result.documents
    ]
    yield table(("Document", "Name", "Size", "From", "For", "Version"), rows)


def _got(result: "GotDocument") -> Iterator[str]:
    where = "" if result.path == "-" else f": {for_terminal(result.path)}"
    yield f"Fetched and checked, {size(result.size)}{where}"
