"""`docs/threat-model.md` names tests that are there, and leaves out no row that a test is for."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
HOLD, LATER = TEXT.split("## Rows that come later")
ROWS = re.findall(r"^\| ([A-Z]\d\d) \|", HOLD, re.MULTILINE)


def source(path: str) -> str:
    """A file's text, or nothing if it is not there."""
    file = ROOT / path
    return file.read_text("utf-8") if file.is_file() else ""


def test_every_test_that_it_names_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", HOLD)
    assert named
    assert [f"{path}::{test}" for path, test in named if f"def {test}(" not in source(path)] == []


def test_every_row_that_a_test_is_for_stands_there_once() -> None:
    covered = {
        row.upper()
        for path in (ROOT / "tests").rglob("test_*.py")
        for ids in re.findall(r"def test_((?:[a-z]\d\d_)+)", path.read_text("utf-8"), re.IGNORECASE)
        for row in ids.rstrip("_").split("_")
    }
    assert covered - {*ROWS} == set()
    assert len(ROWS) == len({*ROWS})


def test_no_row_that_holds_is_said_to_lack_a_test() -> None:
    lacking = next(line for line in LATER.splitlines() if line.startswith("- **Held by what is built"))
    assert {*re.findall(r"\b[A-Z]\d\d\b", lacking)} & {*ROWS} == set()
