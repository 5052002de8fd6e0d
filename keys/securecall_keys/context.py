"""What a key is for, as one type without defaults (protocol 1; rows S12, S13, S30, S42).

The encoding of a context feeds HKDF ``info``, HPKE ``info`` and the associated data of seals, so nothing made
for one purpose, space, epoch, device or object opens for another. In epoch 0 the space is zero everywhere,
since its id is the digest of what is being made.
"""

from typing import Annotated, Literal

import msgspec

from securecall.entries import GrantKind
from securecall.labels import Label
from securecall.points import SEALING_BYTES
from securecall.rights import Circle
from securecall.wire import U16, U32, Id, ShortId, Wire, encode


class DeviceContext(Wire, frozen=True, tag="device"):
    """A key of a device, from the device's secret."""

    purpose: Literal["signing", "sealing", "login", "storage"]


EpochPurpose = Literal["everyone", "allies", "history", "commit", "entries", "records", "beats"]


class EpochContext(Wire, frozen=True, tag="epoch"):
    """A key of an epoch: from its seed, or from a circle's key."""

    purpose: EpochPurpose
    space: Id
    epoch: U32


class LinkContext(Wire, frozen=True, tag="link"):
    """An older epoch's seed under a newer one's `history` key."""

    space: Id
    epoch: U32
    older: U32


class GrantContext(Wire, frozen=True, tag="grant"):
    """A grant to one device, by the entry that follows ``previous``."""

    space: Id
    epoch: U32
    previous: Id
    commit: Id
    member: Id
    device: Id
    kind: GrantKind


class SealContext(Wire, frozen=True, tag="seal"):
    """A circle's seal inside an entry; ``body`` is the digest of the encoded clear body."""

    circle: Circle
    body: Id


class InvitationContext(Wire, frozen=True, tag="invitation"):
    """A key that an invitation's secret yields."""

    purpose: Literal["signing", "letter"]
    space: Id


class LetterContext(Wire, frozen=True, tag="letter"):
    """A letter under an invitation's letter key: in the invite, or beside the join request."""

    writer: Literal["inviter", "joiner"]
    space: Id
    key: Id


class ChunkContext(Wire, frozen=True, tag="chunk"):
    """A chunk of a blob."""

    blob: ShortId
    index: U16


class NoticeContext(Wire, frozen=True, tag="notice"):
    """A notice in the parent, sealed to one invited device."""

    space: Id
    author: Id
    record: ShortId


class ExerciseKeyContext(Wire, frozen=True, tag="exercise_key"):
    """The private half of an exercise's ``key``, passed on to a facilitator's device."""

    space: Id
    exercise: ShortId
    key: Annotated[bytes, msgspec.Meta(min_length=SEALING_BYTES, max_length=SEALING_BYTES)]
    device: Id


AnswerPurpose = Literal["box", "commit", "text"]


class AnswerContext(Wire, frozen=True, tag="answer"):
    """A sealed answer: the boxes that hold its secret, the key of its text, and the commitment to that secret."""

    purpose: AnswerPurpose
    space: Id
    exercise: ShortId
    author: Id
    record: ShortId


class LinkingContext(Wire, frozen=True, tag="linking"):
    """A key that a linking text's secret yields, for a device of this member after this identity head."""

    purpose: Literal["signing", "sealing"]
    member: Id
    identity: Id


class LinkingAnswerContext(Wire, frozen=True, tag="linking_answer"):
    """The old device's answer to the new one; ``key`` is the public half of the linking text's signing key."""

    key: Id
    device: Id


PagePurpose = Literal["page", "reply"]


class PageContext(Wire, frozen=True, tag="page"):
    """A key that a sealed page's code yields, for what the page shows or for what comes back."""

    purpose: PagePurpose
    page: ShortId


class StorageContext(Wire, frozen=True, tag="storage"):
    """Something kept in a profile, under the device's storage key."""

    purpose: Literal["outbox", "pins", "alarm", "beats", "founding", "joining", "kept", "draft", "pages"]
    name: Annotated[str, msgspec.Meta(max_length=128)]


class KeystoreContext(Wire, frozen=True, tag="keystore"):
    """The keystore's box; ``header`` is its encoded header."""

    header: Annotated[bytes, msgspec.Meta(max_length=256)]


Context = (
    DeviceContext
    | EpochContext
    | LinkContext
    | GrantContext
    | SealContext
    | InvitationContext
    | LetterContext
    | ChunkContext
    | NoticeContext
    | ExerciseKeyContext
    | AnswerContext
    | LinkingContext
    | LinkingAnswerContext
    | PageContext
    | StorageContext
    | KeystoreContext
)


def context_bytes(context: Context) -> bytes:
    """The one encoding of a context, under its label."""
    return Label.CONTEXT.prefix() + encode(context)
