"""The other written parts of a call: agenda, discussion, minutes, decisions, commitments, and what is presented
(protocol 8.3.2).

They are bodies of records as those of `content` are, which is the door to all of them. 16 or 32 zero bytes stand for
nothing where an id may be left out.
"""

from typing import Annotated, Literal

import msgspec

from securecall.wire import U16, Id, ShortId, Wire
from securecall_client.clock import LATEST

NOTHING = bytes(16)
"""An id of 16 bytes that names nothing."""
LONG = 16_384
"""Bytes in UTF-8 of a text of several lines."""
MINUTES_LONG = 49_152
"""Bytes in UTF-8 of the minutes, which fit into one record."""
POINTS_MOST = 64
"""Points of an agenda."""

Line = Annotated[str, msgspec.Meta(max_length=1_024)]
LongText = Annotated[str, msgspec.Meta(max_length=LONG)]


class AgendaPoint(Wire, frozen=True):
    """A point of an agenda: ``starts`` in unix seconds, ``minutes`` 0 where its length is not said."""

    point: ShortId
    title: Line
    starts: Annotated[int, msgspec.Meta(ge=0, le=LATEST)] | None
    minutes: U16
    speaker: Line


class Agenda(Wire, frozen=True, tag="agenda"):
    """All points of the agenda, in their order; the latest counts, one for each circle."""

    points: Annotated[list[AgendaPoint], msgspec.Meta(max_length=POINTS_MOST)]


class AgendaNow(Wire, frozen=True, tag="agenda_now"):
    """The point at which the call is; nothing before the first and after the last."""

    point: ShortId


class OnSpace(Wire, frozen=True, tag="on_space"):
    """The space itself: the call, or the pair."""


class OnDocument(Wire, frozen=True, tag="on_document"):
    """A document."""

    document: ShortId


class OnRow(Wire, frozen=True, tag="on_row"):
    """A row of an answer: the record ``answer`` by ``author``, and the row's place in it, from 0 through all tables."""

    exercise: ShortId
    author: Id
    answer: ShortId
    row: U16


class OnFinding(Wire, frozen=True, tag="on_finding"):
    """A finding of an exercise's map, by what it is about, so that it is found again when the map is drawn anew.

    ``word`` is the activity or the need, ``place`` a code of ISO 3166 or empty.
    """

    exercise: ShortId
    finding: Literal["overlap", "gap", "match", "alone"]
    word: Line
    place: Annotated[str, msgspec.Meta(max_length=16)]


class OnDecision(Wire, frozen=True, tag="on_decision"):
    """A decision."""

    decision: ShortId


On = OnSpace | OnDocument | OnRow | OnFinding | OnDecision
"""What is spoken about."""


class Message(Wire, frozen=True, tag="message"):
    """Something said in the discussion. Another one by its author with the same ``message`` is its next version.

    One without ``text`` takes it back. ``reply`` is the message that it answers, or nothing.
    """

    message: ShortId
    on: On
    reply: ShortId
    text: LongText


class Minutes(Wire, frozen=True, tag="minutes"):
    """A version of the minutes, whole; one for each circle."""

    text: Annotated[str, msgspec.Meta(max_length=MINUTES_LONG)]


class Pen(Wire, frozen=True, tag="pen"):
    """Who writes the minutes from here on: its author, who takes the pen; whom they hand it to; or nobody."""

    holder: Id


class Decision(Wire, frozen=True, tag="decision"):
    """What was decided, and in words who was for it, against it, and abstained.

    It stands as it is; a later one ``supersedes`` it.
    """

    decision: ShortId
    text: LongText
    in_favour: Line
    against: Line
    abstained: Line
    supersedes: ShortId


class Commitment(Wire, frozen=True, tag="commitment"):
    """Who will do what, and by when: a ``member`` or, where that is nobody, an ``organisation``.

    ``by`` is a day, ``row`` the row of an answer that it was made from.
    """

    commitment: ShortId
    what: LongText
    member: Id
    organisation: ShortId
    by: Annotated[str, msgspec.Meta(max_length=10)]
    row: OnRow | None


class CommitmentState(Wire, frozen=True, tag="commitment_state"):
    """How a commitment stands; the latest counts."""

    commitment: ShortId
    state: Literal["open", "done", "dropped"]


class OnMap(Wire, frozen=True, tag="on_map"):
    """The map of an exercise."""

    exercise: ShortId


class OnAgenda(Wire, frozen=True, tag="on_agenda"):
    """The agenda for the circle of the record that says it."""


Screen = OnDocument | OnMap | OnAgenda
"""What can be put on everyone's screen."""


class Presenting(Wire, frozen=True, tag="presenting"):
    """Who presents from here on (nobody: 32 zero bytes) and what, if anything; the latest counts."""

    presenter: Id
    shown: Screen | None


class PageNow(Wire, frozen=True, tag="page_now"):
    """The page, from 1, at which whoever presents a document is; the latest counts."""

    document: ShortId
    page: U16


Written = Agenda | AgendaNow | Message | Minutes | Pen | Decision | Commitment | CommitmentState
Part = Written | Presenting | PageNow
PARTS: dict[tuple[str, int], type[Part]] = {
    ("agenda", 1): Agenda,
    ("agenda_now", 1): AgendaNow,
    ("message", 1): Message,
    ("minutes", 1): Minutes,
    ("pen", 1): Pen,
    ("decision", 1): Decision,
    ("commitment", 1): Commitment,
    ("commitment_state", 1): CommitmentState,
    ("presenting", 1): Presenting,
    ("page_now", 1): PageNow,
}
