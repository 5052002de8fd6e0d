"""Files that are sealed and kept on this computer, and on their way to the server."""

from securecall.sentences import sentence
from securecall_client import clock, content
from securecall_client.acts.named import the_call
from securecall_client.errors import NotFoundError, RefusedError
from securecall_client.outbox import Leaving
from securecall_client.results.documents import LeavingFile
from securecall_client.session import Session


async def leaving_files(session: Session, call: str) -> list[LeavingFile]:
    """The files that wait for a call, oldest first. Raises: NotFoundError."""
    view = await the_call(session, call)
    return [_line(leaving) for leaving in await session.outbox.leaving() if leaving.space == view.space]


async def call_back(session: Session, blob: str) -> str:
    """Take a file back that is not on the server yet; gives its name.

    Raises: NotFoundError, RefusedError once the server may have the record that goes with it.
    """
    for leaving in await session.outbox.leaving():
        line = _line(leaving)
        if line.blob == blob:
            if leaving.begun:
                raise RefusedError(
                    sentence("%(name)s is being entered at this moment.", name=line.name),
                    hint="It can be withdrawn once it is there.",
                )
            await session.outbox.call_back(leaving)
            return line.name
    raise NotFoundError("This file does not wait here any more.", hint="It may be on the server by now.")


def _line(leaving: Leaving) -> LeavingFile:
    said, body = content.read(leaving.outgoing.content)
    file = body.said if isinstance(body, content.ByPage) else body
    ref = leaving.outgoing.blobs[0]
    return LeavingFile(
        blob=ref.blob.hex(),
        name=file.name if isinstance(file, content.Document) else "",
        size=file.size if isinstance(file, content.Document) else ref.size,
        circle=leaving.outgoing.circle,
        since=clock.iso(said.minute * 60),
    )
