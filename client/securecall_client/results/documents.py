"""Results about documents."""

from typing import Literal

from securecall.rights import Circle
from securecall_client.results.common import Named, Result, Saved
from securecall_client.sandbox.messages import What

Metadata = Literal["removed", "none", "kept", "unknown"]
"""What became of what a file hides: removed; nothing to remove; kept by wish; unknown, since nobody could look."""


class Hidden(Result, frozen=True, kw_only=True):
    """Something that a file hides, in words; `names` are those it gives, and `stays` what cleaning does not remove."""

    what: What
    words: str
    names: list[str]
    stays: bool


class CheckedFile(Result, frozen=True, kw_only=True):
    """What a file hides; `uncleanable` says why it cannot be cleaned, if so, and what it hides is not known then.

    `instead` says what to do about that, in a sentence; empty if nobody knows.
    """

    name: str
    size: int
    metadata: Metadata
    hidden: list[Hidden]
    uncleanable: str | None
    instead: str = ""


class CheckedFiles(Result, frozen=True, kw_only=True):
    """What files hide; `limits` says what this system does not limit while it looks into them, if so."""

    files: list[CheckedFile]
    limits: str | None


class AddedDocument(Result, frozen=True, kw_only=True):
    """A document put up."""

    document: str
    name: str
    size: int
    circle: Circle
    saved: Saved
    metadata: Metadata
    hidden: list[Hidden]


class AddedDocuments(Result, frozen=True, kw_only=True):
    """Documents put up."""

    documents: list[AddedDocument]


class DocumentLine(Result, frozen=True, kw_only=True):
    """A document of a call."""

    document: str
    name: str
    size: int
    author: str
    at: str
    """When the newest version was put up, by its author's clock."""
    circle: Circle
    epoch: int
    version: int
    withdrawn: bool
    by_page_of: str | None
    """The organisation from whose sealed page it came, put up by `author`; null for any other."""
    saved: Saved


class DocumentVersion(Result, frozen=True, kw_only=True):
    """A version of a document."""

    version: int
    name: str
    size: int
    author: str
    at: str
    withdrawn: bool
    saved: Saved


class ShownDocument(Result, frozen=True, kw_only=True):
    """A document with its versions, newest last, and what one may do with it."""

    document: str
    name: str
    circle: Circle
    withdrawn: bool
    versions: list[DocumentVersion]
    may_replace: bool
    may_withdraw: bool


class LeavingFile(Result, frozen=True, kw_only=True):
    """A file that is sealed and kept on this computer, and not on the server yet."""

    blob: str
    name: str
    size: int
    circle: Circle
    since: str


class Documents(Result, frozen=True, kw_only=True):
    """The documents of a call."""

    documents: list[DocumentLine]


class ReplacedDocument(Result, frozen=True, kw_only=True):
    """Another version of a document put up, its name, and its number."""

    document: str
    name: str
    version: int
    saved: Saved
    metadata: Metadata
    hidden: list[Hidden]


class WithdrawalReceipt(Result, frozen=True, kw_only=True):
    """What a withdrawal did, and what it cannot do: who could read the document, and what stays with them."""

    withdrawn: str
    """The document's name."""
    at: str
    seen_by: list[Named]
    """Whose computer is known to have been told of the document."""
    could_open: list[Named]
    """Who held the key besides, so that they could have been told of it without anybody knowing."""
    keeps: str
    from_now: str


class WithdrawnDocument(Result, frozen=True, kw_only=True):
    """A document withdrawn."""

    document: str
    receipt: WithdrawalReceipt
    saved: Saved


class GotDocument(Result, frozen=True, kw_only=True):
    """A document fetched and checked; `path` is `-` for standard output."""

    document: str
    path: str
    size: int
