"""Caps on what a space holds (M12)."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from securecall import caps
from securecall import entries as e
from securecall.changes import check_roster
from securecall.errors import InvalidError, Problem
from securecall.identity import Device, Identity
from securecall.roster import Member, Roster
from securecall.trie import Trie
from securecall.wire import decode, encode
from tests.world import make_people, open_call, seed

AMINA, BEN, *_ = make_people(3)


def crowd(members: int, devices: int) -> Roster:
    """A roster of so many members with so many devices each, one of them an owner; keys are made up."""
    people = {}
    for n in range(members):
        live = {seed(n, d): Device(seed(n, d), "computer", b"", b"", seed(n, d), d, live=True) for d in range(devices)}
        identity = Identity(seed(n), 0, seed(n), MappingProxyType(live), ())
        people[seed(n)] = Member(seed(n), "member" if n else "owner", identity, frozenset(), 0, None)
    empty = open_call(AMINA).chain.roster
    return replace(empty, members=Trie[Member]().put(people))


@pytest.mark.parametrize(
    ("members", "devices", "sound"),
    [
        (caps.MEMBERS_PER_SPACE, 3, True),
        (caps.MEMBERS_PER_SPACE + 1, 1, False),
        (caps.DEVICES_PER_SPACE // 8, 8, True),
        (caps.DEVICES_PER_SPACE // 8 + 1, 8, False),
    ],
)
def test_M12_members_and_devices_of_a_space(members: int, devices: int, sound: bool) -> None:
    roster = crowd(members, devices)
    if sound:
        check_roster(roster)
        return
    with pytest.raises(InvalidError) as caught:
        check_roster(roster)
    assert caught.value.problem is Problem.CAP


LISTS: dict[str, tuple[object, type[object]]] = {
    "members removed": (["remove", [bytes(32)] * (caps.CHANGES_PER_ENTRY + 1)], e.Remove),
    "nobody removed": (["remove", []], e.Remove),
    "nobody invited": (["invite", []], e.Invite),
    "bars": (["devices", bytes(32), bytes(32), [bytes(32)] * 9], e.Devices),
    "links": ([1, bytes(32), [[0, b""]] * (caps.LINKS_PER_ENTRY + 1)], e.Start),
    "a link's box": ([0, bytes(caps.KIB + 1)], e.Link),
    "a letter": ([bytes(32), "member", 0, bytes(caps.LETTER_BYTES + 1)], e.Invitee),
    "a join request": (["join", bytes(caps.JOIN_BYTES + 1)], e.Joining),
    "a seal": ([bytes(caps.SEAL_BYTES + 1), b""], e.Sealed),
}


@pytest.mark.parametrize("name", LISTS)
def test_M12_lists_and_bytes_are_capped_where_they_are_read(name: str) -> None:
    value, kind = LISTS[name]
    with pytest.raises(InvalidError) as caught:
        decode(encode(value), kind, caps.ENTRY_BYTES)
    assert caught.value.problem is Problem.MALFORMED


def test_the_largest_removal_fits_into_an_entry() -> None:
    """A thousand members removed from the largest space, all remaining devices granted anew."""
    lines = [e.GrantLine(seed(n), "seed", seed(n)) for n in range(caps.DEVICES_PER_SPACE)]
    change = e.Remove([seed(n) for n in range(caps.CHANGES_PER_ENTRY)])
    assert len(encode(lines)) + len(encode(change)) < caps.ENTRY_BYTES - 2 * caps.KIB * 32
