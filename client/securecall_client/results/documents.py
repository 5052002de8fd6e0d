"""Results about documents."""

from securecall.rights import Circle
from securecall_client.results.common import Named, Result, Saved


class AddedDocument(Result, frozen=True, kw_only=True):
    """A document put up."""

    document: str
    name: str
    size: int
    circle: Circle
    saved: Saved


class AddedDocuments(Result, frozen=True, kw_only=True):
    """Documents put up."""

    documents: list[AddedDocument]


class DocumentLine(Result, frozen=True, kw_only=True):
    """A document of a call."""

    document: str
    name: str
    size: int
    author: str
    circle: Circle
    epoch: int
    version: int
    withdrawn: bool


class Documents(Result, frozen=True, kw_only=True):
    """The documents of a call."""

    documents: list[DocumentLine]


class ReplacedDocument(Result, frozen=True, kw_only=True):
    """Another version of a document put up, its name, and its number."""

    document: str
    name: str
    version: int
    saved: Saved


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
