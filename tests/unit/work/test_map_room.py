"""What one member, or whoever answers for many, writes to keep everybody's computer busy is left out of the map."""

from collections.abc import Sequence
from itertools import product
from random import Random

import pytest

from securecall_client.acts import report_exercises
from securecall_client.work.map import Answer, draw
from securecall_client.work.map_csv import to_csv
from securecall_client.work.map_picture import to_svg
from securecall_client.work.map_room import ROOM, there_is_room
from securecall_client.work.map_rows import Row

pytestmark = pytest.mark.slow

SPANS = [(f"20{one:02}-01", f"21{other:02}-01") for one, other in product(range(40), range(25))]
HONEST = [
    Answer(f"h{number}", f"h{number}", f"Helpers {number}", (Row("legal aid", "KE"), Row("training", "KE-30")))
    for number in range(40)
]


def flood(name: str, spans: Sequence[tuple[str, str | None]] = SPANS) -> Answer:
    """A thousand rows that meet with all of another flood's."""
    return Answer(name, name, name.capitalize(), tuple(Row("floods", "KE", span) for span in spans))


def test_m12_many_floods_are_left_out_by_name_and_the_others_mapped_as_ever() -> None:
    floods = [flood(f"x{number:03}", [("1999-01", None)] * 1000) for number in range(160)]
    drawn = draw([*floods, *HONEST])
    assert drawn.overlaps == draw(HONEST).overlaps
    assert drawn.left_out == tuple(sorted(answer.name for answer in floods[1:]))
    assert all(f"What {name} answered is not in this map" in to_csv(drawn) for name in drawn.left_out)
    assert "Not in the map: too much to compare" in to_svg(drawn, "T")
    assert "X001" not in to_svg(drawn, "T", named=False)


def test_m12_two_who_flood_together_do_not_fill_the_memory() -> None:
    drawn = draw([flood("x"), *HONEST, flood("y")])
    assert len(drawn.overlaps) < ROOM
    assert drawn.left_out == ("Y",)


def test_m12_a_report_says_what_its_map_leaves_out() -> None:
    drawn = draw([flood("x"), flood("y")])
    said = [text for block in report_exercises._map(drawn, "T") for text in getattr(block, "items", ())]
    assert [text for text in said if "Y answered is not in this map" in text] != []


def test_m12_one_flood_alone_is_mapped_since_it_meets_with_nobody() -> None:
    drawn = draw([flood("x"), *HONEST])
    assert drawn.left_out == ()
    assert [one for one in drawn.alone if one.organisation == "X"] != []


def test_m12_words_that_all_need_and_all_offer_are_bounded_too() -> None:
    words = tuple(f"word {number}" for number in range(60))
    floods = [Answer(f"x{n:03}", f"x{n:03}", f"X{n}", (Row(needs=words, offers=words),)) for n in range(160)]
    drawn = draw([*floods, *HONEST])
    assert 0 < len(drawn.left_out) < 160
    assert len(drawn.matches) < ROOM
    assert drawn.overlaps == draw(HONEST).overlaps


def test_what_is_left_out_does_not_depend_on_the_order() -> None:
    answers = [flood("x"), flood("y"), flood("z"), *HONEST]
    expected = draw(answers)
    Random(5).shuffle(answers)
    assert draw(answers) == expected


def test_what_fits_is_all_taken_and_what_does_not_costs_the_heaviest() -> None:
    one, other = Row("a", "KE"), Row("b", "KE")
    answers = [("1", [one]), ("2", [one, one, one]), ("3", [other])]
    assert sorted(there_is_room(answers, 8)) == [0, 1, 2]
    assert sorted(there_is_room(answers, 7)) == [0, 2]
    assert sorted(there_is_room(answers, 1)) == [2]


def test_many_gaps_beside_many_plans_name_the_nearest_three() -> None:
    plans = [Answer("p", "p", "Plans", tuple(Row("aid", f"KE-{number:02}") for number in range(9)))]
    needs = [Answer("n", "n", "Needs", (Row(place="UG", needs=("aid",)), Row(place="KE-77", needs=("aid",))))]
    near = Answer("u", "u", "Upland", (Row("aid", "UG-1"),))
    sentences = [gap.why for gap in draw([*plans, *needs]).gaps]
    assert all(sentence.endswith(" and 6 more.") for sentence in sentences)
    [gap] = draw([*plans, *needs, near]).gaps
    assert gap.place == "KE-77"
    assert gap.why.endswith(" and 7 more.")
