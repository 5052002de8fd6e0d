"""What each change does to the roster, and when it is refused (protocol 5, the table of changes).

Every function takes the roster before the entry and returns the one after it, or raises InvalidError.
Nothing here looks at a clock: `minute` and expiry are claims that clients act on, never validity.
"""

from dataclasses import replace

from securecall import caps
from securecall import entries as e
from securecall.errors import InvalidError, Problem
from securecall.rights import Action, check_right
from securecall.roster import Member, Roster, must_bar
from securecall.sentences import sentence
from securecall.situation import Situation, bars, check_ascending, check_stay
from securecall.trie import Trie


def remove(at: Situation, change: e.Remove) -> Roster:
    """Take people out. Nobody authors the epoch that shuts themselves out."""
    check_ascending(change.members)
    for member in change.members:
        target = at.target(member)
        if target.member == at.author.member:
            raise InvalidError(Problem.BAD_TARGET, "nobody removes themselves; they leave")
        at.check(Action.REMOVE, target)
    return _without(at.roster, at.roster.members.without(change.members))


def set_role(at: Situation, change: e.SetRole) -> Roster:
    """Change roles. An owner may step down where another stays, but not to guest."""
    check_ascending([role.member for role in change.roles])
    changed: dict[bytes, Member] = {}
    for new in change.roles:
        target = at.target(new.member)
        check_right(at.author.role, Action.SET_ROLE, target.role)
        check_stay(at.kind, new.role, new.ends)
        own = target.member == at.author.member
        if target.role == new.role or (own and new.role == "guest"):
            raise InvalidError(Problem.BAD_TARGET, "a role that changes nothing, or shuts its author out")
        since = at.epoch if new.role == "guest" else 0
        changed[new.member] = replace(target, role=new.role, ends=new.ends, since=since)
    return _without(at.roster, at.roster.members.put(changed))


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
    return replace(
        at.roster,
        members=at.roster.members.put({target.member: after}),
        known=at.roster.known.put({target.member: identity}),
        due=at.roster.due or bool(gone),
    )


def rotate(at: Situation) -> Roster:
    """Start an epoch; the roster stays."""
    check_right(at.author.role, Action.ROTATE, "space")
    return at.roster


def relabel(at: Situation, change: e.Relabel) -> Roster:
    """New sealed labels; the roster stays."""
    check_ascending(change.members)
    for member in change.members:
        at.check(Action.RELABEL, at.target(member))
    return at.roster


def leave(at: Situation) -> Roster:
    """Go oneself; whoever stays owes a rotation."""
    check_right(at.author.role, Action.LEAVE, "self")
    own = at.author.member
    electorate = at.roster.electorate.without([own] if own in at.roster.electorate else [])
    return replace(_without(at.roster, at.roster.members.without([own])), electorate=electorate, due=True)


def claim(at: Situation, change: e.Claim) -> Roster:
    """Claim for a member; past half of those allies who were in when an owner last acted, that one becomes owner.

    Whoever let people in since cannot outvote the others with them, nor by taking the others out: those who were
    removed since still count among the many, though they can claim no more.
    """
    target = at.target(change.member)
    at.check(Action.CLAIM, target)
    if at.author.member in at.roster.claims:
        raise InvalidError(Problem.DUPLICATE, "one claim each until an owner acts")
    electors = at.roster.electors()
    if at.author.member not in electors:
        raise InvalidError(Problem.NO_RIGHT, "who came in since an owner last acted has no claim")
    claims = at.roster.claims.put({at.author.member: target.member})
    if 2 * sum(claimed == target.member for claimed in claims.values()) <= len(electors):
        return replace(at.roster, claims=claims)
    members = at.roster.members.put({target.member: replace(target, role="owner")})
    return replace(at.roster, members=members, claims=Trie())


def server(at: Situation) -> Roster:
    """Name the server that signs from here on."""
    check_right(at.author.role, Action.SERVER, "space")
    return at.roster


def destroy(at: Situation) -> Roster:
    """End the space."""
    check_right(at.author.role, Action.DESTROY, "space")
    return at.roster


def _without(roster: Roster, members: Trie[Member]) -> Roster:
    """``members`` as the new roster; claims by or for whoever is no longer an ally in it are void."""
    allies = replace(roster, members=members).allies()
    void = [by for by, for_ in roster.claims.items() if by not in allies or for_ not in allies]
    return replace(roster, members=members, claims=roster.claims.without(void))


def check_roster(roster: Roster) -> None:
    """What must hold after every change: somebody can act as owner, and the caps. Raises: InvalidError.

    A sheet is not enough of an owner: it starts no epoch, so one that is due would never come.
    """
    if not any(device.kind == "computer" for owner in roster.owners() for device in owner.devices()):
        raise InvalidError(Problem.LAST_OWNER, "the last owner, or their last computer, cannot go")
    if len(roster.members) > caps.MEMBERS_PER_SPACE:
        raise InvalidError(
            Problem.CAP,
            sentence("a space has at most %(members_per_space)s members", members_per_space=caps.MEMBERS_PER_SPACE),
        )
    if len(roster.recipients()) > caps.DEVICES_PER_SPACE:
        raise InvalidError(
            Problem.CAP,
            sentence("a space has at most %(devices_per_space)s devices", devices_per_space=caps.DEVICES_PER_SPACE),
        )
