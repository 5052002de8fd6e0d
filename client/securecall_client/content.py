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
from securecall_client.parts import PARTS, Part
from securecall_client.sealed_kinds import SEALED, ExerciseKey, Sealed, SealedExercise
from securecall_client.work.answer_before import RowsAnswer, as_today
from securecall_client.work.rows import QuestionAnswer
from securecall_keys.blobs import CHUNKS_MOST
from securecall_keys.records import CONTENT_BYTES

Name = Annotated[str, msgspec.Meta(max_length=200)]
Text = Annotated[str, msgspec.Meta(max_length=4_000)]
Questions = Annotated[tuple[QuestionAnswer, ...], msgspec.Meta(max_length=64)]
"""An answer to each question of the exercise's template, in its order; none for one that is withdrawn."""


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


class Exercise(Wire, frozen=True, tag="exercise"):
    """An exercise started, with the whole text of its template, so that a later edit changes nothing."""

    exercise: ShortId
    template: Annotated[str, msgspec.Meta(max_length=16_384)]


class CloseExercise(Wire, frozen=True, tag="close_exercise"):
    """An exercise is closed at this place, as a call is by `Close`."""

    exercise: ShortId


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


class Answer(Wire, frozen=True, tag="answer"):
    """A member's answer to an exercise; the latest one counts, and one without questions withdraws those before."""

    exercise: ShortId
    questions: Questions


class AnswerFor(Wire, frozen=True, tag="answer_for"):
    """An answer that an owner or chair entered for an organisation, until one of its own people answers.

    Of the organisation it holds the id alone: guests, who may read it, learn no name.
    """

    exercise: ShortId
    organisation: ShortId
    questions: Questions


class ByPage(Wire, frozen=True, tag="by_page"):
    """What came back of a sealed page, entered by an owner or chair for an organisation: an answer, or a file.

    An `Answer` here is what an `AnswerFor` is elsewhere; a `Document` is new. ``page`` is the page's id.
    """

    page: ShortId
    organisation: ShortId
    said: Answer | Document


class CountAnswer(Wire, frozen=True, tag="count_answer"):
    """Whether the late answer at the place ``at`` counts, by an owner or chair; the latest word on it holds."""

    exercise: ShortId
    at: U32
    counts: bool


class AnswerBefore(Wire, frozen=True, tag="answer"):
    """Version 1 of `Answer`."""

    exercise: ShortId
    questions: Annotated[list[RowsAnswer], msgspec.Meta(max_length=64)]

    def today(self) -> Answer:
        """The same as it is written today."""
        return Answer(self.exercise, as_today(self.questions))


class AnswerForBefore(Wire, frozen=True, tag="answer_for"):
    """Version 1 of `AnswerFor`."""

    exercise: ShortId
    organisation: ShortId
    questions: Annotated[list[RowsAnswer], msgspec.Meta(max_length=64)]

    def today(self) -> AnswerFor:
        """The same as it is written today."""
        return AnswerFor(self.exercise, self.organisation, as_today(self.questions))


Started = Exercise | SealedExercise
"""What starts an exercise."""
Given = Answer | AnswerFor
"""What is said in one."""
Body = (
    Organisation
    | Notice
    | DeviceName
    | CallInfo
    | RollCall
    | Close
    | Empty
    | Document
    | Exercise
    | CloseExercise
    | Again
    | Answer
    | AnswerFor
    | ByPage
    | CountAnswer
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
    ("exercise", 1): Exercise,
    ("close_exercise", 1): CloseExercise,
    ("again", 2): Again,
    ("answer", 2): Answer,
    ("answer_for", 2): AnswerFor,
    ("by_page", 1): ByPage,
    ("count_answer", 1): CountAnswer,
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
