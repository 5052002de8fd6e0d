"""What the answers of an exercise plan, looked up by activity and place, and who is near a place with it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import NamedTuple

from securecall_client.work.map_findings import RowRef
from securecall_client.work.map_rows import Row
from securecall_client.work.places import lineage
from securecall_client.work.words import key


class Party(NamedTuple):
    """An organisation, sorted by name; the id parts two of one name."""

    name: str
    organisation: str


class Line(NamedTuple):
    """One row of an answer: whose, which, and what it says."""

    party: Party
    ref: RowRef
    row: Row


class Activity:
    """The plans of one activity: by place, and who has it near a place: there, in what contains it, or inside it."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.at: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            self.at[line.row.place].append(line)
        self._inside: dict[str, set[Party]] = defaultdict(set)
        for place, here in self.at.items():
            for outer in lineage(place):
                self._inside[outer].update(line.party for line in here)

    def near(self, place: str) -> set[Party]:
        """The parties that have it near ``place``."""
        above = (line.party for outer in lineage(place)[1:] for line in self.at.get(outer, ()))
        return self._inside.get(place, set()).union(above)

    def meeting(self) -> Iterator[tuple[tuple[str, ...], Line, Line]]:
        """Each two plans of two parties whose places meet, once, with their one or two places, sorted."""
        by_party = {place: _by_party(lines) for place, lines in self.at.items()}
        for inner, parties in by_party.items():
            for one, other in combinations(parties.values(), 2):
                yield from (((inner,), *both) for both in product(one, other))
            for outer in lineage(inner)[1:]:
                places = (min(outer, inner), max(outer, inner))
                for (above, one), (party, other) in product(by_party.get(outer, {}).items(), parties.items()):
                    if above != party:
                        yield from ((places, *both) for both in product(one, other))


def _by_party(lines: Iterable[Line]) -> Mapping[Party, list[Line]]:
    found: dict[Party, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.party].append(line)
    return found


Plans = Mapping[str, Activity]
"""By the key of the activity, in the order of the keys."""
Spelling = Mapping[str, str]
"""How a word is shown, by its key."""


def by_activity(lines: Iterable[Line]) -> Plans:
    """The rows that name an activity and a place."""
    plans: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.row.activity and line.row.place:
            plans[key(line.row.activity)].append(line)
    return {activity: Activity(plans[activity]) for activity in sorted(plans)}


def spell(lines: Iterable[Line], proposed: Sequence[str]) -> Spelling:
    """For each key of an activity or a need its spelling among those proposed; else the one typed most often, then the
    first in text order.
    """
    typed = Counter(word for line in lines for word in (line.row.activity, *line.row.needs) if word)
    spelling: dict[str, str] = {}
    for word in (*proposed, *sorted(typed, key=lambda word: (-typed[word], word))):
        spelling.setdefault(key(word), word)
    return spelling
