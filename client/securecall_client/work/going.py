"""Who, and which devices, must go from a space because they went from its parent (protocol 11). Pure."""

from collections.abc import Iterable, Set

from securecall import entries as e
from securecall.roster import Roster


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
    """Member to those of their devices that count in ``child`` and do no more in ``parent``, which knew them.

    Of members whom ``child`` has from its parent, and who are in both.
    """
    lost = {}
    for member in sorted(came & child.members.keys() & parent.members.keys()):
        there = parent.members[member]
        counting = {device.device for device in child.members[member].devices()}
        gone = (counting & there.identity.devices.keys()) - {device.device for device in there.devices()}
        if gone:
            lost[member] = frozenset(gone)
    return lost
