"""Spaces that hang on another: who comes from there, and when that can be checked (protocol 10; G05, R05)."""

from typing import NoReturn

import msgspec
import pytest

from securecall import entries as e
from securecall.errors import InvalidError, ParentBehindError, Problem
from securecall.rights import Role
from securecall.roster import Roster
from securecall.state import ENTRY
from tests.world import Person, Space, found, make_people, make_person, refuse_entry, replay, seed

AMINA, BEN, CHI, DIA = make_people(4)


@pytest.fixture
def coalition() -> Space:
    space = found(AMINA)
    for person in (BEN, CHI):
        space.welcome(person)
    return space


def from_parent(space: Space, person: Person, at: e.Seen, role: Role = "member", **fields: object) -> e.Admit:
    """An admission of ``person`` as they were in the parent at ``at``."""
    good = e.Admission(person.member, person.head, [], role, None, e.FromParent(at))
    return e.Admit([msgspec.structs.replace(good, **fields)])


def test_people_of_the_parent_come_without_invitation(coalition: Space) -> None:
    call = found(AMINA, "call", coalition)
    at = coalition.chain.seen()
    people = sorted([BEN, CHI], key=lambda person: person.member)
    change = e.Admit([from_parent(call, person, at).admissions[0] for person in people])
    call.enter(AMINA, change, *people)
    assert call.chain.hangs_on == e.Parent(coalition.id, at)
    assert {BEN.member, CHI.member} <= call.chain.roster.members.keys()
    assert replay(call).head == call.chain.head


def test_who_was_not_in_the_parent_at_that_place_is_refused(coalition: Space) -> None:
    call = found(AMINA, "call", coalition)
    before = e.Seen(0, coalition.chain.heads[0])
    coalition.remove(AMINA, CHI)
    for person, at in ((BEN, before), (DIA, coalition.chain.seen()), (CHI, coalition.chain.seen())):
        assert refuse_entry(call, AMINA, from_parent(call, person, at), person) is Problem.BAD_PARENT


def test_another_history_of_the_parent_is_refused(coalition: Space) -> None:
    call = found(AMINA, "call", coalition)
    at = e.Seen(coalition.chain.next_seq - 1, seed("fork"))
    assert refuse_entry(call, AMINA, from_parent(call, BEN, at), BEN) is Problem.BAD_PARENT


def test_R05_devices_and_bars_are_those_of_the_parent() -> None:
    ben = make_person("ben of two machines")
    second = ben.add_device()
    coalition = found(AMINA)
    coalition.welcome(ben)
    coalition.name_devices(AMINA, ben, second)
    coalition.rotate(AMINA)
    call = found(AMINA, "call", coalition)
    at = coalition.chain.seen()
    assert refuse_entry(call, AMINA, from_parent(call, ben, at), ben) is Problem.BAD_PARENT
    call.enter(AMINA, from_parent(call, ben, at, barred=[second.id]), ben)
    assert second.id not in call.chain.roster.recipients()
    other = found(AMINA, "call", coalition)
    ben.add_device()
    newer = from_parent(other, ben, at, barred=[second.id])
    assert refuse_entry(other, AMINA, newer, ben) is Problem.BAD_PARENT


def test_a_parent_that_lags_behind_is_fetched_first(coalition: Space) -> None:
    call = found(AMINA, "call", coalition)
    lagging = replay(coalition, coalition.places[:3])
    at = coalition.chain.seen()
    draft = call.draft(AMINA, from_parent(call, BEN, at), identities=BEN.items)
    call.chain.parent = lagging
    with pytest.raises(ParentBehindError):
        call.chain.append(ENTRY, draft.item, draft.identities)
    for place in coalition.places[3:]:
        lagging.append(place.kind, place.item, place.identities)
    call.meet(BEN)
    call.take(draft)


def test_toward_who_is_not_in_the_parent_what_hangs_on_it_passes(coalition: Space) -> None:
    call = found(AMINA, "call", coalition)
    call.chain.parent = None
    call.enter(AMINA, from_parent(call, DIA, e.Seen(999, seed("anything"))), DIA)
    assert DIA.member in call.chain.roster.members


def test_a_coalition_admits_from_no_parent(coalition: Space) -> None:
    change = from_parent(coalition, DIA, coalition.chain.seen())
    assert refuse_entry(coalition, AMINA, change, DIA) is Problem.BAD_PARENT


def test_G05_a_space_hangs_on_the_parent_it_names(coalition: Space) -> None:
    with pytest.raises(InvalidError) as caught:
        found(AMINA, "call", coalition, view=found(AMINA).chain)
    assert caught.value.problem is Problem.BAD_PARENT


def test_who_begins_a_space_is_in_its_parent_as_they_say(coalition: Space) -> None:
    with pytest.raises(InvalidError) as caught:
        found(DIA, "pair", coalition)
    assert caught.value.problem is Problem.BAD_PARENT
    ben = make_person(BEN.name)
    ben.items, ben.identity, ben.devices = list(BEN.items), BEN.identity, list(BEN.devices)
    ben.add_device()
    with pytest.raises(InvalidError) as caught:
        found(ben, "pair", coalition)
    assert caught.value.problem is Problem.BAD_PARENT


def test_who_begins_a_space_takes_their_bars_along() -> None:
    amina = make_person("amina of two machines")
    second = amina.add_device()
    coalition = found(amina)
    coalition.name_devices(amina, amina, second)
    coalition.rotate(amina)
    with pytest.raises(InvalidError) as caught:
        found(amina, "call", coalition)
    assert caught.value.problem is Problem.BAD_PARENT
    call = found(amina, "call", coalition, bars=[second.id])
    assert call.chain.roster.recipients().keys() == {amina.device.id}


def test_a_space_may_begin_at_a_place_that_its_reader_lacks(coalition: Space) -> None:
    class Behind:
        space = coalition.id

        def roster_at(self, at: e.Seen) -> Roster:
            return self._behind()

        def _behind(self) -> NoReturn:
            raise ParentBehindError(0)

    with pytest.raises(ParentBehindError):
        found(AMINA, "call", coalition, view=Behind())
