"""What promises much, goes deep or goes on and on costs no more than it is: neither memory nor time (rows M12, S38)."""

import tracemalloc

import pytest

from securecall.caps import MIB
from securecall_client.work.covering import code_in
from tests.fuzz.engine import PATIENCE, within
from tests.fuzz.inputs import TRAPS
from tests.fuzz.registry import TARGETS
from tests.fuzz.target import Target

LONG = 8_192
"""Bytes of an endless input."""
UNITS = (b" ", b"\n", b"-", b"aaaaaaaa-", b"1 ", b"\x00", b"\x91\xc0", b'"a",', b"a=1\n", b"\xf0\x9f\x8f\xbd")
MOST = 24 * MIB
"""Bytes that a decoder may take for an input; a promise of 4 GiB that is believed is far past it."""
SPARED = ("a value in a profile's database",)
"""Opens a whole profile for every input; the size of a value is for SQLite to bear."""


def test_m12_s38_promises_depth_and_endless_repetition_cost_nothing() -> None:
    tracemalloc.start()
    try:
        for target in TARGETS:
            if target.name not in SPARED:
                _try(target)
    finally:
        tracemalloc.stop()


def _try(target: Target) -> None:
    good = target.samples()[0]
    for data in (*TRAPS, *(good[: len(good) // 2] + unit * (LONG // len(unit)) for unit in UNITS)):
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        with within(PATIENCE):
            target.take(data)
        assert tracemalloc.get_traced_memory()[1] - before < MOST, f"{target.name}: {data[:40]!r}…"


def test_m12_a_letter_of_rules_and_empty_lines_is_read_in_one_go() -> None:
    """What searched for the code in a letter went over the rest of it once for every empty line."""
    with within(PATIENCE):
        assert code_in("-" * 71 + "\n" * 400_000).startswith("-" * 71)


pytestmark = pytest.mark.slow
