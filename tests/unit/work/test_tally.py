"""The tally: every organisation has the same say, whatever the number of its people, and order does not matter."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securecall_client.work.tally import Ballot, Tally, tally
from securecall_client.work.template import Template
from securecall_client.work.values import Field, Type, Value

WORDS = ("legal aid", "relocation", "research", "training")
QUESTIONS = tuple(
    Field(kind, kind, kind.title(), () if kind == "number" else WORDS)
    for kind in ("rank", "points", "choices", "choice", "number")
)
ASKS = Template("all", 1, "All that can be counted", QUESTIONS)
VALUES: dict[Type, st.SearchStrategy[Value]] = {
    "rank": st.lists(st.sampled_from(WORDS), unique=True).map(tuple),
    "points": st.lists(st.integers(0, 2), min_size=4, max_size=4).map(lambda n: tuple(map(str, n)) if any(n) else ()),
    "choices": st.sets(st.sampled_from(WORDS)).map(lambda words: tuple(word for word in WORDS if word in words)),
    "choice": st.sampled_from([(), *((word,) for word in WORDS)]),
    "number": st.sampled_from([(), ("3",), ("-1.5",), ("1000000",)]),
}
BALLOTS = st.lists(
    st.builds(
        Ballot,
        organisation=st.sampled_from("abcde"),
        name=st.sampled_from(["Harbour Watch", "River Aid"]),
        values=st.fixed_dictionaries(dict(VALUES)),
    ),
    max_size=12,
)


def one(kind: Type, *said: tuple[str, Value]) -> Tally:
    """The tally of one question; each organisation by its letter and what one of its people said."""
    ballots = [Ballot(who, who.upper(), {kind: value}) for who, value in said]
    [found] = tally(ballots, Template("one", 1, "One", tuple(q for q in QUESTIONS if q.name == kind)))
    return found


def scores(found: Tally) -> dict[str, float]:
    return {scored.word: scored.score for scored in found.scores}


def test_ranks_are_counted_as_borda_did() -> None:
    found = one("rank", ("a", WORDS), ("b", ("training", "research", "relocation", "legal aid")))
    assert scores(found) == dict.fromkeys(WORDS, 1.0)
    found = one("rank", ("a", ("research",)))
    assert scores(found) == {"research": 1, "legal aid": 1 / 3, "relocation": 1 / 3, "training": 1 / 3}
    assert [scored.place for scored in found.scores] == [1, 2, 2, 2]


def test_points_approval_choices_and_numbers() -> None:
    assert scores(one("points", ("a", ("10", "0", "0", "0")), ("b", ("0", "5", "0", "0")))) == {
        "legal aid": 1, "relocation": 0.5, "research": 0, "training": 0,
    }  # fmt: skip
    assert scores(one("choices", ("a", WORDS), ("b", WORDS[:1])))["legal aid"] == 2
    assert scores(one("choice", ("a", WORDS[:1]), ("b", ()))) == dict(zip(WORDS, (1, 0, 0, 0), strict=True))
    numbers = one("number", ("a", ("1",)), ("b", ("2",)), ("c", ("6",))).numbers
    assert numbers is not None
    assert (numbers.mean, numbers.median, numbers.lowest, numbers.highest) == (3, 2, 1, 6)
    assert one("number").numbers is None


def test_people_of_one_organisation_share_its_one_say() -> None:
    found = one("choice", ("a", WORDS[:1]), ("a", WORDS[1:2]), ("a", WORDS[1:2]), ("b", WORDS[:1]))
    assert scores(found)["legal aid"] == pytest.approx(1 + 1 / 3)
    assert [(voice.name, voice.people) for voice in found.by_organisation] == [("A", 3), ("B", 1)]


def test_what_is_no_question_to_count_is_left_out() -> None:
    asks = Template("text", 1, "Text", (Field("why", "long", "Why"),))
    assert tally([Ballot("a", "A", {"why": ("because",)})], asks) == ()


@given(BALLOTS, st.randoms(use_true_random=False))
def test_order_does_not_matter(ballots: list[Ballot], chance: Random) -> None:
    shuffled = ballots.copy()
    chance.shuffle(shuffled)
    assert tally(shuffled, ASKS) == tally(ballots, ASKS)


@given(BALLOTS, st.sampled_from("abcde"), st.integers(1, 5))
def test_more_people_give_an_organisation_no_more_say(ballots: list[Ballot], who: str, times: int) -> None:
    """If each of its people is there several times over, nothing changes but how many they are."""
    many = [ballot for ballot in ballots for _ in range(times if ballot.organisation == who else 1)]
    for before, after in zip(tally(ballots, ASKS), tally(many, ASKS), strict=True):
        assert (before.scores, before.numbers) == (after.scores, after.numbers)


@given(BALLOTS)
def test_no_organisation_exceeds_its_share(ballots: list[Ballot]) -> None:
    for found in tally(ballots, ASKS):
        if found.type == "number":
            continue
        for voice in found.by_organisation:
            assert all(0 <= score <= 1 for score in voice.scores.values())
            if found.type in ("points", "choice"):
                assert sum(voice.scores.values()) <= 1 + 1e-9
            if found.type == "rank":
                assert sum(voice.scores.values()) == pytest.approx(len(WORDS) / 2)
        assert all(scored.score <= len(found.by_organisation) + 1e-9 for scored in found.scores)


@given(BALLOTS)
def test_the_whole_is_the_sum_of_its_organisations(ballots: list[Ballot]) -> None:
    for found in tally(ballots, ASKS):
        for scored in found.scores:
            total = sum(voice.scores.get(scored.word, 0) for voice in found.by_organisation)
            assert scored.score == pytest.approx(total)
