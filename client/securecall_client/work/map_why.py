"""One sentence for each finding that says why it is one."""

from collections.abc import Sequence

from securecall_client.work.months import Span, phrase
from securecall_client.work.places import contains, name


def overlap(activity: str, places: Sequence[str], months: Span, organisations: Sequence[str]) -> str:
    """Why this is an overlap; ``places`` are one, or two of which one contains the other."""
    who = " and ".join(organisations)
    return f"{who} both name “{activity}” {_where(places)}, {phrase(months)}."


def gap(activity: str, place: str, organisations: Sequence[str]) -> str:
    """Why this is a gap; ``organisations`` are those who need it, at least one."""
    verb = "needs" if len(organisations) == 1 else "need"
    return f"{_several(organisations)} {verb} “{activity}” in {name(place)}, and nobody plans it there."


def match(need: str, offer: str, needs: str, offers: str) -> str:
    """Why the organisation ``needs`` and the organisation ``offers`` match."""
    what = "it" if need == offer else f"“{offer}”"
    return f"{needs} needs “{need}”, and {offers} offers {what}."


def alone(activity: str, place: str, organisation: str) -> str:
    """Why ``organisation`` is alone there."""
    return f"Only {organisation} names “{activity}” in {name(place)}."


def on_behalf(organisation: str) -> str:
    """What is to be known of ``organisation``."""
    return f"What stands here for {organisation} was entered on their behalf, and they have not confirmed it."


def _where(places: Sequence[str]) -> str:
    if len(places) == 1:
        return f"in {name(places[0])}"
    outer, inner = places if contains(places[0], places[1]) else reversed(places)
    return f"in {name(outer)}, which contains {name(inner)}"


def _several(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
