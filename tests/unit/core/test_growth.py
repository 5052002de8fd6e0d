"""What a verified chain holds in memory grows with what was put into it, and not faster (M12).

Whoever may write entries may write many: were every place to keep its own copy of who is in the space and who is
invited, a few megabytes would fill the memory of everybody who verifies them. Counted here is what stays allocated
once a chain is replayed, at one length and at twice that; no time is measured.
"""

import gc
import tracemalloc

import pytest
from nacl.signing import SigningKey

from securecall import entries as e
from tests.world import END, Place, Space, found, make_people, make_person, open_call, replay, seed

LINEAR = 2.6
"""Twice as long may hold this many times as much: dictionaries grow in steps. Copies would make it nearly four."""


def held(space: Space, places: list[Place]) -> int:
    """Bytes that stay allocated for the chain of ``places``."""
    gc.collect()
    tracemalloc.start()
    chain = replay(space, places)
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert chain.next_seq == len(places)
    return size


def invited() -> Space:
    """Sixty entries with sixty invitations each."""
    owner = make_person("owner")
    space = found(owner)
    for number in range(60):
        keys = [bytes(SigningKey(seed("invitee", number, n)).verify_key) for n in range(60)]
        space.enter(owner, e.Invite([e.Invitee(key, "member", END, b"") for key in keys]))
    return space


@pytest.mark.slow
def test_M12_entries_with_invitations_hold_as_much_as_they_bring() -> None:
    space = invited()
    half = len(space.places) // 2
    assert held(space, space.places) < LINEAR * held(space, space.places[:half])


def change_by_change(people: int) -> float:
    """Bytes that one entry holds which changes nothing but who counts, in a space of so many people."""
    owner, *others = everybody = make_people(people)
    space = open_call(owner)
    keys = [space.invite(owner) for _ in others]
    admissions = [space.admission(person, "member", each) for person, each in zip(others, keys, strict=True)]
    space.enter(owner, e.Admit(sorted(admissions, key=lambda one: one.member)), *others)
    begun = len(space.places)
    for number in range(120):
        person = everybody[number % people]
        if number % 2:
            space.name_devices(person, person)
        else:
            space.enter(owner, e.Relabel([person.member]))
    return (held(space, space.places) - held(space, space.places[:begun])) / 120


@pytest.mark.slow
def test_M12_an_entry_holds_no_copy_of_everybody_in_the_space() -> None:
    assert change_by_change(96) < 2 * change_by_change(6)
