"""What the server keeps about chains and members, as an interface that every database stands behind.

All values are public bytes: nothing here can be decrypted, and nothing here is believed by a client. What stands in a
row, and how long ids are, is in `rows`.

What must hold in every implementation (``tests/contract/`` runs one suite over each):

* ``append`` is all or nothing, and has returned only once it would survive a power cut.
* A place ``(space, seq)`` is written once. Whoever is second meets `ConflictError` and nothing changes.
* An identity entry ``(member, number)`` is written once; the very same bytes again are no conflict.
* What was read once is read again, byte for byte, until the space is destroyed.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Literal, Protocol

from .rows import Append, DeviceRow, GrantRow, IdentityRow, JoinRow, MailboxRow, NotedChunk, PlaceRow


class ConflictError(Exception):
    """Somebody else wrote that place, identity entry or join first; nothing was changed."""


class StoreFullError(Exception):
    """The database cannot take more (disk full, read-only, gone); nothing was changed."""


class Store(Protocol):
    """The database behind the server."""

    async def close(self) -> None:
        """Let go of the database; pending writes are finished first."""

    async def check(self) -> None:
        """Raise if the database does not answer; anybody may ask for this, so it costs nothing."""

    async def verify(self) -> None:
        """Raise if the database does not answer or is damaged, as far as it can tell by reading all of itself."""

    async def enrol(self, identities: Sequence[IdentityRow], devices: Sequence[DeviceRow]) -> None:
        """Write identity entries and upsert device rows durably. Raises `ConflictError`, `StoreFullError`."""

    async def device(self, device: bytes) -> DeviceRow | None:
        """The row of one device."""

    async def identity(self, member: bytes) -> list[bytes]:
        """A member's identity entries from number 0, as received; empty if unknown."""

    async def append(self, batch: Sequence[Append]) -> None:
        """Write all items of the batch, or none. Raises `ConflictError`, `StoreFullError`.

        Places of one space come in ascending order; the first must be exactly one past the newest stored
        (0 in a new space), else `ConflictError`.
        """

    async def head(self, space: bytes) -> PlaceRow | None:
        """The newest place of a space."""

    async def places(self, space: bytes, first: int, limit: int, most_bytes: int) -> list[PlaceRow]:
        """Places from ``first`` on, ascending: at most ``limit`` of them and, past the first one, no more than
        ``most_bytes`` of items and identities together.
        """

    async def find(self, space: bytes, digest: bytes) -> PlaceRow | None:
        """The place whose item has this digest."""

    async def grants(self, space: bytes, device: bytes, first: int) -> list[GrantRow]:
        """Grants to one device brought by entries at ``seq >= first``, ascending."""

    async def put_join(self, join: JoinRow) -> None:
        """Keep a join request. The same again replaces it; another member under that key: `ConflictError`."""

    async def joins(self, space: bytes) -> list[JoinRow]:
        """Join requests that wait for an answer, in order of key."""

    async def open_mailbox(self, mailbox: MailboxRow, stale: int) -> None:
        """Open a mailbox in place of the member's last one, and drop all that were opened before ``stale``.

        Raises `ConflictError` if its key is another member's mailbox's.
        """

    async def mailbox(self, key: bytes) -> MailboxRow | None:
        """The mailbox under a key."""

    async def put_mail(self, key: bytes, side: Literal["request", "answer"], mail: bytes) -> None:
        """Leave a message; the same again changes nothing. Raises `ConflictError` if there is no such mailbox, or
        another message in its place.
        """

    async def clear_mailboxes(self, stale: int) -> None:
        """Drop all mailboxes that were opened before ``stale``."""

    async def put_chunk(
        self, space: bytes, blob: bytes, owner: bytes, index: int, size: int, now: int, digest: bytes | None = None
    ) -> None:
        """Note that a chunk (``size`` bytes of ciphertext) is durable in the blob store. Idempotent.

        ``now`` (unix seconds) is kept for the first chunk of a blob, and the first ``digest`` (SHA-256 of the bytes)
        that comes for the chunk. Raises `ConflictError` if the blob is
        another owner's or the chunk has another size.
        """

    async def chunks(self, space: bytes, blob: bytes) -> dict[int, int]:
        """Index to size of every durable chunk of a blob."""

    async def chunk(self, space: bytes, blob: bytes, index: int) -> NotedChunk | None:
        """What is noted of one chunk, or None if it is not durable."""

    async def blob_owner(self, space: bytes, blob: bytes) -> bytes | None:
        """The member who began this blob."""

    async def begun(self, space: bytes, owner: bytes) -> list[bytes]:
        """The blobs that a member began in a space, ascending."""

    async def begun_before(self, when: int) -> list[tuple[bytes, bytes]]:
        """Space and blob of all that have chunks and were begun before ``when`` (unix seconds)."""

    async def count_chunks(self, space: bytes, blobs: Sequence[bytes]) -> int:
        """How many chunks of these blobs are durable."""

    async def stored_in(self, space: bytes, apiece: int) -> int:
        """Bytes of all durable chunks of a space, each counted as ``apiece`` more than it has."""

    async def stored_by(self, owner: bytes, apiece: int) -> int:
        """The same of all that a member began, in whatever space."""

    async def drop(self, space: bytes, blob: bytes) -> None:
        """Note the chunks of a blob no more, as an `Append` with ``drops`` does."""

    async def dropped(self) -> list[tuple[bytes, bytes]]:
        """Space and blob of all whose chunks are noted no more, until `forget` is told that their bytes are gone."""

    async def forget(self, space: bytes, blob: bytes) -> None:
        """Keep nothing of a dropped blob; one with chunks is left alone."""

    async def scrub(self) -> None:
        """Leave nothing of what was deleted in files of our own, as far as nobody is reading just now."""

    async def compact(self) -> None:
        """Write the whole database anew without the room of what was deleted; nobody else may be using it.

        Raises `StoreFullError`.
        """

    async def meta(self, key: str) -> bytes | None:
        """A value the server keeps about itself."""

    async def put_meta(self, key: str, value: bytes) -> None:
        """Set such a value durably."""

    async def claim_meta(self, key: str, value: bytes) -> bytes:
        """Set such a value durably unless there is one, and return what stands; of several callers one is first."""

    async def raise_meta(self, key: str, value: bytes) -> None:
        """Set such a value durably unless what stands is as great, compared byte by byte, whoever else writes."""

    async def hand_on(self, beat: bytes) -> None:
        """Hand a beat to the other processes on the same database, past the disk. Raises `StoreFullError`."""

    def beats(self) -> AsyncIterator[bytes]:
        """Beats that *another process* handed on, in order; some may be lost. From one process only: nothing."""

    def watch(self) -> AsyncIterator[bytes]:
        """Ids of spaces to which *another process* on the same database appended (PostgreSQL LISTEN/NOTIFY).

        A store that only one process can open yields nothing, for ever.
        """
