"""Parts that are each valid and truly signed, put together as nobody put them together (row S27)."""

from dataclasses import replace

import pytest

from securecall import caps
from securecall import entries as e
from securecall.errors import InvalidError, Problem
from securecall.joins import read_join
from securecall.records import Record
from securecall.state import ALLIES, ENTRY
from securecall.wire import Signed, decode, encode
from securecall_keys.errors import BadGrantError, CannotOpenError
from securecall_keys.keyring import KeyRing
from securecall_keys.records import open_record
from tests.world import Person, Place, Space, make_people, make_person, open_call, refuse, replay

AMINA, BEN, CHI = make_people(3)


@pytest.fixture
def calls() -> tuple[Space, Space]:
    """Two calls of the same people."""
    return open_call(AMINA, (BEN, "member")), open_call(AMINA, (BEN, "member"))


def parts(item: bytes) -> Signed:
    return decode(item, Signed, caps.ENTRY_BYTES)


def record(space: Space, by: Person, content: bytes) -> bytes:
    return space.seal(by, space.header(by), content)


def test_S27_a_payload_under_the_signature_of_another_is_refused(calls: tuple[Space, Space]) -> None:
    ours, theirs = calls
    one, other = parts(record(ours, AMINA, b"one")), parts(record(theirs, AMINA, b"other"))
    for mixed in (Signed(one.payload, one.key, other.signature), Signed(one.payload, BEN.device.id, one.signature)):
        assert refuse(ours, ALLIES, encode(mixed)) is Problem.BAD_SIGNATURE


def test_S27_a_signed_record_is_no_entry_and_a_signed_entry_no_record(calls: tuple[Space, Space]) -> None:
    ours, _ = calls
    entry = ours.draft(AMINA, e.Rotate()).item
    assert refuse(ours, ENTRY, record(ours, AMINA, b"text")) is Problem.BAD_SIGNATURE
    assert refuse(ours, ALLIES, entry[: caps.RECORD_BYTES]) is Problem.BAD_SIGNATURE


def test_S27_items_of_a_twin_call_are_refused_one_by_one(calls: tuple[Space, Space]) -> None:
    ours, theirs = calls
    theirs.rotate(AMINA)
    theirs.write(BEN, b"text")
    for place in theirs.places[1:]:
        assert refuse(ours, place.kind, place.item, place.identities) is Problem.WRONG_SPACE


def test_S27_an_entry_with_the_identities_of_another_is_refused(calls: tuple[Space, Space]) -> None:
    ours, _ = calls
    keys = ours.invite(AMINA)
    admit = ours.draft(AMINA, e.Admit([ours.admission(CHI, "member", keys)]), identities=CHI.items)
    stranger = make_person("a stranger")
    for identities in ((), tuple(stranger.items), (*CHI.items, *stranger.items), tuple(CHI.items * 2)):
        assert refuse(ours, ENTRY, admit.item, identities) in (Problem.BAD_IDENTITY, Problem.BAD_KEY)
    ours.meet(CHI)
    ours.take(admit)


def test_S27_a_join_request_serves_no_other_person_role_or_call(calls: tuple[Space, Space]) -> None:
    ours, theirs = calls
    keys, others = ours.invite(AMINA), theirs.invite(AMINA)
    for request, member, role in (
        (others.join("member", CHI.member, CHI.head), CHI, "member"),
        (keys.join("member", BEN.member, BEN.head), CHI, "member"),
        (keys.join("chair", CHI.member, CHI.head), CHI, "member"),
        (keys.join("member", CHI.member, AMINA.head), CHI, "member"),
    ):
        assert read_join(request).key in (keys.public, others.public)
        admission = e.Admission(member.member, member.head, [], "member", None, e.Joining(request))
        with pytest.raises(InvalidError) as caught:
            ours.draft(AMINA, e.Admit([admission]), identities=member.items)
        assert caught.value.problem is Problem.BAD_INVITE, role


def test_S27_a_grant_of_one_entry_serves_no_other(calls: tuple[Space, Space]) -> None:
    ours, theirs = calls
    ours.rotate(AMINA)
    theirs.rotate(AMINA)
    last, twin = ours.places[-1], theirs.places[-1]
    body = decode(parts(last.item).payload, e.Entry, caps.ENTRY_BYTES).body
    line = next(line for line in body.grants if line.device == BEN.device.id)
    ring = KeyRing(ours.id, BEN.device)
    for box in (twin.grants[BEN.device.id], last.grants[AMINA.device.id]):
        with pytest.raises(BadGrantError):
            ring.take_grant(box, line, ours.context(body, line), ours.chain)
    ring.take_grant(last.grants[BEN.device.id], line, ours.context(body, line), ours.chain)


def test_S27_a_header_with_the_content_of_another_does_not_open(calls: tuple[Space, Space]) -> None:
    ours, _ = calls
    header = ours.header(AMINA)
    one = decode(parts(ours.seal(AMINA, header, b"yes")).payload, Record, caps.RECORD_BYTES)
    ours.write(AMINA, b"between")
    other = decode(parts(record(ours, AMINA, b"no")).payload, Record, caps.RECORD_BYTES)
    keys = ours.ring(BEN.device).epoch(ours.chain.epoch)
    assert (open_record(one, keys), open_record(other, keys)) == (b"yes", b"no")
    for mixed in (Record(one.header, other.box), Record(other.header, one.box)):
        with pytest.raises(CannotOpenError):
            open_record(mixed, keys)


def test_S27_places_under_the_class_of_others_are_refused(calls: tuple[Space, Space]) -> None:
    ours, _ = calls
    ours.write(AMINA, b"for all", "everyone")
    ours.write(AMINA, b"for allies")
    for at, place in enumerate(ours.places):
        for kind in {ENTRY, 1, ALLIES} - {place.kind}:
            mixed: list[Place] = [*ours.places[:at], replace(place, kind=kind), *ours.places[at + 1 :]]
            with pytest.raises(InvalidError):
                replay(ours, mixed)
    assert parts(ours.places[-1].item).key == AMINA.device.id
