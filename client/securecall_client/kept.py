"""What stays of a space that was wiped here: what one wrote oneself, sealed under the storage key (row R08)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, TypeVar

import msgspec

from securecall.caps import RECORD_BYTES
from securecall.records import Header
from securecall.rights import Role
from securecall.wire import Wire, encode
from securecall_client.own import damaged, read_own
from securecall_keys.context import StorageContext, context_bytes
from securecall_keys.primitives import seal
from securecall_keys.records import CONTENT_BYTES
from securecall_keys.secret import Secret

T = TypeVar("T")
_TITLE = -1
"""The place under which the title is kept; that of no record."""


class KeptRecord(Wire, frozen=True):
    """A record that can be read without its epoch's key. ``role`` is its author's at its place."""

    header: Header
    role: Role
    content: Annotated[bytes, msgspec.Meta(max_length=CONTENT_BYTES)]


class _Title(Wire, frozen=True):
    title: Annotated[str, msgspec.Meta(max_length=200)]


@dataclass(frozen=True, slots=True)
class Kept:
    """A space's title, and what is kept of its records, by place."""

    title: str
    records: Mapping[int, KeptRecord]

    def seal(self, key: Secret, space: bytes) -> dict[int, bytes]:
        """As `Replica.wipe` keeps it."""
        values: dict[int, Wire] = {_TITLE: _Title(self.title), **self.records}
        return {seq: seal(key, encode(value), _context(space, seq)) for seq, value in values.items()}

    @classmethod
    def unseal(cls, key: Secret, space: bytes, bodies: Mapping[int, bytes]) -> "Kept":
        """The other way round. Raises: ProfileError if the replica was tampered with."""

        def opened(seq: int, kind: type[T]) -> T:
            return read_own(key, bodies[seq], _context(space, seq), kind, 2 * RECORD_BYTES)

        if _TITLE not in bodies:
            raise damaged()
        return cls(opened(_TITLE, _Title).title, {seq: opened(seq, KeptRecord) for seq in bodies if seq != _TITLE})


def _context(space: bytes, seq: int) -> bytes:
    return context_bytes(StorageContext("kept", f"{space.hex()} {seq}"))
