"""How much room a line of text takes, and how it is broken into lines; no font is asked, so these are estimates."""

import unicodedata

from securecall_client.text import for_terminal

_NARROW = frozenset("fijlrt.,:;!'|()[]-– I")
_WIDTHS = {"narrow": 0.38, "usual": 0.63, "wide": 0.9, "square": 1.02}
"""Parts of the font's size, a little more than common fonts take."""


def width(text: str, size: float = 12) -> float:
    """About how many pixels wide a line of visible text is, rather too many than too few."""
    return size * sum(_WIDTHS[_kind(character)] for character in text if _stands(character))


def wrap(text: str, room: float, lines: int, size: float = 12) -> list[str]:
    """``text`` in at most so many lines of about ``room`` pixels, cut with an ellipsis; long words are broken.

    What cannot be seen in it is an escape in the lines.
    """
    found = [""]
    for word in for_terminal(text).split():
        joined = f"{found[-1]} {word}".lstrip()
        if width(joined, size) <= room:
            found[-1] = joined
            continue
        pieces = _broken(word, room, size)
        found = [*found, *pieces] if found[-1] else pieces
    if len(found) <= lines:
        return found
    last = found[lines - 1]
    while last and width(f"{last}…", size) > room:
        last = last[:-1]
    return [*found[: lines - 1], f"{last.rstrip()}…"]


def _broken(word: str, room: float, size: float) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and _stands(character) and width(pieces[-1] + character, size) > room:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _stands(character: str) -> bool:
    """Whether a character takes room of its own: marks stand on the one before."""
    return unicodedata.category(character)[0] not in "MC"


def _kind(character: str) -> str:
    if unicodedata.east_asian_width(character) in "WF":
        return "square"
    if character in _NARROW:
        return "narrow"
    return "wide" if character.isupper() or character in "mwMW@%—…" else "usual"
