"""Records and labels under seal: author, place and content are one (S12, S13, S16, S31, S36, M01)."""

import pytest

from securecall import caps
from securecall import entries as e
from securecall.errors import InvalidError, Problem
from securecall.labels import Label
from securecall.records import BlobRef, Header, Record
from securecall.rights import Circle
from securecall.wire import Signed, decode, encode, read
from securecall_keys.epoch import EpochKeys
from securecall_keys.errors import CannotOpenError, MissingKeyError
from securecall_keys.labels import Labels, open_label, seal_labels
from securecall_keys.primitives import fresh, seal
from securecall_keys.records import CONTENT_BYTES, ContentTooLongError, open_record, seal_record
from tests.world import Space, change_body, found, make_blob, make_people, open_call, replace_in, seed

AMINA, BEN, GUEST = make_people(3)
CONTENT = b"Nairobi, 14:00: two lawyers held"


@pytest.fixture
def call() -> Space:
    return open_call(AMINA, (BEN, "member"), (GUEST, "guest"))


def keys_of(space: Space) -> EpochKeys:
    return space.ring(AMINA.device).epoch(space.chain.epoch)


def record_in(item: bytes) -> Record:
    return read(item, Label.RECORD, Record, caps.RECORD_BYTES).value


def make(space: Space, **header: object) -> Record:
    return record_in(space.seal(BEN, replace_in(space.header(BEN), **header), CONTENT))


def test_a_record_is_opened_by_whoever_holds_its_circle(call: Space) -> None:
    record = make(call)
    assert open_record(record, keys_of(call)) == CONTENT
    with pytest.raises(MissingKeyError):
        open_record(record, call.ring(GUEST.device).epoch(call.chain.epoch))
    everyone = make(call, circle="everyone")
    assert open_record(everyone, call.ring(GUEST.device).epoch(call.chain.epoch)) == CONTENT


HEADERS: dict[str, object] = {
    "space": seed("other"),
    "epoch": 7,
    "circle": "everyone",
    "id": bytes(16),
    "author": AMINA.member,
    "device": AMINA.device.id,
    "n": 9,
    "seen": e.Seen(0, seed("head")),
    "blobs": [make_blob("planted")],
    "drops": [bytes(16)],
}


@pytest.mark.parametrize("field", HEADERS)
def test_S12_M03_content_under_another_header_does_not_open(call: Space, field: str) -> None:
    record = make(call)
    moved = Record(replace_in(record.header, **{field: HEADERS[field]}), record.box)
    with pytest.raises(CannotOpenError):
        open_record(moved, keys_of(call))


def test_S12_S13_one_header_with_the_box_of_another_does_not_open(call: Space) -> None:
    first, second = make(call), make(call)
    assert first.header == second.header
    third = make(call, id=bytes(16))
    assert open_record(Record(first.header, second.box), keys_of(call)) == CONTENT
    with pytest.raises(CannotOpenError):
        open_record(Record(first.header, third.box), keys_of(call))


def test_S13_keys_of_another_space_circle_or_epoch_do_not_open_it(call: Space) -> None:
    record, secret = make(call), keys_of(call).seed
    assert secret is not None
    for keys in (
        EpochKeys.from_seed(seed("other space"), call.chain.epoch, secret),
        EpochKeys.from_seed(call.id, call.chain.epoch + 1, secret),
        EpochKeys.from_seed(call.id, call.chain.epoch, fresh()),
        call.ring(AMINA.device).epoch(0),
    ):
        with pytest.raises(CannotOpenError):
            open_record(record, keys)


def test_S13_what_is_sealed_for_records_entries_and_circles_has_keys_of_its_own(call: Space) -> None:
    keys = keys_of(call)
    made = [
        keys.everyone, keys.circle("allies"), keys.record_key("everyone"), keys.record_key("allies"),
        keys.entry_key("everyone"), keys.entry_key("allies"),
    ]  # fmt: skip
    assert len({key.expose() for key in made} | {keys.commit()}) == 7


def test_S16_bit_flips_in_every_region_are_refused(call: Space) -> None:
    item = call.seal(BEN, call.header(BEN), CONTENT)
    for at in {*range(0, len(item), 7), len(item) - 1}:
        spoilt = bytearray(item)
        spoilt[at] ^= 0x40
        with pytest.raises(InvalidError):
            record_in(bytes(spoilt))
    record = record_in(item)
    for at in (0, 23, 24, 30, 500, len(record.box) - 17, len(record.box) - 16, len(record.box) - 1):
        box = bytearray(record.box)
        box[at] ^= 1
        with pytest.raises(CannotOpenError):
            open_record(Record(record.header, bytes(box)), keys_of(call))


@pytest.mark.parametrize("length", [0, 39, 40, 41])
def test_S16_a_box_that_is_cut_is_refused(call: Space, length: int) -> None:
    record = make(call)
    with pytest.raises(CannotOpenError):
        open_record(Record(record.header, record.box[:length]), keys_of(call))


def test_M01_a_member_with_the_key_writes_under_no_other_name(call: Space) -> None:
    """Amina holds the circle's key and seals Ben's header; nobody takes it without Ben's signature."""
    header = call.header(BEN)
    forged = seal_record(header, CONTENT, keys_of(call), AMINA.device)
    with pytest.raises(InvalidError) as caught:
        call.chain.append(2, forged)
    assert caught.value.problem is Problem.BAD_DEVICE
    parts = decode(forged, Signed, caps.RECORD_BYTES)
    stolen = encode(Signed(parts.payload, BEN.device.id, parts.signature))
    with pytest.raises(InvalidError) as caught:
        call.chain.append(2, stolen)
    assert caught.value.problem is Problem.BAD_SIGNATURE


def test_M02_content_sealed_again_under_one_s_own_name_is_one_s_own(call: Space) -> None:
    record = make(call)
    moved = replace_in(record.header, author=AMINA.member, device=AMINA.device.id)
    item = AMINA.device.sign(Label.RECORD, Record(moved, record.box))
    call.chain.check(2, item)
    with pytest.raises(CannotOpenError):
        open_record(record_in(item), keys_of(call))


def test_S31_yes_no_and_empty_have_one_size(call: Space) -> None:
    header = call.header(BEN)
    sizes = {len(call.seal(BEN, header, text)) for text in (b"", b"yes", b"no", bytes(1020))}
    assert len(sizes) == 1


def test_S33_S34_a_record_shows_nothing_of_its_content_and_no_two_look_alike(call: Space) -> None:
    header = call.header(BEN)
    first, second = (call.seal(BEN, header, CONTENT) for _ in range(2))
    assert first != second
    for item in (first, second):
        assert CONTENT not in item
        assert b"Nairobi" not in item
        assert call.ring(BEN.device).epoch(1).record_key("allies").expose() not in item


@pytest.mark.parametrize("size", [CONTENT_BYTES + 1, 1 << 20])
def test_S36_too_much_content_is_refused_and_not_sent_otherwise(call: Space, size: int) -> None:
    with pytest.raises(ContentTooLongError):
        call.seal(BEN, call.header(BEN), bytes(size))


def test_the_largest_content_fits_with_the_largest_header(call: Space) -> None:
    blobs = [make_blob(n) for n in range(caps.BLOBS_PER_RECORD)]
    header = replace_in(call.header(BEN), blobs=blobs)
    item = call.seal(BEN, header, bytes(CONTENT_BYTES))
    call.chain.check(2, item)
    most = 2**32 - 1
    full = [BlobRef(blob.blob, caps.CHUNKS_PER_BLOB, caps.CHUNKS_PER_BLOB * caps.CHUNK_BYTES) for blob in blobs]
    header = replace_in(
        header, blobs=full, drops=[blob.blob for blob in blobs], n=most, seen=e.Seen(2**64 - 1, header.space)
    )
    assert len(call.seal(BEN, header, bytes(CONTENT_BYTES))) < caps.RECORD_BYTES


def test_S36_without_a_key_nothing_is_sealed(call: Space) -> None:
    header = call.header(GUEST)
    with pytest.raises(MissingKeyError):
        seal_record(header, CONTENT, call.ring(GUEST.device).epoch(call.chain.epoch), GUEST.device)


def test_a_record_that_is_badly_padded_does_not_open(call: Space) -> None:
    header = call.header(BEN)
    key = keys_of(call).record_key("allies")
    for padded in (b"", b"\x00" * 1023, b"\x00\x00\x00\x01" + bytes(1021), b"\x00\x00\xff\xff" + bytes(1020)):
        box = seal(key, padded, encode(header))
        with pytest.raises(CannotOpenError):
            open_record(Record(header, box), keys_of(call))


def entry_with(space: Space, labels: Labels) -> e.Entry:
    draft = space.draft(AMINA, e.Relabel([BEN.member]), labels=labels)
    return read(draft.item, Label.ENTRY, e.Entry, caps.ENTRY_BYTES).value


@pytest.mark.parametrize("circle", ["everyone", "allies"])
def test_labels_open_for_their_circle(call: Space, circle: Circle) -> None:
    entry = entry_with(call, Labels(b"an aid group", b"Ben of Legal Aid"))
    wanted = b"an aid group" if circle == "everyone" else b"Ben of Legal Aid"
    assert open_label(entry, circle, keys_of(call)) == wanted
    guest = call.ring(GUEST.device).epoch(call.chain.epoch)
    if circle == "allies":
        with pytest.raises(MissingKeyError):
            open_label(entry, circle, guest)
    else:
        assert open_label(entry, circle, guest) == wanted


def test_S12_labels_are_bound_to_their_entry_and_circle(call: Space) -> None:
    entry = entry_with(call, Labels(b"alias", b"name"))
    moved = e.Entry(change_body(entry.body, minute=entry.body.minute + 1), entry.sealed)
    swapped = e.Entry(entry.body, e.Sealed(entry.sealed.allies, entry.sealed.everyone))
    for forged in (moved, swapped):
        for circle in ("everyone", "allies"):
            with pytest.raises(CannotOpenError):
                open_label(forged, circle, keys_of(call))


def test_S31_S33_an_entry_that_says_nothing_looks_like_one_that_does(call: Space) -> None:
    silent, telling = entry_with(call, Labels()), entry_with(call, Labels(b"alias", b"Ben of Legal Aid"))
    assert len(encode(silent.sealed)) == len(encode(telling.sealed))
    assert b"Ben of" not in encode(telling)
    assert open_label(silent, "allies", keys_of(call)) == b""


def test_a_guest_s_entry_says_nothing_to_allies(call: Space) -> None:
    body = call.body(GUEST, e.Relabel([GUEST.member]))
    guest = call.ring(GUEST.device).epoch(call.chain.epoch)
    entry = e.Entry(body, seal_labels(Labels(b"a visitor"), body, guest))
    assert entry.sealed.allies == b""
    assert open_label(entry, "allies", keys_of(call)) == b""
    assert open_label(entry, "everyone", keys_of(call)) == b"a visitor"


def test_S30_the_same_people_in_another_space_share_no_record(call: Space) -> None:
    other = found(AMINA)
    record = record_in(other.seal(AMINA, other.header(AMINA), CONTENT))
    assert isinstance(record.header, Header)
    with pytest.raises(CannotOpenError):
        open_record(record, keys_of(call))
