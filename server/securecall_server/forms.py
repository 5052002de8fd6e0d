"""The JSON around the signed items, as `docs/http.md` has it: one type a body, strict, nothing optional.

Bytes are standard base64 with padding, ids lower-case hexadecimal.
"""

from typing import Annotated, Literal

import msgspec

from securecall import caps

_ID = "^[0-9a-f]{64}$"
HexId = Annotated[str, msgspec.Meta(pattern=_ID, min_length=64, max_length=64)]
"""32 bytes. The length is bounded too: `$` alone would let a line end pass."""
Class = Literal[0, 1, 2]
"""A place's class byte: entry, record for everyone, record for allies."""
Grants = Annotated[dict[HexId, bytes], msgspec.Meta(max_length=caps.DEVICES_PER_SPACE)]
_ENTRIES = msgspec.Meta(max_length=caps.MEMBERS_PER_SPACE * caps.DEVICES_PER_MEMBER)
Identities = Annotated[list[bytes], _ENTRIES]


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every body."""


class Health(Form, frozen=True):
    """The server works."""

    ok: bool


class HelloRequest(Form, frozen=True):
    """A client's nonce."""

    nonce: HexId


class HelloAnswer(Form, frozen=True):
    """A signed `securecall.statements.Hello`."""

    hello: bytes


class LoginRequest(Form, frozen=True):
    """A signed `securecall.statements.Login`."""

    proof: bytes


class LoginAnswer(Form, frozen=True):
    """A token (64 hex), when it ends (unix milliseconds), and what it is good for."""

    token: str
    expires: int
    scope: Literal["device", "invitation", "setup", "mailbox"]


class MemberRequest(Form, frozen=True):
    """A member's identity entries from 0 on."""

    identity: Annotated[list[bytes], msgspec.Meta(min_length=1, max_length=caps.IDENTITY_ENTRIES)]


class MemberAnswer(Form, frozen=True):
    """The member's id."""

    member: HexId


class SpaceRequest(Form, frozen=True):
    """Entry 0 of a new space, its author's identity, and its grants by device."""

    item: bytes
    identities: Identities
    grants: Grants


class ItemRequest(Form, frozen=True):
    """An item for a space's next place, the identity entries it newly names, and its grants by device."""

    kind: Class = msgspec.field(name="class")
    item: bytes
    identities: Identities
    grants: Grants


class ReceiptAnswer(Form, frozen=True):
    """An item's place, the head before it, and the signed statement of the head there."""

    seq: int
    before: HexId
    statement: bytes


class Place(Form, frozen=True):
    """One place: ``item`` is null where its bytes are not for this reader."""

    kind: Class = msgspec.field(name="class")
    digest: HexId
    item: bytes | None
    identities: list[bytes]


class ItemsAnswer(Form, frozen=True):
    """Places in order; ``end`` is a signed statement of the newest place that is for this reader.

    ``read_only`` says that the server may lack what came after, or that the space has moved: nothing new is taken.
    """

    items: list[Place]
    end: bytes
    read_only: bool


class PutBackRequest(Form, frozen=True):
    """Places that a server lacks, as they were; ``rest`` is class (1 byte) and digest (32) of each place after them up
    to the one that ``end``, a statement that the space's server signed before, is about.
    """

    items: Annotated[list[Place], msgspec.Meta(min_length=1, max_length=4096)]
    rest: Annotated[bytes, msgspec.Meta(max_length=6 * caps.MIB)]
    end: Annotated[bytes, msgspec.Meta(max_length=caps.STATEMENT_BYTES)]


class PutBackAnswer(Form, frozen=True):
    """How many places the chain has now."""

    places: int


class LiftRequest(Form, frozen=True):
    """The newest place that whoever lifts a space knows of."""

    seq: Annotated[int, msgspec.Meta(ge=0, lt=1 << 32)]
    head: HexId


class Grant(Form, frozen=True):
    """One grant, brought by the entry at ``seq``."""

    seq: int
    box: bytes


class GrantsAnswer(Form, frozen=True):
    """Grants in order of place."""

    grants: list[Grant]


class ChunksAnswer(Form, frozen=True):
    """Index to size of the chunks that are durable; of those that were cut, index to bytes that are held."""

    chunks: dict[str, int]
    begun: dict[str, int]


class JoinForm(Form, frozen=True):
    """A signed `securecall.joins.JoinRequest` and the letter that goes with it."""

    request: Annotated[bytes, msgspec.Meta(max_length=caps.JOIN_BYTES)]
    letter: Annotated[bytes, msgspec.Meta(max_length=caps.LETTER_BYTES)]


class Join(Form, frozen=True):
    """A join request that waits, with the joiner's identity entries from 0 on."""

    request: bytes
    letter: bytes
    identity: list[bytes]


class JoinsAnswer(Form, frozen=True):
    """Join requests that wait."""

    joins: list[Join]


class MailboxRequest(Form, frozen=True):
    """The public key of a mailbox that is to be opened."""

    key: HexId


class MailRequest(Form, frozen=True):
    """A message for a mailbox."""

    mail: Annotated[bytes, msgspec.Meta(min_length=1, max_length=caps.MAIL_BYTES)]


class MailAnswer(Form, frozen=True):
    """What the new device and the old one left in a mailbox."""

    request: bytes | None
    answer: bytes | None


class LiveRequest(Form, frozen=True):
    """The first message on the live socket: a token and the spaces to hear of."""

    token: HexId
    spaces: Annotated[list[HexId], msgspec.Meta(max_length=256)]


class Hint(Form, frozen=True):
    """A place of ``space`` was taken."""

    space: HexId
    seq: int
