"""One sentence for each finding that says why it is one."""

from collections.abc import Sequence
from functools import reduce

from securecall.sentences import Sentence, sentence
from securecall_client.work.months import Span, phrase
from securecall_client.work.places import contains, name

NAMED = 3
"""Of those whom a sentence mentions by the way."""


def overlap(activity: str, places: Sequence[str], months: Span, organisations: Sequence[str]) -> Sentence:
    """Why this is an overlap; ``places`` are one, or two of which one contains the other."""
    first, second = organisations
    words = {"first": first, "second": second, "activity": activity, "months": phrase(months)}
    if len(places) == 1:
        return sentence(
            "%(first)s and %(second)s both name “%(activity)s” in %(place)s, %(months)s.",
            **words,
            place=name(places[0]),
        )
    outer, inner = places if contains(places[0], places[1]) else reversed(places)
    return sentence(
        "%(first)s and %(second)s both name “%(activity)s” in %(outer)s, which contains %(inner)s, %(months)s.",
        **words,
        outer=name(outer),
        inner=name(inner),
    )


def gap(
    activity: str, place: str, organisations: Sequence[str], elsewhere: Sequence[tuple[str, str]], number: int
) -> Sentence:
    """Why this is a gap at ``place``; ``organisations`` are those who need it, at least one.

    ``elsewhere``: names and places (empty for none) of those who plan it, the nearest `NAMED`, of ``number``.
    """
    words = {"activity": activity, "place": name(place), "who": _several(organisations)}
    if len(organisations) == 1:
        needed = sentence("%(who)s needs “%(activity)s” in %(place)s", **words)
    else:
        needed = sentence("%(who)s need “%(activity)s” in %(place)s", **words)
    if not elsewhere:
        return sentence("%(needed)s, and nobody plans it anywhere.", needed=needed)
    others = [
        sentence("%(name)s (%(place)s)", name=who, place=name(where)) if where else who for who, where in elsewhere
    ]
    return sentence(
        "%(needed)s, and nobody plans it there; elsewhere: %(others)s.", needed=needed, others=_first(others, number)
    )


def unplanned(activity: str) -> Sentence:
    """Why a word of the template's list is a gap."""
    return sentence("“%(activity)s” is on the list of this exercise, and nobody plans it anywhere.", activity=activity)


def offer(need: str, offered: str, needs: str, offers: str) -> Sentence:
    """Why the organisation ``needs`` and the organisation ``offers`` match."""
    if need == offered:
        return sentence("%(needs)s needs “%(need)s”, and %(offers)s offers it.", needs=needs, need=need, offers=offers)
    return sentence(
        "%(needs)s needs “%(need)s”, and %(offers)s offers “%(offered)s”.",
        needs=needs,
        need=need,
        offers=offers,
        offered=offered,
    )


def reach(wish: str, target: str, wishes: str, reaches: str, doors: Sequence[str]) -> Sentence:
    """Why the organisation ``wishes`` and the organisation ``reaches`` match."""
    whom = sentence("them") if wish == target else sentence("“%(target)s”", target=target)
    words = {"wishes": wishes, "wish": wish, "reaches": reaches, "whom": whom}
    if not doors:
        return sentence("%(wishes)s wishes to reach “%(wish)s”, and %(reaches)s can reach %(whom)s.", **words)
    return sentence(
        "%(wishes)s wishes to reach “%(wish)s”, and %(reaches)s can reach %(whom)s, through %(doors)s.",
        **words,
        doors=reduce(_or, (sentence("“%(door)s”", door=door) for door in doors)),
    )


def alone(activity: str, place: str, organisation: str, months: Sequence[Span], others: Sequence[str]) -> Sentence:
    """Why ``organisation`` is alone there; ``others`` have that activity there in other months than ``months``."""
    words = {"organisation": organisation, "activity": activity, "place": name(place)}
    if not others:
        return sentence("Only %(organisation)s names “%(activity)s” in %(place)s.", **words)
    only = sentence(
        "Only %(organisation)s names “%(activity)s” in %(place)s %(months)s",
        **words,
        months=reduce(_and, map(phrase, months)),
    )
    if len(others) == 1:
        return sentence("%(only)s; %(other)s names it there in other months.", only=only, other=others[0])
    return sentence(
        "%(only)s; %(others)s name it there in other months.", only=only, others=_first(others, len(others))
    )


def on_behalf(organisation: str) -> Sentence:
    """What is to be known of ``organisation``."""
    return sentence(
        "What stands here for %(organisation)s was entered on their behalf, and they have not confirmed it.",
        organisation=organisation,
    )


def left_out(organisation: str) -> Sentence:
    """What is to be known of ``organisation`` where an answer of it is not in the map."""
    return sentence(
        "What %(organisation)s answered is not in this map: with it there would be too much to compare.",
        organisation=organisation,
    )


def _and(one: Sentence, other: Sentence) -> Sentence:
    return sentence("%(one)s and %(other)s", one=one, other=other)


def _or(one: Sentence, other: Sentence) -> Sentence:
    return sentence("%(one)s or %(other)s", one=one, other=other)


def _first(words: Sequence[str], number: int) -> str:
    """The first few of ``number`` words, and how many more there are."""
    more = number - NAMED
    return _several([*words[:NAMED], sentence("%(more)s more", more=more)] if more > 0 else words)


def _several(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else sentence("%(words)s and %(last)s", words=words[:-1], last=words[-1])
