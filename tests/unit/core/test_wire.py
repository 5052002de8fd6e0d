"""One encoding: whatever is not the very bytes that we would write is refused, and as InvalidError (S28, M12)."""

import struct

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from securecall import caps
from securecall import entries as e
from securecall.errors import InvalidError, Problem
from securecall.labels import Label, digest
from securecall.wire import Signed, check_signature, decode, encode, read, signed_digest
from tests.world import make_device, seed, sign_anything

SEEN = e.Seen(7, b"\x05" * 32)
GOOD = encode(SEEN)
HEAD = b"\x05" * 32
BIN = b"\xc4\x20" + HEAD
SECOND: dict[str, bytes] = {
    "uint8": b"\x92\xcc\x07" + BIN,
    "uint16": b"\x92\xcd\x00\x07" + BIN,
    "uint32": b"\x92\xce\x00\x00\x00\x07" + BIN,
    "uint64": b"\x92\xcf" + bytes(7) + b"\x07" + BIN,
    "int8": b"\x92\xd0\x07" + BIN,
    "int64": b"\x92\xd3" + bytes(7) + b"\x07" + BIN,
    "float": b"\x92\xcb" + struct.pack(">d", 7.0) + BIN,
    "float32": b"\x92\xca" + struct.pack(">f", 7.0) + BIN,
    "text of digits": b"\x92\xa1" + b"7" + BIN,
    "true": b"\x92\xc3" + BIN,
    "array16": b"\xdc\x00\x02\x07" + BIN,
    "array32": b"\xdd\x00\x00\x00\x02\x07" + BIN,
    "bin16": b"\x92\x07\xc5\x00\x20" + HEAD,
    "bin32": b"\x92\x07\xc6\x00\x00\x00\x20" + HEAD,
    "text for bytes": b"\x92\x07\xd9\x20" + HEAD,
    "base64 for bytes": b"\x92\x07\xd9\x2c" + b"BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU=",
    "list for bytes": b"\x92\x07\xdc\x00\x20" + HEAD,
    "extension": b"\x92\x07\xc7\x20\x01" + HEAD,
    "trailing byte": GOOD + b"\x00",
    "twice": GOOD * 2,
    "one field more": b"\x93\x07" + BIN + b"\x00",
    "one field less": b"\x91\x07",
    "map": b"\x82\xa3seq\x07\xa4head" + BIN,
    "map of numbers": b"\x82\x00\x07\x01" + BIN,
    "nil": b"\xc0",
    "never used": b"\xc1",
    "empty": b"",
    "cut": GOOD[:-1],
    "negative": b"\x92\xff" + BIN,
    "over the bound": b"\x92\xcf\x00\x00\x00\x01\x00\x00\x00\x00" + BIN,
    "31 bytes": b"\x92\x07\xc4\x1f" + HEAD[:31],
    "33 bytes": b"\x92\x07\xc4\x21" + HEAD + b"\x05",
    "deep arrays": b"\x91" * 100_000 + b"\x00",
    "deep maps": b"\x81\x00" * 50_000 + b"\x00",
    "a long array announced": b"\xdd\xff\xff\xff\xff",
    "a long text announced": b"\xdb\xff\xff\xff\xff",
}


def problem(data: bytes, kind: type[object] = e.Seen, cap: int = 1 << 20) -> Problem:
    with pytest.raises(InvalidError) as caught:
        decode(data, kind, cap)
    return caught.value.problem


def test_the_one_encoding_is_read() -> None:
    assert GOOD == b"\x92\x07" + BIN
    assert decode(GOOD, e.Seen, len(GOOD)) == SEEN


@pytest.mark.parametrize("name", SECOND)
def test_S28_a_second_encoding_is_refused(name: str) -> None:
    assert problem(SECOND[name]) is Problem.MALFORMED


def test_M12_size_is_bounded_before_anything_is_read() -> None:
    assert problem(GOOD, cap=len(GOOD) - 1) is Problem.TOO_LARGE
    assert problem(b"\xc1" * 100, cap=99) is Problem.TOO_LARGE


def test_S28_the_text_of_a_tag_has_one_spelling() -> None:
    good = encode(e.Rotate())
    assert good == b"\x91\xa6rotate"
    for data in (b"\x91\xd9\x06rotate", b"\x91\xc4\x06rotate", b"\x91\xa7rotate ", b"\x91\xa6ROTATE"):
        assert problem(data, e.Rotate) is Problem.MALFORMED


def test_text_that_is_no_utf8_is_malformed() -> None:
    for text in (b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80"):
        data = b"\x93\xc4\x20" + HEAD + bytes([0xA0 + len(text)]) + text + b"\xc0"
        assert problem(data, e.NewRole) is Problem.MALFORMED


@settings(max_examples=150)
@given(data=st.binary(max_size=200))
def test_S28_random_bytes_are_refused_or_read_back_as_they_were(data: bytes) -> None:
    for kind in (e.Seen, e.Entry, Signed):
        try:
            assert encode(decode(data, kind, 1000)) == data
        except InvalidError:
            continue


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 63), (1 << 64) - 1) | st.floats() | st.text(max_size=8)
    | st.binary(max_size=40) | st.sampled_from([bytes(32), bytes(16), "rotate", "member", 0, 1]),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150)
@given(value=anything)
def test_S28_any_message_pack_is_refused_or_read_back_as_it_was(value: object) -> None:
    data = msgspec.msgpack.encode(value)
    for kind in (e.Entry, e.EntryBody, e.NewRole, Signed):
        try:
            assert encode(decode(data, kind, 10_000)) == data
        except InvalidError:
            continue


KEY = seed("signer")
SIGNED = sign_anything(KEY, Label.ENTRY, encode(SEEN))


def test_a_signed_thing_is_opened() -> None:
    verified = read(SIGNED, Label.ENTRY, e.Seen, 1000)
    assert verified.value == SEEN
    parts = decode(SIGNED, Signed, 1000)
    expected = digest(Label.ENTRY, parts.key, parts.signature, parts.payload)
    assert verified.digest == signed_digest(parts, Label.ENTRY) == expected


@pytest.mark.parametrize("label", [label for label in Label if label is not Label.ENTRY])
def test_S13_S29_a_signature_for_one_purpose_fits_no_other(label: Label) -> None:
    with pytest.raises(InvalidError) as caught:
        read(SIGNED, label, e.Seen, 1000)
    assert caught.value.problem is Problem.BAD_SIGNATURE


def test_S13_no_label_begins_another_and_none_holds_its_end() -> None:
    prefixes = [label.prefix() for label in Label]
    assert all(prefix.count(b"\x00") == 1 for prefix in prefixes)
    assert len(set(prefixes)) == len(prefixes)
    assert not any(a != b and b.startswith(a) for a in prefixes for b in prefixes)


def test_S16_every_bit_of_a_signed_thing_counts() -> None:
    for at in range(len(SIGNED) * 8):
        flipped = bytearray(SIGNED)
        flipped[at // 8] ^= 1 << at % 8
        with pytest.raises(InvalidError):
            read(bytes(flipped), Label.ENTRY, e.Seen, 1000)


def test_S28_the_signature_is_over_the_bytes_as_received() -> None:
    second = sign_anything(KEY, Label.ENTRY, SECOND["uint16"])
    check_signature(decode(second, Signed, 1000), Label.ENTRY)
    with pytest.raises(InvalidError) as caught:
        read(second, Label.ENTRY, e.Seen, 1000)
    assert caught.value.problem is Problem.MALFORMED


def test_M11_a_signature_with_s_above_the_order_is_refused() -> None:
    parts = decode(SIGNED, Signed, 1000)
    order = (1 << 252) + 27742317777372353535851937790883648493
    s = int.from_bytes(parts.signature[32:], "little") + order
    twin = Signed(parts.payload, parts.key, parts.signature[:32] + s.to_bytes(32, "little"))
    with pytest.raises(InvalidError) as caught:
        check_signature(twin, Label.ENTRY)
    assert caught.value.problem is Problem.BAD_SIGNATURE


@pytest.mark.parametrize("case", ["payload over its cap", "key of 31 bytes", "signature of 63 bytes"])
def test_M12_the_parts_of_a_signed_thing_are_bounded(case: str) -> None:
    key, signature = make_device("bounds").id, bytes(64)
    signed = {
        "payload over its cap": Signed(bytes(caps.ENTRY_BYTES + 1), key, signature),
        "key of 31 bytes": Signed(b"", key[1:], signature),
        "signature of 63 bytes": Signed(b"", key, signature[1:]),
    }[case]
    assert problem(encode(signed), Signed) is Problem.MALFORMED
