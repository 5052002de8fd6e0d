"""File names from inside a ciphertext, which any member may have written: made harmless before they reach a disk."""

import unicodedata
from typing import Final

from securecall_client.text import is_hidden

MAX_NAME_BYTES: Final = 150
_MAX_EXTENSION_BYTES: Final = 16
_FALLBACK_NAME: Final = "document"


# Separators and what Windows forbids, then characters that look like a separator.
_SEPARATORS: Final = '/\\:*?"<>|' + "\u2044\u2215\u2216\u29f5\u29f8\u29f9\ufe68\uff0f\uff3c"
_TO_UNDERSCORE: Final = dict.fromkeys(map(ord, _SEPARATORS), "_")
_DEVICES: Final = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"]
    + [f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³"]
)


def safe_name(name: str) -> str:
    """A file name from inside a ciphertext, made harmless as one path component on any system (F01, F07).

    Separators become `_`; control, bidirectional and invisible characters go; no dots, dashes, spaces, tildes
    or combining marks in front, no dots or spaces at the end; no device name of Windows; NFC; at most 150
    bytes of UTF-8, cut so that the extension stays. What is left empty becomes `document`. Applying it twice
    changes nothing.
    """
    shown = "".join(" " if char.isspace() else char for char in unicodedata.normalize("NFC", name))
    seen = "".join(char for char in shown if not is_hidden(char)).translate(_TO_UNDERSCORE)
    tidy = _without_bad_ends(" ".join(unicodedata.normalize("NFC", seen).split()))
    if tidy.partition(".")[0].rstrip().upper() in _DEVICES:
        tidy = f"_{tidy}"
    return _without_bad_ends(_cut(tidy)) or _FALLBACK_NAME


def split_name(name: str) -> tuple[str, str]:
    """Name and extension with its dot; what is too long or too odd for an extension counts as name."""
    stem, dot, extension = name.rpartition(".")
    if not stem or not extension.isalnum() or len(extension.encode()) > _MAX_EXTENSION_BYTES:
        return name, ""
    return stem, dot + extension


def _cut(name: str) -> str:
    stem, extension = split_name(name)
    room = MAX_NAME_BYTES - len(extension.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + extension


def _without_bad_ends(name: str) -> str:
    name = name.rstrip(". ")
    while name and (name[0] in " .-~" or unicodedata.category(name[0]).startswith("M")):
        name = name[1:]
    return name
