"""Documents of a call: put up, replace, list, fetch (protocol 9; rows F01, F02, S14)."""

import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec import structs
from nacl.utils import random

from securecall.records import BlobRef
from securecall.rights import KEEPERS, Circle
from securecall.sentences import sentence
from securecall_client import clock
from securecall_client.acts.checking import Ready, outgoing
from securecall_client.acts.fetching import fetch
from securecall_client.acts.named import the_call
from securecall_client.acts.parties import organisation_name
from securecall_client.acts.rights import need_open
from securecall_client.confirming import saved_at
from securecall_client.content import Document
from securecall_client.errors import FileError, NotFoundError, OfflineError, RefusedError
from securecall_client.files import reading, save_as, save_new
from securecall_client.results.documents import (
    AddedDocument,
    AddedDocuments,
    DocumentLine,
    Documents,
    GotDocument,
    ReplacedDocument,
)
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.find import find
from securecall_client.work.state import Origin, Version, Versions

NAME_MOST = 200
"""Characters of a document's name."""
VERSION_MOST = 65_535
"""The largest number that a record can say; past it, places still count on."""


async def add_documents(
    session: Session, call: str, files: list[Path], circle: Circle, *, keep_metadata: bool = False
) -> AddedDocuments:
    """Put files up, cleaned of what they hide unless that is to be kept. Each is sealed here first, then sent.

    Raises: FileError (that file and those after it are not put up), ClosedError, RefusedError, ProofError.
    """
    view, there = await _open_call(session, call, circle)
    added = []
    for path in files:
        with reading(path) as file:
            ready = await outgoing(session.say, path.name, file, keep_metadata=keep_metadata)
            added.append(await _add(session, view, ready, circle, there))
    return AddedDocuments(documents=added)


async def add_document(session: Session, call: str, ready: Ready, circle: Circle) -> AddedDocument:
    """Put up what is ready to be sent. Raises: as `add_documents`."""
    view, there = await _open_call(session, call, circle)
    return await _add(session, view, ready, circle, there)


async def call_for_files(session: Session, call: str) -> bytes:
    """The call, if one may put something into it. Raises: NotFoundError, ClosedError, RefusedError."""
    view = await the_call(session, call)
    need_open(view)
    session.need_to_be_in(view)
    return view.space


async def _open_call(session: Session, call: str, circle: Circle) -> tuple[SpaceView, set[str]]:
    """A call into which one may put something, and the names of its documents."""
    view = await the_call(session, call)
    need_open(view)
    session.writer.need_to_write(view, circle)
    return view, {each[-1].body.name for each in view.state.documents.values() if not each[-1].withdrawn}


async def _add(session: Session, view: SpaceView, ready: Ready, circle: Circle, there: set[str]) -> AddedDocument:
    body, ref = await _seal(session, ready, random(16))
    if body.name in there:
        session.say.line(
            sentence(
                "There is a document %(name)s in this call already. This is another one beside it.", name=body.name
            )
        )
    there.add(body.name)
    _, saved = await session.writer.write(view.space, body, circle, blobs=[ref])
    return AddedDocument(
        document=body.document.hex(), name=body.name, size=body.size, circle=circle, saved=saved,
        metadata=ready.metadata, hidden=ready.hidden,
    )  # fmt: skip


async def _seal(session: Session, ready: Ready, document: bytes) -> tuple[Document, BlobRef]:
    name = ready.source.name
    if len(name) > NAME_MOST:
        raise FileError(
            sentence(
                "The name of a file has at most %(name_most)s characters; this one has %(number)s.",
                name_most=NAME_MOST,
                number=len(name),
            )
        )

    def show(done: int, total: int) -> None:
        session.say.progress(sentence("Sealing %(name)s", name=name), done, total)

    return await session.blobs.seal(ready.source, document, show)


async def replace_document(
    session: Session, call: str, document: str, path: Path, *, keep_metadata: bool = False
) -> ReplacedDocument:
    """Put up another version of a document; those before it are kept. Of two at once both stand, in their order.

    The file is cleaned as in `add_documents`.

    Raises: NotFoundError, FileError, ClosedError, RefusedError, ProofError.
    """
    with reading(path) as file:
        ready = await outgoing(session.say, path.name, file, keep_metadata=keep_metadata)
        return await put_in_place(session, call, document, ready)


async def put_in_place(session: Session, call: str, document: str, ready: Ready) -> ReplacedDocument:
    """The same with what is ready to be sent. Raises: as `replace_document`."""
    view = await the_call(session, call)
    need_open(view)
    versions = the_document(view, document)
    newest, author = versions[-1], versions[0].origin.author
    if newest.withdrawn:
        raise _withdrawn(newest)
    if not may_replace(session, view, versions):
        raise RefusedError(
            sentence(
                "Only %(author)s, who put it up, and owners and chairs of the call replace it.",
                author=view.state.name(author),
            ),
            code="no-right",
        )
    body, ref = await _seal(session, ready, newest.body.document)
    body = structs.replace(body, version=min(newest.number + 1, VERSION_MOST))
    record, saved = await session.writer.write(view.space, body, newest.origin.circle, blobs=[ref])
    placed = (await session.view(view.space)).state.documents[body.document]
    number = next((each.number for each in placed if each.origin.record == record), newest.number + 1)
    return ReplacedDocument(
        document=body.document.hex(), name=body.name, version=number, saved=saved, metadata=ready.metadata,
        hidden=ready.hidden,
    )  # fmt: skip


def may_replace(session: Session, view: SpaceView, versions: Versions) -> bool:
    """Whether one may put up another version: of one's own, and as owner or chair of anybody's."""
    return session.member == versions[0].origin.author or session.role_in(view) in KEEPERS


async def list_documents(session: Session, call: str) -> Documents:
    """The call's documents, each in its newest version, in the order they were first put up."""
    view = await the_call(session, call)
    return Documents(
        documents=[
            DocumentLine(
                document=newest.body.document.hex(),
                name=newest.body.name,
                size=newest.body.size,
                author=view.state.name(newest.origin.author),
                at=clock.iso(newest.origin.minute * 60),
                circle=newest.origin.circle,
                epoch=newest.origin.epoch,
                version=newest.number,
                withdrawn=newest.withdrawn,
                saved=saved_at(view, newest.origin.author, newest.origin.seq),
                by_page_of=_by_page_of(view, newest.origin),
            )
            for newest in (versions[-1] for versions in view.state.documents.values())
        ]
    )


def _by_page_of(view: SpaceView, origin: Origin) -> str | None:
    came = view.state.by_page.get(origin.seq)
    return None if came is None else organisation_name(view, came[1])


async def get_document(
    session: Session, call: str, document: str, output: Path | None, version: int | None = None
) -> GotDocument:
    """Fetch a document and check it: into the current folder under a safe name, into ``output``, or to stdout.

    Of its versions the newest, unless a number is given. Raises: NotFoundError, RefusedError (withdrawn),
    FileError, OfflineError, ProofError; then nothing is left behind.
    """
    space, body = await standing(session, call, document, version)
    if output == Path("-"):
        await fetch(session, space, body, sys.stdout.buffer)
        return GotDocument(document=body.document.hex(), path="-", size=body.size)
    with save_new(Path.cwd(), body.name) if output is None else save_as(output) as file:
        await fetch(session, space, body, file)
    return GotDocument(document=body.document.hex(), path=str(file.path), size=body.size)


async def standing(session: Session, call: str, document: str, version: int | None = None) -> tuple[bytes, Document]:
    """The call, and the version of a document in it that can be fetched now: the newest, unless a number is given.

    Raises: NotFoundError, RefusedError (withdrawn), OfflineError.
    """
    view = await the_call(session, call)
    chosen = _version(the_document(view, document), version)
    if chosen.withdrawn:
        raise _withdrawn(chosen)
    if not session.reached:
        raise OfflineError(sentence("%(why)s The document is only there.", why=session.line.why))
    return view.space, chosen.body


def the_document(view: SpaceView, typed: str) -> Versions:
    """The versions of the document that ``typed`` names, by id, by its name or one of an older version.

    Raises: NotFoundError.
    """
    documents = view.state.documents
    names = {known: each[-1].body.name for known, each in documents.items()}
    former = {known: {version.body.name for version in each} for known, each in documents.items()}
    return documents[
        find(
            sentence("document"),
            typed,
            names,
            former,
            lambda known: sentence("by %(author)s", author=view.state.name(documents[known][0].origin.author)),
        )
    ]


def _version(versions: Sequence[Version], number: int | None) -> Version:
    """The version of that number, the newest if none is given. Raises: NotFoundError."""
    if number is None:
        return versions[-1]
    for version in versions:
        if version.number == number:
            return version
    known = [str(version.number) for version in versions]
    raise NotFoundError(
        sentence("There is no version %(number)s of %(name)s.", number=number, name=versions[-1].body.name),
        hint=sentence("There is: %(known)s.", known=known),
    )


def _withdrawn(version: Version) -> RefusedError:
    return RefusedError(
        sentence(
            "The document %(name)s was withdrawn: its file is gone from the server for everybody.",
            name=version.body.name,
        ),
        hint="Ask whoever put it up. It can be put up anew: securecall doc add.",
        code="withdrawn",
    )
