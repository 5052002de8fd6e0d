"""Results about documents."""

from securecall.rights import Circle
from securecall_client.results.common import Result, Saved


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


class GotDocument(Result, frozen=True, kw_only=True):
    """A document fetched and checked; `path` is `-` for standard output."""

    document: str
    path: str
    size: int
