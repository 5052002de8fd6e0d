"""What goes into the ledger and comes out of it, and who hears of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from securecall import caps
from securecall.labels import Label
from securecall.state import ENTRY
from securecall.wire import Signed, decode, signed_digest
from securecall_server.chains import Held


@dataclass(frozen=True, slots=True)
class Receipt:
    """An item's place, the head before it, and the signed statement of the head there.

    ``frees`` says that bytes are to be deleted because of it (`purge`).
    """

    seq: int
    before: bytes
    statement: bytes
    frees: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """An item as it came: ``kind`` is the class byte, ``grants`` maps devices to boxes."""

    space: bytes
    kind: int
    item: bytes
    identities: tuple[bytes, ...]
    grants: Mapping[bytes, bytes]
    digest: bytes = field(init=False)

    def __post_init__(self) -> None:
        """Read the digest. Raises: InvalidError; the signature is checked when the item's turn comes."""
        label, cap = (Label.ENTRY, caps.ENTRY_BYTES) if self.kind == ENTRY else (Label.RECORD, caps.RECORD_BYTES)
        object.__setattr__(self, "digest", signed_digest(decode(self.item, Signed, cap), label))


class Listener(Protocol):
    """Hears of what was written, after it was."""

    def appended(self, held: Held, seq: int) -> None:
        """A place was taken."""

    def devices_gone(self, devices: Iterable[bytes]) -> None:
        """These devices are live nowhere any more."""
