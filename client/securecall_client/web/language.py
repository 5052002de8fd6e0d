"""The words of the pages in the person's language, and dates and numbers as they are written there (Babel, gettext).

Two languages are made up, for tests: `en-XA` accents and lengthens every sentence, `ar-XB` does so from right to left.
A sentence that stays as it is there was not handed to gettext.
"""

import gettext
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal

DOMAIN: Final = "securecall"
CATALOGUES: Final = Path(__file__).parent / "locale"
PSEUDO: Final = {"en-XA": "en", "ar-XB": "ar"}
_ENGLISH: Final = ("en", Locale("en"), gettext.NullTranslations())
"""One for all: pages are made ready once for each language, and a language is the same while its words are."""
_VALUE: Final = re.compile(r"(%\(\w+\)[sd])")
_ACCENTS: Final = str.maketrans("AEIOUaeiouycn", "ÅÉÎÖÛåéîöûýçñ")


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
    """A language by its ``tag`` (BCP 47), with its words and how it writes times and numbers in a ``zone``."""

    tag: str
    locale: Locale
    words: gettext.NullTranslations
    zone: tzinfo

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return str(self.locale.text_direction)

    def say(self, text: str, **values: object) -> str:
        """A sentence, with ``%(name)s`` filled in."""
        return self.words.gettext(text) % values if values else self.words.gettext(text)

    def count(self, one: str, many: str, number: int) -> str:
        """A sentence about a number of things, ``%(num)s`` in it."""
        return self.words.ngettext(one, many, number) % {"num": self.number(number)}

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
        """Day and time, where the person is."""
        when = _local(iso, self.zone)
        if not isinstance(when, datetime):
            return self.day(iso)
        return format_datetime(when, "EEE d MMM, HH:mm", locale=self.locale)


def _local(iso: str, zone: tzinfo) -> date | datetime:
    if "T" not in iso:
        return date.fromisoformat(iso)
    when = datetime.fromisoformat(iso)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(zone)


def language(wanted: str, zone: tzinfo | None = None) -> Language:
    """The first of the languages of an `Accept-Language` header (RFC 9110, 12.5.4) that there is; else English."""
    here = zone or datetime.now().astimezone().tzinfo or UTC
    tags = (part.split(";")[0].strip() for part in wanted.split(","))
    tag, locale, words = next(filter(None, map(_known, tags)), _ENGLISH)
    return Language(tag, locale, words, here)


@cache
def _known(tag: str) -> tuple[str, Locale, gettext.NullTranslations] | None:
    if tag in PSEUDO:
        return tag, Locale(PSEUDO[tag]), _Pseudo()
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return None
    if locale.language == "en":
        return tag, locale, gettext.NullTranslations()
    try:
        return tag, locale, gettext.translation(DOMAIN, CATALOGUES, [locale.language])
    except FileNotFoundError:
        return None
