"""The map of an exercise: where organisations overlap, where nobody is, who can help whom, who is alone.

`draw` is a pure function of the answers and does not depend on their order. Two words are the same if
their `words.key` is; a finding shows the spelling that most people typed. Two places meet if one contains
the other. What each finding means stands with its type in `map_findings`.

Cost: rows of one activity are looked up by place and by what contains it, so that the work grows with the
rows and the pairs found, not with all pairs of rows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product
from typing import NamedTuple

import msgspec

from securecall_client.work import map_why as why
from securecall_client.work.map_findings import Alone, Gap, Map, Match, Overlap, RowRef
from securecall_client.work.map_rows import Row
from securecall_client.work.months import Span, common
from securecall_client.work.places import lineage
from securecall_client.work.words import key


class Answer(msgspec.Struct, frozen=True):
    """What one answer gives to the map.

    ``answer``: its id, unlike any other's. ``organisation``: the id for which it speaks; two answers of one
    organisation are one voice. ``name``: the organisation's name, for people. ``on_behalf``: whether somebody else
    entered it for the organisation.
    """

    answer: str
    organisation: str
    name: str
    rows: tuple[Row, ...]
    on_behalf: bool = False


class _Party(NamedTuple):
    """An organisation, sorted by name; the id parts two of one name."""

    name: str
    organisation: str


class _Plan(NamedTuple):
    """One row, as far as findings about activities need it."""

    party: _Party
    months: Span
    ref: RowRef


_Plans = dict[str, dict[str, list[_Plan]]]
"""Plans by key of activity and by place."""
_Wants = dict[tuple[str, str], set[_Party]]
"""Who needs what: parties by key of the need and by place."""


class _OverlapKey(NamedTuple):
    """What two pairs of rows share if they make one overlap."""

    activity: str
    places: tuple[str, ...]
    months: Span
    parties: tuple[_Party, _Party]


def draw(answers: Sequence[Answer]) -> Map:
    """The map of ``answers``, which may stand in any order."""
    parties = _parties(answers)
    spelling = _spelling(answers)
    plans = _plans(answers, parties)
    return Map(
        overlaps=tuple(_overlaps(plans, spelling)),
        gaps=tuple(_gaps(plans, _wants(answers, parties), spelling)),
        matches=tuple(_matches(answers, parties)),
        alone=tuple(_alone(plans, spelling)),
        on_behalf=tuple(sorted({parties[answer.organisation].name for answer in answers if answer.on_behalf})),
    )


def _parties(answers: Iterable[Answer]) -> dict[str, _Party]:
    """Each organisation by id; if answers name it differently, the first name in text order."""
    names: dict[str, str] = {}
    for answer in answers:
        names[answer.organisation] = min(answer.name, names.get(answer.organisation, answer.name))
    return {organisation: _Party(name, organisation) for organisation, name in names.items()}


def _spelling(answers: Iterable[Answer]) -> dict[str, str]:
    """For each key of an activity or a need the spelling typed most often, then the first in text order."""
    rows = (row for answer in answers for row in answer.rows)
    typed = Counter(word for row in rows for word in (row.activity, *row.needs) if word)
    spelling: dict[str, str] = {}
    for word in sorted(typed, key=lambda word: (-typed[word], word)):
        spelling.setdefault(key(word), word)
    return spelling


def _plans(answers: Iterable[Answer], parties: dict[str, _Party]) -> _Plans:
    plans: _Plans = defaultdict(lambda: defaultdict(list))
    for answer in answers:
        party = parties[answer.organisation]
        for number, row in enumerate(answer.rows):
            if not row.activity or not row.place:
                continue
            plan = _Plan(party, row.months, RowRef(answer.answer, number))
            plans[key(row.activity)][row.place].append(plan)
    return plans


def _wants(answers: Iterable[Answer], parties: dict[str, _Party]) -> _Wants:
    wants: _Wants = defaultdict(set)
    for answer in answers:
        for row in answer.rows:
            for need in row.needs if row.place else ():
                wants[key(need), row.place].add(parties[answer.organisation])
    return wants


def _overlaps(plans: _Plans, spelling: dict[str, str]) -> Iterator[Overlap]:
    found: dict[_OverlapKey, set[RowRef]] = defaultdict(set)
    for activity, at in plans.items():
        for places, one, other in _meeting(at):
            months = common(one.months, other.months)
            if one.party != other.party and months is not None:
                parties = (min(one.party, other.party), max(one.party, other.party))
                found[_OverlapKey(activity, places, months, parties)].update((one.ref, other.ref))
    for group in sorted(found, key=_overlap_order):
        names = (group.parties[0].name, group.parties[1].name)
        activity = spelling[group.activity]
        yield Overlap(
            activity=activity,
            places=group.places,
            from_=group.months[0],
            to=group.months[1],
            organisations=names,
            rows=tuple(sorted(found[group])),
            why=why.overlap(activity, group.places, group.months, names),
        )


def _meeting(at: dict[str, list[_Plan]]) -> Iterator[tuple[tuple[str, ...], _Plan, _Plan]]:
    """Each two plans whose places meet, once, with their one or two places, sorted."""
    for inner, plans in at.items():
        for one, other in combinations(plans, 2):
            yield (inner,), one, other
        for outer in lineage(inner)[1:]:
            places = (min(outer, inner), max(outer, inner))
            for one, other in product(at.get(outer, ()), plans):
                yield places, one, other


def _overlap_order(group: _OverlapKey) -> tuple[str, tuple[str, ...], str, str, tuple[_Party, _Party]]:
    """Sorted by activity, place, months (an open beginning first, an open end last), organisations."""
    first, last = group.months
    return group.activity, group.places, first or "", last or "~", group.parties


def _gaps(plans: _Plans, wants: _Wants, spelling: dict[str, str]) -> Iterator[Gap]:
    presences = {activity: _Presence(at) for activity, at in plans.items()}
    for need, place in sorted(wants):
        if need in presences and presences[need].near(place):
            continue
        names = [party.name for party in sorted(wants[need, place])]
        yield Gap(spelling[need], place, why.gap(spelling[need], place, names))


def _alone(plans: _Plans, spelling: dict[str, str]) -> Iterator[Alone]:
    for activity in sorted(plans):
        presence = _Presence(plans[activity])
        for place in sorted(plans[activity]):
            match list(presence.near(place)):
                case [party]:
                    sentence = why.alone(spelling[activity], place, party.name)
                    yield Alone(spelling[activity], place, party.name, sentence)


class _Presence:
    """Which parties have one activity near a place: there, in what contains it, or inside it."""

    def __init__(self, at: dict[str, list[_Plan]]) -> None:
        self._at = {place: {plan.party for plan in plans} for place, plans in at.items()}
        self._inside: dict[str, set[_Party]] = defaultdict(set)
        for place, parties in self._at.items():
            for outer in lineage(place):
                self._inside[outer] |= parties

    def near(self, place: str) -> set[_Party]:
        """The parties near ``place``."""
        above = (self._at.get(outer, set()) for outer in lineage(place)[1:])
        return self._inside.get(place, set()).union(*above)


def _matches(answers: Sequence[Answer], parties: dict[str, _Party]) -> Iterator[Match]:
    needs = _words((parties[a.organisation], row.needs) for a in answers for row in a.rows)
    offers = _words((parties[a.organisation], row.offers) for a in answers for row in a.rows)
    for word in sorted(needs.keys() & offers.keys()):
        for needing, offering in product(sorted(needs[word]), sorted(offers[word])):
            if needing != offering:
                need, offer = needs[word][needing], offers[word][offering]
                names = (needing.name, offering.name)
                yield Match(need, offer, names, why.match(need, offer, *names))


def _words(lists: Iterable[tuple[_Party, Iterable[str]]]) -> dict[str, dict[_Party, str]]:
    """For each key who has the word, and in which spelling (of several, the first in text order)."""
    found: dict[str, dict[_Party, str]] = defaultdict(dict)
    for party, words in lists:
        for word in words:
            spellings = found[key(word)]
            spellings[party] = min(word, spellings.get(party, word))
    return found
