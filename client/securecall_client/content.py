"""What a record says, inside its seal: a kind with its version, a minute, and a body (protocol 8).

Kinds and versions that this program does not know are kept, skipped and shown as written by a newer
SecureCall. A body is one encoding, as everything in the protocol is; text in it is data, and shown as such.
"""

from typing import Annotated, Literal

import msgspec

from securecall.caps import CHUNKS_PER_BLOB, MIB
from securecall.entries import Seen
from securecall.errors import InvalidError
from securecall.wire import U16, U32, Id, ShortId, Wire, decode, encode
from securecall_client.clock import LATEST
from securecall_client.errors import RefusedError
from securecall_client.exercise_kinds import (
    EXERCISES,
    Answer,
    AnswerBefore,
    AnswerFor,
    AnswerForBefore,
    Exercise,
    ExerciseBody,
    Given,
)
from securecall_client.parts import PARTS, Part
from securecall_client.sealed_kinds import SEALED, ExerciseKey, Sealed, SealedExercise
from securecall_keys.blobs import CHUNKS_MOST
from securecall_keys.records import CONTENT_BYTES

Name = Annotated[str, msgspec.Meta(max_length=200)]
Text = Annotated[str, msgspec.Meta(max_length=4_000)]


class Content(Wire, frozen=True):
    """The plaintext of a record. ``minute`` is the author's clock, unix time in minutes."""

    kind: Annotated[str, msgspec.Meta(max_length=32)]
    version: U16
    minute: U32
    body: Annotated[bytes, msgspec.Meta(max_length=CONTENT_BYTES)]


class Organisation(Wire, frozen=True, tag="organisation"):
    """An organisation of the coalition, kept by owners and chairs."""

    organisation: ShortId
    name: Name
    sort: Name
    country: Name


class Notice(Wire, frozen=True, tag="notice"):
    """In the parent: `NoticeText`, sealed to each device of the people let into a call, team or pair."""

    boxes: Annotated[list[Annotated[bytes, msgspec.Meta(max_length=4096)]], msgspec.Meta(max_length=48)]


class NoticeText(Wire, frozen=True):
    """A space that hangs on this one, and a place of its chain that must be there."""

    space: Id
    at: Seen


class DeviceName(Wire, frozen=True, tag="device_name"):
    """What a member calls one of their own devices."""

    device: Id
    name: Name


class CallInfo(Wire, frozen=True, tag="call"):
    """A call's title and times, by its owners and chairs. ``starts`` in unix seconds."""

    title: Name
    country: Name
    starts: Annotated[int, msgspec.Meta(ge=0, le=LATEST)]
    civic_space: Literal["", "closing", "opening"]
    link: Text


class RollCall(Wire, frozen=True, tag="roll_call"):
    """32 random bytes, so that nobody could aim at the roster code of this place beforehand."""

    random: Id


class Close(Wire, frozen=True, tag="close"):
    """The call is closed at this place."""


class Empty(Wire, frozen=True, tag="empty"):
    """Nothing but the head that its author has seen; ``asks`` others to say theirs, which no answer does."""

    asks: bool


class Document(Wire, frozen=True, tag="document"):
    """A file put up: the manifest of its blob. ``size`` is the exact length in bytes.

    ``version`` is 1 for a new document, and the number that its author expects for another version of one.
    """

    document: ShortId
    version: U16
    name: Name
    media_type: Name
    size: Annotated[int, msgspec.Meta(ge=0, le=CHUNKS_PER_BLOB * 4 * MIB)]
    blob: ShortId
    key: Id
    digests: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=CHUNKS_MOST)]

    def __repr__(self) -> str:
        return f"Document({self.document.hex()})"


class Again(Wire, frozen=True, tag="again"):
    """For guests who came since: what was said at the place ``first``, which they cannot read, in the same words."""

    first: U32
    said: CallInfo | Exercise | SealedExercise | ExerciseKey


class AgainBefore(Wire, frozen=True, tag="again"):
    """Version 1 of `Again`."""

    first: U32
    said: CallInfo | Exercise

    def today(self) -> Again:
        """The same as it is written today."""
        return Again(self.first, self.said)


class ByPage(Wire, frozen=True, tag="by_page"):
    """What came back of a sealed page, entered by an owner or chair for an organisation: an answer, or a file.

    An `Answer` here is what an `AnswerFor` is elsewhere; a `Document` is new. ``page`` is the page's id.
    """

    page: ShortId
    organisation: ShortId
    said: Answer | Document


Body = (
    Organisation
    | Notice
    | DeviceName
    | CallInfo
    | RollCall
    | Close
    | Empty
    | Document
    | Again
    | ByPage
    | ExerciseBody
    | Part
    | Sealed
)
KINDS: dict[tuple[str, int], type[Body]] = {
    ("organisation", 1): Organisation,
    ("notice", 1): Notice,
    ("device_name", 1): DeviceName,
    ("call", 1): CallInfo,
    ("roll_call", 1): RollCall,
    ("close", 1): Close,
    ("empty", 1): Empty,
    ("document", 1): Document,
    ("again", 2): Again,
    ("by_page", 1): ByPage,
    **EXERCISES,
    **PARTS,
    **SEALED,
}
BEFORE: dict[tuple[str, int], type[AgainBefore | AnswerBefore | AnswerForBefore]] = {
    ("again", 1): AgainBefore,
    ("answer", 1): AnswerBefore,
    ("answer_for", 1): AnswerForBefore,
}
"""Kinds that are read and not written any more."""
_VERSION = {kind: (name, version) for (name, version), kind in KINDS.items()}


def write(body: Body, minute: int) -> bytes:
    """The content of a record that says ``body``. Raises: RefusedError if readers could not read it."""
    kind, version = _VERSION[type(body)]
    data = encode(body)
    try:
        decode(data, type(body), len(data))
    except InvalidError as error:
        raise RefusedError("A name or a text in this is too long. Nothing was saved.", code="too-long") from error
    return encode(Content(kind, version, minute, data))


def given(body: Body | None) -> Given | None:
    """The answer that a body is, or holds for an organisation; None if there is none."""
    match body:
        case ByPage(organisation=organisation, said=Answer(exercise=exercise, questions=questions)):
            return AnswerFor(exercise, organisation, questions)
        case Answer() | AnswerFor():
            return body
        case _:
            return None


def document(body: Body | None) -> Document | None:
    """The document that a body is or holds; None if there is none."""
    said = body.said if isinstance(body, ByPage) else body
    return said if isinstance(said, Document) else None


def is_empty(data: bytes) -> bool:
    """Whether a content that was written here says nothing."""
    return isinstance(read(data)[1], Empty)


def read(data: bytes) -> tuple[Content, Body | None]:
    """Read a record's content; the body is None where kind or version is unknown here.

    Raises: InvalidError (`securecall.errors`) if it is no content, or its body is malformed.
    """
    content = decode(data, Content, CONTENT_BYTES)
    before = BEFORE.get((content.kind, content.version))
    if before is not None:
        return content, decode(content.body, before, CONTENT_BYTES).today()
    kind = KINDS.get((content.kind, content.version))
    if kind is None:
        return content, None
    return content, decode(content.body, kind, CONTENT_BYTES)
