"""A sweep over many faults goes on after one that broke something, so that one run names all that breaks."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager


class Sweep:
    """Tries, one after the other; what each of them broke is told at once, and together at the end."""

    def __init__(self) -> None:
        self._tried = 0
        self._broken: list[Exception] = []

    @contextmanager
    def trying(self, what: object) -> Iterator[None]:
        """Go on after the block even if it fails; ``what`` says which try it was."""
        self._tried += 1
        if self._tried % 50 == 0:
            print(f"{self._tried} tried, {len(self._broken)} broke something", flush=True)
        try:
            yield
        except Exception as error:
            error.add_note(f"This was {what}.")
            self._broken.append(error)
            print(*traceback.format_exception(error), sep="", flush=True)

    def check(self) -> None:
        """Raises: ExceptionGroup of all that broke."""
        if self._broken:
            raise ExceptionGroup(f"{len(self._broken)} of {self._tried} tries broke something", self._broken)
