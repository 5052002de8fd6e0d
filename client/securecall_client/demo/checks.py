"""What the demonstration promises to hold, one sentence each, and whether it held."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_DETAIL: Final = 600
"""Characters of a detail that are kept; the rest helps nobody."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. ``detail`` says what was found, in numbers or names."""

    words: str
    held: bool
    detail: str = ""


class Checks:
    """The checks of one run, in order; each is told as soon as it is made. A failed one stops nothing."""

    def __init__(self, tell: Callable[[Check], None]) -> None:
        self.made: list[Check] = []
        self._tell = tell

    @property
    def held(self) -> bool:
        """Whether something was looked at, and everything that was held."""
        return bool(self.made) and all(check.held for check in self.made)

    def hold(self, words: str, held: bool, detail: str = "") -> bool:
        """Note that ``words`` held, or did not, and return that."""
        check = Check(words, held, detail[:_DETAIL])
        self.made.append(check)
        self._tell(check)
        return held

    def same(self, words: str, found: object, wanted: object, detail: str = "") -> bool:
        """Note whether ``found`` is ``wanted``; where it is not, both are told."""
        held = found == wanted
        return self.hold(words, held, detail if held else f"found {found!r} where {wanted!r} was wanted")
