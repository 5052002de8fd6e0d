"""What the database keeps, a row each: public bytes, none of which a client believes.

Ids of spaces, members and devices are 32 bytes, ids of blobs 16.
"""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class IdentityRow:
    """One signed identity entry of a member: its number and its bytes as received."""

    member: bytes
    number: int
    item: bytes


@dataclass(frozen=True)
class DeviceRow:
    """What login needs of a device: whose it is, its login key (Ed25519, 32 bytes), whether it still counts."""

    device: bytes
    member: bytes
    login: bytes
    live: bool


@dataclass(frozen=True)
class PlaceRow:
    """One place of a chain.

    ``kind`` is the class byte; ``head`` the running digest including this place; ``item`` the signed bytes,
    or None once destroyed; ``identities`` the identity entries that travel with an entry, in order.
    """

    space: bytes
    seq: int
    kind: int
    digest: bytes
    head: bytes
    item: bytes | None
    identities: tuple[bytes, ...]


@dataclass(frozen=True)
class GrantRow:
    """An epoch's secret, sealed to one device, brought by the entry at ``seq``."""

    space: bytes
    seq: int
    device: bytes
    box: bytes


@dataclass(frozen=True)
class JoinRow:
    """An invitee's request to join ``space``, under the public key of its invite."""

    space: bytes
    key: bytes
    member: bytes
    request: bytes
    letter: bytes


@dataclass(frozen=True)
class MailboxRow:
    """Where two devices of ``member`` meet: its public key, the device that opened it, when (unix milliseconds), and
    the messages that were left in it.
    """

    key: bytes
    member: bytes
    device: bytes
    opened: int
    request: bytes | None = None
    answer: bytes | None = None


@dataclass(frozen=True)
class Append:
    """All that one accepted item writes, in one transaction with the others of its batch."""

    place: PlaceRow
    grants: tuple[GrantRow, ...] = ()
    identities: tuple[IdentityRow, ...] = ()
    devices: tuple[DeviceRow, ...] = ()
    joins_done: tuple[bytes, ...] = ()
    """Invite keys whose join requests are answered by this item and go."""
    drops: tuple[bytes, ...] = ()
    """Blobs whose chunks are noted no more."""
    destroys: bool = False
    """Whether the space ends here: the bytes of its records go, its grants, join requests and chunks."""


@dataclass(frozen=True, slots=True)
class NotedChunk:
    """A chunk as it was put: space, blob and index, its size in bytes, and its SHA-256 if that was noted."""

    id: tuple[bytes, bytes, int]
    size: int
    digest: bytes | None

    def is_whole(self, data: bytes) -> bool:
        """Whether these are its bytes, as far as anybody knows."""
        return len(data) == self.size and self.digest in (None, hashlib.sha256(data).digest())
