"""Names that people type, text that others wrote, and how times and sizes are read and shown."""

import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securecall_client.errors import TextError
from securecall_client.text import (
    clean_name,
    for_terminal,
    is_hidden,
    parse_span,
    parse_time,
    size,
    skeleton,
    too_alike,
    when,
)  # fmt: skip

# -- names -------------------------------------------------------------------------------------------------

GOOD = {
    "plain": ("Amina Diallo", "Amina Diallo"),
    "spaces": ("  Amina \u00a0  Diallo\n", "Amina Diallo"),
    "decomposed": ("Zoe\u0308", "Zo\u00eb"),
    "Arabic": ("أمينة ديالو", "أمينة ديالو"),
    "Persian with a non-joiner": ("می\u200cخواهم", "می\u200cخواهم"),
    "Sinhala with a joiner": ("ශ්\u200dරී", "ශ්\u200dරී"),
    "punctuation": ("O'Brien & Sons (R&D) - 2", "O'Brien & Sons (R&D) - 2"),
    "a symbol in colour": ("Vote ❤\ufe0f", "Vote ❤"),
    "as long as allowed": ("é" * 100, "é" * 100),
}

BAD = {
    "empty": ("", "letter or digit"),
    "only spaces": (" \t ", "letter or digit"),
    "only punctuation": ("--- !", "letter or digit"),
    "too long": ("é" * 101, "too long: 202"),
    "an escape": ("a\x1b[2Jb", r"U\+001B control character"),
    "a line break": ("a\nb", r"U\+000A control character"),
    "a C1 control": ("a\x9bb", r"U\+009B control character"),
    "a right-to-left override": ("a\u202eb", "RIGHT-TO-LEFT OVERRIDE"),
    "an isolate": ("a\u2066b", "LEFT-TO-RIGHT ISOLATE"),
    "a direction mark": ("a\u200fb", "RIGHT-TO-LEFT MARK"),
    "a zero-width space": ("a\u200bb", "ZERO WIDTH SPACE"),
    "a joiner in Latin": ("a\u200db", "ZERO WIDTH JOINER"),
    "a joiner between scripts": ("م\u200da", "ZERO WIDTH JOINER"),
    "a joiner at the end": ("می\u200c", "ZERO WIDTH NON-JOINER"),
    "two joiners": ("می\u200c\u200cخواهم", "ZERO WIDTH NON-JOINER"),
    "a byte order mark": ("\ufeffa", "ZERO WIDTH NO-BREAK SPACE"),
    "an invisible letter": ("a\u3164b", "HANGUL FILLER"),
    "a tag": ("a\U000e0041b", "TAG LATIN CAPITAL LETTER A"),
    "private use": ("a\ue000b", r"U\+E000 private use"),
    "unassigned": ("a\u0378b", r"U\+0378 unassigned"),
    "half a character": ("a\ud800b", r"U\+D800 surrogate"),
}


@pytest.mark.parametrize("case", GOOD)
def test_good_names_are_kept(case: str) -> None:
    typed, kept = GOOD[case]
    assert clean_name(typed) == kept


@pytest.mark.parametrize("case", BAD)
def test_M14_bad_names_are_refused_in_words(case: str) -> None:
    typed, reason = BAD[case]
    with pytest.raises(TextError, match=reason) as caught:
        clean_name(typed, what="title")
    assert "The title" in str(caught.value)
    assert not any(is_hidden(character) for character in str(caught.value))


@given(st.text())
def test_M14_a_name_that_is_accepted_is_clean(text: str) -> None:
    try:
        name = clean_name(text)
    except TextError:
        return
    assert name == clean_name(name) == unicodedata.normalize("NFC", name)
    assert len(name.encode()) <= 200
    assert not any(is_hidden(character) for character in name if character not in "\u200c\u200d")


# -- on a terminal -----------------------------------------------------------------------------------------


@given(st.text(), st.booleans())
def test_M14_nothing_reaches_the_terminal_that_steers_it(text: str, newlines: bool) -> None:
    shown = for_terminal(text, newlines=newlines)
    allowed = "\n\u200c\u200d" if newlines else "\u200c\u200d"
    assert not any(is_hidden(character) for character in shown if character not in allowed)
    assert for_terminal(shown, newlines=newlines) == shown


SHOWN = {
    "a clear screen": ("\x1b[2Jhi", r"\x1b[2Jhi"),
    "a title": ("\x1b]0;pwn\x07", r"\x1b]0;pwn\x07"),
    "one-byte CSI": ("\x9b31m", r"\x9b31m"),
    "an override": ("\u202etxt.exe", r"\u202etxt.exe"),
    "a tag": ("\U000e0041", r"\U000e0041"),
    "a return over what stands there": ("safe\revil", r"safe\x0devil"),
    "a mark on what stands before": ("\u0338a", r"\u0338a"),
    "a zero-width space": ("a\u200bb", r"a\u200bb"),
    "a Persian word": ("می\u200cخواهم", "می\u200cخواهم"),
    "a line break": ("a\nb", r"a\x0ab"),
    "other words": ("Zoë, 日本語 [bold] ❤\ufe0f", "Zoë, 日本語 [bold] ❤"),
}


@pytest.mark.parametrize("case", SHOWN)
def test_M14_what_others_wrote_is_shown_harmless(case: str) -> None:
    text, shown = SHOWN[case]
    assert for_terminal(text) == shown


def test_line_breaks_may_stay() -> None:
    assert for_terminal("a\r\nb\nc\rd", newlines=True) == "a\nb\nc\\x0dd"


# -- names that could be taken for one another -------------------------------------------------------------

ALIKE = [
    ("Amina Diallo", "AMINA  DIALLO"),
    ("Amina Diallo", "Аmіnа Dіаllо"),  # Cyrillic letters among the Latin ones
    ("Zoë", "Zoe"),
    ("Secretariat", "Ѕесrеtаrіаt"),
    ("Secretariat", "Ｓｅｃｒｅｔａｒｉａｔ"),
    ("Secretariat", "𝐒𝐞𝐜𝐫𝐞𝐭𝐚𝐫𝐢𝐚𝐭"),
    ("Alice", "AIice"),
    ("Alice", "A1ice"),
    ("Moore", "rnoore"),
    ("OXFAM", "ΟΧFΑΜ"),
    ("NOVA", "ΝΟVΑ"),
    ("НОВА", "нова"),
    ("Rapid Response", "Rapid-Response"),
    ("Hope", "Норе"),
    ("Strøm", "Strom"),
    ("Amina", "Ami\u200bna"),
]
DIFFERENT = [
    ("Amina", "Amira"),
    ("Kenya", "Ghana"),
    ("कमल", "कमला"),
    ("कि", "कु"),
    ("محمد", "محمود"),
    ("!", "?"),
]


@pytest.mark.parametrize(("first", "second"), ALIKE)
def test_M14_look_alikes_are_noticed(first: str, second: str) -> None:
    assert too_alike(first, second)
    assert too_alike(second, first)


@pytest.mark.parametrize(("first", "second"), DIFFERENT)
def test_different_names_are_told_apart(first: str, second: str) -> None:
    assert not too_alike(first, second)


@given(st.text(min_size=1))
def test_a_name_is_like_itself_and_has_a_key(name: str) -> None:
    assert too_alike(name, name)
    assert skeleton(name)


# -- times, spans, sizes -----------------------------------------------------------------------------------

EAST = timezone(timedelta(hours=3))
WEST = timezone(-timedelta(hours=9, minutes=30))
NOON = datetime(2026, 11, 22, 14, 26, 59, tzinfo=UTC)


def test_a_time_is_shown_locally_and_in_utc() -> None:
    assert when(NOON, EAST) == "2026-11-22 17:26 +03:00 (14:26 UTC)"
    assert when(NOON, WEST) == "2026-11-22 04:56 -09:30 (14:26 UTC)"
    assert when(NOON, UTC) == "2026-11-22 14:26 UTC"
    assert when(NOON + timedelta(hours=8), EAST) == "2026-11-23 01:26 +03:00 (2026-11-22 22:26 UTC)"
    assert "UTC" in when(NOON)
    with pytest.raises(ValueError, match="zone"):
        when(datetime(2026, 11, 22))  # noqa: DTZ001  a time without a zone is the case


@pytest.mark.parametrize("text", ["2026-11-22T15:00Z", "2026-11-22 18:00+03:00", " 20261122T150000Z "])
def test_a_time_with_its_zone_is_read(text: str) -> None:
    assert parse_time(text) == datetime(2026, 11, 22, 15, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-11-22T15:00", "2026-11-22"])
def test_a_time_without_a_zone_is_refused(text: str) -> None:
    with pytest.raises(TextError, match="zone") as caught:
        parse_time(text)
    assert caught.value.hint is not None


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01T00:00Z", "0001-01-01T00:00+14:00", "\x1b[2J", "\ud800"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(TextError, match="not a time"):
        parse_time(text)


def test_spans() -> None:
    assert parse_span("7d") == timedelta(days=7)
    assert parse_span("12h") == timedelta(hours=12)
    assert parse_span(" 30m ") == timedelta(minutes=30)
    for text in ("", "7", "d", "0d", "-1d", "1.5h", "7 d", "7w", "99999d", "٧d", "7d\x00"):
        with pytest.raises(TextError, match="span"):
            parse_span(text)


SIZES = {
    0: "0 B", 1023: "1023 B", 1024: "1 KiB", 1536: "1.5 KiB", 1024**2 - 1: "1 MiB", 64 * 1024**2: "64 MiB",
    10**9: "953.7 MiB", 1024**3: "1 GiB", 5 * 1024**6: "5 EiB", 5000 * 1024**6: "5000 EiB",
}  # fmt: skip


@pytest.mark.parametrize("number", SIZES)
def test_sizes(number: int) -> None:
    assert size(number) == SIZES[number]


def test_no_size_is_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        size(-1)
