"""A document's bytes from the server, each chunk checked before it is written (protocol 9; row S14)."""

from securecall.sentences import sentence
from securecall_client.blobs import Sink, download
from securecall_client.content import Document
from securecall_client.errors import RefusedError
from securecall_client.session import Session

OWED = ("not-found", "damaged")
"""Refusals of a file that the server owes us, if nobody withdrew it."""


async def fetch(session: Session, space: bytes, body: Document, file: Sink) -> None:
    """Write a document into ``file``, each chunk once it is checked.

    Raises: OfflineError, ProofError, RefusedError (kept as an alarm where the server has not what it must have).
    """

    def show(done: int, total: int) -> None:
        session.say.progress(sentence("Fetching %(name)s", name=body.name), done, total)

    try:
        await download(space, body, session.transport, file, show)
    except RefusedError as error:
        if error.code in OWED:
            await need_to_be_given(session, space, body, error.code)
        raise


async def need_to_be_given(session: Session, space: bytes, body: Document, code: str) -> None:
    """Tell of a file that the server denies, or calls damaged: it took the record with it, so only who is out or a
    drop excuses that.

    Raises: RefusedError.
    """
    view = await session.synced(space)
    if not session.reached or not view.is_in() or view.chain.destroyed or body.blob in view.chain.dropped:
        return
    if code == "damaged":
        message = sentence(
            "The server says that its own copy of the file %(name)s is damaged, so it gives it to "
            "nobody. Disks do that, and it is no proof that the server lies.",
            name=body.name,
        )
        hint = sentence(
            "Tell the secretariat: whoever runs the server may have it in a backup. Or whoever put it up, or a chair, "
            "puts it up again from their own disk: securecall doc replace."
        )
    else:
        message = sentence(
            "The server does not give the file %(name)s, which it took and which nobody has withdrawn.", name=body.name
        )
        hint = sentence("Tell the secretariat, and ask whoever put it up for it.")
    await session.alarms.keep("odd", message, space)
    raise RefusedError(message, hint=hint, code=code)
