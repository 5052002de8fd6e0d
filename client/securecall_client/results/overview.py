"""Results for whoever keeps calls running: what waits for whom, over all of them."""

from securecall_client.results.common import CallPhase, Named, Result
from securecall_client.results.decisions import CommitmentLine
from securecall_client.results.people import InvitationLine


class Unanswered(Result, frozen=True, kw_only=True):
    """An open exercise that somebody has not answered yet."""

    exercise: str
    title: str
    answered: int
    missing: list[Named]


class Undecided(Result, frozen=True, kw_only=True):
    """A late answer of which nobody has said whether it counts."""

    exercise: str
    title: str
    answer: str
    name: str


class Unseen(Result, frozen=True, kw_only=True):
    """A removal whose new key some are not known to have seen."""

    place: int
    removed: list[Named]
    at: str
    by: list[Named]


class CallWork(Result, frozen=True, kw_only=True):
    """One call: what waits in it. `invitations` are those that nobody has come in with yet."""

    call: str
    title: str
    starts: str
    state: CallPhase
    members: int
    invitations: list[InvitationLine]
    unanswered: list[Unanswered]
    undecided: list[Undecided]
    overdue: list[CommitmentLine]
    unseen: list[Unseen]


class Overview(Result, frozen=True, kw_only=True):
    """All calls that one keeps, those that are coming first; and the coalition's open invitations."""

    calls: list[CallWork]
    invitations: list[InvitationLine]
