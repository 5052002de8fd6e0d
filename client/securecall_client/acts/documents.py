"""Documents of a call: put up, list, fetch (protocol 9; rows F01, F02)."""

import sys
from pathlib import Path

from nacl.utils import random

from securecall.rights import Circle
from securecall_client.acts.calls import need_open, the_call
from securecall_client.blobs import Sink, download
from securecall_client.content import Document
from securecall_client.errors import FileError, OfflineError
from securecall_client.files import save_as, save_new
from securecall_client.results.documents import AddedDocument, AddedDocuments, DocumentLine, Documents, GotDocument
from securecall_client.session import Session
from securecall_client.work.find import find

NAME_MOST = 200
"""Characters of a document's name."""


async def add_documents(session: Session, call: str, files: list[Path], circle: Circle) -> AddedDocuments:
    """Put files up. Each is sealed here first, then sent.

    Raises: FileError (that file and those after it are not put up), ClosedError, RefusedError, ProofError.
    """
    view = await the_call(session, call)
    need_open(view)
    added: list[AddedDocument] = []
    there = {body.name for _, body in view.state.documents.values() if body.blob not in view.chain.dropped}
    for path in files:
        document = random(16)
        name = path.name
        if len(name) > NAME_MOST:
            raise FileError(f"The name of a file has at most {NAME_MOST} characters; this one has {len(name)}.")

        def show(done: int, total: int, name: str = name) -> None:
            session.say.progress(f"Sealing {name}", done, total)

        body, ref = session.blobs.seal_file(path, document, show)
        if body.name in there:
            session.say.line(f"There is a document {body.name} in this call already. This is another one beside it.")
        there.add(body.name)
        _, saved = await session.write(view.space, body, circle, blobs=[ref])
        added.append(AddedDocument(document=document.hex(), name=body.name, size=body.size, circle=circle, saved=saved))
    return AddedDocuments(documents=added)


async def list_documents(session: Session, call: str) -> Documents:
    """The call's documents, in the order they were put up."""
    view = await the_call(session, call)
    return Documents(
        documents=[
            DocumentLine(
                document=body.document.hex(),
                name=body.name,
                size=body.size,
                author=view.state.name(origin.author),
                circle=origin.circle,
                epoch=origin.epoch,
                version=body.version,
                withdrawn=body.blob in view.chain.dropped,
            )
            for origin, body in view.state.documents.values()
        ]
    )


async def get_document(session: Session, call: str, document: str, output: Path | None) -> GotDocument:
    """Fetch a document and check it: into the current folder under a safe name, into ``output``, or to stdout.

    Raises: NotFoundError, FileError, OfflineError, ProofError; then nothing is left behind.
    """
    view = await the_call(session, call)
    names = {body.document: body.name for _, body in view.state.documents.values()}
    body = view.state.documents[find("document", document, names)][1]
    if not session.reached:
        raise OfflineError("The server was not reached, and the document is only there.")
    if output == Path("-"):
        await _fetch(session, view.space, body, sys.stdout.buffer)
        return GotDocument(document=body.document.hex(), path="-", size=body.size)
    with save_new(Path.cwd(), body.name) if output is None else save_as(output) as file:
        await _fetch(session, view.space, body, file)
    return GotDocument(document=body.document.hex(), path=str(file.path), size=body.size)


async def _fetch(session: Session, space: bytes, body: Document, file: Sink) -> None:
    def show(done: int, total: int) -> None:
        session.say.progress(f"Fetching {body.name}", done, total)

    await download(space, body, session.transport, file, show)
