"""A member's devices in a space: named heads, bars that hold, duties that follow (S03, S10, R05)."""

import pytest

from securecall import entries as e
from securecall.errors import Problem
from securecall.identity import AddDevice
from securecall.state import ENTRY
from tests.world import (
    Person,
    Space,
    make_people,
    make_person,
    open_call,
    refuse,
    refuse_entry,
    refuse_record,
    sign_body,
)

AMINA, BEN, *_ = make_people(3)


@pytest.fixture
def chi() -> Person:
    return make_person("chi")


@pytest.fixture
def call(chi: Person) -> Space:
    return open_call(AMINA, (BEN, "chair"), (chi, "member"))


def bar(person: Person, *devices: int) -> e.Devices:
    """A change that bars exactly these of somebody's devices."""
    return e.Devices(person.member, person.head, sorted(person.devices[n].id for n in devices))


def test_a_device_counts_once_its_head_is_named_and_is_granted_the_running_epoch(call: Space, chi: Person) -> None:
    second = chi.add_device()
    assert second.id not in call.chain.roster.recipients()
    step = call.name_devices(chi, chi)
    assert isinstance(step.body, e.Entry)
    assert [line.device for line in step.body.body.grants] == [second.id]
    assert not call.chain.roster.due
    assert call.ring(second).holds(call.chain.epoch)


def test_an_identity_head_that_is_older_or_unknown_is_refused(call: Space, chi: Person) -> None:
    old = chi.head
    chi.add_device()
    call.name_devices(chi, chi)
    assert refuse_entry(call, chi, e.Devices(chi.member, old, [])) is Problem.BAD_IDENTITY
    chi.add_device()
    assert refuse_entry(call, chi, bar(chi)) is Problem.BAD_IDENTITY


def test_S03_a_named_head_extends_the_one_before(call: Space, chi: Person) -> None:
    fork = make_person("chi")
    chi.add_device()
    call.name_devices(chi, chi)
    fork.add_device("sheet")
    body = call.body(fork, e.Devices(fork.member, fork.head, []))
    assert refuse(call, ENTRY, sign_body(fork.device, body), fork.items[1:]) is Problem.BAD_IDENTITY
    assert refuse(call, ENTRY, sign_body(fork.device, body), fork.items) is Problem.BAD_IDENTITY


def test_S10_a_device_that_goes_makes_a_rotation_due(call: Space, chi: Person) -> None:
    second = chi.add_device()
    call.name_devices(chi, chi)
    chi.remove_device(second)
    call.name_devices(chi, chi)
    assert call.chain.roster.due
    assert refuse_entry(call, chi, e.Rotate(), device=second) is Problem.BAD_DEVICE
    call.rotate(BEN)


def test_R01_a_barred_device_writes_and_signs_nothing_and_is_granted_nothing(call: Space, chi: Person) -> None:
    call.name_devices(BEN, chi, chi.device)
    assert refuse_record(call, chi) is Problem.BAD_DEVICE
    assert refuse_entry(call, chi, e.Rotate()) is Problem.BAD_DEVICE
    step = call.rotate(BEN)
    assert isinstance(step.body, e.Entry)
    assert chi.device.id not in [line.device for line in step.body.body.grants]
    assert not call.ring(chi.device).holds(call.chain.epoch)


def test_S03_a_bar_covers_what_a_barred_device_adds(call: Space, chi: Person) -> None:
    chi.add_device()
    call.name_devices(chi, chi)
    call.name_devices(BEN, chi, chi.device)
    call.rotate(BEN)
    chi.add_device(by=chi.device)
    chi.add_device(by=chi.devices[2])
    good = chi.devices[1]
    for listed in ((), (0,), (0, 2), (0, 3)):
        change = bar(chi, *listed)
        assert refuse_entry(call, chi, change, chi, device=good) is Problem.BAD_TARGET
    call.name_devices(chi, chi, chi.device, *chi.devices[2:], device=good)
    chi.add_device(by=good)
    call.name_devices(chi, chi, chi.device, *chi.devices[2:4], device=good)
    assert chi.devices[4].id in call.chain.roster.recipients()


def test_S03_a_bar_covers_what_a_barred_device_added_before_it_went(call: Space, chi: Person) -> None:
    good = chi.add_device()
    call.name_devices(chi, chi)
    call.name_devices(BEN, chi, chi.device)
    call.rotate(BEN)
    chi.add_device(by=chi.device)
    chi.remove_device(chi.device, good)
    assert refuse_entry(call, chi, bar(chi), chi, device=good) is Problem.BAD_TARGET
    call.name_devices(chi, chi, chi.devices[2], device=good)


def test_a_bar_is_lifted_by_admission_anew_and_not_before(call: Space, chi: Person) -> None:
    call.name_devices(BEN, chi, chi.device)
    call.rotate(BEN)
    for by in (AMINA, BEN):
        assert refuse_entry(call, by, bar(chi)) is Problem.BAD_TARGET
    call.remove(BEN, chi)
    call.welcome(chi)
    assert chi.device.id in call.chain.roster.recipients()
    call.write(chi)


@pytest.mark.parametrize("case", ["descending", "twice", "not live", "unknown"])
def test_bars_are_ascending_and_on_live_devices(call: Space, chi: Person, case: str) -> None:
    gone = chi.add_device()
    chi.add_device()
    chi.remove_device(gone)
    live = sorted([chi.devices[0].id, chi.devices[2].id])
    barred, problem = {
        "descending": (live[::-1], Problem.MALFORMED),
        "twice": ([live[0], live[0]], Problem.MALFORMED),
        "not live": ([gone.id], Problem.BAD_TARGET),
        "unknown": ([AMINA.device.id], Problem.BAD_TARGET),
    }[case]
    assert refuse_entry(call, BEN, e.Devices(chi.member, chi.head, barred), chi) is problem


def test_devices_of_who_is_not_there(call: Space) -> None:
    dia = make_person("dia")
    assert refuse_entry(call, AMINA, bar(dia), dia) is Problem.BAD_TARGET


def test_S39_a_change_of_devices_that_changes_nothing_is_a_complaint_and_blocks_nobody(
    call: Space, chi: Person
) -> None:
    call.name_devices(chi, chi)
    assert not call.chain.roster.due
    call.write(BEN)


def test_M10_a_new_device_with_a_key_of_another_member_is_refused(call: Space, chi: Person) -> None:
    chi.extend(AddDevice(BEN.device.announce(chi.member, "computer")), chi.device)
    assert refuse_entry(call, chi, bar(chi), chi) is Problem.BAD_KEY


def test_a_guest_s_new_device_is_granted_what_the_guest_may_read(chi: Person) -> None:
    call = open_call(AMINA)
    call.rotate(AMINA)
    call.welcome(chi, "guest")
    call.rotate(AMINA)
    second = chi.add_device()
    call.name_devices(chi, chi)
    ring = call.ring(second)
    assert [keys.epoch for keys in ring.epochs()] == [2, 3]
    assert all(keys.seed is None for keys in ring.epochs())
