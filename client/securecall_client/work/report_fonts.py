"""The fonts that PDFs and pictures are set in, and which letters they hold.

They come with a package of files under the SIL Open Font License, so that a report looks the same on every machine;
the system's own fonts are not used. Chinese, Japanese and Korean are not in it.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_PACKAGE = "manimgx_fonts"
SCRIPTS = (
    "Arabic", "Armenian", "Bengali", "Cyrillic", "Devanagari", "Ethiopic", "Georgian", "Greek", "Gujarati", "Gurmukhi",
    "Hebrew", "Kannada", "Khmer", "Lao", "Latin", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thai",
)  # fmt: skip
"""The scripts that reports are promised to show in a PDF."""
_IN_SANS = ("Cyrillic", "Greek", "Latin")
FAMILIES = (
    "Noto Sans",
    *(f"Noto Sans {script}" for script in SCRIPTS if script not in _IN_SANS),
    "Noto Sans Symbols",
    "Noto Emoji",
)


def folder() -> Path:
    """Where the fonts are; found without running anything of their package. The extra must be installed."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(_PACKAGE)
    return Path(spec.submodule_search_locations[0])


@cache
def letters() -> frozenset[int]:
    """The code points that at least one of the fonts has a glyph for."""
    from fontTools.ttLib import TTFont

    held: set[int] = set()
    for path in sorted(folder().glob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            held.update(font.getBestCmap())
    return frozenset(held)


def missing(texts: Iterable[str]) -> list[str]:
    """The letters of ``texts`` that no font has, sorted, each once. What draws nothing needs no glyph."""
    used = {letter for text in texts for letter in text}
    return sorted(letter for letter in used if ord(letter) not in letters() and not _draws_nothing(letter))


def _draws_nothing(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cf", "Zs", "Zl", "Zp"}
