"""Identity chains: which devices speak for a member, each rule broken alone (S03, M10, protocol 4)."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha512
from itertools import count

import msgspec
import pytest
from nacl.bindings import crypto_core_ed25519_add, crypto_scalarmult_ed25519_base_noclamp

from securecall import caps
from securecall.errors import InvalidError, Problem
from securecall.identity import (
    AddDevice,
    Announcement,
    Identity,
    IdentityEntry,
    RemoveDevice,
    begin,
    extend,
    grow,
)
from securecall.labels import Label
from securecall.wire import ZERO, Signed, decode, encode
from securecall_keys.device import DeviceKeys
from tests.world import Person, make_device, make_person, seed


def problem(act: Callable[[], object]) -> Problem:
    with pytest.raises(InvalidError) as caught:
        act()
    return caught.value.problem


@pytest.fixture
def amina() -> Person:
    return make_person("amina")


def entry(person: Person, by: DeviceKeys, change: AddDevice | RemoveDevice, **fields: object) -> bytes:
    """The next identity entry, some of its fields forged."""
    good = IdentityEntry(person.member, person.identity.number + 1, person.head, by.id, 2, change)
    return by.sign(Label.IDENTITY, msgspec.structs.replace(good, **fields))


def announce(device: DeviceKeys, **fields: object) -> AddDevice:
    """A device's announcement, signed by it, some of its fields forged."""
    good = decode(decode(device.announce(ZERO, "computer"), Signed, 9999).payload, Announcement, 9999)
    return AddDevice(device.sign(Label.ANNOUNCEMENT, msgspec.structs.replace(good, **fields)))


def test_a_member_s_id_is_the_digest_of_entry_0(amina: Person) -> None:
    assert begin(amina.items[0]).member == amina.member
    assert begin(amina.items[0]).live()[0].device == amina.device.id


def test_devices_come_and_go(amina: Person) -> None:
    second = amina.add_device()
    third = amina.add_device("sheet", by=second)
    amina.remove_device(amina.device, by=third)
    assert [device.device for device in amina.identity.live()] == [second.id, third.id]
    amina.remove_device(second, by=second)
    assert [device.kind for device in amina.identity.live()] == ["sheet"]
    replica = begin(amina.items[0])
    for item in amina.items[1:]:
        replica = extend(replica, item)
    assert replica == amina.identity
    assert len(replica.heads) == 5


FIRST: dict[str, dict[str, object]] = {
    "number": {"number": 1},
    "member": {"member": seed("x")},
    "previous": {"previous": seed("x")},
    "a removal": {"change": RemoveDevice(seed("x"))},
    "another's device": {"change": announce(make_device("other"))},
    "in another's name": {"device": seed("x")},
}


@pytest.mark.parametrize("case", FIRST)
def test_an_identity_begins_with_its_first_device_alone(case: str) -> None:
    device = make_device("first")
    good = IdentityEntry(ZERO, 0, ZERO, device.id, 1, announce(device))
    item = device.sign(Label.IDENTITY, msgspec.structs.replace(good, **FIRST[case]))
    assert problem(lambda: begin(item)) is Problem.BAD_IDENTITY


NEXT: dict[str, dict[str, object]] = {
    "number": {"number": 2},
    "member": {"member": seed("x")},
    "previous": {"previous": seed("x")},
    "in another's name": {"device": seed("x")},
}


@pytest.mark.parametrize("case", NEXT)
def test_S11_an_identity_entry_follows_the_one_before(amina: Person, case: str) -> None:
    new = make_device("new")
    item = entry(amina, amina.device, announce(new, member=amina.member), **NEXT[case])
    assert problem(lambda: extend(amina.identity, item)) is Problem.BAD_IDENTITY


def test_S03_only_a_live_device_adds_another(amina: Person) -> None:
    second, ghost = amina.add_device(), make_device("ghost")
    amina.remove_device(second)
    for by in (second, ghost):
        item = entry(amina, by, announce(ghost, member=amina.member))
        assert problem(partial(extend, amina.identity, item)) is Problem.BAD_IDENTITY


def test_M10_a_new_device_proves_that_it_holds_its_keys_and_means_this_member(amina: Person) -> None:
    new = make_device("new")
    claimed = announce(new, member=amina.member, signing=make_device("other").id)
    for change in (announce(new), announce(new, member=seed("x")), claimed):
        item = entry(amina, amina.device, change)
        assert problem(partial(extend, amina.identity, item)) is Problem.BAD_IDENTITY


@pytest.mark.parametrize("field", ["sealing", "login"])
def test_M10_no_key_is_announced_twice_even_after_its_device_went(amina: Person, field: str) -> None:
    second = amina.add_device()
    amina.remove_device(second)
    old = amina.identity.devices[second.id]
    new = make_device("new")
    item = entry(amina, amina.device, announce(new, member=amina.member, **{field: getattr(old, field)}))
    assert problem(lambda: extend(amina.identity, item)) is Problem.BAD_KEY
    again = entry(amina, amina.device, announce(second, member=amina.member))
    assert problem(lambda: extend(amina.identity, again)) is Problem.BAD_KEY


KEYS: dict[str, dict[str, object]] = {
    "login is signing": {"login": make_device("new").id},
    "M09 login of small order": {"login": bytes(32)},
    "S41 ML-KEM not reduced": {"sealing": b"\xff" * 1216},
    "S41 X25519 of small order": {"sealing": bytes(1216)},
}


@pytest.mark.parametrize("case", KEYS)
def test_M09_S41_keys_are_judged_at_birth(amina: Person, case: str) -> None:
    new = make_device("new")
    item = entry(amina, amina.device, announce(new, member=amina.member, **KEYS[case]))
    assert problem(lambda: extend(amina.identity, item)) is Problem.BAD_KEY


def test_a_device_that_is_not_live_is_not_removed(amina: Person) -> None:
    second, _ = amina.add_device(), amina.add_device()
    amina.remove_device(second)
    for device in (seed("x"), second.id):
        item = entry(amina, amina.device, RemoveDevice(device))
        assert problem(partial(extend, amina.identity, item)) is Problem.BAD_IDENTITY


def test_the_last_device_stays(amina: Person) -> None:
    item = entry(amina, amina.device, RemoveDevice(amina.device.id))
    assert problem(lambda: extend(amina.identity, item)) is Problem.BAD_IDENTITY


def test_M12_a_member_has_eight_live_devices_at_most(amina: Person) -> None:
    while len(amina.identity.live()) < caps.DEVICES_PER_MEMBER:
        amina.add_device()
    item = entry(amina, amina.device, announce(make_device("ninth"), member=amina.member))
    assert problem(lambda: extend(amina.identity, item)) is Problem.CAP
    amina.remove_device(amina.devices[3])
    amina.add_device()


def test_M12_an_identity_has_256_entries_at_most(amina: Person) -> None:
    amina.identity = replace(amina.identity, number=caps.IDENTITY_ENTRIES - 1)
    item = entry(amina, amina.device, announce(make_device("new"), member=amina.member))
    assert problem(lambda: extend(amina.identity, item)) is Problem.CAP


def test_M12_an_identity_entry_over_its_cap_is_refused() -> None:
    assert problem(lambda: begin(bytes(caps.IDENTITY_BYTES + 1))) is Problem.TOO_LARGE


def test_entries_grow_known_identities_and_begin_new_ones(amina: Person) -> None:
    ben = make_person("ben")
    known = {amina.member: amina.identity}
    amina.add_device()
    grown = grow(known, [amina.items[1], ben.items[0]])
    assert grown == {amina.member: amina.identity, ben.member: ben.identity}
    assert known[amina.member].number == 0


def test_entries_that_begin_twice_or_hang_in_the_air_are_refused(amina: Person) -> None:
    amina.add_device()
    known = {amina.member: begin(amina.items[0])}
    cases: list[tuple[dict[bytes, Identity], list[bytes]]] = [
        ({}, amina.items[1:]),
        (known, amina.items[:1]),
        ({}, [amina.items[0]] * 2),
    ]
    for before, items in cases:
        assert problem(partial(grow, before, items)) is Problem.BAD_IDENTITY


def test_M12_identities_beside_an_entry_are_bounded_together() -> None:
    items = [bytes(caps.IDENTITY_BYTES)] * (caps.IDENTITIES_BYTES // caps.IDENTITY_BYTES + 1)
    assert problem(lambda: grow({}, items)) is Problem.TOO_LARGE


# A point of order 2 (RFC 8032 encoding), and the order of the group it does not belong to.
TORSION = ((1 << 255) - 20).to_bytes(32, "little")
ORDER = (1 << 252) + 27742317777372353535851937790883648493
MIXED = crypto_core_ed25519_add(crypto_scalarmult_ed25519_base_noclamp(bytes([9]) + bytes(31)), TORSION)


def sign_with_mixed(label: Label, value: object) -> bytes:
    """Signed by a key of mixed order: tried until the torsion cancels out, so that the signature itself is good."""
    payload = encode(value)
    tried = ((nonce, _point(nonce)) for nonce in count(1))
    nonce, point = next((n, p) for n, p in tried if _challenge(p + MIXED + label.prefix() + payload) % 2 == 0)
    proof = (nonce + _challenge(point + MIXED + label.prefix() + payload) * 9) % ORDER
    return encode(Signed(payload, MIXED, point + proof.to_bytes(32, "little")))


def _point(scalar: int) -> bytes:
    return crypto_scalarmult_ed25519_base_noclamp(scalar.to_bytes(32, "little"))


def _challenge(message: bytes) -> int:
    return int.from_bytes(sha512(message).digest(), "little") % ORDER


def test_M09_S41_a_signing_key_of_mixed_order_is_refused_though_its_signature_holds() -> None:
    good = decode(decode(make_device("mixed").announce(ZERO, "computer"), Signed, 9999).payload, Announcement, 9999)
    change = AddDevice(sign_with_mixed(Label.ANNOUNCEMENT, msgspec.structs.replace(good, signing=MIXED)))
    item = sign_with_mixed(Label.IDENTITY, IdentityEntry(ZERO, 0, ZERO, MIXED, 2, change))
    assert problem(lambda: begin(item)) is Problem.BAD_KEY
