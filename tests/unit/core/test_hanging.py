"""What hangs on a space, and what one who has left that space still makes of it (rows M07, R01)."""

import pytest

from securecall import entries as e
from securecall.chain import SpaceChain
from securecall.errors import InvalidError, ParentBehindError, Problem
from securecall.roster import Roster
from tests.world import Space, found, make_people

AMINA, BEN, CHI = make_people(3)


class Left:
    """A parent as one sees it who has left it: known up to a place, and not beyond."""

    def __init__(self, parent: Space, last: int) -> None:
        self.space, self._chain, self._last = parent.id, parent.chain, last

    def roster_at(self, at: e.Seen) -> Roster | None:
        """As `ParentView` says."""
        return self._chain.roster_at(at) if at.seq <= self._last else None


@pytest.fixture
def coalition() -> Space:
    space = found(AMINA)
    space.welcome(BEN)
    return space


def test_M07_a_coalition_is_nobody_s_child(coalition: Space) -> None:
    """A notice may lead to a space of somebody's own making; one that names no parent is held to no parent's rules."""
    twin = found(BEN)
    child = SpaceChain(twin.id, coalition.chain)
    with pytest.raises(InvalidError) as caught:
        child.append(twin.places[0].kind, twin.places[0].item, twin.places[0].identities)
    assert caught.value.problem is Problem.BAD_PARENT
    assert child.heads == []


def test_who_has_left_the_parent_takes_part_in_the_child_still(coalition: Space) -> None:
    last = coalition.chain.next_seq - 1
    call = found(AMINA, "call", coalition)
    coalition.welcome(CHI)
    call.admit(AMINA, CHI, "member", e.FromParent(coalition.chain.seen()))
    reader = SpaceChain(call.id, Left(coalition, last))
    for place in call.places:
        reader.append(place.kind, place.item, place.identities)
    assert reader.heads == call.chain.heads


def test_how_far_the_parent_is_missing_is_told(coalition: Space) -> None:
    with pytest.raises(ParentBehindError) as caught:
        coalition.chain.roster_at(e.Seen(coalition.chain.next_seq + 7, bytes(32)))
    assert caught.value.seq == coalition.chain.next_seq + 7
