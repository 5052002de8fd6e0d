"""Claims: an owner who is gone is followed by whom the others want, and by nobody's own crowd (row M07)."""

import pytest

from securecall import entries as e
from securecall.errors import Problem
from securecall_keys.invitation import InvitationKeys
from securecall_keys.secret import Secret
from tests.world import END, Person, Space, found, make_people, make_person, refuse_entry, replay, seed

AMINA, BEN, CHI, DIA = make_people(4)
CROWD = [make_person(f"crowd {n}") for n in range(6)]


@pytest.fixture
def coalition() -> Space:
    """Amina owns, Ben is chair, Chi and Dia are members; all came while Amina was there."""
    space = found(AMINA)
    space.welcome(BEN, "chair")
    space.welcome(CHI)
    space.welcome(DIA)
    return space


def let_in(space: Space, by: Person, people: list[Person]) -> None:
    """Many people at once, in two entries by one author."""
    keys = [InvitationKeys(space.id, Secret(seed("crowd", n)[:16])) for n in range(len(people))]
    space.enter(by, e.Invite([e.Invitee(key.public, "member", END, b"") for key in keys]))
    admissions = [space.admission(person, "member", key) for person, key in zip(people, keys, strict=True)]
    space.enter(by, e.Admit(sorted(admissions, key=lambda admission: admission.member)), *people)


def owners(space: Space) -> set[bytes]:
    """Who owns a space."""
    return {owner.member for owner in space.chain.roster.owners()}


def test_M07_a_chair_does_not_become_owner_by_those_they_let_in(coalition: Space) -> None:
    let_in(coalition, BEN, CROWD)
    coalition.claim(BEN, BEN)
    for person in CROWD:
        assert refuse_entry(coalition, person, e.Claim(BEN.member)) is Problem.NO_RIGHT
    assert owners(coalition) == {AMINA.member}


def test_M07_a_crowd_does_not_drown_the_claims_of_the_others(coalition: Space) -> None:
    let_in(coalition, BEN, CROWD)
    coalition.claim(CHI, CHI)
    coalition.claim(DIA, CHI)
    assert owners(coalition) == {AMINA.member}
    coalition.claim(BEN, CHI)
    assert owners(coalition) == {AMINA.member, CHI.member}
    assert not coalition.chain.roster.claims


def test_an_owner_s_entry_gives_those_who_came_since_a_claim(coalition: Space) -> None:
    let_in(coalition, BEN, CROWD)
    assert refuse_entry(coalition, CROWD[0], e.Claim(CHI.member)) is Problem.NO_RIGHT
    coalition.enter(AMINA, e.Relabel([AMINA.member]))
    for person in CROWD:
        coalition.claim(person, CHI)
    assert owners(coalition) == {AMINA.member, CHI.member}


def test_who_came_since_may_be_claimed_for(coalition: Space) -> None:
    let_in(coalition, BEN, CROWD)
    for person in (BEN, CHI, DIA):
        coalition.claim(person, CROWD[0])
    assert owners(coalition) == {AMINA.member, CROWD[0].member}


def test_who_left_counts_no_more(coalition: Space) -> None:
    coalition.leave(DIA)
    coalition.rotate(BEN)
    coalition.claim(BEN, CHI)
    coalition.claim(CHI, CHI)
    assert owners(coalition) == {AMINA.member, CHI.member}


def test_a_replica_comes_to_the_same_owners(coalition: Space) -> None:
    let_in(coalition, BEN, CROWD)
    for person in (BEN, CHI, DIA):
        coalition.claim(person, CHI)
    assert replay(coalition).roster == coalition.chain.roster


def test_M07_a_chair_who_removes_the_others_gains_no_majority(coalition: Space) -> None:
    """Who was removed since an owner last acted still counts among the many."""
    people = [make_person(f"voter {number}") for number in range(4)]
    for person in people:
        coalition.welcome(person)
    for person in (DIA, *people):
        coalition.remove(BEN, person)
    coalition.claim(BEN, BEN)
    coalition.claim(CHI, BEN)
    assert owners(coalition) == {AMINA.member}
