"""Records whose bytes are absent: what excuses that toward whom, and what is withheld (protocol 5; S11, S18, G06)."""

import pytest

from securecall.chain import SpaceChain
from securecall.errors import InvalidError, Problem
from securecall.labels import Label, digest
from securecall.state import ALLIES, ENTRY, EVERYONE
from securecall.wire import Signed, decode, signed_digest
from tests.world import Place, Space, make_blob, make_people, open_call, seed

AMINA, BEN, CHI, GUEST = make_people(4)


def digest_of(place: Place) -> bytes:
    """The digest of an item, as the server names it where it has not the bytes."""
    label = Label.ENTRY if place.kind == ENTRY else Label.RECORD
    return signed_digest(decode(place.item, Signed, len(place.item)), label)


def replica(space: Space, absent: set[int]) -> SpaceChain:
    """What a reader has who is shown the digest alone at these places."""
    chain = SpaceChain(space.id)
    for seq, place in enumerate(space.places):
        if seq in absent:
            chain.append_absent(place.kind, digest_of(place))
        else:
            chain.append(place.kind, place.item, place.identities)
    return chain


@pytest.fixture
def call() -> Space:
    """One record of each class before the guest comes, and one of each after."""
    space = open_call(AMINA, (BEN, "member"))
    space.write(BEN, b"", "everyone")
    space.write(BEN, b"", "allies")
    space.welcome(GUEST, "guest")
    space.write(BEN, b"", "everyone")
    space.write(BEN, b"", "allies")
    return space


def places(space: Space, kind: int) -> list[int]:
    return [seq for seq, place in enumerate(space.places) if place.kind == kind]


def test_a_chain_with_absent_records_has_the_same_heads(call: Space) -> None:
    chain = replica(call, {*places(call, EVERYONE), *places(call, ALLIES)})
    assert chain.heads == call.chain.heads
    assert chain.roster == call.chain.roster


def test_S11_another_digest_is_another_head(call: Space) -> None:
    seq = places(call, ALLIES)[-1]
    chain = SpaceChain(call.id)
    for place in call.places[:seq]:
        chain.append(place.kind, place.item, place.identities)
    chain.append_absent(ALLIES, seed("another"))
    assert chain.head != call.chain.heads[seq]


def test_S11_a_record_s_class_is_in_the_head(call: Space) -> None:
    seq = places(call, ALLIES)[-1]
    chain = SpaceChain(call.id)
    for place in call.places[:seq]:
        chain.append(place.kind, place.item, place.identities)
    chain.append_absent(EVERYONE, digest_of(call.places[seq]))
    assert chain.head != call.chain.heads[seq]


@pytest.mark.parametrize("kind", [ENTRY, 3])
def test_entries_are_never_absent(call: Space, kind: int) -> None:
    with pytest.raises(InvalidError) as caught:
        call.chain.append_absent(kind, seed("entry"))
    assert caught.value.problem is Problem.WITHHELD


def test_a_chain_begins_with_no_absent_place(call: Space) -> None:
    with pytest.raises(InvalidError) as caught:
        SpaceChain(call.id).append_absent(ALLIES, seed("first"))
    assert caught.value.problem is Problem.WITHHELD


def test_G06_a_guest_lacks_allies_records_and_what_came_before(call: Space) -> None:
    before, after = places(call, EVERYONE)
    chain = replica(call, {before, *places(call, ALLIES)})
    assert chain.withheld(GUEST.member) == []
    chain = replica(call, {before, after, *places(call, ALLIES)})
    assert chain.withheld(GUEST.member) == [after]


def test_S18_an_ally_lacks_nothing(call: Space) -> None:
    absent = {*places(call, EVERYONE), *places(call, ALLIES)}
    assert replica(call, absent).withheld(BEN.member) == sorted(absent)
    assert replica(call, set()).withheld(BEN.member) == []


def test_who_was_never_in_is_owed_nothing(call: Space) -> None:
    assert replica(call, set(places(call, ALLIES))).withheld(CHI.member) == []


def test_who_is_raised_from_guest_is_owed_everything(call: Space) -> None:
    call.set_role(AMINA, GUEST, "member")
    absent = {*places(call, EVERYONE), *places(call, ALLIES)}
    assert replica(call, absent).withheld(GUEST.member) == sorted(absent)


def test_who_went_is_owed_what_was_theirs_and_a_new_stay_begins_anew(call: Space) -> None:
    call.remove(AMINA, GUEST)
    before, after = places(call, EVERYONE)
    chain = replica(call, {before, after})
    assert chain.withheld(GUEST.member) == [after]
    call.welcome(GUEST, "guest")
    call.write(BEN, circle="everyone")
    newest = places(call, EVERYONE)[-1]
    chain = replica(call, {before, after, newest})
    assert chain.withheld(GUEST.member) == [newest]


def test_after_destroy_nothing_is_owed(call: Space) -> None:
    call.destroy(AMINA)
    absent = {*places(call, EVERYONE), *places(call, ALLIES)}
    chain = replica(call, absent)
    assert chain.head == call.chain.head
    assert chain.withheld(BEN.member) == []


def test_a_reader_who_lacks_a_record_lets_pass_what_drops_its_blob(call: Space) -> None:
    blob = make_blob("plan")
    call.write(BEN, blobs=[blob])
    call.write(BEN, circle="everyone", drops=[blob.blob])
    chain = replica(call, set(places(call, ALLIES)))
    assert chain.head == call.chain.head


def test_the_running_digest_is_what_the_protocol_says(call: Space) -> None:
    head = bytes(32)
    for seq, place in enumerate(call.places):
        head = digest(Label.HEAD, head, bytes([place.kind]), digest_of(place))
        assert call.chain.heads[seq] == head


def test_G06_who_was_lowered_lacks_what_came_before_that(call: Space) -> None:
    """Their keys begin with the epoch of that entry, and so does what they are owed, in strict succession."""
    call.set_role(AMINA, BEN, "guest")
    before = [*places(call, EVERYONE), *places(call, ALLIES)]
    call.write(AMINA, b"", "everyone")
    after = places(call, EVERYONE)[-1]
    assert replica(call, set(before)).withheld(BEN.member) == []
    assert replica(call, {*before, after}).withheld(BEN.member) == [after]
