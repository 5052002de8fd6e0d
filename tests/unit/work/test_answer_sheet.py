"""Answers on a sheet of a workbook: what people fill in, what spreadsheets make of it, and what is refused."""

import contextlib
import io
import zipfile
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from securecall_client.acts.sheets import MAX_SHEET_BYTES
from securecall_client.sandboxed.cannot import CannotError
from securecall_client.work import template
from securecall_client.work.answer_sheet import write_sheet
from securecall_client.work.answer_table import headings
from securecall_client.work.errors import RowsError
from tests.answers import WHO, a_row, answer_of, parse_answer, parse_sheet, read_sheet

TWO_TABLES = template.parse(
    template.load_text("opening-space") + '\n[[questions]]\nname = "more"\ntype = "rows"\ntitle = "More"\n'
    '[[questions.columns]]\nname = "what"\ntype = "text"\ntitle = "What"\n'
)
SURVEY = template.parse(
    'name = "survey"\nversion = 1\ntitle = "S"\n[[questions]]\nname = "t"\ntype = "rows"\ntitle = "T"\n'
    + "".join(
        f'[[questions.columns]]\nname = "{kind}"\ntype = "{kind}"\ntitle = "{kind}"\noptional = true\n'
        for kind in ("date", "month", "months", "number", "text")
    )
)


def book(*lines: tuple) -> bytes:
    """A workbook with these lines on its first sheet."""
    made = Workbook()
    for line in lines:
        made.worksheets[0].append(line)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def rows(data: bytes) -> list:
    """The rows of the survey's table, as read."""
    found = read_sheet(data, SURVEY)["t"]
    assert isinstance(found, list)
    return found


WHOLE = book(("activity", "place", "status"), ("a", "KE", "planned"))


def repacked(data: bytes, name: str, text: str) -> bytes:
    """The same workbook with another text in one part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, text if part.filename == name else old.read(part))
    return out.getvalue()


def test_a_sheet_with_headings_is_read() -> None:
    lines = (
        ("Activity", "place", "Status", "From month", "What you need"),
        ("training", "KE", "planned", "2026-03", "money; legal aid"),
    )
    assert parse_sheet(book(*lines), WHO) == answer_of(
        a_row("training", "KE", "2026-03", None, "planned", (), ("money", "legal aid"))
    )


def test_cells_that_a_spreadsheet_made_days_and_numbers_of() -> None:
    day = datetime.fromisoformat("2026-03-01")
    sheet = book(("date", "month", "months", "number", "text"), (day, day, date(2026, 4, 1), 0.1 + 0.2, 12.0))
    [row] = rows(sheet)
    assert row == {"date": "2026-03-01", "month": "2026-03", "months": "2026-04", "number": "0.3", "text": "12"}
    odd = book(("date", "number", "text"), (datetime.fromisoformat("2026-03-01T09:30"), True, timedelta(hours=1)))
    [row] = rows(odd)
    assert row == {"date": "2026-03-01 09:30:00", "number": "TRUE", "text": "1:00:00"}


@pytest.mark.parametrize("name", template.names())
def test_an_empty_sheet_has_the_headings_and_takes_text_alone(name: str) -> None:
    asks = template.load(name)
    sheet = load_workbook(io.BytesIO(write_sheet(asks))).worksheets[0]
    assert [cell.value for cell in sheet[1]] == headings(asks)
    assert {sheet.column_dimensions["A"].number_format} == {"@"}


def test_m17_a_heading_or_word_that_looks_like_a_formula_is_text_in_the_sheet() -> None:
    text = template.load_text("temperature").replace('"for it"', '"=1+1"').replace('"Where do you stand"', '"=2+2"')
    text = text.replace('["=1+1"', '["+1"')
    made = load_workbook(io.BytesIO(write_sheet(template.parse(text))))
    assert {cell.data_type for sheet in made.worksheets for line in sheet for cell in line if cell.value} == {"s"}


def test_m17_formula_like_text_stays_text_and_a_formula_is_never_run() -> None:
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.append(("activity", "place", "status", "with"))
    sheet.append(("x", "KE", "planned", "=cmd|' /C calc'!A0"))
    sheet["A2"].value, sheet["A2"].data_type = "=1+1", "s"
    sheet["D2"].data_type = "s"
    out = io.BytesIO()
    made.save(out)
    assert parse_sheet(out.getvalue(), WHO) == answer_of(
        a_row("=1+1", "KE", None, None, "planned", ("=cmd|' /C calc'!A0",))
    )
    # A formula whose value the spreadsheet never stored says nothing.
    assert read_sheet(book(("text",), ("=1+1",), ("said",)), SURVEY)["t"] == [{"text": "said"}]


def test_a_thousand_rows_and_one_more() -> None:
    lines = [("activity", "place", "status"), *[("a", "KE", "planned")] * 1_000]
    assert len(parse_sheet(book(*lines), WHO)[0].rows) == 1_000
    with pytest.raises(RowsError, match="1001 rows; at most 1000"):
        parse_sheet(book(*lines, ("a", "KE", "planned")), WHO)


def test_empty_lines_between_rows_hide_none() -> None:
    lines = [("text",), *[(None,)] * 5_000, ("last",)]
    assert read_sheet(book(*lines), SURVEY)["t"] == [{"text": "last"}]


def test_what_is_refused_is_named() -> None:
    with pytest.raises(RowsError, match="Row 2, place"):
        parse_sheet(book(("activity", "place", "status"), ("a", "KE", "planned"), ("a", "ZZ", "planned")), WHO)
    with pytest.raises(RowsError, match="several tables"):
        read_sheet(book(("what",)), TWO_TABLES)
    with pytest.raises(RowsError, match="several tables"):
        write_sheet(TWO_TABLES)


def why(data: bytes) -> str:
    """Why a workbook is not read."""
    with pytest.raises(CannotError) as caught:
        read_sheet(data, SURVEY)
    return caught.value.why


def test_f04_a_bomb_is_not_unpacked() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(32 * 1024 * 1024))
    assert len(bomb.getvalue()) < MAX_SHEET_BYTES
    assert why(bomb.getvalue()) == "too-large"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(1024))
    assert why(packed.getvalue()) == "damaged"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_f05_definitions_are_refused(encoding: str) -> None:
    laughs = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
    bad = repacked(book(("text",)), "xl/worksheets/sheet1.xml", laughs.encode(encoding))  # type: ignore[arg-type]
    assert why(bad) == "damaged"


def test_a_line_far_down_does_not_keep_anybody_waiting() -> None:
    far = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="999999999">'
    far += '<c r="A999999999"><v>1</v></c></row></sheetData></worksheet>'
    with pytest.raises(RowsError, match="empty"):
        read_sheet(repacked(book(("text",)), "xl/worksheets/sheet1.xml", far), SURVEY)


@pytest.mark.parametrize("cell", ["", "<v>1</v>"])
def test_m12_many_lines_that_reach_far_to_the_right_do_not_fill_the_memory(cell: str) -> None:
    lines = "".join(f'<row r="{number}"><c r="XFD{number}">{cell}</c></row>' for number in range(1, 3_000))
    wide = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    wide += f"{lines}</sheetData></worksheet>"
    assert why(repacked(book(("text",)), "xl/worksheets/sheet1.xml", wide)) == "too-large"


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(data: bytes) -> None:
    assert why(data) in ("kind", "damaged")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_damaged_workbook_is_read_or_refused(damage: list[tuple[int, int]]) -> None:
    whole = bytearray(WHOLE)
    for place, byte in damage:
        whole[place % len(whole)] = byte
    with contextlib.suppress(RowsError, CannotError):
        parse_sheet(bytes(whole), WHO)


def test_text_of_all_scripts_is_kept_as_typed() -> None:
    typed = ("حماية الشهود", "e\u0301tude", "👩🏽‍⚖️ legal", "ไทย", "שלום")
    sheet = parse_sheet(book(("activity", "place", "status", "with"), ("a", "KE", "planned", ";".join(typed))), WHO)
    [row] = sheet[0].rows
    assert row[5] == typed
    csv = parse_answer(f"activity,place,status,with\na,KE,planned,{';'.join(typed)}\n", "csv", WHO)
    assert csv == sheet
