"""Rows: what is read from TOML, JSON and CSV, what is refused and how, and the form in a record."""

import contextlib
import csv
import io
import json
from collections.abc import Callable, Iterable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from securecall_client.work import question, template
from securecall_client.work.answer_text import MAX_TEXT_BYTES, Format
from securecall_client.work.cells import neutralise
from securecall_client.work.errors import CellError, RowsError
from securecall_client.work.rows import (
    MAX_ROWS,
    Cells,
    QuestionAnswer,
    check,
    read_answer,
    table_to_json,
)
from securecall_client.work.rows import to_json as whole_to_json
from securecall_client.work.values import Field, Value, in_words, plain, plain_in_words
from securecall_client.work.words import MAX_WORDS, read_text
from tests.answers import WHO, a_row, answer_of, parse_answer


def pack(rows: Iterable[Cells]) -> list[list[object]]:
    """The rows as the lists and strings that they are in a record."""
    return [[list(value) for value in row] for row in rows]


def unpack(packed: object) -> tuple[Cells, ...]:
    """The rows of a record: of their form, and judged as those of a file are."""
    try:
        part = msgspec.convert(["rows", packed], QuestionAnswer)
    except (msgspec.ValidationError, RecursionError) as error:
        raise RowsError("not of the form of rows") from error
    check(answer_of(*part.rows), WHO)
    return part.rows


def parse_rows(text: str, form: Format) -> tuple[Cells, ...]:
    """The rows of the table in an answer to *who-does-what*."""
    return parse_answer(text, form, WHO)[0].rows


def to_json(rows: Iterable[Cells]) -> list[dict[str, object]]:
    return table_to_json(answer_of(*rows), WHO)


LEGAL = a_row("legal aid", "KE-30", "2026-01", None, "planned", ("Amani",), ("lawyers", "cars"), ())
RELIEF = a_row("relief", "UG", None, None, "considering", (), (), ("=1+1",))

TOML = """
[[rows]]
activity = "legal aid"
place = "ke-30"
from = "2026-01"
status = "planned"
with = ["Amani"]
needs = ["lawyers", "cars"]

[[rows]]
activity = "relief"
place = "UG"
status = "considering"
offers = ["=1+1"]
"""
CSV = """\ufeffactivity,place,from,to,status,with,needs,offers\r
legal aid,ke-30,2026-01,,planned,Amani,lawyers; cars;,\r
,,,,,,,\r
relief,UG,,,considering,,,'=1+1\r
"""


def delimited(text: str, separator: str) -> str:
    """The same CSV file with another separator."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(csv.reader(io.StringIO(text, newline="")))
    return out.getvalue()


def good(**changes: object) -> dict[str, object]:
    row = {"activity": "legal aid", "place": "KE", "status": "planned", **changes}
    return {column: value for column, value in row.items() if value is not ...}


def is_word(text: str) -> bool:
    try:
        return read_text(text) == text
    except CellError:
        return False


seen = st.characters(exclude_categories=("C", "Zl", "Zp"))
words = st.text(seen, min_size=1, max_size=12).filter(is_word)
lists = st.lists(words.filter(lambda w: ";" not in w), max_size=3).map(tuple)
first = st.sampled_from([None, "2025-12", "2026-01"])
last = st.sampled_from([None, "2026-01", "2026-09"])
status = st.sampled_from(("planned", "under way", "considering"))
row = st.builds(a_row, words, st.sampled_from(["KE", "KE-30", "UG"]), first, last, status, lists, lists, lists)
rows = st.lists(row, max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("toml", TOML),
        ("csv", CSV),
        ("csv", delimited(CSV, ";")),
        ("csv", delimited(CSV, "\t")),
        ("json", json.dumps({"rows": to_json([LEGAL, RELIEF])})),
        ("json", "\ufeff" + json.dumps(to_json([LEGAL, RELIEF]))),
    ],
    ids=["toml", "csv", "csv, semicolons", "csv, tabs", "json", "json, the list alone"],
)
def test_rows_are_read(form: Format, text: str) -> None:
    assert parse_rows(text, form) == (LEGAL, RELIEF)


def test_json_names_every_column_and_an_open_month_is_null() -> None:
    assert to_json([RELIEF]) == [
        {
            "activity": "relief", "place": "UG", "from": None, "to": None, "status": "considering",
            "with": [], "needs": [], "offers": ["=1+1"],
        }
    ]  # fmt: skip


ROW_REFUSED = {
    "unknown column": ({"colour": "red"}, "Row 2: there is no column “colour”"),
    "no activity": ({"activity": ...}, "Row 2, activity: is missing"),
    "no place": ({"place": ...}, "Row 2, place: is missing"),
    "no status": ({"status": ...}, "Row 2, status: is missing"),
    "unknown place": ({"place": "XX"}, "Row 2, place: “XX”"),
    "unknown status": ({"status": "done"}, "Row 2, status: “done”"),
    "status as a list": ({"status": ["planned"]}, "Row 2, status: must be text"),
    "a month that is a number": ({"from": 2026}, "Row 2, from: must be a month"),
    "a month that is none": ({"to": "2026-13"}, "Row 2, to: “2026-13”"),
    "months backwards": ({"from": "2026-03", "to": "2026-02"}, "Row 2, to: 2026-02 lies before 2026-03"),
    "needs as text": ({"needs": "cars"}, "Row 2, needs: must be a list"),
    "a number in a list": ({"offers": [1]}, "Row 2, offers: must be text"),
    "an infinite number": ({"with": [float("1e400")]}, "Row 2, with: must be text"),
    "true": ({"activity": True}, "Row 2, activity: must be text"),
    "too many words": ({"needs": ["a"] * (MAX_WORDS + 1)}, "Row 2, needs: has 65 words"),
    "a long word": ({"activity": "a" * 300}, "Row 2, activity: “aaa"),
    "a control character": ({"with": ["a\0"]}, "Row 2, with: “a\\u0000” holds a control"),
    "a turned word": ({"activity": "a\u202eb"}, "Row 2, activity: “a\\u202eb” holds a hidden mark"),
    "a semicolon in a list": ({"needs": ["a;b"]}, "Row 2, needs: “a;b” holds a semicolon"),
}


@pytest.mark.parametrize(("changes", "reason"), ROW_REFUSED.values(), ids=ROW_REFUSED)
def test_a_row_is_refused_by_number_and_column(changes: dict[str, object], reason: str) -> None:
    text = json.dumps([good(), good(**changes)]).replace("Infinity", "1e400")
    with pytest.raises(RowsError) as caught:
        parse_rows(text, "json")
    assert str(caught.value).startswith(reason)


TEXT_REFUSED: dict[str, tuple[Format, str, str]] = {
    "json, not json": ("json", "{", "not readable JSON"),
    "json, a web page": ("json", "<!doctype html>", "not readable JSON"),
    "json, a key twice": ("json", '[{"place": "KE", "place": "UG"}]', "“place” twice"),
    "json, NaN": ("json", '[{"activity": NaN}]', "“NaN”"),
    "json, minus infinity": ("json", '{"rows": -Infinity}', "“-Infinity”"),
    "json, a huge number": ("json", "[" + "9" * 5_000 + "]", "not readable JSON"),
    "json, nested": ("json", "[" * 100_000, "nested too deeply"),
    "json, no rows": ("json", "{}", "answers no question"),
    "json, something beside rows": ("json", '{"rows": [], "more": 1}', "no question “more”"),
    "json, rows as text": ("json", '{"rows": "a"}', "must be a list"),
    "json, a row as text": ("json", '["a"]', "Row 1: "),
    "json, null": ("json", "null", "answers no question"),
    "toml, not toml": ("toml", "rows = ", "not readable TOML"),
    "toml, empty": ("toml", "", "answers no question"),
    "toml, a date": ("toml", '[[rows]]\nactivity="a"\nplace="KE"\nfrom=2026-01-01', "Row 1, from: "),
    "csv, empty": ("csv", "", "empty"),
    "csv, a cell missing behind semicolons": ("csv", "activity;place\na;KE", "Row 1, status: is missing"),
    "csv, unknown column behind semicolons": ("csv", "activity;place;colour\na;KE;red", "It holds “colour”"),
    "csv, headings alone": ("csv", "activity;place;status\r\n;;\r\n", "Nothing stands below the headings"),
    "csv, a column twice": ("csv", "place,place\nKE,KE", "place twice"),
    "csv, unknown column": ("csv", "place,colour\nKE,red", "“colour”"),
    "csv, a cell too many": ("csv", "activity,place,status\na,KE,planned,x", "Row 1: it has 4 cells"),
    "csv, a cell missing": ("csv", "activity,place,status\na,KE", "Row 1, status: is missing"),
    "csv, an open quotation mark": ("csv", 'activity\n"a', "not readable CSV"),
    "csv, a line break in a cell": ("csv", 'activity,place,status\n"a\nb",KE,planned', "Row 1, activity: "),
    "too long": ("json", " " * (MAX_TEXT_BYTES + 1), "bytes"),
}


@pytest.mark.parametrize(("form", "text", "reason"), TEXT_REFUSED.values(), ids=TEXT_REFUSED)
def test_a_text_is_refused_with_the_reason(form: Format, text: str, reason: str) -> None:
    with pytest.raises(RowsError) as caught:
        parse_rows(text, form)
    assert reason in str(caught.value)


def test_a_thousand_rows_and_no_more() -> None:
    assert len(parse_rows(json.dumps([good()] * MAX_ROWS), "json")) == MAX_ROWS
    with pytest.raises(RowsError, match="1001 rows"):
        parse_rows(json.dumps([good()] * (MAX_ROWS + 1)), "json")


@given(st.sampled_from(["toml", "json", "csv"]), st.text())
def test_any_text_is_read_or_refused(form: Format, text: str) -> None:
    head = "activity,place,status\n" if form == "csv" else ""
    for whole in (text, head + text):
        with contextlib.suppress(RowsError):
            parse_rows(whole, form)


def as_json(given_rows: tuple[Cells, ...]) -> str:
    return json.dumps({"rows": to_json(given_rows)})


def as_toml(given_rows: tuple[Cells, ...]) -> str:
    # A TOML string takes JSON's escapes, but for halves of a pair, which ensure_ascii=False avoids.
    def table(fields: dict[str, object]) -> str:
        pairs = ((n, v) for n, v in fields.items() if v is not None)
        return "\n".join(["[[rows]]", *(f"{n} = {json.dumps(v, ensure_ascii=False)}" for n, v in pairs)])

    return "\n".join(table(fields) for fields in to_json(given_rows)) or "rows = []"


@pytest.mark.parametrize(("form", "write"), [("json", as_json), ("toml", as_toml)])
@given(given_rows=rows)
def test_what_is_written_is_read_back(
    form: Format, write: Callable[[tuple[Cells, ...]], str], given_rows: tuple[Cells, ...]
) -> None:
    assert parse_rows(write(given_rows), form) == given_rows


@given(st.lists(row, min_size=1, max_size=4).map(tuple), st.sampled_from(",;\t"))
def test_m17_neutralised_csv_is_read_back(given_rows: tuple[Cells, ...], separator: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [column.name for column in question.fields(WHO.questions[0])], delimiter=separator)
    writer.writeheader()
    for fields in to_json(given_rows):
        cells = {n: "; ".join(v) if isinstance(v, list) else v or "" for n, v in fields.items()}
        writer.writerow({n: neutralise(str(cell)) for n, cell in cells.items()})
    # White space around the words of a list is a matter of typing; all else comes back as it was.
    trimmed = tuple((*r[:5], *(tuple(word.strip() for word in words) for words in r[5:])) for r in given_rows)
    assert parse_rows(out.getvalue(), "csv") == trimmed


@given(rows)
def test_rows_stand_in_a_record_and_come_back(given_rows: tuple[Cells, ...]) -> None:
    packed = msgspec.msgpack.encode(pack(given_rows))
    assert packed == msgspec.msgpack.encode(given_rows)
    assert unpack(msgspec.msgpack.decode(packed)) == given_rows


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (0, [""]), (0, [1]), (0, []), (0, None), (0, ["a", "b"]), (0, ["a\u202e"]), (1, ["ke"]), (1, ["KEN"]), (1, []),
        (2, [202601]), (2, [""]), (3, ["2025-12"]), (4, ["done"]), (4, ["Planned"]), (5, "Amani"), (5, None), (6, [""]),
        (6, ["a;b"]), (7, [1]),
    ],
)  # fmt: skip
def test_a_record_is_judged_as_strictly_as_a_file_but_for_iso_s_list(at: int, value: object) -> None:
    packed = pack([LEGAL])
    packed[0][at] = value
    with pytest.raises(RowsError):
        unpack(packed)


@pytest.mark.parametrize(
    "packed",
    [
        None,
        {},
        "rows",
        [[]],
        [["a"]],
        [[*pack([LEGAL])[0], "more"]],
        [{"activity": "a"}],
        pack([LEGAL]) * 1_001,
    ],
)
def test_a_record_of_another_form_is_refused(packed: object) -> None:
    with pytest.raises(RowsError):
        unpack(packed)


def test_rows_that_came_as_values_are_judged() -> None:
    check(answer_of(LEGAL, RELIEF), WHO)
    with pytest.raises(RowsError, match="Row 2, place"):
        check(answer_of(LEGAL, (RELIEF[0], ("ug",), *RELIEF[2:])), WHO)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(json_values)
def test_any_value_is_unpacked_or_refused(packed: object) -> None:
    with contextlib.suppress(RowsError):
        unpack(packed)


def test_a_place_that_iso_no_longer_lists_stays_readable_in_a_record() -> None:
    """Lists differ between computers and over the years; an answer that one can read must be one for all."""
    packed = pack([LEGAL])
    packed[0][1] = ["XX"]
    assert unpack(packed)[0][1] == ("XX",)


@pytest.mark.parametrize("number", ["0.00005", "-0.000001", "123456789012345.123456", "12.5", "0", "-7"])
def test_what_a_person_may_give_as_a_number_holds_in_a_record_and_reads_back_from_json(number: str) -> None:
    asks = template.parse(
        'name = "n"\nversion = 1\ntitle = "N"\n[[questions]]\nname = "n"\ntype = "number"\ntitle = "N"'
    )
    answer = read_answer({"n": number}, asks)
    assert answer[0].rows == (((number,),),)
    check(answer, asks)
    written = json.loads(json.dumps(whole_to_json(answer, asks)))
    assert read_answer(written, asks) == answer


WORDS: dict[str, tuple[Field, Value, str]] = {
    "months": (Field("f", "months", "F"), ("2026-01", ""), "2026-01 to open"),
    "a rank": (Field("f", "rank", "F", ("a", "b", "c")), ("c", "a"), "1. c, 2. a"),
    "points": (Field("f", "points", "F", ("a", "b")), ("0", "7"), "b 7"),
    "a small number": (Field("f", "number", "F"), ("0.00005",), "0.00005"),
    "a whole number": (Field("f", "number", "F"), ("-7",), "-7"),
    "words": (Field("f", "words", "F"), ("a", "b"), "a, b"),
    "a word": (Field("f", "word", "F"), ("a",), "a"),
    "nothing": (Field("f", "choices", "F", ("a",)), (), ""),
}


@pytest.mark.parametrize("name", WORDS)
def test_a_value_reads_the_same_from_a_record_and_from_json(name: str) -> None:
    field, value, words = WORDS[name]
    assert in_words(field, value) == words
    assert plain_in_words(field.type, json.loads(json.dumps(plain(field, value)))) == words
