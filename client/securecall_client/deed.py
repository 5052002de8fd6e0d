"""One thing that a person does, in which a server is asked for the same no more often than it must be.

A deed is made of acts, each of which brings up to date what it needs. On a line on which each question takes a second,
asking anew for what was answered a moment ago is what people wait for.
"""

from asyncio import get_running_loop
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

FRESH: Final = 5.0
"""Seconds for which a space that was brought up to date is taken as such by the rest of a deed."""


class Deed:
    """The deed at hand, if there is one: which spaces were brought up to date in it, and when."""

    def __init__(self) -> None:
        self._since: dict[bytes, float] | None = None

    @contextmanager
    def begun(self) -> Iterator[None]:
        """Do one thing."""
        self._since = {}
        try:
            yield
        finally:
            self._since = None

    def note(self, space: bytes) -> None:
        """A space is up to date now."""
        if self._since is not None:
            self._since[space] = get_running_loop().time()

    def knows(self, space: bytes) -> bool:
        """Whether a space was brought up to date moments ago."""
        since = (self._since or {}).get(space)
        return since is not None and get_running_loop().time() - since < FRESH

    def drop(self, space: bytes) -> None:
        """A space counts as up to date no more, until it is noted again."""
        if self._since is not None:
            self._since.pop(space, None)

    def forget(self) -> None:
        """Others were at the profile, or it is another server: nothing counts as up to date."""
        if self._since is not None:
            self._since = {}
