"""Since when a head is confirmed by others, and what may leave while it is not (protocol 13; rows S09, O14).

A server that freezes a chain shows valid items and stays silent about newer ones. Only what others signed lately
shows that it does not. Past a day without that, in a space with other people, what a person writes waits here
unless they send it knowingly; an empty record goes ahead of it, and the first other client to meet it answers.
"""

from securecall import entries as e
from securecall_client import clock
from securecall_client.results.common import Saved
from securecall_client.view import SpaceView

DAY = 24 * 60
"""Minutes for which a confirmation holds."""


def confirmed(view: SpaceView, me: bytes) -> int | None:
    """The minute at which another member was last known to share this history; None if nobody was heard.

    Who claims a minute that has not come yet, by more than an hour, is left out: a clock that runs far ahead must
    not vouch for days to come.
    """
    latest = clock.minute() + 60
    minutes = (minute for member, (_, minute) in view.state.heard.items() if member != me and minute <= latest)
    return max(minutes, default=None)


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
    members = view.chain.roster.members
    others = (
        member
        for member, (seen, _) in view.state.heard.items()
        if member != me and seen >= seq and member in members and members[member].role != "guest"
    )
    return "others" if next(others, None) is not None else "server"
