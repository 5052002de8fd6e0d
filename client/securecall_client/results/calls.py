"""Results about calls."""

from securecall.rights import Role
from securecall_client.results.common import CallPhase, Named, Result, Saved


class CallMember(Result, frozen=True, kw_only=True):
    """A member of a call; `you` of whoever asks."""

    member: str
    name: str
    org: str
    role: Role
    ends: str | None
    """When a guest's stay ends."""
    you: bool


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
    documents: list[str]
    """Names of the documents that can be read."""
    exercises: list[str]
    """Titles of the exercises that can be read."""
    now: list[str]
    """The point of the agenda that it is at; two if it has an agenda for each circle."""
    messages: int
    decisions: int
    commitments: int
    """How many are neither done nor dropped."""
    minutes: int
    """Versions of the minutes that can be read."""
    roll_call: str | None = None
    """When the last roll call was held, by whoever held it."""
    until: str | None = None
    """Of a destroyed call: when what this computer still has of it is wiped."""
    inside: bool = True
    """Whether this profile's member is in it; the rest is as they last saw it if they are not."""


class Calls(Result, frozen=True, kw_only=True):
    """All calls that this profile knows of."""

    calls: list[Call]


class Opened(Result, frozen=True, kw_only=True):
    """A call has been opened."""

    call: str


class InvitedToCall(Result, frozen=True, kw_only=True):
    """Who was let into a call."""

    call: str
    title: str
    admitted: list[str]
    names: list[str]
    """Their names, in the same order."""


class SealedRead(Result, frozen=True, kw_only=True):
    """Sealed answers that a facilitator could read before their reveal, by the names of those who sent them."""

    exercise: str
    title: str
    of: list[Named]


class Receipt(Result, frozen=True, kw_only=True):
    """What a removal did, in numbers and words: what the removed person keeps, and who has no new key yet."""

    removed: list[Named]
    at: str
    documents: int
    answers: int
    sealed: list[SealedRead]
    """What is not revealed yet, and not among `answers`."""
    keeps: str
    from_now: str
    new_key_not_seen_by: list[Named]


class Removal(Result, frozen=True, kw_only=True):
    """A removal from a call, by its place in the chain."""

    place: int
    receipt: Receipt


class Removed(Result, frozen=True, kw_only=True):
    """A removal and the epoch that began with it."""

    epoch: int
    receipt: Receipt


class RoleGiven(Result, frozen=True, kw_only=True):
    """A member's new role in a call."""

    member: str
    role: Role
    name: str
    ends: str | None
    """When a guest's stay ends."""
    sealed: list[SealedRead]
    """Of whoever is no facilitator any more: what is not revealed yet, and they could read."""


class Labelled(Result, frozen=True, kw_only=True):
    """What a member of a call is called from now on, by allies and by guests."""

    member: str
    name: str
    for_guests: str


class Rotated(Result, frozen=True, kw_only=True):
    """A new epoch."""

    epoch: int


class CallState(Result, frozen=True, kw_only=True):
    """A call's phase. `until` is as in `Call`."""

    call: str
    title: str
    state: CallPhase
    saved: Saved
    until: str | None = None


class Claimed(Result, frozen=True, kw_only=True):
    """How many claim that a member should be owner, how many must, and the role that the member has by now."""

    claims: int
    needed: int
    role: Role


class Code(Result, frozen=True, kw_only=True):
    """The roster code and the place it stands for."""

    code: str
    seq: int
