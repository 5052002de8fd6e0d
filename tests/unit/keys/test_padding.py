"""Padding: what a size tells (S31)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from securecall_keys.errors import CannotOpenError
from securecall_keys.padding import FLOOR, pad, padme, unpad

# Sizes by hand from the definition in the paper: E = floor(log2 L), S = floor(log2 E) + 1, and the last E - S bits
# are rounded up to zero.
PADME = {0: 0, 1: 1, 2: 2, 8: 8, 9: 10, 100: 104, 1025: 1088, 1100: 1152, 65_537: 67_584, 1_000_000: 1_015_808}


@pytest.mark.parametrize("length", PADME)
def test_padme_is_the_paper_s(length: int) -> None:
    assert padme(length) == PADME[length]


@settings(max_examples=200)
@given(content=st.binary(max_size=5000))
def test_what_is_padded_is_unpadded(content: bytes) -> None:
    assert unpad(pad(content)) == content


@settings(max_examples=200)
@given(length=st.integers(0, 60_000))
def test_S31_size_depends_on_the_padded_class_alone(length: int) -> None:
    size = len(pad(bytes(length)))
    assert size == len(pad(b"\xff" * length)) == padme(max(FLOOR, length + 4))
    assert padme(size) == size
    assert size >= FLOOR
    assert size <= max(FLOOR, (length + 4) * 1.12)


@settings(max_examples=100)
@given(length=st.integers(2, 1 << 40))
def test_S31_padme_costs_at_most_12_per_cent_and_never_falls(length: int) -> None:
    assert length <= padme(length) <= length * 1.12
    assert padme(length) <= padme(length + 1)
    assert padme(padme(length)) == padme(length)


def test_S31_few_sizes_are_left() -> None:
    assert len({len(pad(bytes(length))) for length in range(0, 57_344, 16)}) < 100
    assert {len(pad(bytes(length))) for length in range(1021)} == {FLOOR}


SPOILT = {
    "nothing": b"",
    "three bytes": bytes(3),
    "no zeros": bytes(4),
    "short of the floor": pad(b"x")[:-1],
    "a zero too many": pad(b"x") + b"\x00",
    "a length too large": b"\x00\x00\xff\xff" + bytes(1020),
    "the largest length": b"\xff\xff\xff\xff" + bytes(1020),
    "a zero that is not": pad(b"x")[:-1] + b"\x01",
    "a size between two": pad(bytes(2000)) + bytes(16),
    "another's size": (1).to_bytes(4, "big") + bytes(2044),
}


@pytest.mark.parametrize("case", SPOILT)
def test_unpadding_is_strict(case: str) -> None:
    with pytest.raises(CannotOpenError):
        unpad(SPOILT[case])
