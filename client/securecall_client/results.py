"""What every act of the client gives back: the shapes that `--json` prints (`docs/cli.md`).

Ids are lower-case hexadecimal; times are ISO 8601 with zone; a `Saved` says where a thing is safe by now.
"""

from typing import Literal

import msgspec

from securecall.entries import SpaceKind
from securecall.rights import Circle, Role

Saved = Literal["here", "server", "others"]
"""On this computer; on the server, by its signed receipt; seen by another member."""
CallPhase = Literal["open", "closed", "destroyed"]
AnswerState = Literal["on time", "arrived after", "late"]
Grade = Literal["late", "odd", "proof"]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all results."""


class Founded(Result, frozen=True, kw_only=True):
    """A coalition has begun."""

    coalition: str
    member: str


class Invited(Result, frozen=True, kw_only=True):
    """An invitation's text, to be handed over on another channel."""

    invitation: str
    label: str
    org: str
    role: Role
    expires: str


class Named(Result, frozen=True, kw_only=True):
    """Somebody, by name."""

    name: str


class Joined(Result, frozen=True, kw_only=True):
    """Where a join stands: in, or whom it waits for."""

    member: str
    state: Literal["joined", "waiting"]
    waiting_for: list[Named]
    space: str
    title: str


class WaitingJoin(Result, frozen=True, kw_only=True):
    """A join that waits for a person's word, and why."""

    member: str
    name: str
    role: Role
    why: str


class Admitted(Result, frozen=True, kw_only=True):
    """Who was let in, and who still waits."""

    admitted: list[str]
    names: list[str]
    """Their names, in the same order."""
    waiting: list[WaitingJoin]


class Whoami(Result, frozen=True, kw_only=True):
    """Oneself."""

    member: str
    device: str
    name: str
    org: str
    role: Role


class MemberLine(Result, frozen=True, kw_only=True):
    """A member of a space."""

    member: str
    name: str
    org: str
    role: Role
    devices: int


class Members(Result, frozen=True, kw_only=True):
    """The members of a coalition."""

    members: list[MemberLine]


class CallMember(Result, frozen=True, kw_only=True):
    """A member of a call."""

    member: str
    name: str
    org: str
    role: Role


class Call(Result, frozen=True, kw_only=True):
    """A call as it stands; `code` is the roster code at place `seq`."""

    call: str
    title: str
    country: str
    starts: str
    civic_space: str
    link: str
    state: CallPhase
    epoch: int
    code: str
    seq: int
    members: list[CallMember]


class Calls(Result, frozen=True, kw_only=True):
    """All calls that this profile knows of."""

    calls: list[Call]


class Opened(Result, frozen=True, kw_only=True):
    """A call has been opened."""

    call: str


class InvitedToCall(Result, frozen=True, kw_only=True):
    """Who was let into a call."""

    call: str
    admitted: list[str]
    names: list[str]
    """Their names, in the same order."""


class Receipt(Result, frozen=True, kw_only=True):
    """What a removal did, in numbers and words: what the removed person keeps, and who has no new key yet."""

    removed: list[Named]
    at: str
    documents: int
    answers: int
    keeps: str
    from_now: str
    new_key_not_seen_by: list[Named]


class Removed(Result, frozen=True, kw_only=True):
    """A removal and the epoch that began with it."""

    epoch: int
    receipt: Receipt


class Rotated(Result, frozen=True, kw_only=True):
    """A new epoch."""

    epoch: int


class CallState(Result, frozen=True, kw_only=True):
    """A call's phase."""

    call: str
    state: CallPhase
    saved: Saved


class Code(Result, frozen=True, kw_only=True):
    """The roster code and the place it stands for."""

    code: str
    seq: int


class AddedDocument(Result, frozen=True, kw_only=True):
    """A document put up."""

    document: str
    name: str
    size: int
    circle: Circle
    saved: Saved


class AddedDocuments(Result, frozen=True, kw_only=True):
    """Documents put up."""

    documents: list[AddedDocument]


class DocumentLine(Result, frozen=True, kw_only=True):
    """A document of a call."""

    document: str
    name: str
    size: int
    author: str
    circle: Circle
    epoch: int
    version: int
    withdrawn: bool


class Documents(Result, frozen=True, kw_only=True):
    """The documents of a call."""

    documents: list[DocumentLine]


class GotDocument(Result, frozen=True, kw_only=True):
    """A document fetched and checked; `path` is `-` for standard output."""

    document: str
    path: str
    size: int


class StartedExercise(Result, frozen=True, kw_only=True):
    """An exercise has been started."""

    exercise: str
    saved: Saved


class ExerciseLine(Result, frozen=True, kw_only=True):
    """An exercise of a call."""

    exercise: str
    template: str
    title: str
    state: Literal["open", "closed"]
    circle: Circle


class Exercises(Result, frozen=True, kw_only=True):
    """The exercises of a call."""

    exercises: list[ExerciseLine]


class Answered(Result, frozen=True, kw_only=True):
    """An answer given."""

    answer: str
    saved: Saved


class AnswerLine(Result, frozen=True, kw_only=True):
    """An answer to an exercise; `rows` in the shape of `docs/cli.md`."""

    answer: str
    member: str
    name: str
    org: str
    rows: list[dict[str, object]]
    state: AnswerState
    on_behalf: bool


class ExerciseAnswers(Result, frozen=True, kw_only=True):
    """An exercise and the newest answer of everybody."""

    exercise: str
    template: str
    state: Literal["open", "closed"]
    answers: list[AnswerLine]


class SpaceLine(Result, frozen=True, kw_only=True):
    """A space as this profile has it. `confirmed` is since when another member is known to have this head."""

    space: str
    kind: SpaceKind
    name: str
    seq: int
    head: str
    epoch: int
    confirmed: str | None


class AlarmLine(Result, frozen=True, kw_only=True):
    """Something wrong with what the server showed."""

    alarm: str
    grade: Grade
    message: str


class Status(Result, frozen=True, kw_only=True):
    """The state of the line: spaces, what waits in the outbox, alarms."""

    spaces: list[SpaceLine]
    outbox: int
    alarms: list[AlarmLine]
    reached: bool
