"""`docs/threat-model.md` has every row, names tests that are there, and leaves out no row that a test is for."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
TABLE = re.findall(r"^\| ([A-Z]\d\d) \| (.+?) \| (.+?) \| (.+) \|$", TEXT, re.MULTILINE)
ROWS = [row for row, _, _, _ in TABLE]
HOW_MANY = {"S": 43, "R": 8, "M": 20, "G": 9, "N": 6, "L": 11, "T": 10, "F": 10, "O": 15}
"""Rows of each opponent."""
LATER = "comes with the pages"
DOORS: set[str] = set()
"""Rows that nothing can be attacked by yet."""


def source(path: str) -> str:
    """A file's text, or nothing if it is not there."""
    file = ROOT / path
    return file.read_text("utf-8") if file.is_file() else ""


def test_every_row_stands_there_once() -> None:
    assert sorted(ROWS) == sorted(f"{letter}{n:02}" for letter, last in HOW_MANY.items() for n in range(1, last + 1))


def test_every_row_names_tests_but_those_whose_door_is_to_come() -> None:
    assert {row for row, _, _, tests in TABLE if tests == LATER} == DOORS
    assert [row for row, _, _, tests in TABLE if tests != LATER and "::test_" not in tests] == []


def test_every_test_that_it_names_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", TEXT)
    assert named
    assert [f"{path}::{test}" for path, test in named if f"def {test}(" not in source(path)] == []


def test_every_test_in_a_row_is_for_that_row() -> None:
    wrong = [
        (row, test)
        for row, _, _, tests in TABLE
        for test in re.findall(r"::(test_\w+)`", tests)
        if row.lower() not in test.lower().split("_")
    ]
    assert wrong == []


def test_no_row_that_a_test_is_for_is_said_to_come() -> None:
    covered = {
        row.upper()
        for path in (ROOT / "tests").rglob("test_*.py")
        for ids in re.findall(r"def test_((?:[a-z]\d\d_)+)", path.read_text("utf-8"), re.IGNORECASE)
        for row in ids.rstrip("_").split("_")
    }
    assert covered & DOORS == set()
    assert covered - {*ROWS} == set()
