"""Inviting one person into the coalition, or somebody from outside it into a call (protocol 10)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from securecall.rights import Action, Role, may
from securecall.sentences import sentence
from securecall_client import clock
from securecall_client.acts.guests import end_of_stay
from securecall_client.acts.issuing import Wanted, expiry_of, issue
from securecall_client.acts.named import the_call
from securecall_client.acts.organisations import find_organisation, organisation_for
from securecall_client.acts.rights import need_open, need_to_invite
from securecall_client.content import Organisation
from securecall_client.results.people import Invited
from securecall_client.session import Session
from securecall_client.text import clean_name
from securecall_client.view import SpaceView


@dataclass(frozen=True, slots=True)
class Stay:
    """Into which call somebody from outside the coalition is invited; ``until``: when a guest's stay ends, if said."""

    call: str
    until: datetime | None = None


async def invite(
    session: Session, *, role: Role, org: str, label: str, expires: timedelta, stay: Stay | None = None
) -> Invited:
    """Make an invitation into the coalition, or into a call; the organisation is made if it is new.

    Raises: RefusedError, OfflineError, TextError, NotFoundError, ClosedError.
    """
    label, expiry = clean_name(label, what=sentence("label")) if label else "", expiry_of(expires)
    session.need_server()
    view = await (session.synced(session.coalition) if stay is None else the_call(session, stay.call))
    need_to_invite(session, view, role)
    ends = None
    if stay is not None:
        need_open(view)
        ends = end_of_stay(view, stay.until) if role == "guest" else None
    organisation = await _organisation(session, view, org)
    [issued] = await issue(session, view.space, [Wanted(label, role, organisation, ends)], expiry)
    return Invited(
        invitation=issued.text,
        label=label,
        org=organisation.name,
        role=role,
        expires=clock.iso(issued.expiry * 60),
        call=None if stay is None else view.state.title,
        ends=None if ends is None else clock.iso(ends * 60),
    )


async def _organisation(session: Session, view: SpaceView, typed: str) -> Organisation:
    """The organisation that is named. Who keeps a call and not the coalition's organisations takes what is known of
    them: of the coalition to whoever is in it, else of the call.
    """
    if not session.in_coalition:
        name = clean_name(typed, what=sentence("organisation"))
        known = next((known.organisation for known in view.state.names.values() if known.org == name), bytes(16))
        return Organisation(known, name, "", "")
    coalition = await session.synced(session.coalition)
    me = coalition.me
    if me is not None and not may(me.role, Action.INVITE, "member"):
        return find_organisation(coalition, typed)
    return await organisation_for(session, typed)
