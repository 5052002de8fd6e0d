"""What became of invitations: who has not joined yet, one in the place of another, taking one back (protocol 10).

A space is the coalition, or a call that people from outside were invited to.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from securecall import entries as e
from securecall.joins import read_join
from securecall.rights import Action, Role, may
from securecall.sentences import sentence
from securecall_client import clock
from securecall_client.acts.applicants import applicants
from securecall_client.acts.guests import usual_end
from securecall_client.acts.issuing import Wanted, expiry_of, issue
from securecall_client.acts.named import the_call
from securecall_client.acts.organisations import organisation_for
from securecall_client.acts.rights import need_to_invite
from securecall_client.captions import InviteNote
from securecall_client.changing import Change, change
from securecall_client.errors import RefusedError
from securecall_client.results.people import InvitationLine, Invitations, InvitationState, InvitedAgain
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.find import find
from securecall_keys.labels import Labels


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation of a space and what became of it; ``expiry`` is the minute at which it ends."""

    key: bytes
    note: InviteNote
    role: Role
    expiry: int
    state: InvitationState

    @property
    def current(self) -> bool:
        """Whether somebody may still be waited for."""
        return self.state in ("open", "waiting", "expired")


async def invitations(session: Session, call: str | None) -> Invitations:
    """The invitations into the coalition or a call, the newest last. Raises: NotFoundError, ProofError."""
    view = await _space(session, call)
    asking = await _asking(session, view)
    return Invitations(invitations=[_line(each) for each in standing(session, view, asking)])


async def invite_again(session: Session, named: str, call: str | None, expires: timedelta) -> InvitedAgain:
    """Take an invitation back and make another for the same person, organisation and role.

    Raises: NotFoundError, RefusedError (they have joined), OfflineError.
    """
    expiry = expiry_of(expires)
    session.need_server()
    view = await _space(session, call)
    old = _the_invitation(session, view, named, await _asking(session, view))
    if old.state == "joined":
        raise RefusedError(
            sentence("%(called)s has joined already. Nothing was changed.", called=_called(old)), code="joined-already"
        )
    need_to_invite(session, view, old.role)
    organisation = await organisation_for(session, old.note.org)
    if old.state == "waiting":
        session.say.line(
            sentence("%(called)s has asked to be let in with the old one. That ends with it.", called=_called(old))
        )
    await _revoke(session, view, old)
    ends = _end(view, old)
    [new] = await issue(session, view.space, [Wanted(old.note.label, old.role, organisation, ends)], expiry)
    line = _line(replace(old, key=new.key, expiry=new.expiry, state="open"))
    return InvitedAgain(
        invitation=new.text,
        label=line.label,
        org=line.org,
        role=line.role,
        expires=line.expires,
        call=None if call is None else view.state.title,
        ends=None if ends is None else clock.iso(ends * 60),
        invitations=[line],
    )


def _end(view: SpaceView, old: Invitation) -> int | None:
    """When a guest's stay shall end: as was said, unless that is past."""
    if old.role != "guest":
        return None
    return old.note.ends if (old.note.ends or 0) > clock.minute() else usual_end(view)


async def revoke_invitation(session: Session, named: str, call: str | None) -> Invitations:
    """Take an invitation back, so that nobody can join with it. Raises: NotFoundError, RefusedError, OfflineError."""
    session.need_server()
    view = await _space(session, call)
    old = _the_invitation(session, view, named, await _asking(session, view))
    if old.state == "joined":
        raise RefusedError(
            sentence("%(called)s has joined already, so there is nothing to take back.", called=_called(old)),
            code="joined-already",
            hint="To take somebody out: securecall member remove",
        )
    need_to_invite(session, view, old.role)
    await _revoke(session, view, old)
    return Invitations(invitations=[_line(replace(old, state="revoked"))])


def not_joined(session: Session, view: SpaceView) -> list[InvitationLine]:
    """The invitations of a space that somebody may still be waited for with, as far as this computer knows."""
    return [_line(each) for each in standing(session, view) if each.current]


def standing(session: Session, view: SpaceView, asking: Collection[bytes] = ()) -> list[Invitation]:
    """Every invitation of a space that this device can read of, in the order they were made."""
    used = frozenset(_used(view))
    return [
        Invitation(
            invitee.key,
            note,
            invitee.role,
            invitee.expiry,
            _state(session, view, invitee, used=invitee.key in used, asks=invitee.key in asking),
        )
        for invitee in _made(view)
        if (note := view.state.invites.get(invitee.key)) is not None
    ]


def _state(session: Session, view: SpaceView, invitee: e.Invitee, *, used: bool, asks: bool) -> InvitationState:
    there = view.chain.invitations.standing(invitee.key)
    inviter = view.chain.roster.members.get(there.author) if there is not None else None
    if used:
        return "joined"
    if inviter is None or not may(inviter.role, Action.INVITE, invitee.role):
        return "revoked"
    if invitee.expiry < clock.minute() and (session.line.clock_is_trusted(view) or not session.reached):
        return "expired"
    return "waiting" if asks else "open"


def _made(view: SpaceView) -> Iterator[e.Invitee]:
    for made in _changes(view):
        if isinstance(made, e.Invite):
            yield from made.invitees


def _used(view: SpaceView) -> Iterator[bytes]:
    """The keys of invitations that somebody was let in by."""
    for made in _changes(view):
        if isinstance(made, e.Admit):
            requests = (each.via.request for each in made.admissions if isinstance(each.via, e.Joining))
            yield from (read_join(request).key for request in requests)


def _changes(view: SpaceView) -> Iterator[e.Change]:
    return (step.body.body.change for step in view.steps if isinstance(step.body, e.Entry))


async def _space(session: Session, call: str | None) -> SpaceView:
    return await session.synced(session.coalition) if call is None else await the_call(session, call)


async def _asking(session: Session, view: SpaceView) -> frozenset[bytes]:
    """The keys of invitations with which somebody asks to be let in, as far as the server is reached and tells."""
    me = view.me
    if not session.reached or not session.line.asked or me is None or not may(me.role, Action.ADMIT, "member"):
        return frozenset()
    found = applicants(session, view, await session.transport.joins(view.space))
    return frozenset(applicant.note.key for applicant in found)


def _the_invitation(session: Session, view: SpaceView, named: str, asking: Collection[bytes]) -> Invitation:
    """The one that is named by id or label; a label means the one still waited for, else the newest.

    Raises: NotFoundError.
    """
    known = {each.key: each for each in standing(session, view, asking)}
    # An older one goes by its id alone; a label that is empty names none.
    names = {key: key.hex() for key in known}
    for label in {each.note.label for each in known.values()} - {""}:
        same = [each for each in known.values() if each.note.label == label]
        names.update((each.key, label) for each in [each for each in same if each.current] or same[-1:])
    return known[find(sentence("invitation"), named, names)]


async def _revoke(session: Session, view: SpaceView, old: Invitation) -> None:
    """Take it back, unless it is already."""

    async def build(_view: SpaceView) -> Change:
        return Change(e.RevokeInvite([old.key]), Labels())

    if view.chain.invitations.standing(old.key) is not None:
        await change(session, view.space, build)


def _called(invitation: Invitation) -> str:
    return invitation.note.label or sentence("Whoever was invited with it")


def _line(invitation: Invitation) -> InvitationLine:
    return InvitationLine(
        id=invitation.key.hex(),
        label=invitation.note.label,
        org=invitation.note.org,
        role=invitation.role,
        state=invitation.state,
        expires=clock.iso(invitation.expiry * 60),
    )
