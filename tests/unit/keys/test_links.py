"""Links: latecomers read back, and a bad link blocks nobody (M06, S06, protocol 6)."""

import pytest

from securecall import entries as e
from securecall_keys.epoch import EpochKeys
from securecall_keys.errors import BadGrantError, CannotOpenError, MissingKeyError
from securecall_keys.keyring import KeyRing
from securecall_keys.primitives import fresh
from tests.world import Space, found, make_people, open_call

AMINA, BEN, CHI, GUEST = make_people(4)


@pytest.fixture
def space() -> Space:
    made = found(AMINA)
    for _ in range(3):
        made.rotate(AMINA)
    return made


def only_newest(space: Space) -> KeyRing:
    """A ring that holds the running epoch alone."""
    ring = KeyRing(space.id, BEN.device)
    ring.add(space.ring(AMINA.device).epoch(space.chain.epoch), space.chain.commits)
    return ring


def follow(ring: KeyRing, space: Space, starts: list[e.Start]) -> list[int]:
    """The epochs held after following these, newest first."""
    for start in reversed(starts):
        ring.take_links(start, space.chain)
    return [keys.epoch for keys in ring.epochs()]


def spoil(start: e.Start, box: bytes) -> e.Start:
    """A start whose first link holds ``box``."""
    return e.Start(start.epoch, start.commit, [e.Link(start.links[0].epoch, box), *start.links[1:]])


def test_a_latecomer_reads_back_to_the_beginning(space: Space) -> None:
    space.welcome(CHI)
    assert [keys.epoch for keys in space.ring(CHI.device).epochs()] == [0, 1, 2, 3]
    assert follow(only_newest(space), space, space.starts) == [0, 1, 2, 3]


def test_M06_a_link_of_garbage_blocks_nobody_and_is_made_anew(space: Space) -> None:
    starts = [*space.starts[:2], spoil(space.starts[2], bytes(72)), space.starts[3]]
    ring = only_newest(space)
    assert follow(ring, space, starts) == [2, 3]
    assert ring.broken == {1}
    holder = space.ring(AMINA.device)
    holder.take_links(starts[2], space.chain)
    assert holder.broken == {1}
    step = space.rotate(AMINA)
    assert isinstance(step.body, e.Entry)
    assert step.body.body.start is not None
    assert [link.epoch for link in step.body.body.start.links] == [3, 1]
    latecomer = only_newest(space)
    assert follow(latecomer, space, [*starts, space.starts[4]]) == [0, 1, 2, 3, 4]


def test_M06_S06_a_link_to_a_key_that_was_not_committed_to_is_refused(space: Space) -> None:
    newest = space.ring(AMINA.device).epoch(3)
    forged = EpochKeys.from_seed(space.id, 2, fresh())
    ring = only_newest(space)
    ring.take_links(spoil(space.starts[3], newest.link(forged)), space.chain)
    assert ring.broken == {2}
    assert [keys.epoch for keys in ring.epochs()] == [3]


def test_S12_a_link_is_bound_to_both_epochs_and_the_space(space: Space) -> None:
    keys = {k.epoch: k for k in space.ring(AMINA.device).epochs()}
    box = keys[3].link(keys[1])
    assert keys[3].follow(1, box).commit() == space.chain.commits[1]
    with pytest.raises(CannotOpenError):
        keys[3].follow(2, box)
    with pytest.raises(CannotOpenError):
        keys[2].follow(1, box)
    seed = keys[3].seed
    assert seed is not None
    elsewhere = EpochKeys.from_seed(BEN.member, 3, seed)
    with pytest.raises(CannotOpenError):
        elsewhere.follow(1, box)


def test_S13_a_key_of_one_space_or_epoch_is_no_key_of_another(space: Space) -> None:
    seed = fresh()
    commits = {
        EpochKeys.from_seed(place, epoch, seed).commit() for place in (AMINA.member, BEN.member) for epoch in (1, 2)
    }
    assert len(commits) == 4


def test_a_guest_follows_no_link_and_starts_no_epoch() -> None:
    call = open_call(AMINA, (GUEST, "guest"))
    ring = call.ring(GUEST.device)
    assert follow(ring, call, call.starts) == [1]
    assert ring.broken == set()
    with pytest.raises(MissingKeyError):
        ring.to_link(call.chain.epoch)


def test_who_is_raised_from_guest_holds_the_seed_and_reads_back() -> None:
    call = open_call(AMINA, (GUEST, "guest"))
    call.set_role(AMINA, GUEST, "member")
    ring = call.ring(GUEST.device)
    assert [keys.epoch for keys in ring.epochs()] == [0, 1]
    assert all(keys.seed is not None for keys in ring.epochs())


def test_a_seed_that_is_held_is_not_replaced_by_a_guest_s_key(space: Space) -> None:
    ring = space.ring(AMINA.device)
    whole = ring.epoch(3)
    ring.add(EpochKeys(space.id, 3, whole.everyone, None), space.chain.commits)
    assert ring.epoch(3).seed is not None


def test_no_key_is_held_without_a_commitment(space: Space) -> None:
    ring = KeyRing(space.id, BEN.device)
    with pytest.raises(BadGrantError):
        ring.add(EpochKeys.from_seed(space.id, 9, fresh()), space.chain.commits)
    with pytest.raises(BadGrantError):
        ring.add(EpochKeys.from_seed(space.id, 1, fresh()), space.chain.commits)
    with pytest.raises(MissingKeyError):
        ring.epoch(1)
    assert not ring.holds(1)


def test_an_unseen_link_that_is_not_followed_links_nothing_unheld(space: Space) -> None:
    ring = only_newest(space)
    ring.broken.add(0)
    assert [keys.epoch for keys in ring.to_link(3)] == [3]
