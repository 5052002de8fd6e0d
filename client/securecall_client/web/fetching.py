"""A document's bytes for the pages: fetched beside everything else, so that nobody waits for the profile meanwhile."""

from io import BytesIO
from pathlib import Path

from securecall.sentences import sentence
from securecall_client.acts import documents, fetching
from securecall_client.blobs import Sink, download
from securecall_client.content import Document
from securecall_client.errors import ProofError, RefusedError
from securecall_client.files import save_new
from securecall_client.results.documents import GotDocument
from securecall_client.sandbox.messages import FILE_MOST
from securecall_client.viewing import UnshownError
from securecall_client.web.desk import Desk
from securecall_client.web.looking import Look


async def found(desk: Desk, call: str, document: str, version: int) -> tuple[bytes, Document]:
    """The call and a version that can be fetched. Raises: NotFoundError, RefusedError (withdrawn), OfflineError."""
    async with desk.at(reading=True) as session:
        return await documents.standing(session, call, document, version)


async def fetched(desk: Desk, space: bytes, body: Document, file: Sink) -> None:
    """Write a document into ``file``, each chunk once it is checked. Raises: as `acts.fetching.fetch`."""

    def show(done: int, total: int) -> None:
        desk.hub.progress(sentence("Fetching %(name)s", name=body.name), done, total)

    try:
        await desk.errands.fetch(download(space, body, desk.session.straight, file, show))
    except RefusedError as error:
        if error.code in fetching.OWED:
            async with desk.at() as session:
                await fetching.need_to_be_given(session, space, body, error.code)
        raise
    except ProofError as error:
        async with desk.at() as session:
            await session.alarms.prove(error)
        raise


async def looked_at(desk: Desk, space: bytes, body: Document) -> Look:
    """What there is to see of a document. Raises: UnshownError, whatever `fetched` does."""
    if body.size > FILE_MOST:
        raise UnshownError("too-large")

    async def fetch() -> bytes:
        into = BytesIO()
        await fetched(desk, space, body, into)
        return into.getvalue()

    return await desk.looked.at(space, body, fetch)


async def saved(desk: Desk, call: str, document: str, version: int, folder: Path) -> GotDocument:
    """Write a document into ``folder`` under a safe name (F01, F02); nobody opens it.

    Raises: as `fetched`, FileError.
    """
    space, body = await found(desk, call, document, version)
    with save_new(folder, body.name) as file:
        await fetched(desk, space, body, file)
    return GotDocument(document=body.document.hex(), path=str(file.path), size=body.size)
