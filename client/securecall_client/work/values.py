"""The value of one cell of an answer: what each type of question takes, and its one form in a record.

A value is a tuple of strings, whatever its type: empty for nothing, one for a text or a number, several for a list.
So a new type changes no bytes. Every way in, a file that a person wrote or a record that a member sent, goes through
`read_value`, so neither can be laxer; `plain` is its inverse, the form in files and in `--json`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, get_args

import msgspec

from securecall.sentences import sentence
from securecall_client.work.errors import CellError
from securecall_client.work.months import read_month, read_span
from securecall_client.work.places import read_place, read_stored_place
from securecall_client.work.words import key, read_list, read_long, read_text, shown

Value = tuple[str, ...]
Type = Literal[
    "text", "long", "word", "words", "choice", "choices", "rank", "points", "number", "date", "month", "months",
    "place", "organisation", "person",
]  # fmt: skip
"""One line; several lines; a word that a list proposes, or words; one or several of a list, all or some of it in order,
or points shared out among it; a number; a day; a month, or a span of months; ISO 3166-1 or -2; a name as typed."""

TYPES: tuple[Type, ...] = get_args(Type)
LISTS: frozenset[Type] = frozenset({"words", "choices", "rank", "points"})
"""Types of several words, which a CSV cell parts by semicolons."""
CHOOSING: frozenset[Type] = frozenset({"choice", "choices", "rank", "points"})
"""Types whose list decides; in a `word` it proposes, and a new word is welcome."""
_OPTIONAL: frozenset[Type] = frozenset({"long", "words", "choices", "month", "months"})
"""Types that may be left empty unless their template says otherwise."""

POINTS = 10
"""How many points there are to share out, unless the template says otherwise."""
_TEXT_BYTES, _WORD_BYTES = 1_024, 256
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")
_POINTS = re.compile(r"(.+)=\s*([0-9]{1,6})")


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column, or a question that is no table: its name in files, its heading, its list of words.

    ``optional`` is None where the type decides; ``points`` are those to share out in the type of that name.
    """

    name: str
    type: Type
    title: str
    words: tuple[str, ...] = ()
    optional: bool | None = None
    points: int = POINTS

    @property
    def may_be_empty(self) -> bool:
        """Whether it can be left out."""
        return self.type in _OPTIONAL if self.optional is None else self.optional

    def choose(self, word: str) -> str:
        """The word of the list that ``word`` is another spelling of. Raises: CellError."""
        for known in self.words:
            if key(known) == key(word):
                return known
        raise CellError(sentence("%(word)s is none of: %(words)s.", word=shown(word), words=self.words))


def read_value(field: Field, raw: object, *, stored: bool = False) -> Value:
    """The value of a cell, strictly; ``stored`` if it comes from a record and not from a person.

    Raises: CellError, the reason alone.
    """
    if raw is None or raw in ([], {}) or (isinstance(raw, str) and not raw.strip()):
        if field.may_be_empty:
            return ()
        raise CellError("is missing.")
    if field.type == "place":
        return ((read_stored_place if stored else read_place)(raw),)
    return _READERS[field.type](field, raw)


def plain(field: Field, value: Value) -> object:
    """A value as JSON has it: a list for a list, null for nothing, else a text or a number."""
    if field.type == "points":
        return {word: int(points) for word, points in zip(field.words, value, strict=False) if points != "0"}
    if field.type in LISTS:
        return list(value)
    if not value:
        return None
    if field.type == "months":
        return "/".join(value)
    return _plain_number(value[0]) if field.type == "number" else value[0]


def _plain_number(text: str) -> object:
    """A number, or its text where a float would say another one: a float has fewer digits than a record."""
    number = float(text) if "." in text else int(text)
    return number if _digits(str(number)) == text else text


def _digits(number: str) -> str:
    """A number without exponent."""
    return format(Decimal(number), "f")


def in_words(field: Field, value: Value) -> str:
    """A value as people read it, empty for nothing."""
    return plain_in_words(field.type, plain(field, value))


def plain_in_words(kind: str, raw: object) -> str:
    """As `in_words`, of a value of that type in the form that `plain` gives it."""
    if isinstance(raw, Mapping):
        return ", ".join(f"{word} {points}" for word, points in raw.items())
    if isinstance(raw, list | tuple):
        return ", ".join(f"{place}. {word}" if kind == "rank" else str(word) for place, word in enumerate(raw, 1))
    if isinstance(raw, float):
        return _digits(str(raw))
    if kind == "months" and raw is not None:
        return " to ".join(end or "open" for end in str(raw).split("/"))
    return "" if raw is None else str(raw)


def _read_choices(field: Field, raw: object) -> Value:
    chosen = {field.choose(word) for word in read_list(raw)}
    return tuple(word for word in field.words if word in chosen)


def _read_rank(field: Field, raw: object) -> Value:
    ranked = tuple(field.choose(word) for word in read_list(raw))
    for place, word in enumerate(ranked):
        if word in ranked[:place]:
            raise CellError(sentence("%(word)s stands twice in the order.", word=shown(word)))
    return ranked


def _read_points(field: Field, raw: object) -> Value:
    given: dict[str, int] = {}
    for typed, points in _shares(raw):
        word = field.choose(typed)
        if word in given:
            raise CellError(sentence("%(word)s is given points twice.", word=shown(word)))
        if isinstance(points, bool) or not isinstance(points, int) or points < 0:
            raise CellError(sentence("the points for %(word)s must be a whole number from 0 on.", word=shown(word)))
        given[word] = points
    total = sum(given.values())
    if total > field.points:
        raise CellError(
            sentence("%(total)s points are given; there are %(points)s to share out.", total=total, points=field.points)
        )
    return tuple(str(given.get(word, 0)) for word in field.words) if total else ()


def _shares(raw: object) -> list[tuple[str, object]]:
    if isinstance(raw, Mapping):
        return [(read_text(word), points) for word, points in raw.items()]
    found = [(_POINTS.fullmatch(word), word) for word in read_list(raw)]
    for matched, word in found:
        if matched is None:
            raise CellError(
                sentence(
                    "%(word)s gives no points; write the word, “=” and a number, such as research=3.", word=shown(word)
                )
            )
    return [(matched[1].strip(), int(matched[2])) for matched, _ in found if matched is not None]


def _read_number(_field: Field, raw: object) -> Value:
    typed = raw.strip() if isinstance(raw, str) else _digits(str(raw)) if isinstance(raw, float) else str(raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float | str) or not _NUMBER.fullmatch(typed):
        what = shown(typed) if isinstance(raw, int | float | str) else "this"
        raise CellError(
            sentence("%(what)s is not a number; write digits, with a point before decimals, such as 12.5.", what=what)
        )
    number = Decimal(typed)
    return ("0" if not number else format(number.normalize(), "f"),)


def _read_date(_field: Field, raw: object) -> Value:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        raw = raw.isoformat()
    try:
        if isinstance(raw, str) and len(raw) == 10 and 1900 <= date.fromisoformat(raw).year < 2200:
            return (raw,)
    except ValueError:
        pass
    what = shown(raw) if isinstance(raw, str) else "This"
    raise CellError(sentence("%(what)s is not a day; write year, month and day, such as 2026-03-31.", what=what))


def _read_one_month(_field: Field, raw: object) -> Value:
    month = read_month(raw)
    return () if month is None else (month,)


def _read_months(_field: Field, raw: object) -> Value:
    if not isinstance(raw, str):
        raise CellError("must be months in quotation marks, such as “2026-01/2026-03”.")
    first, slash, last = (end.strip() for end in raw.partition("/"))
    span = read_span(read_month(first or None), read_month((last if slash else first) or None))
    if span == (None, None):
        raise CellError("has a beginning or an end, or both; write months such as 2026-01/2026-03, or 2026-01/ .")
    return (span[0] or "", span[1] or "")


_Reader = Callable[[Field, object], Value]


def _text(cap: int) -> _Reader:
    return lambda _, raw: (read_text(raw, cap),)


_READERS: Mapping[Type, _Reader] = {
    "text": _text(_TEXT_BYTES),
    "long": lambda _, raw: (read_long(raw),),
    "word": _text(_WORD_BYTES),
    "words": lambda _, raw: read_list(raw),
    "choice": lambda field, raw: (field.choose(read_text(raw)),),
    "choices": _read_choices,
    "rank": _read_rank,
    "points": _read_points,
    "number": _read_number,
    "date": _read_date,
    "month": _read_one_month,
    "months": _read_months,
    "organisation": _text(_WORD_BYTES),
    "person": _text(_WORD_BYTES),
}
