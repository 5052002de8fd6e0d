"""Results about the decisions of a call, and what people commit themselves to."""

from typing import Literal

from securecall.rights import Circle
from securecall_client.results.common import Result, Saved

CommitmentPhase = Literal["due", "late", "done", "dropped"]


class DecisionLine(Result, frozen=True, kw_only=True):
    """A decision; who was for it, against it and abstained, in the words of whoever put it down."""

    decision: str
    text: str
    in_favour: str
    against: str
    abstained: str
    circle: Circle
    name: str
    """Who put it down."""
    at: str
    supersedes: str | None
    superseded_by: str | None


class Decisions(Result, frozen=True, kw_only=True):
    """The decisions of a call, oldest first."""

    call: str
    title: str
    decisions: list[DecisionLine]


class Decided(Result, frozen=True, kw_only=True):
    """A decision was put down."""

    decision: str
    circle: Circle
    saved: Saved


class CommitmentLine(Result, frozen=True, kw_only=True):
    """Who will do what by the end of the day `by`; late is what is neither done nor dropped once that is over here."""

    commitment: str
    what: str
    who: str
    """The member or the organisation."""
    member: str | None
    org: str
    by: str
    state: CommitmentPhase
    circle: Circle
    row: str | None
    """The row that it was made from, as it is typed."""
    name: str
    """Who put it down."""


class Commitments(Result, frozen=True, kw_only=True):
    """What people committed themselves to in a call, the earliest day first."""

    call: str
    title: str
    commitments: list[CommitmentLine]


class Committed(Result, frozen=True, kw_only=True):
    """A commitment was put down, or what became of it was said; `state` is as in its line."""

    commitment: str
    what: str
    who: str
    by: str
    state: CommitmentPhase
    saved: Saved
