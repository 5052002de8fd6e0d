"""An answer as the fields of a form: what is typed becomes what is meant, and comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securecall_client.work.answer_form import Fault, faults, fill_form, meant, read_form
from securecall_client.work.months import typed_month
from securecall_client.work.places import find_place, place_shown, to_choose_from
from securecall_client.work.question import Table
from securecall_client.work.rows import Raw, read_answer, to_json
from securecall_client.work.template import Template, load, parse
from securecall_client.work.values import Field
from tests.answers import WHO

ALL = parse(
    """
name = "all"
version = 1
title = "Of every type"
"""
    + "".join(
        f"""
[[questions]]
name = "{kind}"
type = "{kind}"
title = "{kind}"
{'words = ["one", "two", "three"]' if kind in ("choice", "choices", "rank", "points", "word") else ""}
"""
        for kind in ("text", "long", "choice", "choices", "rank", "points", "number", "months", "organisation", "word")
    )
)


def typed(*rows: dict[str, str], **alone: str) -> list[tuple[str, str]]:
    """The fields of a form with these rows."""
    cells = [(f"row:rows:{key}:{column}", text) for key, row in enumerate(rows) for column, text in row.items()]
    return [*cells, *((f"one:{name}", text) for name, text in alone.items())]


def refilled(raw: Raw, asks: Template) -> list[tuple[str, str]]:
    """The fields of a form that was filled from an answer, as a browser sends them."""
    fields: list[tuple[str, str]] = []
    filled = fill_form(raw, asks)
    for question in asks.questions:
        one = filled[question.name]
        if isinstance(question, Table):
            fields += [
                (f"row:{question.name}:{key}:{column}", text)
                for key, row in enumerate(one.rows)
                for column, text in row.items()
            ]
        elif question.type == "rank":
            fields += [(f"part:{question.name}:{at}", word) for at, word in enumerate(one.texts)]
        elif question.type == "points":
            fields += [
                (f"part:{question.name}:{at}", one.parts.get(word, "")) for at, word in enumerate(question.words)
            ]
        else:
            fields += [(f"one:{question.name}", text) for text in one.texts]
    return fields


def test_what_is_typed_becomes_what_is_meant() -> None:
    row = {"activity": "legal aid", "place": "kenya", "from": "3/2027", "to": "Jun-27", "status": "planned"}
    lists = {"with": "Harbour Watch, Amina", "needs": "money; cars, small ones", "offers": ""}
    found = read_form(typed(row | lists, note=" two\r\nlines "), WHO)
    assert found.raw == {
        "rows": [
            {
                "activity": "legal aid",
                "place": "KE",
                "from": "2027-03",
                "to": "2027-06",
                "status": "planned",
                "with": ["Harbour Watch", "Amina"],
                "needs": ["money", "cars, small ones"],
            }
        ],
        "note": "two\nlines",
    }
    assert faults(found.raw, WHO) == []
    read_answer(found.raw, WHO)


def test_rows_without_a_word_are_passed_over_and_the_others_keep_their_keys() -> None:
    fields = [("row:rows:7:activity", " "), ("row:rows:12:place", "FR"), ("row:rows:3:activity", "training")]
    found = read_form([*fields, ("row:other:1:x", "y"), ("one:nothing", "z"), ("row:rows:1", "q"), ("_", "")], WHO)
    assert found.rows == {"rows": [("12", 2), ("3", 3)]}
    assert found.raw == {"rows": [{"place": "FR"}, {"activity": "training"}]}


def test_every_fault_is_named_where_it_stands() -> None:
    rows = [
        {"activity": "training", "place": "Atlantis", "status": "perhaps"},
        {"activity": "training", "place": "FR", "status": "planned", "from": "2027-05", "to": "2027-04"},
    ]
    found = faults(read_form(typed(*rows), WHO).raw, WHO)
    assert [fault[:3] for fault in found] == [("rows", 0, "place"), ("rows", 0, "status"), ("rows", 1, "to")]
    assert "Atlantis" in found[0].why
    assert "before" in found[2].why
    assert faults({"rows": [{}]}, WHO)[0] == Fault("rows", 0, "activity", "is missing.")


def test_questions_that_are_no_tables_are_typed_and_come_back() -> None:
    fields = [
        ("one:text", "a word"), ("one:long", "one\r\ntwo"), ("one:choice", "two"), ("one:choices", "one"),
        ("one:choices", "three"), ("part:rank:0", "three"), ("part:rank:1", ""), ("part:rank:2", "one"),
        ("part:points:0", "7"), ("part:points:2", "3"), ("one:number", "12.5"), ("one:months", "2027-01 to 2027-03"),
        ("one:organisation", "Harbour Watch"), ("one:word", "four"),
    ]  # fmt: skip
    raw = read_form(fields, ALL).raw
    assert raw["rank"] == ["three", "one"]
    assert raw["points"] == {"one": 7, "three": 3}
    assert raw["months"] == "2027-01/2027-03"
    given_ = read_answer(raw, ALL)
    again = read_form(refilled(to_json(given_, ALL), ALL), ALL).raw
    assert read_answer(again, ALL) == given_
    assert "points" in [fault.column for fault in faults({"points": {"one": "many"}}, ALL)]


def test_one_word_twice_in_an_order_is_said() -> None:
    raw = read_form([("part:rank:0", "two"), ("part:rank:1", "two")], ALL).raw
    assert any(fault.column == "rank" and "twice" in fault.why for fault in faults(raw, ALL))


PLACES = [code for country in ("KE", "GB") for _, places in to_choose_from(country) for code, _ in places]
WORD = st.text(st.characters(categories=("L", "N", "P"), exclude_characters=";"), min_size=1, max_size=12)


@given(st.lists(WORD, min_size=1, max_size=5), st.sampled_from(PLACES))
def test_whatever_was_answered_comes_back_from_its_fields(words: list[str], place: str) -> None:
    words = [word.strip(",") or "x" for word in words]
    raw = {"rows": [{"activity": words[0], "place": place, "status": "planned", "needs": words}]}
    assert read_form(refilled(raw, WHO), WHO).raw == raw


def test_a_draft_of_any_shape_fills_a_form() -> None:
    shapes: tuple[object, ...] = (None, 3, "x", [1, {"place": 7}], {"a": [1]}, [[]])
    for value in shapes:
        fields = refilled({"rows": value, "note": value, "unknown": value}, WHO)
        read_form(fields, WHO)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2027-03", "2027-03"), ("2027-3", "2027-03"), ("03/2027", "2027-03"), ("3.2027", "2027-03"),
        ("2027-03-15", "2027-03"), ("Mar-27", "2027-03"), ("March 2027", "2027-03"), ("Sept. 2027", "2027-09"),
        ("Ma 27", None), ("2027-13", None), ("spring", None), ("", None), ("0/2027", None), ("May27", "2027-05"),
    ],
)  # fmt: skip
def test_months_are_read_as_people_and_spreadsheets_write_them(text: str, month: str | None) -> None:
    assert typed_month(text) == month


def test_places_are_found_by_name_and_shown_so_that_they_are_found_again() -> None:
    assert find_place("kenya") == find_place("ke") == find_place("KE") == "KE"
    assert find_place("Nairobi City, Kenya") == find_place("Nairobi City") == "KE-30"
    assert find_place("Georgia") == "GE"
    assert find_place("Central") is None
    assert find_place("Atlantis") is None
    for code in [*PLACES, "XX-99"]:
        shown = place_shown(code)
        assert shown == code or find_place(shown) == code


def test_a_span_and_a_list_with_points_are_meant() -> None:
    span = Field("months", "months", "When")
    assert meant(span, "2027-01/") == "2027-01/"
    assert meant(span, "Jan 2027 – Mar 2027") == "2027-01/2027-03"
    assert meant(span, "March 2027") == "2027-03"
    assert meant(Field("p", "points", "P", ("a", "b")), "a=3, b=2") == ["a=3", "b=2"]
    assert load("temperature").questions[0].name == "stand"
