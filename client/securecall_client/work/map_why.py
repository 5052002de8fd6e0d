"""One sentence for each finding that says why it is one."""

from collections.abc import Sequence

from securecall.sentences import sentence
from securecall_client.work.months import Span, phrase
from securecall_client.work.places import contains, name

NAMED = 3
"""Of those whom a sentence mentions by the way."""


def overlap(activity: str, places: Sequence[str], months: Span, organisations: Sequence[str]) -> str:
    """Why this is an overlap; ``places`` are one, or two of which one contains the other."""
    who = " and ".join(organisations)
    return sentence(
        "%(who)s both name “%(activity)s” %(where)s, %(phrase)s.",
        who=who,
        activity=activity,
        where=_where(places),
        phrase=phrase(months),
    )


def gap(
    activity: str, place: str, organisations: Sequence[str], elsewhere: Sequence[tuple[str, str]], number: int
) -> str:
    """Why this is a gap at ``place``; ``organisations`` are those who need it, at least one.

    ``elsewhere``: names and places (empty for none) of those who plan it, the nearest `NAMED`, of ``number``.
    """
    verb = "needs" if len(organisations) == 1 else "need"
    needed = sentence(
        "%(several)s %(verb)s “%(activity)s” in %(place)s, and nobody plans it",
        several=_several(organisations),
        verb=verb,
        activity=activity,
        place=name(place),
    )
    if not elsewhere:
        return sentence("%(needed)s anywhere.", needed=needed)
    others = [f"{who} ({name(where)})" if where else who for who, where in elsewhere]
    return sentence("%(needed)s there; elsewhere: %(first)s.", needed=needed, first=_first(others, number))


def unplanned(activity: str) -> str:
    """Why a word of the template's list is a gap."""
    return sentence("“%(activity)s” is on the list of this exercise, and nobody plans it anywhere.", activity=activity)


def offer(need: str, offered: str, needs: str, offers: str) -> str:
    """Why the organisation ``needs`` and the organisation ``offers`` match."""
    what = "it" if need == offered else f"“{offered}”"
    return sentence(
        "%(needs)s needs “%(need)s”, and %(offers)s offers %(what)s.", needs=needs, need=need, offers=offers, what=what
    )


def reach(wish: str, target: str, wishes: str, reaches: str, doors: Sequence[str]) -> str:
    """Why the organisation ``wishes`` and the organisation ``reaches`` match."""
    whom = "them" if wish == target else f"“{target}”"
    through = sentence(", through %(door)s", door=" or ".join(f"“{door}”" for door in doors)) if doors else ""
    return sentence(
        "%(wishes)s wishes to reach “%(wish)s”, and %(reaches)s can reach %(whom)s%(through)s.",
        wishes=wishes,
        wish=wish,
        reaches=reaches,
        whom=whom,
        through=through,
    )


def alone(activity: str, place: str, organisation: str, months: Sequence[Span], others: Sequence[str]) -> str:
    """Why ``organisation`` is alone there; ``others`` have that activity there in other months than ``months``."""
    only = sentence(
        "Only %(organisation)s names “%(activity)s” in %(place)s",
        organisation=organisation,
        activity=activity,
        place=name(place),
    )
    if not others:
        return f"{only}."
    verb = "names" if len(others) == 1 else "name"
    when = " and ".join(phrase(span) for span in months)
    return sentence(
        "%(only)s %(when)s; %(first)s %(verb)s it there in other months.",
        only=only,
        when=when,
        first=_first(others, len(others)),
        verb=verb,
    )


def on_behalf(organisation: str) -> str:
    """What is to be known of ``organisation``."""
    return sentence(
        "What stands here for %(organisation)s was entered on their behalf, and they have not confirmed it.",
        organisation=organisation,
    )


def left_out(organisation: str) -> str:
    """What is to be known of ``organisation`` where an answer of it is not in the map."""
    return sentence(
        "What %(organisation)s answered is not in this map: with it there would be too much to compare.",
        organisation=organisation,
    )


def _where(places: Sequence[str]) -> str:
    if len(places) == 1:
        return sentence("in %(places)s", places=name(places[0]))
    outer, inner = places if contains(places[0], places[1]) else reversed(places)
    return sentence("in %(outer)s, which contains %(inner)s", outer=name(outer), inner=name(inner))


def _first(words: Sequence[str], number: int) -> str:
    """The first few of ``number`` words, and how many more there are."""
    more = number - NAMED
    return _several([*words[:NAMED], sentence("%(more)s more", more=more)] if more > 0 else words)


def _several(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else sentence("%(words)s and %(words2)s", words=words[:-1], words2=words[-1])
