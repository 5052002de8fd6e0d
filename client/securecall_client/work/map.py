"""The map of an exercise: where organisations overlap, where nobody is, who can help whom, who is alone.

`draw` is a pure function of the answers and does not depend on their order. Two words are the same if
their `words.key` is; a finding shows the spelling of the template's list, else the one that most people typed.
Two places meet if one contains the other. What each finding means stands with its type in `map_findings`.

Cost: rows of one activity are looked up by place and by what contains it, so that the work grows with the
rows and the pairs found, not with all pairs of rows. What would still be too much is left out (`map_room`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import NamedTuple

import msgspec

from securecall_client.work import map_why as why
from securecall_client.work.map_findings import Alone, Cell, Map, Overlap, RowRef
from securecall_client.work.map_gaps import find_gaps
from securecall_client.work.map_matches import find_matches
from securecall_client.work.map_plans import Line, Party, Plans, Spelling, by_activity, spell
from securecall_client.work.map_room import there_is_room
from securecall_client.work.map_rows import Row
from securecall_client.work.months import Span, common


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


class _OverlapKey(NamedTuple):
    """What two pairs of rows share if they make one overlap."""

    activity: str
    places: tuple[str, ...]
    months: Span
    parties: tuple[Party, Party]


def draw(answers: Sequence[Answer], proposed: Sequence[str] = ()) -> Map:
    """The map of ``answers``, which may stand in any order; ``proposed`` are the activities that the template lists."""
    parties = _parties(answers)
    fitting = set(there_is_room([(answer.answer, answer.rows) for answer in answers]))
    left_out = {parties[answer.organisation].name for number, answer in enumerate(answers) if number not in fitting}
    answers = [answer for number, answer in enumerate(answers) if number in fitting]
    lines = [
        Line(parties[answer.organisation], RowRef(answer.answer, number), row)
        for answer in answers
        for number, row in enumerate(answer.rows)
    ]
    plans, spelling = by_activity(lines), spell(lines, proposed)
    overlaps = tuple(_overlaps(plans, spelling))
    return Map(
        overlaps=overlaps,
        gaps=tuple(find_gaps(lines, plans, spelling, proposed)),
        matches=tuple(find_matches(lines)),
        alone=tuple(_alone(plans, spelling, {ref for overlap in overlaps for ref in overlap.rows})),
        on_behalf=tuple(sorted({parties[answer.organisation].name for answer in answers if answer.on_behalf})),
        matrix=tuple(_matrix(plans, spelling)),
        left_out=tuple(sorted(left_out)),
    )


def _parties(answers: Iterable[Answer]) -> dict[str, Party]:
    """Each organisation by id; if answers name it differently, the first name in text order."""
    names: dict[str, str] = {}
    for answer in answers:
        names[answer.organisation] = min(answer.name, names.get(answer.organisation, answer.name))
    return {organisation: Party(name, organisation) for organisation, name in names.items()}


def _overlaps(plans: Plans, spelling: Spelling) -> Iterator[Overlap]:
    found: dict[_OverlapKey, set[RowRef]] = defaultdict(set)
    for name, activity in plans.items():
        for places, one, other in activity.meeting():
            months = common(one.row.months, other.row.months)
            if months is not None:
                parties = (min(one.party, other.party), max(one.party, other.party))
                found[_OverlapKey(name, places, months, parties)].update((one.ref, other.ref))
    for group in sorted(found, key=_overlap_order):
        names = (group.parties[0].name, group.parties[1].name)
        word = spelling[group.activity]
        yield Overlap(
            activity=word,
            places=group.places,
            from_=group.months[0],
            to=group.months[1],
            organisations=names,
            rows=tuple(sorted(found[group])),
            why=why.overlap(word, group.places, group.months, names),
        )


def _overlap_order(group: _OverlapKey) -> tuple[str, tuple[str, ...], tuple[str, str], tuple[Party, Party]]:
    """Sorted by activity, place, months, organisations."""
    return group.activity, group.places, _in_time(group.months), group.parties


def _in_time(months: Span) -> tuple[str, str]:
    """The order of spans: an open beginning first, an open end last."""
    return months[0] or "", months[1] or "~"


def _alone(plans: Plans, spelling: Spelling, overlapping: Set[RowRef]) -> Iterator[Alone]:
    for name, activity in plans.items():
        word = spelling[name]
        for place in sorted(activity.at):
            free: dict[Party, list[Line]] = defaultdict(list)
            for line in activity.at[place]:
                if line.ref not in overlapping:
                    free[line.party].append(line)
            for party in sorted(free):
                months = sorted({line.row.months for line in free[party]}, key=_in_time)
                others = [other.name for other in sorted(activity.near(place) - {party})]
                rows = tuple(sorted(line.ref for line in free[party]))
                yield Alone(word, place, party.name, rows, why.alone(word, place, party.name, months, others))


def _matrix(plans: Plans, spelling: Spelling) -> Iterator[Cell]:
    for name, activity in plans.items():
        for place in sorted(activity.at):
            lines = activity.at[place]
            who = tuple(party.name for party in sorted({line.party for line in lines}))
            yield Cell(spelling[name], place, who, tuple(sorted(line.ref for line in lines)))
