"""The tally of an exercise: what organisations rank, share out points on, approve, choose, or count.

All organisations have an equal say, whatever the number of their people: those of one organisation share its one say in
equal parts. `tally` is a pure function of the ballots and does not depend on their order; sums are exact.

A ranking is counted as Borda did (1781), scaled: of n words the first gets 1, the last 0, those between evenly spaced;
words that were left out share evenly what is left for them, so that every ballot gives away the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from statistics import median
from typing import NamedTuple

import msgspec

from securecall.sentences import sentence
from securecall_client.work.template import Template
from securecall_client.work.values import Field, Value

Scores = Mapping[str, Fraction]
_HOW: Mapping[str, str] = {
    "rank": sentence("each organisation gives 1 to what it puts first, 0 to what it puts last, and evenly between"),
    "points": sentence("each organisation has 1 to give, in the shares of its points"),
    "choices": sentence("each organisation gives 1 to everything that it names"),
    "choice": sentence("each organisation gives 1 to its choice"),
    "number": sentence("each organisation counts once"),
}


class Ballot(NamedTuple):
    """One answer: the organisation it counts for, its name, and a value for each question that is no table."""

    organisation: str
    name: str
    values: Mapping[str, Value]


class Scored(msgspec.Struct, frozen=True):
    """What a word got from all organisations together, and its place by that; words of one score share a place."""

    place: int
    word: str
    score: float


class Voice(msgspec.Struct, frozen=True):
    """What one organisation said: its score for each word, or its number under the name of the question."""

    organisation: str
    name: str
    people: int
    scores: dict[str, float]


class Numbers(msgspec.Struct, frozen=True):
    """What organisations counted."""

    mean: float
    median: float
    lowest: float
    highest: float


class Tally(msgspec.Struct, frozen=True):
    """The outcome of one question: `scores`, the highest first, of a question that chooses, else `numbers`."""

    question: str
    title: str
    type: str
    how: str
    scores: tuple[Scored, ...]
    numbers: Numbers | None
    by_organisation: tuple[Voice, ...]


class _Said(NamedTuple):
    """What the people of one organisation said to a question."""

    name: str
    each: tuple[Scores, ...]

    def share(self) -> Scores:
        """What the organisation said: the mean of its people."""
        words = {word for scores in self.each for word in scores}
        return {
            word: sum((scores.get(word, Fraction()) for scores in self.each), Fraction()) / len(self.each)
            for word in words
        }


def tally(ballots: Sequence[Ballot], template: Template) -> tuple[Tally, ...]:
    """The outcome of every question of a type that can be counted, in the order of the template."""
    return tuple(
        _count(question, ballots)
        for question in template.questions
        if isinstance(question, Field) and question.type in _HOW
    )


def _count(question: Field, ballots: Sequence[Ballot]) -> Tally:
    said = _said(question, ballots)
    shares = {organisation: one.share() for organisation, one in said.items()}
    voices = [
        Voice(
            organisation,
            one.name,
            len(one.each),
            {word: float(n) for word, n in _sorted(question, shares[organisation])},
        )
        for organisation, one in said.items()
    ]
    return Tally(
        question=question.name,
        title=question.title,
        type=question.type,
        how=_HOW[question.type],
        scores=() if question.type == "number" else _placed(question, shares.values()),
        numbers=_numbers(shares.values()) if question.type == "number" else None,
        by_organisation=tuple(sorted(voices, key=lambda voice: (voice.name, voice.organisation))),
    )


def _said(question: Field, ballots: Sequence[Ballot]) -> dict[str, _Said]:
    """Organisation to what its people said; one that is called two things goes by the first of them."""
    each: dict[str, list[Scores]] = defaultdict(list)
    names: dict[str, set[str]] = defaultdict(set)
    for ballot in ballots:
        if value := ballot.values.get(question.name, ()):
            each[ballot.organisation].append(_scores(question, value))
            names[ballot.organisation].add(ballot.name)
    return {organisation: _Said(min(names[organisation]), tuple(scores)) for organisation, scores in each.items()}


def _scores(question: Field, value: Value) -> Scores:
    """What one ballot gives: to each word at most 1, to the words of `points` and `choice` at most 1 together."""
    match question.type:
        case "rank":
            return _borda(question.words, value)
        case "points":
            return {word: Fraction(int(n), question.points) for word, n in zip(question.words, value, strict=True)}
        case "number":
            return {question.name: Fraction(value[0])}
        case _:
            return {word: Fraction(1) for word in value}


def _borda(words: Sequence[str], ranked: Value) -> Scores:
    last = max(len(words) - 1, 1)
    given = {word: Fraction(len(words) - 1 - place, last) for place, word in enumerate(ranked)}
    left_out = [word for word in words if word not in given]
    rest = Fraction(len(left_out) - 1, 2 * last)
    return given | dict.fromkeys(left_out, rest)


def _placed(question: Field, shares: Iterable[Scores]) -> tuple[Scored, ...]:
    total = dict.fromkeys(question.words, Fraction())
    for share in shares:
        for word, score in share.items():
            total[word] += score
    ordered = sorted(total.values(), reverse=True)
    # Words of one score stand in the order of the list: the sort is stable.
    by_score = sorted(total.items(), key=lambda one: -one[1])
    return tuple(Scored(ordered.index(score) + 1, word, float(score)) for word, score in by_score)


def _numbers(shares: Iterable[Scores]) -> Numbers | None:
    numbers = [number for share in shares for number in share.values()]
    if not numbers:
        return None
    mean = sum(numbers, Fraction()) / len(numbers)
    return Numbers(float(mean), float(median(numbers)), float(min(numbers)), float(max(numbers)))


def _sorted(question: Field, scores: Scores) -> list[tuple[str, Fraction]]:
    order = {word: place for place, word in enumerate(question.words)}
    return sorted(scores.items(), key=lambda one: order.get(one[0], 0))
