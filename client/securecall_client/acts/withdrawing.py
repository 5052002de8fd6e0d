"""Taking a document back: the server drops its file, everybody's client its key, and the receipt (protocol 9)."""

from securecall.caps import BLOBS_PER_RECORD
from securecall.rights import KEEPERS, Role
from securecall.sentences import sentence
from securecall_client import clock, content
from securecall_client.acts.documents import the_document
from securecall_client.acts.named import the_call
from securecall_client.errors import RefusedError
from securecall_client.results.common import Named, Saved
from securecall_client.results.documents import WithdrawalReceipt, WithdrawnDocument
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.readers import could_open, had_seen
from securecall_client.work.state import Version


async def withdraw_document(session: Session, call: str, document: str) -> WithdrawnDocument:
    """Withdraw a document in all its versions; also from a closed call.

    Raises: NotFoundError, RefusedError (no right, or withdrawn already), ProofError.
    """
    view = await the_call(session, call)
    versions = the_document(view, document)
    standing = [version for version in versions if not version.withdrawn]
    name, identifier = versions[-1].body.name, versions[-1].body.document
    if not standing:
        raise RefusedError(sentence("The document %(name)s is withdrawn already.", name=name), code="withdrawn")
    _check_right(view, session.member, session.role_in(view), standing)
    saved: Saved = "here"
    blobs = [version.body.blob for version in standing]
    for at in range(0, len(blobs), BLOBS_PER_RECORD):
        drops = blobs[at : at + BLOBS_PER_RECORD]
        _, saved = await session.writer.write(
            view.space, content.Empty(asks=False), standing[0].origin.circle, drops=drops
        )
    after = await session.view(view.space)
    newest = after.state.documents[identifier][-1]
    if saved == "here" and newest.withdrawn:
        saved = "server"
    if not newest.withdrawn and newest.number > versions[-1].number:
        session.say.line(
            sentence(
                "Meanwhile another version of %(name)s was put up. It stands; withdraw it too if it is to go.",
                name=name,
            )
        )
    receipt = _receipt(after, session.member, standing[0], name, saved)
    return WithdrawnDocument(document=identifier.hex(), receipt=receipt, saved=saved)


async def receipt(session: Session, call: str, document: str) -> WithdrawalReceipt:
    """The receipt of a document that was withdrawn, as far as it can be told again. Raises: NotFoundError."""
    view = await the_call(session, call)
    versions = the_document(view, document)
    return _receipt(view, session.member, versions[0], versions[-1].body.name, "server")


def _check_right(view: SpaceView, me: bytes, role: Role, standing: list[Version]) -> None:
    """Raise RefusedError unless all of these are one's own, or one's role covers the others'."""
    others = {version.origin.author for version in standing} - {me}
    if others and role not in KEEPERS:
        names = sorted(map(view.state.name, others))
        raise RefusedError(
            sentence(
                "It was put up by %(names)s. Only they, and owners and chairs of the call, can withdraw it.",
                names=names,
            ),
            code="no-right",
        )


def _receipt(view: SpaceView, me: bytes, first: Version, name: str, saved: Saved) -> WithdrawalReceipt:
    holders = could_open(view.chain.rosters, first.origin) - {me}
    seen = had_seen(view.state, first.origin.seq) & holders
    if saved == "here":
        from_now = sentence(
            "It is withdrawn once this computer reaches the server; until then it can still be fetched."
        )
    else:
        from_now = sentence("The server has deleted the file. Nobody can fetch it any more.")
    return WithdrawalReceipt(
        withdrawn=name,
        at=clock.iso(clock.now()),
        seen_by=_named(view, seen),
        could_open=_named(view, holders - seen),
        keeps=sentence("Copies that they made already stay with them."),
        from_now=from_now,
    )


def _named(view: SpaceView, members: set[bytes]) -> list[Named]:
    return [Named(name=name) for name in sorted(map(view.state.name, members))]
