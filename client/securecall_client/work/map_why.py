"""One sentence for each finding that says why it is one."""

from collections.abc import Sequence

from securecall_client.work.months import Span, phrase
from securecall_client.work.places import contains, name

NAMED = 3
"""Of those whom a sentence mentions by the way."""


def overlap(activity: str, places: Sequence[str], months: Span, organisations: Sequence[str]) -> str:
    """Why this is an overlap; ``places`` are one, or two of which one contains the other."""
    who = " and ".join(organisations)
    return f"{who} both name “{activity}” {_where(places)}, {phrase(months)}."


def gap(
    activity: str, place: str, organisations: Sequence[str], elsewhere: Sequence[tuple[str, str]], number: int
) -> str:
    """Why this is a gap at ``place``; ``organisations`` are those who need it, at least one.

    ``elsewhere``: names and places (empty for none) of those who plan it, the nearest `NAMED`, of ``number``.
    """
    verb = "needs" if len(organisations) == 1 else "need"
    needed = f"{_several(organisations)} {verb} “{activity}” in {name(place)}, and nobody plans it"
    if not elsewhere:
        return f"{needed} anywhere."
    others = [f"{who} ({name(where)})" if where else who for who, where in elsewhere]
    return f"{needed} there; elsewhere: {_first(others, number)}."


def unplanned(activity: str) -> str:
    """Why a word of the template's list is a gap."""
    return f"“{activity}” is on the list of this exercise, and nobody plans it anywhere."


def offer(need: str, offered: str, needs: str, offers: str) -> str:
    """Why the organisation ``needs`` and the organisation ``offers`` match."""
    what = "it" if need == offered else f"“{offered}”"
    return f"{needs} needs “{need}”, and {offers} offers {what}."


def reach(wish: str, target: str, wishes: str, reaches: str, doors: Sequence[str]) -> str:
    """Why the organisation ``wishes`` and the organisation ``reaches`` match."""
    whom = "them" if wish == target else f"“{target}”"
    through = f", through {' or '.join(f'“{door}”' for door in doors)}" if doors else ""
    return f"{wishes} wishes to reach “{wish}”, and {reaches} can reach {whom}{through}."


def alone(activity: str, place: str, organisation: str, months: Sequence[Span], others: Sequence[str]) -> str:
    """Why ``organisation`` is alone there; ``others`` have that activity there in other months than ``months``."""
    only = f"Only {organisation} names “{activity}” in {name(place)}"
    if not others:
        return f"{only}."
    verb = "names" if len(others) == 1 else "name"
    when = " and ".join(phrase(span) for span in months)
    return f"{only} {when}; {_first(others, len(others))} {verb} it there in other months."


def on_behalf(organisation: str) -> str:
    """What is to be known of ``organisation``."""
    return f"What stands here for {organisation} was entered on their behalf, and they have not confirmed it."


def left_out(organisation: str) -> str:
    """What is to be known of ``organisation`` where an answer of it is not in the map."""
    return f"What {organisation} answered is not in this map: with it there would be too much to compare."


def _where(places: Sequence[str]) -> str:
    if len(places) == 1:
        return f"in {name(places[0])}"
    outer, inner = places if contains(places[0], places[1]) else reversed(places)
    return f"in {name(outer)}, which contains {name(inner)}"


def _first(words: Sequence[str], number: int) -> str:
    """The first few of ``number`` words, and how many more there are."""
    more = number - NAMED
    return _several([*words[:NAMED], f"{more} more"] if more > 0 else words)


def _several(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
