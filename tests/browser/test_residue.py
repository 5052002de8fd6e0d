"""What is left on a computer after somebody worked with the pages, locked them and closed the browser (row T04)."""

import gzip
import os
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Playwright, expect

from tests.browser.conftest import chromium
from tests.pages import pages_of
from tests.simulator.people import CALL, Stage, the_exercise
from tests.unit.cleaning import made

READ, WROTE, SAID, SENT = "granite-in-a-document", "basalt-in-an-answer", "marble-in-a-message", "quartz-in-a-file"


def packed(data: bytes) -> Iterator[bytes]:
    """A file as it is, and as a browser's cache may have packed it."""
    yield data
    for unpack in (gzip.decompress, zlib.decompress):
        try:
            yield unpack(data)
        except (OSError, EOFError, zlib.error):
            continue


def holding(folder: Path, words: list[str]) -> list[tuple[str, str]]:
    """The files anywhere below a folder that have one of these words, in whatever coding."""
    return [
        (str(path.relative_to(folder)), word)
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
        for data in packed(path.read_bytes())
        for word in words
        if word.encode() in data or word.encode("utf-16-le") in data
    ]


@pytest.fixture
def folders(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home, a folder for temporary files and one for downloads, of nobody's but this test's.

    Chromium's socket among its temporary files has room for a short path only.
    """
    with tempfile.TemporaryDirectory(prefix="sc") as made_here:
        folder = Path(made_here)
        for name in ("home", "temp", "own", "down"):
            (folder / name).mkdir()
        monkeypatch.setenv("TMPDIR", str(folder / "temp"))
        monkeypatch.setattr(tempfile, "tempdir", str(folder / "temp"))
        monkeypatch.setattr("securecall_client.web.pages.document.downloads", lambda: folder / "down")
        yield folder


async def test_t04_l09_what_was_read_typed_sent_and_fetched_is_in_no_file_but_the_one_that_was_saved(
    playwright: Playwright, stage: Stage, folders: Path
) -> None:
    (stage.root / "Ann").rename(folders / "profile")
    stage["Ann"].home = folders / "profile"
    document = await stage.put_up("Bob", "read.txt", f"{READ}\n".encode() * 50)
    drawn = await stage.put_up("Bob", "drawn.pdf", made.pdf())
    (folders / "own" / "sent.txt").write_text(SENT)
    async with stage["Bob"].open() as session:
        exercise = await the_exercise(session, stage.call)
    await stage.sync("Ann")
    how = chromium() | {"env": {**os.environ, "HOME": str(folders / "home")}}
    context = await playwright.chromium.launch_persistent_context(folders / "chromium", **how)
    async with pages_of(stage["Ann"]) as program:
        page, call = context.pages[0], f"{program.loopback.origin}/call/{stage.call.hex()}"
        await page.goto(program.launch())
        await expect(page.get_by_role("link", name=CALL)).to_be_visible()
        await page.goto(f"{call}/document/{document}")
        await expect(page.get_by_text(READ).first).to_be_visible()
        await page.get_by_role("button", name="Download").click()
        await expect(page.locator("#said")).to_contain_text("Fetched and checked")
        await page.goto(f"{call}/document/{drawn}")
        await expect(page.get_by_role("img", name="Page 1 of 2 of drawn.pdf")).to_be_visible()
        await page.goto(f"{call}/documents")
        await page.locator("#files").set_input_files(folders / "own" / "sent.txt")
        await expect(page.get_by_role("button", name="Leave it out")).to_be_visible()
        await page.goto(f"{call}/exercise/{exercise}")
        await page.locator("#row-rows-0-activity").fill(WROTE)
        await expect(page.locator("#draft-said[data-state=kept]")).to_be_visible()
        await page.goto(f"{call}/talk")
        await page.get_by_label("Your message").fill(SAID)
        await page.get_by_role("button", name="Lock").click()
        await expect(page.get_by_role("heading", name="SecureCall is locked")).to_be_visible()
    await context.close()
    words = [READ, WROTE, SAID, SENT, CALL, "read.txt", "drawn.pdf", "Harbour Watch"]
    left = {found for found in holding(folders, words) if found != ("own/sent.txt", SENT)}
    assert left == {("down/read.txt", READ)}
    assert len(list((folders / "chromium").rglob("*"))) > 20
    assert list((folders / "temp").iterdir()) == []
