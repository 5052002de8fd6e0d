"""Inviting people into the coalition (protocol 10)."""

from datetime import timedelta

from securecall import entries as e
from securecall.rights import Action, Role, may
from securecall.wire import encode
from securecall_client import clock
from securecall_client.acts.organisations import organisation_for
from securecall_client.captions import InviteNote, InviterLetter
from securecall_client.changing import Change, change
from securecall_client.errors import RefusedError
from securecall_client.results.people import Invited
from securecall_client.session import Session
from securecall_client.text import clean_name
from securecall_client.view import SpaceView
from securecall_client.work.captioning import captions
from securecall_keys.context import LetterContext
from securecall_keys.invitation import (
    InvitationKeys,
    InvitationText,
    fresh_invitation,
    seal_letter,
    to_text,
)

LONGEST = timedelta(days=90)


async def invite(session: Session, *, role: Role, org: str, label: str, expires: timedelta) -> Invited:
    """Make an invitation into the coalition; the organisation is made if it is new.

    Raises: RefusedError, OfflineError, TextError.
    """
    label = clean_name(label, what="label") if label else ""
    if not timedelta(0) < expires <= LONGEST:
        raise RefusedError(f"An invitation lasts at most {LONGEST.days} days.", code="bad-expiry")
    session.need_server()
    space = session.coalition
    organisation = await organisation_for(session, org)
    org = organisation.name
    secret = fresh_invitation()
    keys = InvitationKeys(space, secret)
    expiry = clock.minute() + int(expires.total_seconds() // 60)

    async def build(view: SpaceView) -> Change:
        letter = InviterLetter(view.state.title, admitters(view, role), label, org)
        box = seal_letter(keys.letter_key, LetterContext("inviter", space, keys.public), encode(letter))
        note = InviteNote(keys.public, keys.letter_key.expose(), label, organisation.organisation, org)
        change = e.Invite([e.Invitee(keys.public, role, expiry, box)])
        return Change(change, captions(invites=[note]))

    view = await change(session, space, build)
    step = next(step for step in reversed(view.steps) if _makes(step.body, keys.public))
    text = InvitationText(session.transport.address, space, e.Seen(step.seq, step.head), secret.expose())
    return Invited(invitation=to_text(text), label=label, org=org, role=role, expires=clock.iso(expiry * 60))


def admitters(view: SpaceView, role: Role) -> list[str]:
    """The names of those who can let someone of ``role`` in; a dozen at the most."""
    members = view.chain.roster.members.values()
    return sorted(view.state.name(member.member) for member in members if may(member.role, Action.ADMIT, role))[:12]


def _makes(body: object, key: bytes) -> bool:
    change = body.body.change if isinstance(body, e.Entry) else None
    return isinstance(change, e.Invite) and any(invitee.key == key for invitee in change.invitees)
