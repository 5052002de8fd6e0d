"""The words of the pages in the person's language, and dates and numbers as they are written there (Babel, gettext).

A catalogue is a file of GNU gettext in `locale/`, `fr.po` or `pt_BR.po`; docs/translating.md says how one is made. Two
languages are made up, for tests: `en-XA` accents and lengthens every sentence, `ar-XB` does so from right to left. A
sentence that stays as it is there was not handed to gettext.
"""

import gettext
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from aiohttp import web
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from securecall.sentences import Sentence, Term, counted, sentence
from securecall_client.text import for_terminal

CATALOGUES: Final = Path(__file__).parent / "locale"
PSEUDO: Final = {"en-XA": "en", "ar-XB": "ar"}
LANGUAGES_MOST: Final = 8
"""Languages that are kept ready. Whoever is on this computer can ask for the door, in as many as can be spelled."""
_ENGLISH: Final = ("en", Locale("en"), gettext.NullTranslations())
"""One for all: pages are made ready once for each language, and a language is the same while its words are."""
_VALUE: Final = re.compile(r"(%\(\w+\)[sd]|\{\w+\})")
_ACCENTS: Final = str.maketrans("AEIOUaeiouycn", "ÅÉÎÖÛåéîöûýçñ")
_AGAINST: Final = {"ltr": {"R", "AL"}, "rtl": {"L"}}
"""The classes of letters that run against a direction (Unicode Standard Annex 9)."""


class _Pseudo(gettext.NullTranslations):
    """Every sentence accented and longer; names in braces stay, since values are put in for them."""

    def gettext(self, message: str) -> str:
        pieces = _VALUE.split(message)
        said = "".join(piece if _VALUE.fullmatch(piece) else piece.translate(_ACCENTS) for piece in pieces)
        return f"[{said} ~~]"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its ``tag`` (BCP 47), with its words and how it writes times and numbers in a ``zone``.

    Without one, times are those of this computer, each by the clock that is right on its day, be it summer or winter.
    """

    tag: str
    locale: Locale
    words: gettext.NullTranslations
    zone: tzinfo | None

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return str(self.locale.text_direction)

    def say(self, text: str, **values: object) -> str:
        """A sentence of ours, with ``%(name)s`` filled in; one that has its values already is said from those."""
        if isinstance(text, Term):
            return self._put(text)
        said = sentence(text, **values) if values else Sentence(text)
        if said.many:
            found = self.words.ngettext(said.template, said.many, _whole(said.values["num"]))
        else:
            found = self.words.gettext(said.template) if said.template else ""
        if said.values:
            return found % {name: self._put(value) for name, value in said.values.items()}
        # What no catalogue has may be no sentence of ours (row M14).
        return for_terminal(found, newlines=True) if found == text else found

    def count(self, one: str, many: str, number: int) -> str:
        """A sentence about a number of things, ``%(num)s`` in it."""
        return self.say(counted(one, many, number))

    def _put(self, value: object) -> str:
        """A value as it stands in a sentence: what people wrote is shown as it is, and set off where it runs against
        the sentence.
        """
        match value:
            case Sentence():
                return self.say(value)
            case Term():
                return {"time": self.moment, "month": self.month, "place": self.place}[value.kind](value.code) or value
            case tuple():
                return format_list([self._put(one) for one in value], "unit", self.locale)
            case bool() | str():
                return self._set_off(for_terminal(str(value), newlines=True))
            case int() | float():
                return self.number(value)
        return self._set_off(for_terminal(str(value), newlines=True))

    def _set_off(self, words: str) -> str:
        against = _AGAINST[self.direction]
        if any(unicodedata.bidirectional(letter) in against for letter in words):
            return f"\N{FIRST STRONG ISOLATE}{words}\N{POP DIRECTIONAL ISOLATE}"
        return words

    def number(self, value: float) -> str:
        """A number as it is written there."""
        return format_decimal(value, locale=self.locale)

    def day(self, iso: str) -> str:
        """A day, or the day of a time, in ISO 8601."""
        return format_date(_local(iso, self.zone), "medium", locale=self.locale)

    def time(self, iso: str) -> str:
        """The time of day."""
        when = _local(iso, self.zone)
        return format_time(when, "short", locale=self.locale) if isinstance(when, datetime) else ""

    def moment(self, iso: str) -> str:
        """Day and time, where the person is; the year where it is another one."""
        when = _local(iso, self.zone)
        if not isinstance(when, datetime):
            return self.day(iso)
        this_year = when.year == datetime.now(self.zone).year
        day = format_skeleton("MMMEd" if this_year else "yMMMEd", when, locale=self.locale)
        return f"{day}, {self.time(iso)}"

    def month(self, iso: str) -> str:
        """A month of ISO 8601."""
        return format_skeleton("yMMM", date.fromisoformat(f"{iso}-01"), locale=self.locale)

    def place(self, code: str) -> str:
        """A country of ISO 3166; empty for a part of one, whose names are not known in every language."""
        return str(self.locale.territories.get(code, ""))


def _whole(number: object) -> int:
    return number if isinstance(number, int) else 0


def _local(iso: str, zone: tzinfo | None) -> date | datetime:
    if "T" not in iso:
        return date.fromisoformat(iso)
    when = datetime.fromisoformat(iso)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(zone)


def language(wanted: str, zone: tzinfo | None = None) -> Language:
    """The first of the languages of an `Accept-Language` header (RFC 9110, 12.5.4) that there is; else English."""
    tags = (part.split(";")[0].strip() for part in wanted.split(","))
    tag, locale, words = next(filter(None, map(_known, tags)), _ENGLISH)
    return Language(tag, locale, words, zone)


def language_of(request: web.Request) -> Language:
    """The language that a browser asks for."""
    return language(request.headers.get("Accept-Language", ""))


@lru_cache(LANGUAGES_MOST)
def _known(tag: str) -> tuple[str, Locale, gettext.NullTranslations] | None:
    if tag in PSEUDO:
        return tag, Locale(PSEUDO[tag]), _Pseudo()
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return None
    if locale.language == "en":
        return tag, locale, gettext.NullTranslations()
    files = (CATALOGUES / f"{name}.po" for name in (str(locale), f"{locale.language}_{locale.script}", locale.language))
    file = next((file for file in files if file.exists()), None)
    return None if file is None else (tag, locale, _words(file))


def _words(file: Path) -> gettext.GNUTranslations:
    """A catalogue as gettext reads it, without what its translator marked as uncertain."""
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
