"""Whom answers count for: each one organisation, in the map and in the tally (protocol 8.3)."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from securecall.sentences import sentence
from securecall_client import content
from securecall_client.acts.taking_part import counting
from securecall_client.exercise_kinds import AnswerFor, Given, Started
from securecall_client.view import SpaceView
from securecall_client.work import map as mapping
from securecall_client.work import template
from securecall_client.work.map_findings import Map
from securecall_client.work.map_rows import proposals, read_map_rows
from securecall_client.work.state import Origin
from securecall_client.work.tally import Ballot

Called = Callable[[bytes, str], str]
"""What stands for an organisation of that id and name."""


def by_name(_: bytes, name: str) -> str:
    """An organisation as itself."""
    return name


def ballots(view: SpaceView, counted: Sequence[tuple[Origin, Given]], called: Called = by_name) -> list[Ballot]:
    """The answers that count, for the tally."""
    parties = [(party_of(view, origin, answer), answer) for origin, answer in counted]
    return [
        Ballot(
            party[0].hex(),
            called(*party),
            {part.question: part.rows[0][0] for part in answer.questions if part.rows},
        )
        for party, answer in parties
        if party is not None
    ]


def draw_map(view: SpaceView, body: Started, called: Called = by_name) -> Map:
    """The map of an exercise, drawn from the answers that count and are open in ``view``."""
    return mapping.draw(map_answers(view, body, called), proposals(template.parse(body.template)))


def map_answers(view: SpaceView, body: Started, called: Called = by_name) -> list[mapping.Answer]:
    """What a map of an exercise is drawn from."""
    asks, counted = template.parse(body.template), counting(view, body.exercise)
    # Two authors can choose one id for their records, and then the author stands behind it.
    times = Counter(origin.record for origin, _ in counted)
    drawn = [
        mapping.Answer(
            answer=(origin.record if times[origin.record] == 1 else origin.record + origin.author).hex(),
            organisation=party[0].hex(),
            name=called(*party),
            rows=read_map_rows(answer.questions, asks),
            on_behalf=isinstance(answer, AnswerFor),
        )
        for origin, answer in counted
        if (party := party_of(view, origin, answer)) is not None
    ]
    # Guests are told the same of several: the kind of organisation. They are counted, and told apart, all the same.
    bearers = Counter(name for _, name in {(each.organisation, each.name) for each in drawn})
    return [
        each if bearers[each.name] == 1 else replace(each, name=f"{each.name} ({each.organisation[:4]})")
        for each in drawn
    ]


def party_of(view: SpaceView, origin: Origin, answer: Given) -> tuple[bytes, str] | None:
    """Id and name of the organisation that an answer counts for in the map; whoever has none counts for themselves.

    None for an answer on behalf of an organisation that the coalition does not have.
    """
    if isinstance(answer, AnswerFor):
        known = known_organisations(view)
        if known is not None and answer.organisation not in known:
            return None
        return answer.organisation, organisation_name(view, answer.organisation)
    name = view.state.org(origin.author) or view.state.name(origin.author)
    return view.state.organisation(origin.author) or origin.author, name


def known_organisations(view: SpaceView) -> Mapping[bytes, content.Organisation] | None:
    """The coalition's organisations; None to whoever is not in the coalition."""
    return view.parent.state.organisations if view.parent is not None and view.parent.is_in() else None


def organisation_name(view: SpaceView, organisation: bytes) -> str:
    """The name of an organisation of the coalition; guests, who are not in it, are told none."""
    known = known_organisations(view)
    if known is not None and organisation in known:
        return known[organisation].name
    which = "an organisation" if known is None else sentence("an unknown organisation")
    return f"{which} ({organisation.hex()[:8]})"
