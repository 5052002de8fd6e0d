"""How much a map can compare: answers that would keep everybody's computer busy for minutes are left out, and named.

What a map takes grows with its rows, its words, and the pairs of rows and of words that meet. One member can write a
thousand rows that meet with everybody's, and whoever answers for others can do so many times over. So answers are taken
in, those first that meet with least, until there is no more room; what is left out is the same on every computer.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from securecall_client.work.map_rows import Row
from securecall_client.work.places import lineage
from securecall_client.work.words import key

ROOM = 500_000
"""Rows, words and pairs in one map. Of 160 organisations with 20 rows each it is a third at most."""

_Plan = tuple[str, str]
"""The key of an activity, and a place."""


class _Weights:
    """What one answer says, counted: its rows and words, plans, and words by the side that they are said from."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.own = len(rows) + sum(len(words) for row in rows for words in _sides(row))
        self.plans = Counter[_Plan]((key(row.activity), row.place) for row in rows if row.activity and row.place)
        self.words = {(side, key(word)) for row in rows for side, words in enumerate(_sides(row)) for word in words}


class _Taken:
    """What all the answers that were taken in say together."""

    def __init__(self) -> None:
        self._at: Counter[_Plan] = Counter()
        self._inside: Counter[_Plan] = Counter()
        self._words: Counter[tuple[int, str]] = Counter()

    def add(self, weights: _Weights) -> None:
        self._words.update(weights.words)
        for (activity, place), number in weights.plans.items():
            self._at[activity, place] += number
            for outer in lineage(place)[1:]:
                self._inside[activity, outer] += number

    def weigh(self, weights: _Weights) -> int:
        """What an answer adds to the map: its rows and words, and all that they meet with."""
        plans = sum(number * self._near(activity, place) for (activity, place), number in weights.plans.items())
        # Needs stand beside offers, and wishes beside whom others reach: sides 0 and 1, and 2 and 3.
        return weights.own + plans + sum(self._words[side ^ 1, word] for side, word in weights.words)

    def _near(self, activity: str, place: str) -> int:
        return self._inside[activity, place] + sum(self._at[activity, outer] for outer in lineage(place))


def there_is_room(answers: Sequence[tuple[str, Sequence[Row]]], room: int = ROOM) -> Iterator[int]:
    """Which of ``answers``, each an id and its rows, fit into one map together, by their number; order does not matter.

    The id decides between two that meet with equally much.
    """
    weights = [_Weights(rows) for _, rows in answers]
    everything, taken = _Taken(), _Taken()
    for one in weights:
        everything.add(one)
    order = [
        (everything.weigh(one), answer, number)
        for number, (one, (answer, _)) in enumerate(zip(weights, answers, strict=True))
    ]
    for _, _, number in sorted(order):
        weight = taken.weigh(weights[number])
        if weight <= room:
            room -= weight
            taken.add(weights[number])
            yield number


def _sides(row: Row) -> tuple[tuple[str, ...], ...]:
    return row.needs, row.offers, row.wishes, row.reaches
