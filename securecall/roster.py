"""Who is in a space, as a value that each entry turns into the next (protocol 4, 5).

A member's devices count only as of the identity head that the space's chain last named, and a bar holds
also for devices that a barred one adds; so authorship, recipients and audit are functions of one chain.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from securecall.entries import GrantKind
from securecall.errors import InvalidError, Problem
from securecall.identity import Device, Identity
from securecall.rights import Role
from securecall.trie import Trie


@dataclass(frozen=True, slots=True)
class Member:
    """A member as this space knows them. ``since`` is the first epoch they can read; ``ends`` the minute at
    which a guest's stay ends.
    """

    member: bytes
    role: Role
    identity: Identity
    barred: frozenset[bytes]
    since: int
    ends: int | None

    def devices(self) -> tuple[Device, ...]:
        """The devices that count here: live at the named head and not barred."""
        return tuple(device for device in self.identity.live() if device.device not in self.barred)

    def device(self, device: bytes) -> Device | None:
        """One of these devices, or None."""
        known = self.identity.devices.get(device)
        return known if known is not None and known.live and device not in self.barred else None

    def grant_kind(self) -> GrantKind:
        """What kind of grant the role entitles to (protocol 6)."""
        return "everyone" if self.role == "guest" else "seed"


@dataclass(frozen=True, slots=True)
class Roster:
    """Everything that rights and recipients follow from, but invitations (`securecall.invitations`).

    ``known`` holds every identity that the chain ever named, at its newest named head. ``claims`` maps claimant to the
    member they claim for, and only the allies in ``electorate`` count there: the members as of the last entry by an
    owner. While ``due``, only an entry that starts an epoch, or `destroy`, may follow. A chain holds one roster for
    every place that changed it, so all of these share what they have in common.
    """

    members: Trie[Member]
    known: Trie[Identity]
    claims: Trie[bytes]
    electorate: Trie[Member]
    due: bool

    def author(self, member: bytes, device: bytes) -> tuple[Member, Device]:
        """The member and device of an item's author.

        Raises: InvalidError (`Problem.NOT_A_MEMBER`, `Problem.BAD_DEVICE`).
        """
        author = self.members.get(member)
        if author is None:
            raise InvalidError(Problem.NOT_A_MEMBER, "by someone who is not in the space")
        known = author.device(device)
        if known is None:
            raise InvalidError(Problem.BAD_DEVICE, "by a device that does not count in the space")
        return author, known

    def owners(self) -> tuple[Member, ...]:
        """The owners, by id."""
        return tuple(member for _, member in sorted(self.members.items()) if member.role == "owner")

    def allies(self) -> frozenset[bytes]:
        """All but guests."""
        return allies(self.members)

    def electors(self) -> frozenset[bytes]:
        """Those whose claims count, and among whom a claim needs more than half."""
        return allies(self.electorate)

    def recipients(self) -> dict[bytes, GrantKind]:
        """Every device that counts, ascending, with the kind of its grant."""
        pairs = (
            (device.device, member.grant_kind()) for member in self.members.values() for device in member.devices()
        )
        return dict(sorted(pairs))


def allies(members: Mapping[bytes, Member]) -> frozenset[bytes]:
    """The ids of all but guests."""
    return frozenset(member.member for member in members.values() if member.role != "guest")


def founded(author: Member) -> Roster:
    """The roster of a space that ``author`` has just begun."""
    members = Trie[Member]().put({author.member: author})
    known = Trie[Identity]().put({author.member: author.identity})
    return Roster(members=members, known=known, claims=Trie(), electorate=members, due=False)


def must_bar(old: Member, identity: Identity) -> frozenset[bytes]:
    """Devices of ``identity`` (which extends the one ``old`` names) that the old bars still cover: the
    barred ones that are live, and live ones that a covered one added since.
    """
    covered = set(old.barred)
    for device in identity.devices.values():
        if device.added_at > old.identity.number and device.added_by in covered:
            covered.add(device.device)
    return frozenset(device.device for device in identity.live() if device.device in covered)
