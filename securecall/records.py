"""Records: sealed content, whose kind the server cannot see (protocol 8)."""

from typing import Annotated

import msgspec

from securecall import caps
from securecall.entries import Seen
from securecall.rights import Circle
from securecall.wire import U32, Id, ShortId, Wire


class BlobRef(Wire, frozen=True):
    """A blob that a record lists: its id and how many chunks it has."""

    blob: ShortId
    chunks: Annotated[int, msgspec.Meta(ge=1, le=caps.CHUNKS_PER_BLOB)]
    size: Annotated[int, msgspec.Meta(ge=1, le=caps.CHUNKS_PER_BLOB * caps.CHUNK_BYTES)]
    """Bytes of all chunks as stored."""


class Header(Wire, frozen=True):
    """The clear part of a record, and its seal's associated data.

    ``n`` counts this device's records in this epoch and circle from 0. ``drops`` names blobs that go.
    """

    space: Id
    epoch: U32
    circle: Circle
    id: ShortId
    author: Id
    device: Id
    n: U32
    seen: Seen
    blobs: Annotated[list[BlobRef], msgspec.Meta(max_length=caps.BLOBS_PER_RECORD)]
    drops: Annotated[list[ShortId], msgspec.Meta(max_length=caps.BLOBS_PER_RECORD)]


class Record(Wire, frozen=True):
    """What a record's author signs: the header, and nonce and ciphertext of the content."""

    header: Header
    box: Annotated[bytes, msgspec.Meta(max_length=caps.RECORD_BYTES)]
