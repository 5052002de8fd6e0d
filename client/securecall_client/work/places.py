"""Places: countries (ISO 3166-1, two letters) and their subdivisions (ISO 3166-2), as pycountry has them."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from securecall.sentences import Term, sentence
from securecall_client.work.errors import CellError
from securecall_client.work.words import key, shown

_CODE = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")
_COUNTRY = 2
"""Letters of a country's code."""
_CACHE = 8192
"""More than the 5,300 codes there are; bounded all the same."""


class _Entry(NamedTuple):
    """What ISO 3166 says of one code: its name, and the part of a country that it lies in."""

    name: str
    parent: str | None


def read_place(value: object) -> str:
    """A place in its canonical upper case.

    Raises: CellError if it is missing, no text, or no code that ISO 3166 knows.
    """
    if value is None:
        raise CellError("is missing.")
    if not isinstance(value, str):
        raise CellError("must be a place in quotation marks, such as “KE”.")
    # Upper case of a foreign letter can be an ASCII one: the Turkish dotless i would become Italy's.
    place = value.upper() if value.isascii() else value
    if not _CODE.fullmatch(place) or _entry(place) is None:
        raise CellError(
            sentence(
                "%(value)s is not a known place; write a country such as KE (ISO 3166-1) or a part of "
                "one such as KE-30 (ISO 3166-2).",
                value=shown(value),
            )
        )
    return place


def read_stored_place(value: object) -> str:
    """A place as an answer holds it: of the form of a code, in capital letters.

    Whether ISO still lists it is not asked: lists differ between computers and change over the years, and an
    answer that one member can read must be one for all.

    Raises: CellError.
    """
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise CellError("must be a code of ISO 3166 in capital letters.")
    return value


def contains(outer: str, inner: str) -> bool:
    """Whether ``inner`` is ``outer`` or lies inside it."""
    return outer in lineage(inner)


@lru_cache(maxsize=_CACHE)
def lineage(place: str) -> tuple[str, ...]:
    """``place`` and all that contain it, the country last. A part that is not known lies in its country."""
    country = place[:_COUNTRY]
    if place == country:
        return (place,)
    entry = _entry(place)
    parent = entry.parent if entry is not None else None
    return (place, *lineage(parent or country))


@lru_cache(maxsize=_CACHE)
def name(place: str) -> Term:
    """The place in words, a part of a country with its country's name; the code if it is not known."""
    entry = _entry(place)
    if entry is None:
        return Term(place, "place", place)
    words = entry.name if len(place) == _COUNTRY else f"{entry.name}, {name(place[:_COUNTRY])}"
    return Term(words, "place", place)


def to_choose_from(country: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Places as code and name under a heading: ``country`` with its parts, if it is known, then all countries."""
    countries = _by_name(_countries())
    here = [(code, entry) for code, entry in _parts().items() if code.startswith(f"{country}-")]
    all_countries = (sentence("All countries"), countries)
    if country not in _countries():
        return [all_countries]
    return [(name(country), [(country, name(country)), *_by_name(dict(here))]), all_countries]


def _by_name(entries: Mapping[str, _Entry]) -> list[tuple[str, str]]:
    return sorted(((code, entry.name) for code, entry in entries.items()), key=lambda place: place[1])


def find_place(typed: str) -> str | None:
    """The code of the place that somebody named: by its code, its name, or the name of a part that only one place has.

    None where it is not clear which one is meant.
    """
    if typed.isascii() and _CODE.fullmatch(typed.upper()) and _entry(typed.upper()) is not None:
        return typed.upper()
    return _named().get(key(typed))


def place_shown(code: str) -> str:
    """A place as `find_place` finds it again: its name, or its code where several are called so or nothing is."""
    return name(code) if find_place(name(code)) == code else code


@lru_cache(maxsize=1)
def _named() -> dict[str, str]:
    """What places are called, by `words.key`: a country first; a part alone, where no other place is called so."""
    called: dict[str, list[str]] = {}
    for code, entry in _parts().items():
        called.setdefault(key(name(code)), []).append(code)
        called.setdefault(key(entry.name), []).append(code)
    found = {words: codes[0] for words, codes in called.items() if len(codes) == 1}
    return found | {key(entry.name): code for code, entry in _countries().items()}


def _entry(place: str) -> _Entry | None:
    return (_countries() if len(place) == _COUNTRY else _parts()).get(place)


# They are read at first use, and pycountry with them: it takes a tenth of a second, and most commands
# name no place.


@lru_cache(maxsize=1)
def _countries() -> dict[str, _Entry]:
    from pycountry import countries

    # The common name where there is one: "Taiwan" takes no side, "Taiwan, Province of China" does.
    return {entry.alpha_2: _Entry(getattr(entry, "common_name", entry.name), None) for entry in countries}


@lru_cache(maxsize=1)
def _parts() -> dict[str, _Entry]:
    from pycountry import subdivisions

    return {entry.code: _Entry(entry.name, entry.parent_code) for entry in subdivisions}
