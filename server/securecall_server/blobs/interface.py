"""Where the ciphertext of files lies, chunk by chunk, as an interface with any storage behind it.

A chunk is named by its space (32 bytes), its blob (16 bytes) and its index (0 to 65,535); its bytes are
ciphertext, and the storage looks at neither. A name of another form is a `ValueError`.

What must hold in every implementation (``tests/contract/`` runs one suite over each):

* A chunk is there whole or not at all, also after a power cut, and never changes while it is there.
* What was put is got, byte for byte, until its blob is deleted.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

SPACE_BYTES = 32
BLOB_BYTES = 16
CHUNKS = 2**16
"""Chunks a blob, see protocol 15."""


class BlobConflictError(Exception):
    """Other bytes stand under that name; nothing was changed."""


class BlobMissingError(Exception):
    """There is no such chunk."""


class BlobFullError(Exception):
    """The storage cannot be used now (full, read-only, gone); no part of a chunk was left behind."""


class BlobOpenError(Exception):
    """The storage cannot be opened; the sentence says why and what to do."""


ChunkId: TypeAlias = tuple[bytes, bytes, int]
"""Space, blob and index."""


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk that is there: its size in bytes, and since when (unix seconds by the storage's clock)."""

    id: ChunkId
    size: int
    since: float


class BlobStore(Protocol):
    """The storage behind the server's blobs."""

    async def put(self, space: bytes, blob: bytes, index: int, data: bytes) -> None:
        """Keep a chunk; it would survive a power cut when this returns.

        The same bytes again are no conflict. Raises `BlobConflictError`, `BlobFullError`.
        """

    async def get(self, space: bytes, blob: bytes, index: int) -> bytes:
        """The bytes of a chunk. Raises `BlobMissingError`, `BlobFullError`."""

    async def delete(self, space: bytes, blob: bytes) -> None:
        """Let all chunks of a blob go; one that has none is no error. Raises `BlobFullError`."""

    async def delete_chunk(self, space: bytes, blob: bytes, index: int) -> None:
        """Let one chunk go; one that is not there is no error. Raises `BlobFullError`."""

    def listing(self) -> AsyncIterator[StoredChunk]:
        """Every chunk that is there, in no particular order; what else lies there is passed over.

        What is put or deleted meanwhile may or may not be in it. Raises `BlobFullError`.
        """

    async def check(self) -> None:
        """Raise `BlobFullError` if the storage does not answer, or (a folder) takes nothing more.

        Anybody may ask for this, so it writes nothing.
        """


def chunk_name(space: bytes, blob: bytes, index: int) -> tuple[str, str, str]:
    """Names of a chunk's space, blob and index: lower-case hex of fixed length, made from nothing but ids.

    Raises `ValueError` if one of them has another form.
    """
    if len(space) != SPACE_BYTES or len(blob) != BLOB_BYTES or not 0 <= index < CHUNKS:
        raise ValueError("A chunk is named by 32 bytes, 16 bytes and an index below 65,536.")
    return space.hex(), blob.hex(), f"{index:04x}"


def chunk_ids(space: str, blob: str, index: str) -> ChunkId | None:
    """The ids that `chunk_name` made these names from, or None if it did not make them."""
    try:
        ids = bytes.fromhex(space), bytes.fromhex(blob), int(index, 16)
        return ids if chunk_name(*ids) == (space, blob, index) else None
    except ValueError:
        return None
