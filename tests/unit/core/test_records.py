"""Rule 8, each part broken alone: class, right, count, id, blobs and drops (S11, S12, S18, M03)."""

import pytest

from securecall import caps
from securecall import entries as e
from securecall.errors import InvalidError, Problem
from securecall.records import BlobRef, Header
from securecall.state import ALLIES, EVERYONE
from securecall.wire import decode, encode
from tests.world import Space, make_blob, make_people, make_person, open_call, refuse, refuse_record, replace_in, seed

AMINA, BEN, CHI, DIA = make_people(4)


@pytest.fixture
def call() -> Space:
    return open_call(AMINA, (BEN, "member"), (CHI, "member"), (DIA, "guest"))


def test_a_record_stands_under_the_class_of_its_circle(call: Space) -> None:
    everyone, allies = call.seal(BEN, call.header(BEN, "everyone")), call.seal(BEN, call.header(BEN, "allies"))
    assert refuse(call, ALLIES, everyone) is Problem.BAD_CIRCLE
    assert refuse(call, EVERYONE, allies) is Problem.BAD_CIRCLE


def test_S18_a_device_s_records_are_counted_without_gap(call: Space) -> None:
    assert refuse_record(call, BEN, n=1) is Problem.BAD_COUNT
    call.write(BEN)
    for n in (0, 2):
        assert refuse_record(call, BEN, n=n) is Problem.BAD_COUNT
    call.write(BEN)


def test_the_count_is_that_of_device_circle_and_epoch() -> None:
    ben = make_person("ben of two machines")
    second = ben.add_device()
    call = open_call(AMINA, (ben, "member"))
    for circle in ("allies", "everyone"):
        call.write(ben, circle=circle)
        assert call.header(ben, circle).n == 1
        assert call.header(ben, circle, second).n == 0
    call.rotate(AMINA)
    assert call.header(ben).n == 0
    call.write(ben)


def test_S11_a_record_id_stands_once_for_its_author(call: Space) -> None:
    name = seed("record")[:16]
    call.write(BEN, id=name)
    assert refuse_record(call, BEN, id=name) is Problem.DUPLICATE
    call.rotate(AMINA)
    assert refuse_record(call, BEN, id=name) is Problem.DUPLICATE
    assert refuse_record(call, BEN, id=name, circle="everyone") is Problem.DUPLICATE
    call.write(CHI, id=name)


def test_a_blob_is_its_author_s(call: Space) -> None:
    blob = make_blob("plan")
    call.write(BEN, blobs=[blob])
    assert refuse_record(call, CHI, blobs=[blob]) is Problem.BAD_BLOB
    call.write(BEN, blobs=[blob])
    assert refuse_record(call, BEN, blobs=[make_blob("two"), make_blob("two", chunks=2)]) is Problem.BAD_BLOB


def test_S14_a_dropped_blob_comes_back_under_no_record(call: Space) -> None:
    blob = make_blob("plan")
    call.write(BEN, blobs=[blob])
    call.write(BEN, drops=[blob.blob])
    assert refuse_record(call, BEN, blobs=[blob]) is Problem.BAD_BLOB
    assert refuse_record(call, BEN, drops=[blob.blob]) is Problem.BAD_BLOB


def test_a_blob_that_is_not_there_is_not_dropped(call: Space) -> None:
    assert refuse_record(call, AMINA, drops=[make_blob("none").blob]) is Problem.BAD_BLOB


def test_a_record_does_not_drop_what_it_lists(call: Space) -> None:
    blob = make_blob("plan")
    assert refuse_record(call, BEN, blobs=[blob], drops=[blob.blob]) is Problem.BAD_BLOB


def test_a_blob_is_not_dropped_twice_in_one_record(call: Space) -> None:
    blob = make_blob("plan")
    call.write(BEN, blobs=[blob])
    assert refuse_record(call, BEN, drops=[blob.blob, blob.blob]) is Problem.BAD_BLOB
    assert refuse_record(call, BEN, blobs=[blob], drops=[blob.blob]) is Problem.BAD_BLOB


def test_M07_one_member_does_not_drop_another_s_blob(call: Space) -> None:
    blob = make_blob("plan")
    call.write(BEN, blobs=[blob])
    for by in (CHI, DIA):
        circle = "everyone" if by is DIA else "allies"
        assert refuse_record(call, by, drops=[blob.blob], circle=circle) is Problem.NO_RIGHT
    call.write(AMINA, drops=[blob.blob])
    assert call.chain.dropped == {blob.blob}


def test_M07_a_blob_of_who_went_is_for_owners_and_chairs_to_drop(call: Space) -> None:
    blob = make_blob("plan")
    call.write(BEN, blobs=[blob])
    call.remove(AMINA, BEN)
    assert refuse_record(call, CHI, drops=[blob.blob]) is Problem.NO_RIGHT
    call.write(AMINA, drops=[blob.blob])


def test_a_guest_writes_for_everyone_alone(call: Space) -> None:
    call.write(DIA, circle="everyone")
    assert refuse_record(call, DIA) is Problem.NO_RIGHT


@pytest.mark.parametrize(
    "fields",
    [
        {"blobs": [BlobRef(bytes(16), 0, 1)]},
        {"blobs": [BlobRef(bytes(16), caps.CHUNKS_PER_BLOB + 1, 1)]},
        {"blobs": [BlobRef(bytes(16), 1, 0)]},
        {"blobs": [make_blob(n) for n in range(caps.BLOBS_PER_RECORD + 1)]},
        {"drops": [make_blob(n).blob for n in range(caps.BLOBS_PER_RECORD + 1)]},
        {"circle": "owners"},
        {"id": bytes(15)},
        {"n": -1},
        {"n": 1 << 32},
        {"epoch": -1},
    ],
)
def test_M12_a_header_outside_its_bounds_is_no_header(call: Space, fields: dict[str, object]) -> None:
    with pytest.raises(InvalidError) as caught:
        decode(encode(replace_in(call.header(BEN), **fields)), Header, caps.RECORD_BYTES)
    assert caught.value.problem is Problem.MALFORMED


def test_an_empty_chain_has_no_place_to_see(call: Space) -> None:
    later = e.Seen((1 << 32) - 1, call.chain.head)
    assert refuse_record(call, BEN, seen=later) is Problem.BAD_SEEN
