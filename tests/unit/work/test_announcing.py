"""What tells of a call outside gives nothing away, and calendars of others read it (RFC 5545)."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from securecall_client.errors import TextError
from securecall_client.work.announcing import FOLD, calendar, neutral_message, read_zone

STARTS = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 14, 26, 5, tzinfo=UTC)


def test_the_message_tells_each_zone_once_with_its_own_day() -> None:
    zones = [read_zone(typed) for typed in ("Africa/Nairobi", "+03:00", "America/Bogota")]
    assert neutral_message(STARTS, zones) == (
        "We speak at:\n"
        "  18:30 UTC-05:00, Tuesday 1 December 2026\n"
        "  23:30 UTC, Tuesday 1 December 2026\n"
        "  02:30 UTC+03:00, Wednesday 2 December 2026\n"
        "All else is where you know."
    )


@pytest.mark.parametrize("typed", ["", "Nowhere/Land", "../../etc/passwd", "/etc/passwd", "+3", "\x00"])
def test_a_zone_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(TextError, match="no zone"):
        read_zone(typed)


@given(summary=st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=300))
def test_another_implementation_reads_the_calendar_entry_as_it_was_meant(summary: str) -> None:
    uid = str(uuid4())
    data = calendar(STARTS, 90, uid=uid, now=NOW, summary=summary)
    [event] = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert str(event["SUMMARY"]) == summary
    assert event.decoded("DTSTART") == STARTS
    assert event.decoded("DTEND") == STARTS + timedelta(minutes=90)
    assert event.decoded("DTSTAMP") == NOW
    assert UUID(str(event["UID"])).version == 4


@given(summary=st.text(min_size=1, max_size=300).filter(lambda text: "\r" not in text))
def test_lines_end_and_fold_as_the_standard_has_it(summary: str) -> None:
    text = summary.encode("utf-8", "ignore").decode()
    data = calendar(STARTS.astimezone(timezone(timedelta(hours=3))), 60, uid="u", now=NOW, summary=text)
    assert data.endswith(b"END:VCALENDAR\r\n")
    for line in data.split(b"\r\n"):
        assert len(line) <= FOLD
        assert b"\n" not in line
        line.decode("utf-8")
    assert b"\r\nDTSTART:20261201T233000Z\r\n" in data


def test_the_calendar_entry_names_no_program() -> None:
    assert b"securecall" not in calendar(STARTS, 60, uid="u", now=NOW).lower()
