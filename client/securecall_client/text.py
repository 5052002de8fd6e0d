"""Text that people type and text that others wrote: names, what a terminal may show, times, spans and sizes.

Characters that cannot be seen or that steer the screen are refused in what one types oneself and shown as
escapes in what others wrote (threat M14). The terms are Unicode's (general categories, Annex 31 on joiners,
Technical Standard 39 on confusables).
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from securecall.sentences import Sentence, Term, sentence
from securecall_client.errors import TextError

MAX_NAME_BYTES: Final = 200

_HIDDEN_CATEGORIES: Final = frozenset(["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"])
# Characters that are invisible although their category is that of letters, marks or symbols.
_INVISIBLE: Final = frozenset(
    map(chr, [0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0])
) | frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
# They only choose between the plain and the coloured form of a symbol, and keyboards add them unasked.
_WITHOUT_PRESENTATION: Final = {0xFE0E: None, 0xFE0F: None}
_JOINERS: Final = "\u200c\u200d"
_JOINING_SCRIPT: Final = re.compile(
    "ARABIC|SYRIAC|NKO|MANDAIC|MONGOLIAN|DEVANAGARI|BENGALI|GURMUKHI|GUJARATI|ORIYA|TAMIL|TELUGU|KANNADA|"
    "MALAYALAM|SINHALA|MYANMAR|KHMER|TIBETAN"
)

# Letters that look like a Latin one, in the case in which they do.
_ALIKE: Final = str.maketrans(
    "АВСЕНІЈКМОРЅТХУаеосрхуѕіјһӏԁԛԝвкмнтз" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧανοριυχκτεγ" + "\u0131łøđħŧ\u0251\u0261015",
    "ABCEHIJKMOPSTXYaeocpxysijhldqwbkmht3" + "ABEZHIKMNOPTYXavopiuxktey" + "ilodhtagols",
)
_ALIKE_GROUPS: Final = (("rn", "m"), ("vv", "w"), ("i", "l"))

_UNNAMED: Final = {"Cc": "control character", "Co": "private use", "Cs": "surrogate", "Cn": "unassigned"}

_SPAN: Final = re.compile(r"([0-9]{1,4})([dhm])")
_SPAN_UNITS: Final = {"d": "days", "h": "hours", "m": "minutes"}
_SIZES: Final = (
    sentence("%(number)s KiB"),
    sentence("%(number)s MiB"),
    sentence("%(number)s GiB"),
    sentence("%(number)s TiB"),
    sentence("%(number)s PiB"),
    sentence("%(number)s EiB"),
)


def is_hidden(character: str) -> bool:
    """Whether a character cannot be seen or steers the screen: control, format, unassigned, private use."""
    return character in _INVISIBLE or unicodedata.category(character) in _HIDDEN_CATEGORIES


def clean_name(text: str, *, what: str = "name") -> str:
    """The name of a person, organisation or thing as it is kept: NFC, each run of spaces one space.

    `what` names the thing in sentences. Joiners stay where a script needs them, between letters.

    Raises:
        TextError: The text has no letter or digit, is longer than 200 bytes of UTF-8, or holds a character
            that cannot be seen.
    """
    name = unicodedata.normalize("NFC", text.translate(_WITHOUT_PRESENTATION)).strip()
    for index, character in enumerate(name):
        if is_hidden(character) and not _joins_letters(name, index):
            raise TextError(
                sentence(
                    "The %(what)s contains a character that cannot be seen: %(called)s.",
                    what=what,
                    called=_called(character),
                ),
                hint="Type it anew instead of pasting it.",
            )
    name = " ".join(name.split())
    if not any(unicodedata.category(character)[0] in "LN" for character in name):
        raise TextError(sentence("The %(what)s needs at least one letter or digit.", what=what))
    if len(name.encode()) > MAX_NAME_BYTES:
        raise TextError(
            sentence(
                "The %(what)s is too long: %(number)s bytes of %(max_name_bytes)s allowed.",
                what=what,
                number=len(name.encode()),
                max_name_bytes=MAX_NAME_BYTES,
            )
        )
    return name


def for_terminal(text: str, *, newlines: bool = False) -> str:
    r"""What someone else wrote, harmless on a terminal: what cannot be seen stands there as `\x1b`, `\u202e`.

    With `newlines`, line feeds stay (and the carriage return before one goes). The result is not safe from
    the markup of a library that formats text; hand it over as plain text there.
    """
    if newlines:
        text = text.replace("\r\n", "\n")
    text = text.translate(_WITHOUT_PRESENTATION)
    return "".join(
        character if _is_harmless(text, index) or (newlines and character == "\n") else _escaped(character)
        for index, character in enumerate(text)
    )


def in_digits(number: float) -> str:
    """A number with at most two decimals: `3`, `2.5`."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def skeleton(name: str) -> str:
    """A key that names share which a reader could take for one another; not for showing.

    Case, accents, spaces, punctuation, width and common Latin, Cyrillic and Greek look-alikes make no
    difference. Coarse on purpose: it decides whether a person is asked, not whether a name is allowed.
    """
    text = unicodedata.normalize("NFKC", name).translate(_ALIKE).casefold()
    # Vowel signs of Indic scripts have combining class 0 and stay: they tell names apart.
    text = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    text = "".join(char for char in text.translate(_ALIKE) if _counts(char))
    for group, letter in _ALIKE_GROUPS:
        text = text.replace(group, letter)
    return text or name


def too_alike(first: str, second: str) -> bool:
    """Whether one name could be taken for the other, as they stand or when case is left out of account."""
    return skeleton(first) == skeleton(second) or skeleton(first.casefold()) == skeleton(second.casefold())


def when(time: datetime, zone: tzinfo | None = None) -> Term:
    """A time to the minute, in local time (or `zone`) and UTC: `2026-11-22 17:26 +03:00 (14:26 UTC)`.

    Raises:
        ValueError: `time` has no zone.
    """
    if time.tzinfo is None:
        raise ValueError("a time without a zone means nothing to somebody elsewhere")
    local, utc = time.astimezone(zone), time.astimezone(UTC)
    if local.utcoffset() == timedelta(0):
        return Term(f"{utc:%Y-%m-%d %H:%M} UTC", "time", time.isoformat())
    universal = f"{utc:%H:%M}" if local.date() == utc.date() else f"{utc:%Y-%m-%d %H:%M}"
    words = f"{local.isoformat(sep=' ', timespec='minutes')[:16]} {_offset(local)} ({universal} UTC)"
    return Term(words, "time", time.isoformat())


def parse_time(text: str) -> datetime:
    """An ISO 8601 time with its zone, in that zone.

    Raises:
        TextError: It is not one, or says no zone.
    """
    hint = sentence("Write it like 2026-11-22T15:00Z or 2026-11-22T15:00+03:00.")
    try:
        time = datetime.fromisoformat(text.strip())
        time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise TextError(sentence("This is not a time: %(text)s", text=for_terminal(text)), hint=hint) from error
    if time.tzinfo is None:
        raise TextError(sentence("This time does not say its zone: %(text)s", text=for_terminal(text)), hint=hint)
    return time


def parse_span(text: str) -> timedelta:
    """A span of days, hours or minutes: `7d`, `12h`, `30m`.

    Raises:
        TextError: It is not one, or is nothing long.
    """
    match = _SPAN.fullmatch(text.strip())
    if match is None or int(match[1]) == 0:
        raise TextError(
            sentence("This is not a span of time: %(text)s", text=for_terminal(text)),
            hint="Write it like 7d, 12h or 30m.",
        )
    return timedelta(**{_SPAN_UNITS[match[2]]: int(match[1])})


def size(number: int) -> Sentence:
    """A number of bytes for people: `812 B`, `1.5 KiB`, `64 MiB`.

    Raises:
        ValueError: It is negative.
    """
    if number < 0:
        raise ValueError("a size cannot be negative")
    if number < 1024:
        return sentence("%(number)s B", number=number)
    value, sizes = number / 1024, iter(_SIZES)
    said = next(sizes)
    while round(value, 1) >= 1024 and (larger := next(sizes, None)):
        value, said = value / 1024, larger
    value = round(value, 1)
    return sentence(said, number=int(value) if value.is_integer() else value)


def _joins_letters(text: str, index: int) -> bool:
    """Whether a joiner stands between two letters (or their marks) of one script that needs joiners."""
    if text[index] not in _JOINERS or not 0 < index < len(text) - 1:
        return False
    before, after = text[index - 1], text[index + 1]
    letters = all(unicodedata.category(character)[0] in "LM" for character in (before, after))
    same = _script(before) == _script(after)
    return letters and same and _JOINING_SCRIPT.fullmatch(_script(before)) is not None


def _script(character: str) -> str:
    """The first word of the character's name, which for letters is their script."""
    return unicodedata.name(character, "").partition(" ")[0]


def _called(character: str) -> str:
    unnamed = _UNNAMED.get(unicodedata.category(character), "unnamed")
    return f"U+{ord(character):04X} {unicodedata.name(character, unnamed)}"


def _is_harmless(text: str, index: int) -> bool:
    if index == 0 and unicodedata.category(text[0]).startswith("M"):
        return False  # it would change the character before it, which is ours
    return not is_hidden(text[index]) or _joins_letters(text, index)


def _escaped(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _counts(character: str) -> bool:
    """Whether a character counts when names are compared: spaces, punctuation and hidden ones do not."""
    return unicodedata.category(character)[0] not in "ZP" and not is_hidden(character)


def _offset(local: datetime) -> str:
    text = local.strftime("%z")
    return f"{text[:3]}:{text[3:5]}"
