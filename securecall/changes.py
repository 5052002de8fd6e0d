"""What each change does to the roster, and when it is refused (protocol 5, the table of changes).

Every function takes the roster before the entry and returns the one after it, or raises InvalidError.
Nothing here looks at a clock: `minute` and expiry are claims that clients act on, never validity.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from types import MappingProxyType
from typing import Protocol

from securecall import caps
from securecall import entries as e
from securecall.errors import InvalidError, Problem
from securecall.identity import Identity
from securecall.joins import read_join
from securecall.points import check_signing
from securecall.rights import Action, Role, check_right, may
from securecall.roster import Invitation, Member, Roster, must_bar


class ParentView(Protocol):
    """A parent's verified chain, as far as this reader has it."""

    space: bytes

    def roster_at(self, at: e.Seen) -> Roster | None:
        """The roster right after the place ``at``; None where this reader, who has left the parent, cannot know it.

        Raises: ParentBehindError if the chain is not known that far; InvalidError (`Problem.BAD_PARENT`)
        if it has another head there.
        """


@dataclass(slots=True)
class Situation:
    """What a change meets: the roster before it, its author, the identities that came along, the parent.

    ``epoch`` is the one that will run after the entry. ``parent`` is None toward someone who is not in the
    parent; what hangs on it is then for others to check.
    """

    space: bytes
    kind: e.SpaceKind
    roster: Roster
    author: Member
    epoch: int
    grown: Mapping[bytes, Identity]
    parent: ParentView | None
    named: set[bytes] = field(default_factory=set)

    def identity(self, member: bytes, head: bytes) -> Identity:
        """The identity of ``member`` at ``head``, which an entry names. Raises: InvalidError."""
        self.named.add(member)
        identity = self.grown.get(member) or self.roster.known.get(member)
        if identity is None or identity.head != head:
            raise InvalidError(Problem.BAD_IDENTITY, "an identity head whose entries did not come along")
        return identity

    def target(self, member: bytes) -> Member:
        """The member a change is aimed at. Raises: InvalidError."""
        target = self.roster.members.get(member)
        if target is None:
            raise InvalidError(Problem.BAD_TARGET, "aimed at someone who is not in the space")
        return target

    def check(self, action: Action, target: Member) -> None:
        """Raise InvalidError unless the author may do ``action`` to ``target`` (or to themselves)."""
        own = target.member == self.author.member
        check_right(self.author.role, action, "self" if own else target.role)


def invite(at: Situation, change: e.Invite) -> Roster:
    """Make invitations; a public key serves once, ever."""
    invitations, keys = dict(at.roster.invitations), set(at.roster.invited)
    for invitee in change.invitees:
        check_right(at.author.role, Action.INVITE, invitee.role)
        _check_role(at.kind, invitee.role)
        if invitee.key in keys:
            raise InvalidError(Problem.DUPLICATE, "an invitation key that was used before")
        check_signing(invitee.key)
        keys.add(invitee.key)
        invitations[invitee.key] = Invitation(invitee.role, invitee.expiry, at.author.member)
    return replace(at.roster, invitations=MappingProxyType(invitations), invited=frozenset(keys))


def revoke_invite(at: Situation, change: e.RevokeInvite) -> Roster:
    """Take invitations back."""
    _check_ascending(change.keys)
    invitations = dict(at.roster.invitations)
    for key in change.keys:
        invitation = invitations.pop(key, None)
        if invitation is None:
            raise InvalidError(Problem.BAD_INVITE, "an invitation that is used, revoked or never was")
        check_right(at.author.role, Action.REVOKE_INVITE, invitation.role)
    return replace(at.roster, invitations=MappingProxyType(invitations))


def admit(at: Situation, change: e.Admit) -> Roster:
    """Let people in, each upon an invitation or from the parent."""
    _check_ascending([admission.member for admission in change.admissions])
    members, known, invitations = (
        dict(at.roster.members),
        dict(at.roster.known),
        dict(at.roster.invitations),
    )
    for admission in change.admissions:
        if admission.member in members:
            raise InvalidError(Problem.BAD_TARGET, "someone who is in the space already")
        check_right(at.author.role, Action.ADMIT, admission.role)
        _check_stay(at.kind, admission.role, admission.ends)
        identity = at.identity(admission.member, admission.identity)
        barred = bars(identity, admission.barred)
        match admission.via:
            case e.Joining(request=request):
                _use_invitation(at, invitations, admission, request)
            case e.FromParent(at=place):
                _check_parent(at, admission, place, barred)
        since = at.epoch if admission.role == "guest" else 0
        member = Member(admission.member, admission.role, identity, barred, since, admission.ends)
        members[member.member], known[member.member] = member, identity
    return replace(
        at.roster,
        members=MappingProxyType(members),
        known=MappingProxyType(known),
        invitations=MappingProxyType(invitations),
    )


def _use_invitation(
    at: Situation, invitations: dict[bytes, Invitation], admission: e.Admission, request: bytes
) -> None:
    join = read_join(request)
    invitation = invitations.pop(join.key, None)
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


def remove(at: Situation, change: e.Remove) -> Roster:
    """Take people out. Nobody authors the epoch that shuts themselves out."""
    _check_ascending(change.members)
    members = dict(at.roster.members)
    for member in change.members:
        target = at.target(member)
        if target.member == at.author.member:
            raise InvalidError(Problem.BAD_TARGET, "nobody removes themselves; they leave")
        at.check(Action.REMOVE, target)
        del members[member]
    return _without(at.roster, members)


def set_role(at: Situation, change: e.SetRole) -> Roster:
    """Change roles. An owner may step down where another stays, but not to guest."""
    _check_ascending([role.member for role in change.roles])
    members = dict(at.roster.members)
    for new in change.roles:
        target = at.target(new.member)
        check_right(at.author.role, Action.SET_ROLE, target.role)
        _check_stay(at.kind, new.role, new.ends)
        own = target.member == at.author.member
        if target.role == new.role or (own and new.role == "guest"):
            raise InvalidError(Problem.BAD_TARGET, "a role that changes nothing, or shuts its author out")
        since = at.epoch if new.role == "guest" else 0
        members[new.member] = replace(target, role=new.role, ends=new.ends, since=since)
    return _without(at.roster, members)


def devices(at: Situation, change: e.Devices) -> Roster:
    """Name a newer identity head, or bar devices. A device that goes makes a rotation due."""
    target = at.target(change.member)
    identity = at.identity(change.member, change.identity)
    required, barred = must_bar(target, identity), bars(identity, change.barred)
    if not required <= barred:
        raise InvalidError(Problem.BAD_TARGET, "a bar holds until the member is admitted anew")
    at.check(Action.BAR if barred - required else Action.DEVICES, target)
    after = replace(target, identity=identity, barred=barred)
    gone = {d.device for d in target.devices()} - {d.device for d in after.devices()}
    members = {**at.roster.members, target.member: after}
    known = {**at.roster.known, target.member: identity}
    return replace(
        at.roster,
        members=MappingProxyType(members),
        known=MappingProxyType(known),
        due=at.roster.due or bool(gone),
    )


def rotate(at: Situation) -> Roster:
    """Start an epoch; the roster stays."""
    check_right(at.author.role, Action.ROTATE, "space")
    return at.roster


def relabel(at: Situation, change: e.Relabel) -> Roster:
    """New sealed labels; the roster stays."""
    _check_ascending(change.members)
    for member in change.members:
        at.check(Action.RELABEL, at.target(member))
    return at.roster


def leave(at: Situation) -> Roster:
    """Go oneself; whoever stays owes a rotation."""
    check_right(at.author.role, Action.LEAVE, "self")
    members = dict(at.roster.members)
    del members[at.author.member]
    electorate = at.roster.electorate - {at.author.member}
    return replace(_without(at.roster, members), electorate=electorate, due=True)


def claim(at: Situation, change: e.Claim) -> Roster:
    """Claim for a member; past half of those allies who were in when an owner last acted, that one becomes owner.

    Whoever let people in since cannot outvote the others with them, nor by taking the others out: those who were
    removed since still count among the many, though they can claim no more.
    """
    target = at.target(change.member)
    at.check(Action.CLAIM, target)
    if at.author.member in at.roster.claims:
        raise InvalidError(Problem.DUPLICATE, "one claim each until an owner acts")
    electorate = at.roster.electorate
    if at.author.member not in electorate:
        raise InvalidError(Problem.NO_RIGHT, "who came in since an owner last acted has no claim")
    claims = {**at.roster.claims, at.author.member: target.member}
    if 2 * sum(claimed == target.member for claimed in claims.values()) <= len(electorate):
        return replace(at.roster, claims=MappingProxyType(claims))
    members = {**at.roster.members, target.member: replace(target, role="owner")}
    return replace(at.roster, members=MappingProxyType(members), claims=MappingProxyType({}))


def server(at: Situation) -> Roster:
    """Name the server that signs from here on."""
    check_right(at.author.role, Action.SERVER, "space")
    return at.roster


def destroy(at: Situation) -> Roster:
    """End the space."""
    check_right(at.author.role, Action.DESTROY, "space")
    return at.roster


def bars(identity: Identity, barred: list[bytes]) -> frozenset[bytes]:
    """The bars an entry lists for a member. Raises: InvalidError unless ascending and on live devices."""
    _check_ascending(barred)
    listed = frozenset(barred)
    if not listed <= {device.device for device in identity.live()}:
        raise InvalidError(Problem.BAD_TARGET, "a bar on a device that is not live")
    return listed


def _without(roster: Roster, members: dict[bytes, Member]) -> Roster:
    """``members`` as the new roster; claims by or for whoever is no longer an ally in it are void."""
    after = replace(roster, members=MappingProxyType(members))
    allies = after.allies()
    claims = {by: for_ for by, for_ in roster.claims.items() if by in allies and for_ in allies}
    return replace(after, claims=MappingProxyType(claims))


def _check_role(kind: e.SpaceKind, role: Role) -> None:
    if role == "guest" and kind != "call":
        raise InvalidError(Problem.BAD_TARGET, "guests come for one call")


def _check_stay(kind: e.SpaceKind, role: Role, ends: int | None) -> None:
    _check_role(kind, role)
    if (ends is None) == (role == "guest"):
        raise InvalidError(Problem.BAD_TARGET, "a guest's stay has an end, and nobody else's has")


def _check_ascending(ids: list[bytes]) -> None:
    if any(a >= b for a, b in pairwise(ids)):
        raise InvalidError(Problem.MALFORMED, "a list that is not ascending, or names someone twice")


def check_roster(roster: Roster) -> None:
    """What must hold after every change: somebody can act as owner, and the caps. Raises: InvalidError.

    A sheet is not enough of an owner: it starts no epoch, so one that is due would never come.
    """
    if not any(device.kind == "computer" for owner in roster.owners() for device in owner.devices()):
        raise InvalidError(Problem.LAST_OWNER, "the last owner, or their last computer, cannot go")
    if len(roster.members) > caps.MEMBERS_PER_SPACE:
        raise InvalidError(Problem.CAP, f"a space has at most {caps.MEMBERS_PER_SPACE} members")
    if len(roster.recipients()) > caps.DEVICES_PER_SPACE:
        raise InvalidError(Problem.CAP, f"a space has at most {caps.DEVICES_PER_SPACE} devices")
