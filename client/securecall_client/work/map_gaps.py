"""What is missing: what somebody needs at a place and nobody plans there, and what nobody plans anywhere."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from securecall_client.work import map_why as why
from securecall_client.work.map_findings import Gap
from securecall_client.work.map_plans import Line, Party, Plans, Spelling
from securecall_client.work.places import lineage
from securecall_client.work.words import key

_Whereabouts = Mapping[str, set[tuple[Party, str]]]
"""Who names an activity, and at which place, empty for none; by the activity's key."""


def find_gaps(lines: Sequence[Line], plans: Plans, spelling: Spelling, proposed: Sequence[str]) -> Iterator[Gap]:
    """The gaps, sorted by activity and place."""
    whereabouts = _whereabouts(lines)
    needed = {
        (need, place): needing
        for (need, place), needing in _needs(lines).items()
        if need not in plans or not plans[need].near(place)
    }
    known = whereabouts.keys() | {need for need, _ in needed}
    # While nobody names anything, the whole list would be a gap, which says nothing.
    unplanned = {(key(word), "") for word in proposed if whereabouts and key(word) not in known}
    elsewhere: dict[str, _Elsewhere] = {}
    for activity, place in sorted(needed.keys() | unplanned):
        word = spelling[activity]
        if place:
            if activity not in elsewhere:
                elsewhere[activity] = _Elsewhere(whereabouts.get(activity, set()))
            yield _gap(word, place, needed[activity, place], elsewhere[activity])
        else:
            yield Gap(word, "", (), (), why.unplanned(word))


def _whereabouts(lines: Sequence[Line]) -> _Whereabouts:
    found: dict[str, set[tuple[Party, str]]] = defaultdict(set)
    for line in lines:
        if line.row.activity:
            found[key(line.row.activity)].add((line.party, line.row.place))
    return found


def _needs(lines: Sequence[Line]) -> Mapping[tuple[str, str], list[Line]]:
    """Who needs what where, by the need's key and the place; a need without a place is not looked for at one."""
    found: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        for need in line.row.needs if line.row.place else ():
            found[key(need), line.row.place].append(line)
    return found


class _Elsewhere:
    """Who names an activity where, sorted once: there may be as many gaps as there are rows."""

    def __init__(self, known: set[tuple[Party, str]]) -> None:
        self._all = sorted(known)
        self.number = len(self._all)
        self._in: dict[str, list[tuple[Party, str]]] = defaultdict(list)
        for at in self._all:
            self._in[lineage(at[1])[-1]].append(at)

    def nearest(self, place: str) -> list[tuple[str, str]]:
        """The few names and places that a sentence has room for, those of the same country first."""
        country = lineage(place)[-1]
        near = self._in.get(country, [])[: why.NAMED]
        if len(near) < why.NAMED:
            far = (at for at in self._all if lineage(at[1])[-1] != country)
            near = [*near, *islice(far, why.NAMED - len(near))]
        return [(party.name, there) for party, there in near]


def _gap(word: str, place: str, needing: Sequence[Line], elsewhere: _Elsewhere) -> Gap:
    names = tuple(party.name for party in sorted({line.party for line in needing}))
    rows = tuple(sorted({line.ref for line in needing}))
    return Gap(word, place, names, rows, why.gap(word, place, names, elsewhere.nearest(place), elsewhere.number))
