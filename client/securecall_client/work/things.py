"""The things that people talk about: as they are typed, as they are told, and when two are the same. Pure.

A thing is typed as `doc:ID`, `row:ANSWER:N`, `finding:KIND:WORD:PLACE` (or `finding:EXERCISE/KIND:…`) or `decision:ID`;
the space itself is nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Literal, get_args

from securecall.sentences import Sentence, sentence
from securecall_client import parts
from securecall_client.errors import NotFoundError
from securecall_client.exercise_kinds import Given
from securecall_client.work import template
from securecall_client.work.answers import all_given, find_answer
from securecall_client.work.find import find
from securecall_client.work.map_findings import Map
from securecall_client.work.question import Table
from securecall_client.work.state import Origin, State
from securecall_client.work.values import in_words
from securecall_client.work.words import key

Finding = Literal["overlap", "gap", "match", "alone"]
FORMS = sentence("doc:ID, row:ANSWER:N, finding:gap:WORD:PLACE (or overlap, match, alone) or decision:ID")
SHOWN = 60
"""Characters of a text that a thing is told by."""


def same(on: parts.On) -> parts.On:
    """What two ways to name one thing share: of a finding's word its `words.key`."""
    if isinstance(on, parts.OnFinding):
        return parts.OnFinding(on.exercise, on.finding, key(on.word), on.place)
    return on


def read_thing(state: State, maps: Mapping[bytes, Map], typed: str) -> parts.On:
    """What ``typed`` names in a call; nothing names the call itself. ``maps``: exercise to its map as it is now.

    Raises: NotFoundError.
    """
    what, _, rest = typed.strip().partition(":")
    match what:
        case "":
            return parts.OnSpace()
        case "doc":
            names = {each: versions[-1].body.name for each, versions in state.documents.items()}
            return parts.OnDocument(find(sentence("document"), rest, names))
        case "row":
            return read_row(state, rest)
        case "finding":
            return _finding(state, maps, rest)
        case "decision":
            return parts.OnDecision(
                find(sentence("decision"), rest, {each: body.text for each, (_, body) in state.decisions.items()})
            )
        case _:
            raise NotFoundError(
                sentence("“%(typed)s” names nothing that one can talk about.", typed=typed),
                hint=sentence("Write %(forms)s.", forms=FORMS),
            )


def read_row(state: State, typed: str) -> parts.OnRow:
    """The row that `ANSWER:N` names; N counts from 0, as the map does. Raises: NotFoundError."""
    answer, _, number = typed.strip().rpartition(":")
    origin, body = find_answer(state, answer)
    rows = list(_rows(state, body))
    if not number.isdecimal() or int(number) >= len(rows):
        raise NotFoundError(
            sentence("There is no row “%(number)s” in that answer.", number=number),
            hint=sentence("It has %(number)s, and the first is 0: row:ANSWER:0.", number=len(rows)),
        )
    return parts.OnRow(body.exercise, origin.author, origin.record, int(number))


def things(state: State) -> Iterator[parts.On]:
    """What can be talked about, and what was; findings of maps only if they were."""
    yield parts.OnSpace()
    yield from (versions[0][1].on for versions in state.messages.values())
    yield from map(parts.OnDocument, state.documents)
    yield from map(parts.OnDecision, state.decisions)
    for origin, body in all_given(state):
        for number, _ in enumerate(_rows(state, body)):
            yield parts.OnRow(body.exercise, origin.author, origin.record, number)


def find_row(state: State, on: parts.OnRow) -> tuple[Origin, Given, str] | None:
    """The answer that a row is of, and the row in words; None if it is not here."""
    for origin, body in all_given(state):
        if (body.exercise, origin.author, origin.record) == (on.exercise, on.author, on.answer):
            rows = list(_rows(state, body))
            return (origin, body, rows[on.row]) if on.row < len(rows) else None
    return None


def _rows(state: State, body: Given) -> Iterator[str]:
    """The rows of an answer's tables in words, by what comes first in them."""
    if not body.questions:
        return
    asks = template.parse(state.exercises[body.exercise][1].template)
    for part, question in zip(body.questions, asks.questions, strict=True):
        if isinstance(question, Table):
            for cells in part.rows:
                told = map(in_words, question.columns, cells)
                yield ", ".join([word for word in told if word][:2])


def _finding(state: State, maps: Mapping[bytes, Map], typed: str) -> parts.OnFinding:
    """A finding that a map has now, or that was talked about when one had it. Raises: NotFoundError."""
    first, _, about = typed.partition(":")
    exercise, _, kind = first.rpartition("/")
    known = [
        on for on in (versions[0][1].on for versions in state.messages.values()) if isinstance(on, parts.OnFinding)
    ]
    drawn = [parts.OnFinding(each, *finding) for each, of in maps.items() for finding in findings(of)]
    found = {
        same(on): on
        for on in (*drawn, *known)
        if on.finding == kind and key(about) == key(_about(on)) and on.exercise.hex().startswith(exercise)
    }
    if len(found) == 1:
        return found.popitem()[1]
    if found:
        forms = sorted(map(typed_as, found.values()))
        raise NotFoundError(
            "Several exercises have that finding.",
            hint=sentence("Write one of: %(forms)s", forms=forms),
            code="ambiguous",
        )
    raise NotFoundError(
        sentence("There is no finding “%(typed)s” on the map now.", typed=typed),
        hint=sentence(
            "Write %(get_args)s, the word and the place, as in finding:gap:legal aid:KE.",
            get_args="|".join(get_args(Finding)),
        ),
    )


def _about(on: parts.OnFinding) -> str:
    return f"{on.word}:{on.place}" if on.place else on.word


def findings(drawn: Map) -> Iterator[tuple[Finding, str, str]]:
    """What the findings of a map are about: kind, activity or need, and place (of an overlap each; of a match none)."""
    for overlap in drawn.overlaps:
        yield from (("overlap", overlap.activity, place) for place in overlap.places)
    yield from (("gap", gap.activity, gap.place) for gap in drawn.gaps)
    yield from (("match", match.need, "") for match in drawn.matches)
    yield from (("alone", alone.activity, alone.place) for alone in drawn.alone)


def typed_as(on: parts.On) -> str:
    """A thing as it can be typed again."""
    match on:
        case parts.OnSpace():
            return ""
        case parts.OnDocument():
            return f"doc:{on.document.hex()}"
        case parts.OnRow():
            return f"row:{on.answer.hex()}:{on.row}"
        case parts.OnFinding():
            return f"finding:{on.exercise.hex()[:8]}/{on.finding}:{_about(on)}"
        case parts.OnDecision():
            return f"decision:{on.decision.hex()}"


def told(state: State, on: parts.On, space: str) -> str:
    """A thing in words; ``space`` is what the space itself is called (`the call`)."""
    match on:
        case parts.OnSpace():
            return space
        case parts.OnDocument():
            versions = state.documents.get(on.document)
            return (
                sentence("the document %(name)s", name=versions[-1].body.name)
                if versions
                else sentence("a document that is not here")
            )
        case parts.OnRow():
            found = find_row(state, on)
            if found is None:
                return sentence("a row of an answer that is not here")
            return sentence("the row “%(found)s” of %(author)s", found=found[2], author=state.name(on.author))
        case parts.OnFinding():
            if not on.place:
                return sentence("the %(finding)s %(word)s", finding=Sentence(on.finding), word=on.word)
            return sentence(
                "the %(finding)s %(word)s in %(place)s", finding=Sentence(on.finding), word=on.word, place=on.place
            )
        case parts.OnDecision():
            known = state.decisions.get(on.decision)
            return (
                sentence("the decision “%(text)s”", text=known[1].text[:SHOWN])
                if known
                else sentence("a decision that is not here")
            )
