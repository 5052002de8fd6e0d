"""Who, and which devices, must go from a space because they went from its parent (protocol 11). Pure."""

from collections.abc import Iterable, Set

from securecall import entries as e
from securecall.roster import Member, Roster, must_bar


def from_parent(entries: Iterable[e.EntryBody]) -> set[bytes]:
    """Who came into a space from its parent, as its entries say: its author, and those let in by a place there."""
    came: set[bytes] = set()
    for entry in entries:
        match entry.change:
            case e.Create(parent=e.Parent()):
                came.add(entry.author)
            case e.Admit(admissions=admissions):
                ways = {one.member: isinstance(one.via, e.FromParent) for one in admissions}
                came = {member for member in came if member not in ways} | {
                    m for m, by_place in ways.items() if by_place
                }
            case _:
                pass
    return came


def must_go(child: Roster, parent: Roster, came: Set[bytes]) -> list[bytes]:
    """Members of ``child`` whom it has from its parent (``came``), and who are in ``parent`` no more; ascending."""
    return sorted(member for member in child.members if member in came and member not in parent.members)


def lost_devices(child: Roster, parent: Roster, came: Set[bytes]) -> dict[bytes, frozenset[bytes]]:
    """Member to those of their devices that count in ``child`` and do no more in ``parent``, or came through such.

    Of members whom ``child`` has from its parent, and who are in both.
    """
    both = sorted(came & child.members.keys() & parent.members.keys())
    lost = {member: _lost(child.members[member], parent.members[member]) for member in both}
    return {member: gone for member, gone in lost.items() if gone}


def _lost(here: Member, there: Member) -> frozenset[bytes]:
    """A device that the parent does not know yet is on its way there, unless a barred one added it, or the two name
    identities of which neither extends the other: then somebody grew a twin in the child, and it counts for nothing.
    """
    counting = frozenset(device.device for device in here.devices())
    counts_above = {device.device for device in there.devices()}
    shared = min(here.identity.number, there.identity.number)
    if here.identity.heads[shared] != there.identity.heads[shared]:
        return counting - counts_above
    gone = counting & (there.identity.devices.keys() - counts_above)
    return gone | (counting & must_bar(there, here.identity))
