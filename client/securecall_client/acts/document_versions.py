"""One document of a call with its versions, and what one may do with it."""

from securecall.rights import KEEPERS
from securecall_client import clock
from securecall_client.acts.documents import may_replace, the_document
from securecall_client.acts.named import the_call
from securecall_client.acts.rights import phase
from securecall_client.confirming import saved_at
from securecall_client.results.documents import DocumentVersion, ShownDocument
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.state import Version


async def show_document(session: Session, call: str, document: str) -> ShownDocument:
    """A document with its versions, newest last. Raises: NotFoundError."""
    view = await the_call(session, call)
    versions = the_document(view, document)
    newest = versions[-1]
    inside = view.is_in() and not view.chain.destroyed
    standing = [version for version in versions if not version.withdrawn]
    authors = {version.origin.author for version in standing}
    return ShownDocument(
        document=newest.body.document.hex(),
        name=newest.body.name,
        circle=newest.origin.circle,
        withdrawn=newest.withdrawn,
        versions=[_version(view, version) for version in versions],
        may_replace=inside
        and not newest.withdrawn
        and phase(view) != "closed"
        and may_replace(session, view, versions),
        may_withdraw=inside and bool(standing) and (authors == {session.member} or session.role_in(view) in KEEPERS),
    )


def _version(view: SpaceView, version: Version) -> DocumentVersion:
    origin = version.origin
    return DocumentVersion(
        version=version.number,
        name=version.body.name,
        size=version.body.size,
        author=view.state.name(origin.author),
        at=clock.iso(origin.minute * 60),
        withdrawn=version.withdrawn,
        saved=saved_at(view, origin.author, origin.seq),
    )
