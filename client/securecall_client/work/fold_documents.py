"""The fold of documents: their versions, and what is dropped of one that is withdrawn (protocol 8, 9). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from msgspec.structs import replace as change

from securecall.records import Header
from securecall.rights import KEEPERS
from securecall.wire import ZERO
from securecall_client import content
from securecall_client.work.errors import VoidError
from securecall_client.work.state import Origin, State, Version, Versions
from securecall_keys.blobs import chunk_count


def withdrawn(documents: Mapping[bytes, Versions], drops: Sequence[bytes]) -> dict[bytes, Versions]:
    """The documents without the keys of those versions whose blob is dropped."""

    def without(version: Version) -> Version:
        if version.body.blob not in drops:
            return version
        return replace(version, body=change(version.body, key=ZERO), withdrawn=True)

    return {document: tuple(map(without, versions)) for document, versions in documents.items()}


def document(state: State, origin: Origin, header: Header, body: content.Document) -> State:
    """Take in a version of a document, counted by its place. Raises: VoidError."""
    versions = state.documents.get(body.document, ())
    if body.version == 0:
        raise VoidError("a version before the first")
    if versions:
        _check_version(versions[0], origin, body)
    elif body.version > 1 and not state.unreadable:
        raise VoidError("a new version of no document")
    count = chunk_count(body.size)
    listed = any(ref.blob == body.blob and ref.chunks == count for ref in header.blobs)
    if not listed or len(body.digests) != count:
        raise VoidError("a document whose file is not the one its record lists")
    version = Version(versions[-1].number + 1 if versions else body.version, origin, body)
    return replace(state, documents={**state.documents, body.document: (*versions, version)})


def _check_version(first: Version, origin: Origin, body: content.Document) -> None:
    """Raise VoidError unless this may be another version of the document that ``first`` began.

    Whoever was not given its first version (a guest who came later) cannot know its author, and lets that pass.
    """
    if body.version == 1:
        raise VoidError("a document that stands already")
    if origin.circle != first.origin.circle:
        raise VoidError("a version for another circle than its document")
    if first.number == 1 and origin.author != first.origin.author and origin.role not in KEEPERS:
        raise VoidError("only its author, owners and chairs replace a document")
