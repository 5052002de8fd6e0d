"""The rules for an entry at the next place of a chain, and what it then changes (protocol 5, 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from securecall import admissions, changes
from securecall import entries as e
from securecall.epochs import check_grants, check_start, starts_epoch, wanted_grants
from securecall.errors import InvalidError, Problem
from securecall.identity import Identity, grow
from securecall.labels import Label, digest
from securecall.rights import Action, Role, check_right
from securecall.roster import Member, Roster, founded
from securecall.situation import Situation, bars
from securecall.state import NOWHERE, ChainState, Step
from securecall.wire import ZERO, Verified

CREATE_UNDER: dict[e.SpaceKind, Action] = {
    "team": Action.CREATE_TEAM,
    "call": Action.CREATE_CALL,
    "pair": Action.CREATE_PAIR,
}
_NOBODY: dict[bytes, Identity] = {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change leads to: the roster after it, its author's role before it, whether it starts an epoch,
    and the devices (ascending) that it must grant to, with kinds.
    """

    roster: Roster
    role: Role
    starts: bool
    grants: Mapping[bytes, e.GrantKind]


def space_id(payload: bytes) -> bytes:
    """A space's id, from the payload of its entry 0."""
    return digest(Label.SPACE, payload)


def check_entry(state: ChainState, item: Verified[e.Entry], identities: Sequence[bytes]) -> tuple[Roster, Role]:
    """The roster after the entry, and the author's role before it.

    Raises: InvalidError, ParentBehindError.
    """
    body = item.value.body
    if body.device != item.key:
        raise InvalidError(Problem.BAD_DEVICE, "an entry that names another device than its signer")
    _check_follows(state, item)
    if not state.heads and not isinstance(body.change, e.Create):
        raise InvalidError(Problem.STALE, "a space begins with its creation")
    if isinstance(body.change, e.Create):
        return _check_create(state, body, body.change, identities), "owner"
    outcome = judge(state, body.author, body.device, body.change, identities)
    _check_epoch(state, body, outcome)
    return outcome.roster, outcome.role


def judge(state: ChainState, member: bytes, device: bytes, change: e.Change, identities: Sequence[bytes]) -> Outcome:
    """What ``change`` (any but `Create`) by this author would lead to, for whoever makes or checks an entry.

    Raises: InvalidError, ParentBehindError.
    """
    before = state.roster
    author, signer = before.author(member, device)
    if signer.kind == "sheet" and not (isinstance(change, e.Devices) and change.member == member):
        raise InvalidError(Problem.BAD_DEVICE, "a recovery sheet signs nothing here but its member's devices")
    starts = starts_epoch(change, before)
    if before.due and not starts and not isinstance(change, e.Destroy):
        raise InvalidError(Problem.ROTATION_DUE, "a rotation is due before anything else")
    grown = grow(before.known, identities)
    at = Situation(
        state.space, state.kind, before, state.invitations, author, state.epoch + starts, grown, state.parent
    )
    after = _apply(at, change)
    if starts and after.due:
        after = replace(after, due=False)
    _check_named(at.named, grown, before.known)
    if isinstance(change, e.Destroy):
        return Outcome(after, author.role, starts=False, grants={})
    changes.check_roster(after)
    grants = after.recipients() if starts else wanted_grants(change, before, after)
    return Outcome(after, author.role, starts, grants)


def _check_follows(state: ChainState, item: Verified[e.Entry]) -> None:
    body = item.value.body
    if not state.heads:
        if body.space != ZERO or space_id(item.payload) != state.space:
            raise InvalidError(Problem.WRONG_SPACE, "not the entry that this space began with")
        if body.number != 0 or body.previous != ZERO or body.seen != NOWHERE:
            raise InvalidError(Problem.STALE, "an entry 0 that claims something before it")
        return
    if body.space != state.space:
        raise InvalidError(Problem.WRONG_SPACE, "an entry of another space")
    if body.number != state.number + 1 or body.previous != state.latest:
        raise InvalidError(Problem.STALE, "made before it knew of the latest entry")
    state.check_seen(body.seen)
    if body.seen.seq < state.latest_seq:
        raise InvalidError(Problem.BAD_SEEN, "an entry that has not seen the one it follows")


def _check_create(state: ChainState, body: e.EntryBody, change: e.Create, identities: Sequence[bytes]) -> Roster:
    if state.heads:
        raise InvalidError(Problem.STALE, "a space begins once")
    grown = grow(_NOBODY, identities)
    identity = grown.get(body.author)
    if identity is None or len(grown) != 1 or identity.head != change.identity:
        raise InvalidError(Problem.BAD_IDENTITY, "an entry 0 comes with its author's identity, and no other")
    barred = bars(identity, change.barred)
    author = Member(body.author, "owner", identity, barred, 0, None)
    device = author.device(body.device)
    if device is None or device.kind == "sheet":
        raise InvalidError(Problem.BAD_DEVICE, "a space is begun from a computer that counts")
    _check_under(state, change, author)
    after = founded(author)
    _check_epoch(state, body, Outcome(after, "owner", starts=True, grants=after.recipients()))
    return after


def _check_under(state: ChainState, change: e.Create, author: Member) -> None:
    if (change.kind == "coalition") != (change.parent is None):
        raise InvalidError(Problem.BAD_PARENT, "all spaces but the coalition hang on another")
    if state.parent is not None and change.parent is None:
        raise InvalidError(Problem.BAD_PARENT, "said to hang on a space, and hangs on none")
    if change.parent is None or state.parent is None:
        return
    if state.parent.space != change.parent.space:
        raise InvalidError(Problem.BAD_PARENT, "hangs on another space")
    there = admissions.in_parent(state.parent, change.parent.at, author.member, author.identity.head, author.barred)
    if there is not None:
        check_right(there.role, CREATE_UNDER[change.kind], "space")


def _apply(at: Situation, change: e.Change) -> Roster:  # noqa: PLR0911, PLR0912  one case a change
    match change:
        case e.Create():
            raise InvalidError(Problem.STALE, "a space begins once")
        case e.Invite():
            return admissions.invite(at, change)
        case e.RevokeInvite():
            return admissions.revoke_invite(at, change)
        case e.Admit():
            return admissions.admit(at, change)
        case e.Remove():
            return changes.remove(at, change)
        case e.SetRole():
            return changes.set_role(at, change)
        case e.Devices():
            return changes.devices(at, change)
        case e.Rotate():
            return changes.rotate(at)
        case e.Relabel():
            return changes.relabel(at, change)
        case e.Leave():
            return changes.leave(at)
        case e.Claim():
            return changes.claim(at, change)
        case e.Server():
            return changes.server(at)
        case e.Destroy():
            return changes.destroy(at)


def _check_named(named: set[bytes], grown: Mapping[bytes, Identity], known: Mapping[bytes, Identity]) -> None:
    """Exactly the identities the entry names came along, and no key of theirs is another member's."""
    if not grown.keys() <= named:
        raise InvalidError(Problem.BAD_IDENTITY, "identity entries that the entry does not name")
    if not grown:
        return
    keys: set[bytes] = set()
    for identity in ({**known, **grown}).values():
        own = identity.keys()
        if keys & own:
            raise InvalidError(Problem.BAD_KEY, "a key that is another member's")
        keys |= own


def _check_epoch(state: ChainState, body: e.EntryBody, outcome: Outcome) -> None:
    check_start(body.start, outcome.starts, state.epoch + 1, state.commits)
    check_grants(body.grants, outcome.grants)


def commit_entry(state: ChainState, step: Step, body: e.EntryBody) -> None:
    """Take over what a checked entry changes."""
    state.number, state.latest, state.latest_seq = body.number, step.digest, step.seq
    state.invitations.take(step.seq, body.author, body.change)
    if step.role != "guest":
        # A guest who claims a far minute would put off the end of their own stay.
        state.minute = max(state.minute, body.minute)
    if body.start is not None:
        state.epoch, state.counts = body.start.epoch, {}
        state.starts[state.epoch], state.commits[state.epoch] = step.seq, body.start.commit
    match body.change:
        case e.Create(kind=kind, parent=parent, server=key):
            state.kind, state.hangs_on = kind, parent
            state.servers.append((step.seq, key))
        case e.Server(key=key):
            state.servers.append((step.seq, key))
        case e.Destroy():
            state.destroyed = True
