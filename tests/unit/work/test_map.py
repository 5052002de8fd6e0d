"""The map: what each finding is, by cases made by hand, and what holds for every set of answers."""

import csv
import io
import json
from itertools import combinations, permutations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from securecall.sentences import plain
from securecall_client.work.cells import restore
from securecall_client.work.map import Answer, draw
from securecall_client.work.map_csv import HEADER, to_csv
from securecall_client.work.map_findings import Alone, Cell, Gap, Map, Match, Overlap, RowRef
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


def wish(target: str) -> Row:
    return Row(wishes=(target,))


def reach(target: str, door: str = "") -> Row:
    return Row(reaches=(target,), door=door)


def answers(**by_organisation: list[Row]) -> list[Answer]:
    return [Answer(f"{n}1", n, n.capitalize(), tuple(rows)) for n, rows in by_organisation.items()]


def ref(organisation: str, number: int) -> tuple[RowRef]:
    return (RowRef(f"{organisation}1", number),)


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
    names, rows = ("Amani", "Baraza", "Chama"), tuple(RowRef(f"{name}1", 0) for name in ("amani", "baraza", "chama"))
    why = "Amani, Baraza and Chama need “shelter” in Kenya, and nobody plans it anywhere."
    assert drawn.gaps == (Gap("shelter", "KE", names, rows, why),)


def test_a_match_joins_a_need_and_an_offer_wherever_they_are() -> None:
    drawn = draw(answers(baraza=[row(place="UG", offers=("Cars",))], amani=[row(needs=("cars",), offers=("cars",))]))
    assert drawn.matches == (
        Match(
            "offer",
            "cars",
            "Cars",
            ("Amani", "Baraza"),
            (),
            (*ref("amani", 0), *ref("baraza", 0)),
            "Amani needs “cars”, and Baraza offers “Cars”.",
        ),
    )


def test_alone_is_whoever_has_nobody_near() -> None:
    drawn = draw(
        answers(
            amani=[row(place="KE-30"), row("relief", "UG")],
            baraza=[row(), row(place="KE-01"), row("monitoring")],
        )
    )
    assert drawn.alone == (
        Alone("legal aid", "KE-01", "Baraza", ref("baraza", 1), "Only Baraza names “legal aid” in Baringo, Kenya."),
        Alone("monitoring", "KE", "Baraza", ref("baraza", 2), "Only Baraza names “monitoring” in Kenya."),
        Alone("relief", "UG", "Amani", ref("amani", 1), "Only Amani names “relief” in Uganda."),
    )


def test_alone_are_those_whose_months_do_not_meet_each_in_its_own() -> None:
    drawn = draw(
        answers(
            amani=[row(months=("2026-01", "2026-02"))],
            baraza=[row(place="KE-30", months=("2026-03", "2026-03")), row(months=("2026-05", None))],
        )
    )
    assert drawn.overlaps == ()
    assert [(one.organisation, one.place, one.rows, one.why) for one in drawn.alone] == [
        (
            "Amani", "KE", ref("amani", 0),
            "Only Amani names “legal aid” in Kenya from 2026-01 to 2026-02; Baraza names it there in other months.",
        ),
        (
            "Baraza", "KE", ref("baraza", 1),
            "Only Baraza names “legal aid” in Kenya from 2026-05 on; Amani names it there in other months.",
        ),
        (
            "Baraza", "KE-30", ref("baraza", 0),
            "Only Baraza names “legal aid” in Nairobi City, Kenya in 2026-03; Amani names it there in other months.",
        ),
    ]  # fmt: skip


def test_alone_in_some_months_and_not_in_others() -> None:
    drawn = draw(
        answers(
            amani=[row(months=("2026-01", "2026-02")), row(months=("2026-09", "2026-09"))],
            baraza=[row(months=("2026-02", "2026-03"))],
        )
    )
    assert [one.rows for one in drawn.overlaps] == [(*ref("amani", 0), *ref("baraza", 0))]
    assert [(one.organisation, one.rows) for one in drawn.alone] == [("Amani", ref("amani", 1))]


def test_a_gap_says_by_whom_it_is_planned_elsewhere_the_nearest_first() -> None:
    drawn = draw(
        answers(
            amani=[row("relief", "KE-30", needs=("shelter",)), row("shelter", "UG")],
            baraza=[row("shelter", "TZ")],
            chama=[row("shelter", "KE-01")],
            duara=[row("shelter", "SO")],
        )
    )
    (gap,) = drawn.gaps
    assert gap.why == (
        "Amani needs “shelter” in Nairobi City, Kenya, and nobody plans it there; elsewhere: Chama (Baringo, Kenya),"
        " Amani (Uganda), Baraza (Tanzania) and 1 more."
    )


def test_a_gap_at_no_place_is_a_listed_word_that_is_nobodys_activity() -> None:
    said = answers(amani=[row("Relief"), Row("research")], baraza=[row("training", needs=("shelter",))])
    drawn = draw(said, ["relief", "research", "monitoring", "shelter"])
    assert drawn.gaps == (
        Gap(
            "monitoring", "", (), (), "“monitoring” is on the list of this exercise, and nobody plans it anywhere."
        ),
        Gap(
            "shelter", "KE", ("Baraza",), ref("baraza", 0),
            "Baraza needs “shelter” in Kenya, and nobody plans it anywhere.",
        ),
    )  # fmt: skip


def test_words_are_spelled_as_the_list_has_them_else_as_most_people_type_them() -> None:
    said = answers(
        amani=[row("Relief"), row("Research")], baraza=[row("RELIEF"), row("research")], chama=[row("Relief")]
    )
    assert [cell.activity for cell in draw(said).matrix] == ["Relief", "Research"]
    assert [cell.activity for cell in draw(said, ["relief", "research"]).matrix] == ["relief", "research"]


def test_a_list_alone_is_no_gap() -> None:
    assert draw([], ["relief"]).gaps == draw(answers(amani=[wish("the ministry")]), ["relief"]).gaps == ()


def test_a_match_joins_a_wish_and_who_can_reach_them() -> None:
    drawn = draw(
        answers(
            amani=[wish("the Ministry"), row(needs=("the press",))],
            baraza=[reach("the ministry", "a son"), reach("the ministry", "a clerk"), reach("the press")],
            chama=[reach("the Ministry"), wish("the ministry")],
        )
    )
    assert [(m.kind, m.organisations, m.doors, m.rows, m.why) for m in drawn.matches] == [
        (
            "reach", ("Amani", "Baraza"), ("a clerk", "a son"),
            (*ref("amani", 0), *ref("baraza", 0), *ref("baraza", 1)),
            "Amani wishes to reach “the Ministry”, and Baraza can reach “the ministry”, through “a clerk” or “a son”.",
        ),
        (
            "reach", ("Amani", "Chama"), (), (*ref("amani", 0), *ref("chama", 0)),
            "Amani wishes to reach “the Ministry”, and Chama can reach them.",
        ),
        (
            "reach", ("Chama", "Baraza"), ("a clerk", "a son"),
            (*ref("baraza", 0), *ref("baraza", 1), *ref("chama", 1)),
            "Chama wishes to reach “the ministry”, and Baraza can reach them, through “a clerk” or “a son”.",
        ),
    ]  # fmt: skip


def test_a_cell_holds_who_plans_it_at_exactly_that_place() -> None:
    drawn = draw(answers(baraza=[row(), row(months=("2026-01", None))], amani=[row("Legal aid"), row(place="KE-30")]))
    assert drawn.matrix == (
        Cell("legal aid", "KE", ("Amani", "Baraza"), (*ref("amani", 0), *ref("baraza", 0), *ref("baraza", 1))),
        Cell("legal aid", "KE-30", ("Amani",), ref("amani", 1)),
    )


def test_nothing_makes_an_empty_map() -> None:
    assert draw([]) == Map((), (), (), (), (), (), ())


def test_the_json_has_the_fields_of_the_contract() -> None:
    drawn = draw(answers(amani=[row(needs=("cars", "shelter"))], baraza=[row(offers=("cars",)), row("relief")]))
    document = json.loads(msgspec.json.encode(drawn, enc_hook=plain))
    assert document.pop("on_behalf") == document.pop("left_out") == []
    assert {kind: set(found[0]) for kind, found in document.items()} == {
        "overlaps": {"activity", "places", "from", "to", "organisations", "rows", "why"},
        "gaps": {"activity", "place", "organisations", "rows", "why"},
        "matches": {"kind", "need", "offer", "organisations", "doors", "rows", "why"},
        "alone": {"activity", "place", "organisation", "rows", "why"},
        "matrix": {"activity", "place", "organisations", "rows"},
    }
    assert document["overlaps"][0]["rows"] == [
        {"answer": "amani1", "row": 0},
        {"answer": "baraza1", "row": 0},
    ]


WORDS = ["legal aid", "Legal Aid", "shelter", "=1+1", 'say "-1"']
words = st.lists(st.sampled_from(WORDS), max_size=2).map(tuple)
plans = st.builds(
    row,
    st.sampled_from(WORDS),
    st.sampled_from(["KE", "KE-30", "KE-01", "UG"]),
    st.sampled_from([(None, None), ("2026-01", "2026-02"), ("2026-02", None), (None, "2026-01")]),
    words,
    words,
)
rows = (
    plans
    | st.builds(wish, st.sampled_from(WORDS))
    | st.builds(reach, st.sampled_from(WORDS), st.sampled_from(["", "a son"]))
)
parties = st.sampled_from([("a", "Amani"), ("a", "Amani II"), ("b", "Baraza"), ("c", "=Chama"), ("d", "Amani")])
calls = st.lists(st.tuples(parties, st.lists(rows, max_size=3)), max_size=4).map(
    lambda made: [Answer(f"{i:02}", o, n, tuple(rs)) for i, ((o, n), rs) in enumerate(made)]
)
LISTED = ["Shelter", "legal aid", "research"]


Finding = Overlap | Gap | Match | Alone | Cell


def listed(made: list[Answer]) -> list[tuple[str, RowRef, Row]]:
    """Whose, which and what, of every row."""
    return [(a.organisation, RowRef(a.answer, i), r) for a in made for i, r in enumerate(a.rows)]


def near(one: Row, place: str) -> bool:
    return bool(one.activity) and (contains(one.place, place) or contains(place, one.place))


def meet(one: Row, other: Row) -> bool:
    """Whether two rows of two organisations overlap."""
    same = bool(one.activity) and key(one.activity) == key(other.activity)
    return same and near(one, other.place) and common(one.months, other.months) is not None


@given(calls)
def test_the_order_of_answers_does_not_matter(made: list[Answer]) -> None:
    assert len({draw(order, LISTED) for order in permutations(made)}) == 1


@given(calls)
def test_overlaps_are_what_all_pairs_of_rows_say(made: list[Answer]) -> None:
    expected = {
        frozenset((ref, other_ref))
        for (organisation, ref, r), (other, other_ref, s) in combinations(listed(made), 2)
        if organisation != other and meet(r, s)
    }
    where = {ref: (organisation, r) for organisation, ref, r in listed(made)}
    found = set()
    for overlap in draw(made).overlaps:
        for one, other in combinations(overlap.rows, 2):
            (a, r), (b, s) = where[one], where[other]
            same_places = {r.place, s.place} == set(overlap.places)
            same_months = common(r.months, s.months) == (overlap.from_, overlap.to)
            if a != b and same_places and same_months:
                found.add(frozenset((one, other)))
    assert found == expected


@given(calls)
def test_overlaps_are_the_same_from_both_sides(made: list[Answer]) -> None:
    """Two organisations that change their names, and so their order, overlap as before."""
    turned = [msgspec.structs.replace(a, name="".join(chr(0x7F - ord(c) % 0x40) for c in a.name)) for a in made]
    there, back = ({(o.places, o.from_, o.to, o.rows) for o in draw(answers).overlaps} for answers in (made, turned))
    assert there == back


@given(calls)
def test_every_plan_overlaps_or_is_alone(made: list[Answer]) -> None:
    drawn = draw(made)
    alone = [ref for one in drawn.alone for ref in one.rows]
    overlapping = {ref for one in drawn.overlaps for ref in one.rows}
    planned = {ref for _, ref, r in listed(made) if r.activity}
    assert len(alone) == len(set(alone))
    assert not overlapping & set(alone)
    assert overlapping | set(alone) == planned == {ref for cell in drawn.matrix for ref in cell.rows}


@given(calls)
def test_gaps_are_what_all_rows_say(made: list[Answer]) -> None:
    said = [r for _, _, r in listed(made)]
    needed = {
        (key(need), r.place)
        for r in said
        for need in r.needs
        if not any(key(other.activity) == key(need) and near(other, r.place) for other in said)
    }
    named = {key(r.activity) for r in said if r.activity}
    unplanned = {(key(word), "") for word in LISTED if named and key(word) not in named | {need for need, _ in needed}}
    found = [(key(gap.activity), gap.place) for gap in draw(made, LISTED).gaps]
    assert found == sorted(needed | unplanned)


@given(calls)
def test_the_rows_of_a_finding_say_what_it_says(made: list[Answer]) -> None:
    drawn = draw(made, LISTED)
    said = {ref: (organisation, r) for organisation, ref, r in listed(made)}
    names = {a.organisation: min(b.name for b in made if b.organisation == a.organisation) for a in made}

    def who(refs: tuple[RowRef, ...]) -> list[str]:
        return sorted(names[organisation] for organisation in {said[ref][0] for ref in refs})

    for overlap in drawn.overlaps:
        assert who(overlap.rows) == list(overlap.organisations)
        assert {said[ref][1].place for ref in overlap.rows} == set(overlap.places)
        assert {key(said[ref][1].activity) for ref in overlap.rows} == {key(overlap.activity)}
    for gap in drawn.gaps:
        assert who(gap.rows) == list(gap.organisations)
        assert bool(gap.rows) == bool(gap.place)
        assert all(said[ref][1].place == gap.place for ref in gap.rows)
        assert all(key(gap.activity) in map(key, said[ref][1].needs) for ref in gap.rows)
    for match in drawn.matches:
        assert who(match.rows) == sorted(match.organisations)
        rows = [said[ref][1] for ref in match.rows]
        wanted, given_ = ("needs", "offers") if match.kind == "offer" else ("wishes", "reaches")
        assert all(key(match.need) in map(key, getattr(r, wanted) + getattr(r, given_)) for r in rows)
        assert set(match.doors) <= {r.door for r in rows}
    placed: list[Alone | Cell] = [*drawn.alone, *drawn.matrix]
    for one in placed:
        assert {said[ref][1].place for ref in one.rows} == {one.place}
        assert {key(said[ref][1].activity) for ref in one.rows} == {key(one.activity)}
    assert all(who(one.rows) == [one.organisation] for one in drawn.alone)
    assert all(who(cell.rows) == list(cell.organisations) for cell in drawn.matrix)


@given(calls)
def test_a_row_that_touches_nothing_changes_nothing_else(made: list[Answer]) -> None:
    said = [*made, Answer("yy", "a", "Amani", (row(),))]
    apart = Answer("zz", "z", "Zahra", (row("kite making", "NZ"),))
    before, after = draw(said, LISTED), draw([*said, apart], LISTED)
    for kind in ("overlaps", "gaps", "matches", "on_behalf"):
        assert getattr(before, kind) == getattr(after, kind)
    assert [one for one in after.alone if one.organisation != "Zahra"] == list(before.alone)
    assert [one.rows for one in after.alone if one.organisation == "Zahra"] == [(RowRef("zz", 0),)]
    assert [cell for cell in after.matrix if cell.place != "NZ"] == list(before.matrix)


@given(calls)
def test_findings_are_sorted_without_doubles_and_never_of_one_alone(made: list[Answer]) -> None:
    drawn = draw(made, LISTED)
    owners = {a.answer: a.organisation for a in made}
    for overlap in drawn.overlaps:
        assert len({owners[ref.answer] for ref in overlap.rows}) == 2
    findings: list[Finding] = [*drawn.overlaps, *drawn.gaps, *drawn.matches, *drawn.alone, *drawn.matrix]
    for finding in findings:
        assert list(finding.rows) == sorted(set(finding.rows))
    assert len(set(drawn.overlaps)) == len(drawn.overlaps)
    found: tuple[tuple[Gap | Cell, ...], ...] = (drawn.gaps, drawn.matrix)
    for kind in found:
        order = [(key(one.activity), one.place) for one in kind]
        assert order == sorted(set(order))
    whose = [(key(one.activity), one.place, one.organisation) for one in drawn.alone]
    assert whose == sorted(whose)
    assert not {(key(g.activity), g.place) for g in drawn.gaps} & {(key(a.activity), a.place) for a in drawn.alone}


@given(calls)
def test_a_match_is_seen_from_both_sides(made: list[Answer]) -> None:
    turned = [
        Answer(
            a.answer,
            a.organisation,
            a.name,
            tuple(
                Row(r.activity, r.place, r.months, r.offers, r.needs, reaches=r.wishes, wishes=r.reaches)
                for r in a.rows
            ),
        )
        for a in made
    ]
    there = {(m.kind, m.need, m.offer, m.organisations, m.rows) for m in draw(made).matches}
    back = {(m.kind, m.offer, m.need, m.organisations[::-1], m.rows) for m in draw(turned).matches}
    assert there == back


@given(calls)
def test_m17_no_cell_of_the_table_is_a_formula(made: list[Answer]) -> None:
    drawn = draw(made, LISTED)
    lines = list(csv.reader(io.StringIO(to_csv(drawn), newline=""), strict=True))
    assert tuple(lines[0]) == HEADER
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\0")) for line in lines for cell in line)
    findings: list[Overlap | Gap | Match | Alone] = [*drawn.overlaps, *drawn.gaps, *drawn.matches, *drawn.alone]
    assert [restore(line[-1]) for line in lines[1:]] == [finding.why for finding in findings]
    assert [bool(line[-2]) for line in lines[1:]] == [bool(finding.rows) for finding in findings]


def test_m17_the_table_of_a_hostile_word() -> None:
    table = to_csv(draw(answers(amani=[row("=cmd|' /C calc'!A0")])))
    assert "\"'=cmd|' /C calc'!A0\"" in table
    assert table.splitlines()[0] == ",".join(f'"{column}"' for column in HEADER)
