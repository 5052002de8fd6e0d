"""Whether what writers saw is the history of one append-only list (row O05).

Writers note when they sent an item, when they were answered, and with which place. Since what a server keeps is a list
that only grows at its end, to be linearizable (Herlihy and Wing, 1990, https://doi.org/10.1145/78969.78972) comes to
rules that can be checked one by one against the list as it is in the end:

1. An acknowledged item stands at the place that its receipt names.
2. No item stands twice, and none that nobody sent.
3. An item that was acknowledged before another was sent stands before it.
4. An item that was refused stands nowhere. One whose reply was lost is *unknown*: it may stand or not.
5. What a reader was shown is the beginning of the list, and holds all that was acknowledged before the reader asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

Outcome = Literal["unknown", "acknowledged", "refused"]


class HistoryError(AssertionError):
    """Two things that were seen cannot both be the work of one append-only list."""


@dataclass(slots=True)
class Append:
    """An item (its bytes) on its way into the list; times are places in the order of all events."""

    item: bytes
    sent: int
    outcome: Outcome = "unknown"
    answered: int = 0
    place: int = -1


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader who asked at ``asked`` was shown of the list from its beginning."""

    asked: int
    items: Sequence[bytes]


@dataclass(slots=True)
class History:
    """All that happened, in the order in which it happened."""

    begun: Sequence[bytes] = ()
    """The list as it was before."""
    appends: list[Append] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    _time: count = field(default_factory=lambda: count(1))

    def send(self, item: bytes) -> Append:
        """Somebody sends an item, for the first time."""
        append = Append(item, next(self._time))
        self.appends.append(append)
        return append

    def acknowledge(self, append: Append, place: int) -> None:
        """Its receipt came."""
        append.outcome, append.place, append.answered = "acknowledged", place, next(self._time)

    def refuse(self, append: Append) -> None:
        """It was refused, and every earlier try of it too."""
        append.outcome, append.answered = "refused", next(self._time)

    def ask(self) -> int:
        """The time at which a reader asks."""
        return next(self._time)

    def read(self, asked: int, items: Sequence[bytes]) -> None:
        """What the reader who asked then was shown."""
        self.readings.append(Reading(asked, items))

    def acknowledged(self) -> list[Append]:
        """What was acknowledged, in the order of the receipts."""
        return sorted((one for one in self.appends if one.outcome == "acknowledged"), key=lambda one: one.answered)

    def check(self, final: Sequence[bytes]) -> None:
        """Raise HistoryError unless ``final`` is the one append-only list that everybody saw."""
        places = _places(final)
        self._check_known(final)
        for append in self.appends:
            _check_outcome(append, places)
        self._check_order(places)
        for reading in self.readings:
            self._check_reading(reading, final)

    def _check_known(self, final: Sequence[bytes]) -> None:
        if list(final[: len(self.begun)]) != list(self.begun):
            raise HistoryError("what stood there before was changed")
        known = {*self.begun, *(append.item for append in self.appends)}
        if strange := [place for place, item in enumerate(final) if item not in known]:
            raise HistoryError(f"nobody sent the item at place {strange[0]}")

    def _check_order(self, places: dict[bytes, int]) -> None:
        """In the order of sending, each stands behind all that had been acknowledged by then."""
        answered, behind = iter(self.acknowledged()), len(self.begun) - 1
        following = next(answered, None)
        for append in sorted(self.appends, key=lambda one: one.sent):
            while following is not None and following.answered < append.sent:
                behind = max(behind, following.place)
                following = next(answered, None)
            if append.item in places and places[append.item] <= behind:
                raise HistoryError(f"an item sent after place {behind} was acknowledged stands before it")

    def _check_reading(self, reading: Reading, final: Sequence[bytes]) -> None:
        if list(final[: len(reading.items)]) != list(reading.items):
            raise HistoryError("a reader was shown what is not the beginning of the list")
        earlier = [one.place for one in self.appends if one.outcome == "acknowledged" and one.answered < reading.asked]
        if len(reading.items) <= max(earlier, default=-1):
            raise HistoryError("a reader was not shown what had been acknowledged before")


def _places(final: Sequence[bytes]) -> dict[bytes, int]:
    places = {item: place for place, item in enumerate(final)}
    if len(places) < len(final):
        raise HistoryError("an item stands twice")
    return places


def _check_outcome(append: Append, places: dict[bytes, int]) -> None:
    stands = places.get(append.item, -1)
    if append.outcome == "acknowledged" and stands != append.place:
        raise HistoryError(f"an item acknowledged at place {append.place} stands at {stands}")
    if append.outcome == "refused" and stands >= 0:
        raise HistoryError(f"an item that was refused stands at {stands}")
