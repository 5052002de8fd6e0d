"""What a report calls people and organisations: by name, by the kind of their organisation, or by a number. Pure.

Without names, one organisation is called the same through the whole report, so that its findings can be read; the
numbers follow the ids, which are random, and so tell nothing. What people wrote stays as they wrote it: which names
still stand there, `left` finds, so that whoever sends the report is told.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from securecall_client import content
from securecall_client.work.report_who import Who
from securecall_client.work.state import State

UNKNOWN_KIND = "Organisation"
_LEAST = 3
"""Characters of a name that is looked for in what people wrote; shorter ones stand in many words."""


@dataclass(frozen=True, slots=True)
class Cast:
    """``parties``: id of an organisation, or of a member who has none, to what it is called; ``names``: in truth."""

    who: Who
    state: State
    parties: Mapping[bytes, str]
    names: frozenset[str]

    def party(self, party: bytes) -> str:
        """What an organisation is called, or a member who has none."""
        return self.parties.get(party, UNKNOWN_KIND)

    def member(self, member: bytes) -> str:
        """What a person is called."""
        if self.who != "named":
            return self.party(self.state.organisation(member) or member)
        org = self.state.org(member)
        return f"{self.state.name(member)}, {org}" if org else self.state.name(member)


def cast(state: State, members: Iterable[bytes], organisations: Mapping[bytes, content.Organisation], who: Who) -> Cast:
    """Everybody of a call: ``members`` are all who were ever in it, ``organisations`` those that the coalition has."""
    people = list(members)
    known = {state.organisation(member) or member: state.org(member) or state.name(member) for member in people}
    known |= {each: body.name for each, body in organisations.items()}
    kinds = {each: organisations[each].sort if each in organisations else "" for each in known}
    names = frozenset(known.values()) | {state.name(member) for member in people}
    return Cast(who, state, known if who == "named" else _numbered(kinds, who), names)


def left(cast: Cast, texts: Iterable[str]) -> list[str]:
    """The names that still stand in a report which should hold none, sorted; none where it is to name them."""
    if cast.who == "named":
        return []
    whole = "\n".join(texts)
    return sorted(name for name in cast.names if len(name) >= _LEAST and _stands(name, whole))


def _stands(name: str, text: str) -> bool:
    """Whether a name stands in a text as a word of its own, whatever its case."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _numbered(kinds: Mapping[bytes, str], who: Who) -> dict[bytes, str]:
    words = {each: (kind if who == "kind" else "") or UNKNOWN_KIND for each, kind in kinds.items()}
    counted, next_of = Counter(words.values()), defaultdict[str, int](int)
    called: dict[bytes, str] = {}
    for each in sorted(words):
        word = words[each]
        next_of[word] += 1
        called[each] = word if counted[word] == 1 and who == "kind" else f"{word} {next_of[word]}"
    return called
