"""What a member who cheats can do to others through their pages: names, files and cells of theirs, in a browser."""

import csv
import io
import zipfile
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from securecall_client import content, parts
from securecall_client.acts import exercises
from securecall_client.blobs import Source
from tests.answers import a_row, answer_of
from tests.browser.screens import Screens
from tests.simulator.people import Stage, invite, the_exercise
from tests.unit.cleaning import made

NAMED = "../../a\u202efdp.zip"
"""A path, and a name that would be read from right to left."""
SAFE = "_.._afdp.zip"


@pytest.fixture(autouse=True)
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Ann's downloads go."""
    made = tmp_path / "deep" / "downloads"
    made.mkdir(parents=True)
    monkeypatch.setenv("SECURECALL_DOWNLOADS", str(made))
    return made


async def put_up(stage: Stage, name: str, data: bytes) -> None:
    """Have Bob put up a document under a name that no program of ours would give it."""
    async with stage["Bob"].open() as session:
        body, ref = await session.blobs.seal(
            Source.of_file("source", io.BytesIO(data)), b"\x01" * 16, lambda _done, _all: None
        )
        values = {field: getattr(body, field) for field in content.Document.__struct_fields__}
        evil = content.Document(**{**values, "name": name})
        await session.writer.write(stage.call, evil, "allies", blobs=[ref])
    await stage.sync("Ann")


async def at_document(screens: Screens, stage: Stage) -> Page:
    """Have Ann go to the only document of the call."""
    ann = await screens.page(stage["Ann"], f"/call/{stage.call.hex()}/documents")
    await ann.locator("#documents a").first.click()
    return ann


async def test_f01_f02_f03_f07_a_document_is_saved_beside_what_is_there_and_never_unpacked(
    screens: Screens, stage: Stage, downloads: Path
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../out.txt", b"out")
    await put_up(stage, NAMED, packed.getvalue())
    private = stage.root / "private"
    private.write_text("mine")
    (downloads / SAFE).symlink_to(private)
    before = {path for path in stage.root.rglob("*") if not path.is_relative_to(stage["Ann"].home)}
    ann = await at_document(screens, stage)
    await expect(ann.get_by_text("\u202e")).to_have_count(0)
    await ann.get_by_role("button", name="Download").click()
    await expect(ann.locator("#said")).to_contain_text("Fetched and checked")
    saved = downloads / "_.._afdp (2).zip"
    assert saved.read_bytes() == packed.getvalue()
    assert private.read_text() == "mine"
    after = {path for path in stage.root.rglob("*") if not path.is_relative_to(stage["Ann"].home)}
    assert after - before - {saved} == set()


async def test_f04_f05_what_would_burst_is_told_in_words_and_everything_else_goes_on(
    screens: Screens, stage: Stage
) -> None:
    wide = made.image("PNG").replace(b"IHDR\x00\x00\x00\x18\x00\x00\x00\x10", b"IHDR\x7f\xff\xff\xff\x7f\xff\xff\xff")
    await put_up(stage, "wide.png", wide)
    ann = await at_document(screens, stage)
    await expect(ann.get_by_text("This cannot be shown here")).to_be_visible()
    await ann.get_by_role("link", name="Discussion").click()
    await ann.get_by_label("Your message").fill("Still here")
    await ann.get_by_role("button", name="Send", exact=True).click()
    await expect(ann.get_by_role("paragraph").filter(has_text="Still here")).to_be_visible()


async def test_m14_a_spoofed_name_has_no_badge_and_a_message_of_hidden_marks_is_none(
    screens: Screens, stage: Stage
) -> None:
    # Letters of another script, which look like those of an office.
    name = "Ѕесrеtаrіаt"
    async with stage["Sec"].open() as session:
        text = await invite(session, "", org="River Watch")
    assert await stage[name].join(text) == "waiting"
    async with stage["Bob"].open() as session:
        for number, text in enumerate(("Ann\u202e tfel\u2066 Secretariat\u200b", "Bob has left")):
            said = parts.Message(bytes([number]) * 16, parts.OnSpace(), parts.NOTHING, text)
            await session.writer.write(stage.call, said, "allies")
    sec = await screens.page(stage["Sec"], "/people")
    waiting = sec.get_by_role("listitem").filter(has_text=name)
    await expect(waiting).to_contain_text("is the name of an office; their role is the one that is shown beside it")
    await expect(waiting.get_by_role("heading")).to_contain_text("member")
    await stage.sync("Ann")
    ann = await screens.page(stage["Ann"], f"/call/{stage.call.hex()}/talk")
    await expect(ann.locator(".message")).to_have_count(1)
    await expect(ann.locator(".message")).to_contain_text("Bob has left")


async def test_m17_a_formula_in_an_answer_is_text_in_the_table_that_is_saved(
    screens: Screens, stage: Stage, downloads: Path
) -> None:
    async with stage["Bob"].open() as session:
        exercise = await the_exercise(session, stage.call)
        evil = a_row("=cmd|' /C calc'!A0", "FR", needs=("+1+1",))
        await exercises.answer_exercise(session, stage.call.hex(), exercise, answer_of(evil))
    await stage.sync("Ann")
    ann = await screens.page(stage["Ann"], f"/call/{stage.call.hex()}/exercise/{exercise}/map")
    await ann.get_by_role("button", name="Save as a table (CSV)").click()
    await expect(ann.locator("#said")).to_contain_text("Saved as")
    [saved] = downloads.iterdir()
    cells = [cell for row in csv.reader(io.StringIO(saved.read_text("utf-8-sig"))) for cell in row]
    assert any("cmd|" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
