"""Who can help whom: a need and an offer of one word, a wish to reach somebody and whoever can."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Literal

from securecall_client.work import map_why as why
from securecall_client.work.map_findings import Match, RowRef
from securecall_client.work.map_plans import Line, Party
from securecall_client.work.words import key


@dataclass(slots=True)
class _Said:
    """What one organisation says of one word."""

    words: set[str] = field(default_factory=set)
    doors: set[str] = field(default_factory=set)
    rows: set[RowRef] = field(default_factory=set)

    @property
    def word(self) -> str:
        """Of several spellings the first in text order."""
        return min(self.words)


_Saying = dict[str, dict[Party, _Said]]
"""Who says what of a word, by its key."""


def find_matches(lines: Sequence[Line]) -> Iterator[Match]:
    """Needs with offers, then wishes with who can reach; each sorted by the word, who needs, and who gives."""
    yield from _join(
        "offer",
        _gather((line, line.row.needs) for line in lines),
        _gather((line, line.row.offers) for line in lines),
    )
    yield from _join(
        "reach",
        _gather((line, line.row.wishes) for line in lines),
        _gather((line, line.row.reaches) for line in lines),
    )


def _gather(lists: Iterable[tuple[Line, tuple[str, ...]]]) -> _Saying:
    found: _Saying = defaultdict(lambda: defaultdict(_Said))
    for line, words in lists:
        for word in words:
            said = found[key(word)][line.party]
            said.words.add(word)
            said.rows.add(line.ref)
            if line.row.door:
                said.doors.add(line.row.door)
    return found


def _join(kind: Literal["offer", "reach"], wanted: _Saying, given: _Saying) -> Iterator[Match]:
    for word in sorted(wanted.keys() & given.keys()):
        for (wanting, want), (giving, gift) in product(sorted(wanted[word].items()), sorted(given[word].items())):
            if wanting == giving:
                continue
            need, offer, names = want.word, gift.word, (wanting.name, giving.name)
            doors = tuple(sorted(gift.doors)) if kind == "reach" else ()
            sentence = why.reach(need, offer, *names, doors) if kind == "reach" else why.offer(need, offer, *names)
            yield Match(kind, need, offer, names, doors, tuple(sorted(want.rows | gift.rows)), sentence)
