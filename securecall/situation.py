"""What a change meets, and what holds for the lists and stays in it whatever the change is (protocol 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from securecall import entries as e
from securecall.errors import InvalidError, Problem
from securecall.identity import Identity
from securecall.invitations import Invitations
from securecall.rights import Action, Role, check_right
from securecall.roster import Member, Roster


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
    """What a change meets: roster and invitations before it, its author, the identities that came along, the parent.

    ``epoch`` is the one that will run after the entry. ``parent`` is None toward someone who is not in the
    parent; what hangs on it is then for others to check.
    """

    space: bytes
    kind: e.SpaceKind
    roster: Roster
    invitations: Invitations
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


def bars(identity: Identity, barred: list[bytes]) -> frozenset[bytes]:
    """The bars an entry lists for a member. Raises: InvalidError unless ascending and on live devices."""
    check_ascending(barred)
    listed = frozenset(barred)
    if not listed <= {device.device for device in identity.live()}:
        raise InvalidError(Problem.BAD_TARGET, "a bar on a device that is not live")
    return listed


def check_role(kind: e.SpaceKind, role: Role) -> None:
    """Raise InvalidError (`Problem.BAD_TARGET`) for a role that a space of this kind does not have."""
    if role == "guest" and kind != "call":
        raise InvalidError(Problem.BAD_TARGET, "guests come for one call")


def check_stay(kind: e.SpaceKind, role: Role, ends: int | None) -> None:
    """Raise InvalidError (`Problem.BAD_TARGET`) as `check_role`, and unless exactly a guest's stay ends."""
    check_role(kind, role)
    if (ends is None) == (role == "guest"):
        raise InvalidError(Problem.BAD_TARGET, "a guest's stay has an end, and nobody else's has")


def check_ascending(ids: list[bytes]) -> None:
    """Raise InvalidError (`Problem.MALFORMED`) unless ``ids`` ascend, and so name nobody twice."""
    if any(a >= b for a, b in pairwise(ids)):
        raise InvalidError(Problem.MALFORMED, "a list that is not ascending, or names someone twice")
