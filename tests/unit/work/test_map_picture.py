"""The map's picture: what it shows, to whom, and that nobody's words can make it anything but a picture."""

import re
from itertools import pairwise
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securecall_client.text import for_terminal
from securecall_client.work import map_marks, map_picture
from securecall_client.work.map import Answer, draw
from securecall_client.work.map_findings import Map
from securecall_client.work.map_picture import EMPTY
from securecall_client.work.map_rows import Row
from securecall_client.work.svg import NAMESPACE

HOSTILE = (
    '<script>alert("x")</script>',
    "]]><svg onload=alert(1)>",
    "</text><a href='x'>y</a>",
    "&amp;&lt;&#x3c;!ENTITY",
    "\" onclick='x'",
    "nul\x00 esc\x1b[31m nl\n\r\x85 \ud800 \uffff \ufdd0",
    "\u202eturned\u2066\u200b",
    "<!--<?xml?>-->",
    "javascript:alert(1)",
)
TAGS = {"svg", "title", "desc", "rect", "g", "text", "circle", "polygon", "line"}
ATTRIBUTES = {
    "version", "font-family", "width", "height", "viewBox", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx",
    "points", "transform", "fill", "stroke", "stroke-width", "font-size", "font-weight", "text-anchor", "unicode-bidi",
}  # fmt: skip
SHARED = [
    Answer("1", "amani", "Amani", (Row("legal aid", "KE", needs=("shelter",)), Row("relief", "UG"))),
    Answer("2", "baraza", "Baraza", (Row("legal aid", "KE-30"), Row("legal aid", "UG", ("2027-01", "2027-01"))), True),
    Answer("3", "chama", "Chama", (Row("legal aid", "UG", ("2027-02", None)),)),
]


def to_svg(drawn: Map, title: str = "Who does what", *, named: bool = True) -> str:
    """The picture, of an exercise of that title."""
    return map_picture.to_svg(drawn, title, named=named)


def elements(svg: str, tag: str | None = None) -> list[Element]:
    """All elements, after a look at what they are."""
    root = fromstring(svg)  # noqa: S314 - our own text is tried here, and holds no entities: the test says so
    assert "<!" not in svg
    found = list(root.iter())
    assert {one.tag for one in found} <= {f"{{{NAMESPACE}}}{tag}" for tag in TAGS}
    assert {name for one in found for name in one.attrib} <= ATTRIBUTES
    values = " ".join(value for one in found for value in one.attrib.values())
    assert not re.search(r"url|:|//|#(?![0-9a-f]{6}\b)", values)
    return [one for one in found if tag is None or one.tag == f"{{{NAMESPACE}}}{tag}"]


def texts(svg: str, tag: str) -> list[str]:
    return [one.text or "" for one in elements(svg, tag)]


def cell(svg: str, told: str) -> list[Element]:
    """What is drawn in the only cell whose title begins so."""
    groups = [group for group in elements(svg, "g") if (group[0].text or "").startswith(told)]
    assert len(groups) == 1
    return list(groups[0])[1:]


def kinds(drawn: list[Element]) -> list[str]:
    return [one.tag.rpartition("}")[2] for one in drawn]


def test_the_picture_is_named_and_described_and_its_text_is_text() -> None:
    svg = to_svg(draw(SHARED, ["relief", "research"]), "Spring <call>")
    root = elements(svg)[0]
    assert [one.tag.rpartition("}")[2] for one in root][:2] == ["title", "desc"]
    assert root[0].text == "Spring <call>"
    assert root[1].text == (
        "3 activities at 3 places, planned by 3 organisations: 1 overlap and 2 gaps."
        " A number is how many organisations plan it there."
    )
    shown = texts(svg, "text")
    assert {"Spring <call>", "legal aid", "shelter", "relief", "Kenya", "Nairobi City, Kenya", "research"} <= set(shown)


def test_a_cell_says_who_and_why_and_holds_their_number() -> None:
    svg = to_svg(draw(SHARED))
    assert kinds(cell(svg, "legal aid, Kenya: 1 organisation, Amani. Amani and Baraza both")) == [
        "rect", "text", "circle",
    ]  # fmt: skip
    two = cell(svg, "legal aid, Uganda: 2 organisations, Baraza, Chama.")
    assert (kinds(two), two[1].text) == (["rect", "text"], "2")


def test_a_gap_is_a_shape_of_its_own() -> None:
    assert kinds(cell(to_svg(draw(SHARED)), "Amani needs “shelter” in Kenya")) == ["polygon"]


def test_what_nobody_plans_and_who_has_not_confirmed_stand_below() -> None:
    shown = texts(to_svg(draw(SHARED, ["research", "training"])), "text")
    below = shown[shown.index("On the list, and nobody plans it anywhere") :]
    assert below == [
        "On the list, and nobody plans it anywhere", "research", "training",
        "Entered by others on their behalf, and not confirmed by them", "Baraza",
    ]  # fmt: skip


def test_each_mark_stands_once_for_each_finding_and_once_in_the_legend() -> None:
    drawn = draw(SHARED, ["research"])
    svg = to_svg(drawn)
    overlapping = {(one.activity, place) for one in drawn.overlaps for place in one.places}
    assert len(elements(svg, "circle")) == len(overlapping) + 1
    assert len(elements(svg, "polygon")) == len(drawn.gaps) + 1
    assert sum(bool(gap.place) for gap in drawn.gaps) == 1
    assert "and 2 gaps." in texts(svg, "desc")[0]


def test_an_unnamed_picture_holds_no_organisation() -> None:
    svg = to_svg(draw(SHARED, ["research"]), named=False)
    assert "legal aid, Uganda: 2 organisations, 0 overlaps." in texts(svg, "title")
    assert "shelter, Kenya: a gap." in texts(svg, "title")
    assert not any(answer.name in svg for answer in SHARED)


def _grey(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_grey(one), _grey(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_shades_are_told_apart_in_grey_and_numbers_are_read_on_each() -> None:
    boxes = [(one, other) for one, other in pairwise(elements(to_svg(draw(SHARED)))) if one.tag.endswith("rect")]
    legend = [(box.attrib["fill"], number.attrib["fill"]) for box, number in boxes if number.tag.endswith("text")][1:6]
    assert len({shade for shade, _ in legend}) == 5
    assert all(_contrast(one, other) > 1.2 for (one, _), (other, _) in pairwise(legend))
    assert all(_contrast(shade, ink) > 4.5 for shade, ink in legend)
    assert all(_contrast(ink, "#ffffff") > 4.5 for ink in (map_marks.INK, map_marks.SOFT))


def test_forty_by_forty_keeps_its_sizes() -> None:
    rows = tuple(Row(f"activity number {number}", f"KE-{1 + (number + shift) % 40:02}") for number in range(40)
                 for shift in (0, 7))  # fmt: skip
    svg = to_svg(draw([Answer("1", "a", "Amani", rows), Answer("2", "b", "Baraza", rows)]))
    boxes = elements(svg, "rect")[6:]
    assert len(boxes) == 80
    assert all(float(one.attrib["width"]) >= 28 and float(one.attrib["height"]) >= 28 for one in boxes)
    assert all(float(one.attrib["font-size"]) >= 11 for one in elements(svg, "text"))
    width = float(elements(svg)[0].attrib["width"])
    assert all(float(one.attrib["x"]) + float(one.attrib["width"]) <= width for one in boxes)


def test_a_long_label_is_broken_and_cut_and_stands_whole_where_one_points() -> None:
    long = "accompaniment of families " * 9 + "end"
    svg = to_svg(draw([Answer("1", "a", "Amani", (Row(long, "KE"), Row("x" * 256, "KE"), Row("法" * 85, "KE")))]))
    assert {long, "x" * 256, "法" * 85} <= set(texts(svg, "title"))
    lines = [text for text in texts(svg, "text") if text.startswith("accompaniment") or "families" in text]
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert max(map(len, texts(svg, "text"))) < 110


def test_text_from_the_right_is_ordered_by_itself_and_ends_at_the_matrix() -> None:
    svg = to_svg(draw([Answer("1", "a", "جمعية", (Row("مساعدة قانونية (UN)!", "PS"), Row("legal aid", "PS")))]))
    labels = [one for one in elements(svg, "text") if one.attrib.get("text-anchor") == "end"]
    assert {one.text for one in labels} == {"مساعدة قانونية (UN)!", "legal aid"}
    assert {(one.attrib["x"], one.attrib["unicode-bidi"]) for one in labels} == {(labels[0].attrib["x"], "plaintext")}


def test_an_empty_map_is_a_sentence() -> None:
    svg = to_svg(draw([]))
    assert " ".join(texts(svg, "text")[1:]) == texts(svg, "desc")[0] == EMPTY


@pytest.mark.parametrize("word", HOSTILE)
def test_m14_nobodys_words_become_markup_and_all_are_shown(word: str) -> None:
    drawn = draw([Answer("1", "a", word, (Row(word, "KE", needs=(f"need {word}",)),), True)], [f"listed {word}"])
    svg = to_svg(drawn, word)
    svg.encode("utf-8")
    shown = texts(svg, "title")
    assert shown[0] == for_terminal(word)
    assert any(for_terminal(word) in one for one in shown[1:])


@given(st.lists(st.text(max_size=40), min_size=4, max_size=4))
def test_m14_any_text_makes_a_picture(words: list[str]) -> None:
    name, activity, need, title = words
    rows = (Row(activity, "KE", needs=(need,)), Row(need, "KE-30"))
    elements(to_svg(draw([Answer("1", "a", name, rows, True), Answer("2", "b", title, rows)], words), title))


def test_the_picture_does_not_depend_on_the_order_of_answers() -> None:
    assert to_svg(draw(SHARED)) == to_svg(draw(SHARED[::-1]))


def test_findings_without_a_place_make_no_matrix() -> None:
    drawn = draw(
        [Answer("1", "a", "Amani", (Row(needs=("cars",)),)), Answer("2", "b", "Baraza", (Row(offers=("cars",)),))]
    )
    assert isinstance(drawn, Map)
    assert len(drawn.matches) == 1
    assert texts(to_svg(drawn), "desc") == [EMPTY]
