"""How people come into a space: upon an invitation, or from the parent (protocol 5, 10; rows G02 to G04)."""

from dataclasses import replace

from securecall import entries as e
from securecall.errors import InvalidError, Problem
from securecall.joins import read_join
from securecall.points import check_signing
from securecall.rights import Action, check_right, may
from securecall.roster import Member, Roster
from securecall.situation import ParentView, Situation, bars, check_ascending, check_role, check_stay


def invite(at: Situation, change: e.Invite) -> Roster:
    """Make invitations; a public key serves once, ever."""
    keys: set[bytes] = set()
    for invitee in change.invitees:
        check_right(at.author.role, Action.INVITE, invitee.role)
        check_role(at.kind, invitee.role)
        if invitee.key in keys or at.invitations.made(invitee.key) is not None:
            raise InvalidError(Problem.DUPLICATE, "an invitation key that was used before")
        check_signing(invitee.key)
        keys.add(invitee.key)
    return at.roster


def revoke_invite(at: Situation, change: e.RevokeInvite) -> Roster:
    """Take invitations back."""
    check_ascending(change.keys)
    for key in change.keys:
        invitation = at.invitations.standing(key)
        if invitation is None:
            raise InvalidError(Problem.BAD_INVITE, "an invitation that is used, revoked or never was")
        check_right(at.author.role, Action.REVOKE_INVITE, invitation.role)
    return at.roster


def admit(at: Situation, change: e.Admit) -> Roster:
    """Let people in, each upon an invitation or from the parent."""
    check_ascending([admission.member for admission in change.admissions])
    new: dict[bytes, Member] = {}
    used: set[bytes] = set()
    for admission in change.admissions:
        if admission.member in at.roster.members:
            raise InvalidError(Problem.BAD_TARGET, "someone who is in the space already")
        check_right(at.author.role, Action.ADMIT, admission.role)
        check_stay(at.kind, admission.role, admission.ends)
        identity = at.identity(admission.member, admission.identity)
        barred = bars(identity, admission.barred)
        match admission.via:
            case e.Joining(request=request):
                _use_invitation(at, used, admission, request)
            case e.FromParent(at=place):
                _check_parent(at, admission, place, barred)
        since = at.epoch if admission.role == "guest" else 0
        new[admission.member] = Member(admission.member, admission.role, identity, barred, since, admission.ends)
    known = at.roster.known.put({member.member: member.identity for member in new.values()})
    return replace(at.roster, members=at.roster.members.put(new), known=known)


def _use_invitation(at: Situation, used: set[bytes], admission: e.Admission, request: bytes) -> None:
    join = read_join(request)
    invitation = None if join.key in used else at.invitations.standing(join.key)
    used.add(join.key)
    inviter = at.roster.members.get(invitation.author) if invitation else None
    if invitation is None or inviter is None or not may(inviter.role, Action.INVITE, invitation.role):
        raise InvalidError(Problem.BAD_INVITE, "no invitation stands under the key of this join request")
    asked = join.value
    wanted = (at.space, invitation.role, admission.member, admission.identity)
    if (asked.space, asked.role, asked.member, asked.identity) != wanted or asked.role != admission.role:
        raise InvalidError(Problem.BAD_INVITE, "the join request asks for something else")


def in_parent(parent: ParentView, at: e.Seen, member: bytes, head: bytes, barred: frozenset[bytes]) -> Member | None:
    """The member as the parent has them at a place; None where this reader cannot know.

    Raises: InvalidError (`Problem.BAD_PARENT`) unless they are there with that identity head and those bars;
    ParentBehindError.
    """
    roster = parent.roster_at(at)
    if roster is None:
        return None
    there = roster.members.get(member)
    if there is None or there.identity.head != head or there.barred != barred:
        raise InvalidError(Problem.BAD_PARENT, "not in the parent like that at the place named")
    return there


def _check_parent(at: Situation, admission: e.Admission, place: e.Seen, barred: frozenset[bytes]) -> None:
    if at.kind == "coalition":
        raise InvalidError(Problem.BAD_PARENT, "a coalition has no parent")
    if at.parent is not None:
        in_parent(at.parent, place, admission.member, admission.identity, barred)
