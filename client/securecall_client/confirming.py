"""Since when a head is confirmed by others, and what may leave while it is not (protocol 13; rows S09, O14).

A server that freezes a chain shows valid items and stays silent about newer ones. Only what others signed lately
shows that it does not: their items, and their beats that answer one of ours. Past a day without that, in a space with
other people, what a person writes waits here unless they send it knowingly; an empty record goes ahead of it, and the
first other client to meet it answers.
"""

from dataclasses import dataclass

from securecall import entries as e
from securecall_client import clock
from securecall_client.results.common import Saved
from securecall_client.view import SpaceView

DAY = 24 * 60
"""Minutes for which a confirmation holds."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """That another member had this history up to the place ``seen``, as of the ``minute`` that they claimed."""

    member: bytes
    seen: int
    minute: int


def confirmations(view: SpaceView, me: bytes) -> list[Confirmation]:
    """What everybody else who is in the space last said of this history, by item or in answer to a beat; newest first.

    Who claims a minute that has not come yet, by more than an hour, is left out: a clock that runs far ahead must
    not vouch for days to come.
    """
    latest = clock.minute() + 60
    found = []
    for member in view.chain.roster.members.keys() - {me}:
        said = [one for one in _said(view, member) if one.minute <= latest]
        if said:
            found.append(Confirmation(member, max(one.seen for one in said), max(one.minute for one in said)))
    return sorted(found, key=lambda one: (-one.minute, one.member))


def _said(view: SpaceView, member: bytes) -> list[Confirmation]:
    heard, echo = view.state.heard.get(member), view.echoes.get(member)
    said = [] if heard is None else [Confirmation(member, *heard)]
    return said if echo is None else [*said, Confirmation(member, echo.seen, echo.minute)]


def seen_by(view: SpaceView, member: bytes) -> int:
    """The newest place that a member is known to have seen; -1 if nothing is known."""
    return max((one.seen for one in _said(view, member)), default=-1)


def confirmed(view: SpaceView, me: bytes) -> int | None:
    """The minute at which somebody else in the space was last known to share this history; None if nobody was."""
    return next((one.minute for one in confirmations(view, me)), None)


def holds(confirmation: Confirmation) -> bool:
    """Whether a confirmation is not a day old yet, by this computer's clock."""
    return clock.minute() - confirmation.minute <= DAY


def in_company_since(view: SpaceView) -> int | None:
    """The minute of the entry that first brought other people in; None if one is alone."""
    if len(view.chain.roster.members) < 2:
        return None
    seq = next(seq for seq, roster in view.chain.rosters if len(roster.members) > 1)
    body = view.steps[seq].body
    return body.body.minute if isinstance(body, e.Entry) else None


def is_unconfirmed(view: SpaceView, me: bytes) -> bool:
    """Whether nobody else has confirmed this head for a day, by this computer's clock."""
    company = in_company_since(view)
    if company is None:
        return False
    return clock.minute() - max(company, confirmed(view, me) or 0) > DAY


def saved(view: SpaceView, me: bytes, record: bytes) -> Saved:
    """Where one's own record is safe by now: *others* once another member's signed `seen` covers its place."""
    if (me, record) not in view.chain.ids:
        return "here"
    seq = next(step.seq for step in reversed(view.steps) if view.record_id(step) == (me, record))
    return saved_at(view, me, seq)


def saved_at(view: SpaceView, author: bytes, seq: int) -> Saved:
    """The same of what ``author`` said at a place."""
    allies = view.chain.roster.allies() - {author}
    return "others" if any(seen_by(view, member) >= seq for member in allies) else "server"
