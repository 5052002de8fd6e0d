"""Cells that a spreadsheet cannot run (threat row M17)."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securecall_client.work.cells import neutralise, restore, to_csv

TRIGGERS = "=+-@\t\r\0＝＋－＠"
hostile = st.text(alphabet=st.sampled_from("=+-@\t\r\n\0'\",; ＝＋－＠a1")) | st.text()

CASES = {
    "formula": ("=1+1", "'=1+1"),
    "plus": ("+1", "'+1"),
    "minus": ("-1", "'-1"),
    "at": ("@SUM(A1)", "'@SUM(A1)"),
    "tab": ("\t=1", "'\t'=1"),
    "carriage return": ("\r=1", "'\r'=1"),
    "nul": ("\0=1", "'\0=1"),
    "full width": ("＝1＋1", "'＝1＋1"),
    "behind white space": (" =1", "' =1"),
    "behind a line break": ("a\n=1", "a\n'=1"),
    "behind a quotation mark": ('"=1', "\"'=1"),
    "behind a separator": ("a;=1", "a;'=1"),
    "an apostrophe of one's own": ("'=1", "''=1"),
    "a harmless apostrophe": ("'t Hof", "'t Hof"),
    "a harmless hyphen": ("2026-03", "2026-03"),
    "plain": ("legal aid", "legal aid"),
    "empty": ("", ""),
}


@pytest.mark.parametrize(("text", "cell"), CASES.values(), ids=CASES)
def test_m17_a_cell_is_neutralised_and_restored(text: str, cell: str) -> None:
    assert neutralise(text) == cell
    assert restore(cell) == text


@given(hostile)
def test_m17_every_text_comes_back(text: str) -> None:
    assert restore(neutralise(text)) == text


@given(hostile)
def test_m17_no_cell_and_no_line_begins_with_a_trigger(text: str) -> None:
    cell = neutralise(text)
    assert not cell.startswith(tuple(TRIGGERS))
    assert not any(line[:1] in TRIGGERS for line in cell.replace('"', "\n").split("\n") if line)


@given(st.lists(st.lists(hostile, min_size=1, max_size=3), max_size=4))
def test_m17_a_table_comes_back_through_csv(table: list[list[str]]) -> None:
    read = csv.reader(io.StringIO(to_csv(table), newline=""), strict=True)
    assert [[restore(cell) for cell in line] for line in read] == table


def test_a_long_run_of_white_space_takes_no_square_of_its_length() -> None:
    text = "\n" * 500_000
    assert restore(neutralise(text)) == text
