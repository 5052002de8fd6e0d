"""A workbook that came back is taken apart in the sandbox alone, and what that says is not believed (rows F04, M17)."""

import sys

import pytest

from securecall_client.acts import sheets
from securecall_client.sandbox import process
from securecall_client.work.errors import RowsError
from tests.answers import WHO, read_sheet
from tests.unit.work.test_answer_sheet import SURVEY, WHOLE, book

LIES = {
    "no lines": b'{"a": 1}',
    "a day that there is not": b"[[99999999]]",
    "a number": b"[[1.5]]",
    "words": b"all is well",
    "no text": b'[["\xff"]]',
    "nothing": b"",
}
LIAR = """
import sys
from securecall_client.sandbox.messages import Lines, frame
made = bytes.fromhex(sys.argv[1])
sys.stdout.buffer.write(frame(Lines(), made) + made)
"""


@pytest.mark.slow
async def test_f04_a_workbook_is_read_in_the_sandbox_as_it_would_be_here() -> None:
    days = book(("date", "month", "text"), ("2026-03-01", "2026-03", "=1+1"), (None, None, "wörter"))
    assert await sheets.read_sheet(WHOLE, WHO) == read_sheet(WHOLE, WHO)
    assert await sheets.read_sheet(days, SURVEY) == read_sheet(days, SURVEY)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"activity,place\n", "not an XLSX workbook"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "has a password"),
        (WHOLE[:-40], "not a readable"),
        (b"PK\x03\x04" + bytes(400), "not a readable"),
        (bytes(sheets.MAX_SHEET_BYTES + 1), "more than"),
    ],
)
async def test_f04_what_is_no_workbook_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(RowsError, match=words):
        await sheets.read_sheet(data, WHO)


@pytest.mark.parametrize("name", LIES)
async def test_f04_a_sandbox_that_a_workbook_took_over_is_not_believed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_command", lambda: [sys.executable, "-c", LIAR, LIES[name].hex()])
    with pytest.raises(RowsError, match="not a readable"):
        await sheets.read_sheet(b"file", WHO)
