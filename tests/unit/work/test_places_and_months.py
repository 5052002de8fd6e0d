"""Places and what contains what; months and when they meet."""

import subprocess
import sys
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securecall_client.work.errors import CellError
from securecall_client.work.months import Span, common, phrase, read_month, read_span
from securecall_client.work.places import contains, lineage, name, read_place

PLACES = ["KE", "KE-30", "UG", "GB", "GB-ENG", "GB-LND", "FR", "FR-GES", "FR-6AE", "FR-67"]
INSIDE = {
    ("KE", "KE-30"), ("GB", "GB-ENG"), ("GB", "GB-LND"), ("GB-ENG", "GB-LND"), ("FR", "FR-GES"),
    ("FR", "FR-6AE"), ("FR", "FR-67"), ("FR-GES", "FR-6AE"), ("FR-GES", "FR-67"), ("FR-6AE", "FR-67"),
}  # fmt: skip

months = st.none() | st.builds("{:04}-{:02}".format, st.integers(2025, 2027), st.integers(1, 12))
spans = st.tuples(months, months).filter(lambda s: s[0] is None or s[1] is None or s[0] <= s[1])

MEET: dict[str, tuple[Span, Span, Span | None]] = {
    "the same": (("2026-01", "2026-03"), ("2026-01", "2026-03"), ("2026-01", "2026-03")),
    "one month": (("2026-01", "2026-03"), ("2026-03", "2026-05"), ("2026-03", "2026-03")),
    "next to each other": (("2026-01", "2026-02"), ("2026-03", "2026-05"), None),
    "inside": (("2026-01", "2026-12"), ("2026-03", "2026-05"), ("2026-03", "2026-05")),
    "open beginning": ((None, "2026-03"), ("2026-02", "2026-05"), ("2026-02", "2026-03")),
    "open end": (("2026-03", None), ("2026-02", "2026-05"), ("2026-03", "2026-05")),
    "open both": ((None, None), ("2026-02", None), ("2026-02", None)),
    "open and past": ((None, "2025-12"), ("2026-01", None), None),
}


@pytest.mark.parametrize(("outer", "inner"), list(product(PLACES, PLACES)))
def test_a_place_contains_itself_and_its_parts(outer: str, inner: str) -> None:
    assert contains(outer, inner) == (outer == inner or (outer, inner) in INSIDE)


def test_a_place_has_a_name() -> None:
    assert name("KE") == "Kenya"
    assert name("KE-30") == "Nairobi City, Kenya"
    assert name("TW") == "Taiwan"
    assert name("KE-99") == "KE-99"


def test_a_part_that_is_not_known_lies_in_its_country() -> None:
    assert lineage("KE-99") == ("KE-99", "KE")


@pytest.mark.parametrize(("typed", "place"), [("ke", "KE"), ("Ke-30", "KE-30"), ("KE", "KE")])
def test_a_place_is_put_in_capitals(typed: str, place: str) -> None:
    assert read_place(typed) == place


@pytest.mark.parametrize("value", [None, 4, "", "XX", "KE-99", "KEN", "Kenya", " KE", "ıt", "KE-30\n", "ＫＥ", "K\0"])
def test_another_place_is_refused(value: object) -> None:
    with pytest.raises(CellError):
        read_place(value)


def test_the_list_of_places_is_read_only_when_one_is_needed() -> None:
    code = "import sys, securecall_client.work.map; sys.exit('pycountry' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(("one", "other", "meet"), MEET.values(), ids=MEET)
def test_months_meet(one: Span, other: Span, meet: Span | None) -> None:
    assert common(one, other) == meet


@given(spans, spans)
def test_meeting_is_symmetric_and_lies_in_both(one: Span, other: Span) -> None:
    meet = common(one, other)
    assert meet == common(other, one)
    assert meet is None or common(meet, one) == common(meet, other) == meet
    assert common(one, one) == one


@pytest.mark.parametrize("value", [3, "", "2026", "2026-13", "2026-00", "2026-3", "2026-03-01", "0026-03", "२०२६-03"])
def test_another_month_is_refused(value: object) -> None:
    with pytest.raises(CellError):
        read_month(value)


def test_a_span_does_not_run_backwards() -> None:
    assert read_span("2026-03", "2026-03") == ("2026-03", "2026-03")
    with pytest.raises(CellError, match="before"):
        read_span("2026-03", "2026-02")


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ((None, None), "with no months named"),
        (("2026-01", None), "from 2026-01 on"),
        ((None, "2026-01"), "until 2026-01"),
        (("2026-01", "2026-01"), "in 2026-01"),
        (("2026-01", "2026-02"), "from 2026-01 to 2026-02"),
    ],
)
def test_a_span_in_words(span: Span, words: str) -> None:
    assert phrase(span) == words
