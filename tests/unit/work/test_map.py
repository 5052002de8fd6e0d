"""The map: what each finding is, by cases made by hand, and what holds for every set of answers."""

import csv
import io
import json
from itertools import combinations, permutations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from securecall_client.work.cells import restore
from securecall_client.work.map import Answer, draw
from securecall_client.work.map_csv import HEADER, to_csv
from securecall_client.work.map_findings import Alone, Gap, Match, Overlap, RowRef
from securecall_client.work.map_rows import Row
from securecall_client.work.months import common
from securecall_client.work.places import contains
from securecall_client.work.words import key


def row(
    activity: str = "legal aid",
    place: str = "KE",
    months: tuple[str | None, str | None] = (None, None),
    needs: tuple[str, ...] = (),
    offers: tuple[str, ...] = (),
) -> Row:
    return Row(activity, place, months, needs, offers)


def answers(**by_organisation: list[Row]) -> list[Answer]:
    return [Answer(f"{n}1", n, n.capitalize(), tuple(rows)) for n, rows in by_organisation.items()]


OVERLAP = {
    "the same place": (row(), row(), True),
    "a country and its part": (row(), row(place="KE-30"), True),
    "a part and its country": (row(place="KE-30"), row(), True),
    "a part of a part": (row(place="GB-LND"), row(place="GB-ENG"), True),
    "two parts": (row(place="KE-30"), row(place="KE-01"), False),
    "two countries": (row(), row(place="UG"), False),
    "two activities": (row(), row("relief"), False),
    "one activity typed differently": (row("Legal  Aid "), row("legal aid"), True),
    "months that meet in one": (row(months=("2026-01", "2026-03")), row(months=("2026-03", None)), True),
    "months that do not meet": (row(months=("2026-01", "2026-02")), row(months=("2026-03", None)), False),
}


@pytest.mark.parametrize(("one", "other", "found"), OVERLAP.values(), ids=OVERLAP)
def test_an_overlap(one: Row, other: Row, found: bool) -> None:
    assert len(draw(answers(amani=[one], baraza=[other])).overlaps) == found


def test_an_overlap_names_places_months_organisations_rows_and_why() -> None:
    drawn = draw(
        answers(
            baraza=[row("relief"), row("Legal aid", "KE-30", ("2026-03", None))],
            amani=[row(months=(None, "2026-06"))],
            chama=[row()],
        )
    )
    assert drawn.overlaps[0] == Overlap(
        activity="legal aid",
        places=("KE",),
        from_=None,
        to="2026-06",
        organisations=("Amani", "Chama"),
        rows=(RowRef("amani1", 0), RowRef("chama1", 0)),
        why="Amani and Chama both name “legal aid” in Kenya, until 2026-06.",
    )
    assert [(o.places, o.from_, o.to, o.organisations) for o in drawn.overlaps[1:]] == [
        (("KE", "KE-30"), "2026-03", "2026-06", ("Amani", "Baraza")),
        (("KE", "KE-30"), "2026-03", None, ("Baraza", "Chama")),
    ]
    assert drawn.overlaps[1].why == (
        "Amani and Baraza both name “legal aid” in Kenya, which contains Nairobi City, Kenya, from 2026-03 to 2026-06."
    )


def test_the_same_overlap_twice_is_one_with_all_its_rows() -> None:
    drawn = draw(answers(amani=[row(), row()], baraza=[row()]))
    assert [o.rows for o in drawn.overlaps] == [
        (RowRef("amani1", 0), RowRef("amani1", 1), RowRef("baraza1", 0)),
    ]


def test_two_answers_of_one_organisation_are_one_voice() -> None:
    two = [
        Answer("1", "amani", "Amani", (row(needs=("cars",)),)),
        Answer("2", "amani", "Amani", (row(offers=("cars",)),)),
    ]
    drawn = draw(two)
    assert (drawn.overlaps, drawn.matches) == ((), ())
    assert [a.organisation for a in drawn.alone] == ["Amani"]


def test_two_organisations_of_one_name_are_two() -> None:
    drawn = draw([Answer("1", "id1", "Amani", (row(),)), Answer("2", "id2", "Amani", (row(),))])
    assert [o.organisations for o in drawn.overlaps] == [("Amani", "Amani")]


GAP = {
    "nobody anywhere": (row(needs=("shelter",)), row("relief"), True),
    "nobody there": (row(needs=("shelter",)), row("shelter", "UG"), True),
    "in another part": (row(place="KE-30", needs=("shelter",)), row("shelter", "KE-01"), True),
    "there": (row(needs=("shelter",)), row("shelter"), False),
    "there, typed differently": (row(needs=("SHELTER",)), row("shelter"), False),
    "in what contains it": (row(place="KE-30", needs=("shelter",)), row("shelter"), False),
    "inside it": (row(needs=("shelter",)), row("shelter", "KE-30"), False),
    "in other months": (row(months=("2026-01", "2026-01"), needs=("shelter",)),
                        row("shelter", months=("2027-01", None)), False),
    "by whoever needs it": (row("shelter", needs=("shelter",)), row("relief"), False),
}  # fmt: skip


@pytest.mark.parametrize(("one", "other", "found"), GAP.values(), ids=GAP)
def test_a_gap(one: Row, other: Row, found: bool) -> None:
    assert len(draw(answers(amani=[one], baraza=[other])).gaps) == found


def test_a_gap_of_several_is_one() -> None:
    drawn = draw(
        answers(
            chama=[row(needs=("shelter", "Shelter"))],
            amani=[row(needs=("shelter",))],
            baraza=[row(needs=("shelter",))],
        )
    )
    why = "Amani, Baraza and Chama need “shelter” in Kenya, and nobody plans it there."
    assert drawn.gaps == (Gap("shelter", "KE", why),)


def test_a_match_joins_a_need_and_an_offer_wherever_they_are() -> None:
    drawn = draw(answers(baraza=[row(place="UG", offers=("Cars",))], amani=[row(needs=("cars",), offers=("cars",))]))
    assert drawn.matches == (
        Match("cars", "Cars", ("Amani", "Baraza"), "Amani needs “cars”, and Baraza offers “Cars”."),
    )


def test_alone_is_whoever_has_nobody_near() -> None:
    drawn = draw(
        answers(
            amani=[row(place="KE-30"), row("relief", "UG")],
            baraza=[row(), row(place="KE-01"), row("monitoring")],
        )
    )
    assert drawn.alone == (
        Alone("legal aid", "KE-01", "Baraza", "Only Baraza names “legal aid” in Baringo, Kenya."),
        Alone("monitoring", "KE", "Baraza", "Only Baraza names “monitoring” in Kenya."),
        Alone("relief", "UG", "Amani", "Only Amani names “relief” in Uganda."),
    )


def test_nothing_makes_an_empty_map() -> None:
    assert msgspec.to_builtins(draw([])) == {"overlaps": (), "gaps": (), "matches": (), "alone": (), "on_behalf": ()}


def test_the_json_has_the_fields_of_the_contract() -> None:
    drawn = draw(answers(amani=[row(needs=("cars", "shelter"))], baraza=[row(offers=("cars",)), row("relief")]))
    document = json.loads(json.dumps(msgspec.to_builtins(drawn)))
    assert document.pop("on_behalf") == []
    assert {kind: set(found[0]) for kind, found in document.items()} == {
        "overlaps": {"activity", "places", "from", "to", "organisations", "rows", "why"},
        "gaps": {"activity", "place", "why"},
        "matches": {"need", "offer", "organisations", "why"},
        "alone": {"activity", "place", "organisation", "why"},
    }
    assert document["overlaps"][0]["rows"] == [
        {"answer": "amani1", "row": 0},
        {"answer": "baraza1", "row": 0},
    ]


WORDS = ["legal aid", "Legal Aid", "shelter", "=1+1", 'say "-1"']
words = st.lists(st.sampled_from(WORDS), max_size=2).map(tuple)
rows = st.builds(
    row,
    st.sampled_from(WORDS),
    st.sampled_from(["KE", "KE-30", "KE-01", "UG"]),
    st.sampled_from([(None, None), ("2026-01", "2026-02"), ("2026-02", None), (None, "2026-01")]),
    words,
    words,
)
parties = st.sampled_from([("a", "Amani"), ("a", "Amani II"), ("b", "Baraza"), ("c", "=Chama"), ("d", "Amani")])
calls = st.lists(st.tuples(parties, st.lists(rows, max_size=3)), max_size=4).map(
    lambda made: [Answer(f"{i:02}", o, n, tuple(rs)) for i, ((o, n), rs) in enumerate(made)]
)


@given(calls)
def test_the_order_of_answers_does_not_matter(made: list[Answer]) -> None:
    assert len({draw(order) for order in permutations(made)}) == 1


@given(calls)
def test_overlaps_are_what_all_pairs_of_rows_say(made: list[Answer]) -> None:
    listed = [(a, RowRef(a.answer, i), r) for a in made for i, r in enumerate(a.rows)]
    expected = {
        frozenset((ref, other_ref))
        for (a, ref, r), (b, other_ref, s) in combinations(listed, 2)
        if a.organisation != b.organisation
        and key(r.activity) == key(s.activity)
        and (contains(r.place, s.place) or contains(s.place, r.place))
        and common(r.months, s.months) is not None
    }
    where = {ref: (a, r) for a, ref, r in listed}
    found = set()
    for overlap in draw(made).overlaps:
        for one, other in combinations(overlap.rows, 2):
            (a, r), (b, s) = where[one], where[other]
            same_places = {r.place, s.place} == set(overlap.places)
            same_months = common(r.months, s.months) == (overlap.from_, overlap.to)
            if a.organisation != b.organisation and same_places and same_months:
                found.add(frozenset((one, other)))
    assert found == expected


@given(calls)
def test_findings_are_sorted_without_doubles_and_never_of_one_alone(made: list[Answer]) -> None:
    drawn = draw(made)
    owners = {a.answer: a.organisation for a in made}
    for overlap in drawn.overlaps:
        assert len({owners[ref.answer] for ref in overlap.rows}) == 2
        assert list(overlap.rows) == sorted(set(overlap.rows))
    assert len(set(drawn.overlaps)) == len(drawn.overlaps)
    for found in (drawn.gaps, drawn.alone):
        order = [(key(one.activity), one.place) for one in found]
        assert order == sorted(set(order))
    assert not {(key(g.activity), g.place) for g in drawn.gaps} & {(key(a.activity), a.place) for a in drawn.alone}


@given(calls)
def test_a_match_is_seen_from_both_sides(made: list[Answer]) -> None:
    turned = [
        Answer(
            a.answer,
            a.organisation,
            a.name,
            tuple(row(r.activity, needs=r.offers, offers=r.needs) for r in a.rows),
        )
        for a in made
    ]
    there = {(m.need, m.offer, m.organisations) for m in draw(made).matches}
    back = {(m.offer, m.need, m.organisations[::-1]) for m in draw(turned).matches}
    assert there == back


@given(calls)
def test_m17_no_cell_of_the_table_is_a_formula(made: list[Answer]) -> None:
    drawn = draw(made)
    lines = list(csv.reader(io.StringIO(to_csv(drawn), newline=""), strict=True))
    assert tuple(lines[0]) == HEADER
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\0")) for line in lines for cell in line)
    findings = [finding for kind in msgspec.to_builtins(drawn).values() for finding in kind]
    assert [restore(line[-1]) for line in lines[1:]] == [finding["why"] for finding in findings]


def test_m17_the_table_of_a_hostile_word() -> None:
    table = to_csv(draw(answers(amani=[row("=cmd|' /C calc'!A0")])))
    assert "\"'=cmd|' /C calc'!A0\"" in table
    assert table.splitlines()[0] == ",".join(f'"{column}"' for column in HEADER)
