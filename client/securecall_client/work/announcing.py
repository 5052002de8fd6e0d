"""When a call is, in words that give nothing away, and as a calendar entry (RFC 5545). Pure.

Whoever finds them in a mailbox learns that somebody meets somebody at that time: neither holds the title, the country,
the link, an id, or the name of this program. Places are told by their distance to UTC, since a zone's name is a city.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from securecall.sentences import sentence
from securecall_client.errors import TextError

FOLD = 75
"""Octets of a content line, without its end (RFC 5545, 3.1)."""
SUMMARY = "Call"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def read_zone(typed: str) -> tzinfo:
    """A zone by its name (`Africa/Nairobi`) or its distance to UTC (`+03:00`). Raises: TextError."""
    try:
        if typed[:1] in ("+", "-"):
            found = datetime.strptime(typed, "%z").tzinfo
            if found is not None:
                return found
        return ZoneInfo(typed)
    except (ValueError, OSError, KeyError) as error:
        raise TextError(
            sentence("There is no zone “%(typed)s”.", typed=typed), hint="Write it like Africa/Nairobi or +03:00."
        ) from error


def neutral_message(starts: datetime, zones: Sequence[tzinfo]) -> str:
    """When it is, at each of the zones once, for pasting into an e-mail or a chat."""
    times = [starts.astimezone(zone) for zone in (UTC, *zones)]
    once = {time.utcoffset(): time for time in times}
    lines = [f"  {_clock(time)}, {_day(time)}" for time in sorted(once.values(), key=_offset)]
    return "\n".join(("We speak at:", *lines, "All else is where you know."))


def calendar(starts: datetime, minutes: int, *, uid: str, now: datetime, summary: str = SUMMARY) -> bytes:
    """A calendar with the one entry, in UTC; ``uid`` is random and nothing's id."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Calendar//EN",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(starts)}",
        f"DTEND:{_utc(starts + timedelta(minutes=minutes))}",
        f"SUMMARY:{_escaped(summary)}",
        "CLASS:PRIVATE",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return b"".join(map(_folded, lines))


def _utc(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """Text as a value (RFC 5545, 3.3.11)."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return text


def _folded(line: str) -> bytes:
    """A content line: no part of it is longer than `FOLD`, and no letter is cut (RFC 5545, 3.1)."""
    parts, part = [], b""
    for letter in map(str.encode, line):
        if len(part) + len(letter) > FOLD:
            parts.append(part)
            part = b" "
        part += letter
    return b"\r\n".join([*parts, part]) + b"\r\n"


def _offset(time: datetime) -> timedelta:
    return time.utcoffset() or timedelta()


def _clock(time: datetime) -> str:
    offset = time.strftime("%z")
    return f"{time:%H:%M} UTC" + (f"{offset[:3]}:{offset[3:5]}" if _offset(time) else "")


def _day(time: datetime) -> str:
    return f"{_DAYS[time.weekday()]} {time.day} {_MONTHS[time.month - 1]} {time.year}"
