"""The pages of sealed pages: one is made, its code shown once, and what came back of it is taken in."""

import re
from pathlib import Path

import pytest

from securecall.labels import Label
from securecall_client.acts import exercises
from tests.pages import Visitor, visiting
from tests.replies import ROW, reply_text, sealed_in
from tests.simulator.people import Stage

VOICE = b"ID3\x04\x00\x00\x00\x00\x00\x00"
"""A file of a kind that is not cleaned."""
CODE = re.compile(r'id="page-code"[^>]*>([^<]+)<')


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for downloads, which is not there yet."""
    made = tmp_path / "down"
    monkeypatch.setenv("SECURECALL_DOWNLOADS", str(made))
    return made


async def start(stage: Stage) -> str:
    """Start an exercise for everyone; gives its id."""
    async with stage["Sec"].open() as session:
        return (await exercises.start_exercise(session, stage.call.hex(), "who-does-what", "everyone")).exercise


async def make(visitor: Visitor, at: str, folder: Path) -> tuple[str, str, str]:
    """Make a page; gives where it is shown, its id and its code."""
    async with visitor.program.desk.at() as session:
        await session.reach()
    shown = await visitor.do(at, org="World body", until="2027-06-01T18:00")
    [code] = CODE.findall(await visitor.page(shown))
    [file] = folder.glob("page-*.html")
    prefix = Label.PAGE.prefix()
    return shown, sealed_in(file)[len(prefix) :][:16].hex(), code


async def test_a_page_is_made_among_the_downloads_and_its_code_is_shown_until_it_is_put_away(
    stage: Stage, folder: Path
) -> None:
    await start(stage)
    at = f"/call/{stage.call.hex()}/guest-page"
    async with visiting(stage["Sec"]) as sec, visiting(stage["Ann"]) as ann:
        assert f'href="{at}"' in await sec.page(f"/call/{stage.call.hex()}/people")
        assert "It is not live" in await sec.page(at)
        assert "Say whom" in await sec.refused(at, org=" ")
        assert "not a day" in await sec.refused(at, org="World body", until="soon")
        shown, _, code = await make(sec, at, folder)
        assert code not in shown
        assert "another way, best by voice" in await sec.page(shown)
        await sec.do(f"{shown}/away")
        assert "put away" in await (await sec.ask("GET", shown, sec.own)).text()
        assert "Only owners and chairs" in await ann.page(at)
        assert "wners and chairs" in await ann.refused(at, org="World body")


async def test_what_came_back_is_taken_in_and_asked_about_where_more_must_be_said(stage: Stage, folder: Path) -> None:
    exercise = await start(stage)
    at = f"/call/{stage.call.hex()}/guest-page"
    async with visiting(stage["Sec"]) as sec:
        _, page, code = await make(sec, at, folder)
        answers = {exercise: {"rows": [ROW]}}
        assert "Paste" in await sec.refused(f"{at}/take")
        assert await sec.do(f"{at}/take", reply=reply_text(page, code, answers)) == at
        assert "by sealed page" in await sec.page(f"/call/{stage.call.hex()}/exercise/{exercise}")
        asked = await sec.do(f"{at}/take", reply=reply_text(page, code, answers))
        assert "entered" in await sec.page(asked)
        assert await sec.do(asked) == at
        assert "put away" in await (await sec.ask("GET", asked, sec.own)).text()


async def test_a_page_of_another_computer_takes_whom_it_is_for_and_its_code(stage: Stage, folder: Path) -> None:
    exercise = await start(stage)
    at = f"/call/{stage.call.hex()}/guest-page"
    async with visiting(stage["Sec"]) as sec:
        _, _, code = await make(sec, at, folder)
        text = reply_text("ab" * 16, code, {exercise: {"rows": [ROW]}}, "voice.mp3", VOICE)
        asked = await sec.do(f"{at}/take", reply=text)
        assert 'name="code"' in await sec.page(asked)
        assert "both" in await sec.refused(asked, org="World body")
        wrong = "a" + code[1:] if code[0] != "a" else "b" + code[1:]
        assert await sec.refused(asked, org="World body", code=wrong)
        more = await sec.do(asked, org="World body", code=code)
        assert "cannot be cleaned" in await sec.page(more)
        assert await sec.do(more) == at
        assert (folder / "guest-file.bin").read_bytes() == VOICE


async def test_pages_that_were_made_are_listed_and_can_be_withdrawn(stage: Stage, folder: Path) -> None:
    exercise = await start(stage)
    at = f"/call/{stage.call.hex()}/guest-page"
    async with visiting(stage["Sec"]) as sec:
        assert "Pages that you made" not in await sec.page(at)
        shown, page, code = await make(sec, at, folder)
        listed = await sec.page(at)
        assert f'id="page-{page}"' in listed
        assert "nothing came back yet" in listed
        await sec.do(f"{shown}/away")
        text = reply_text(page, code, {exercise: {"rows": [ROW]}})
        await sec.do(f"{at}/withdraw", page=page)
        assert "withdrawn" in await sec.page(at)
        assert "You have withdrawn the page" in await sec.refused(f"{at}/take", reply=text)
        assert "made no such page" in await sec.refused(f"{at}/withdraw", page="00")
    async with visiting(stage["Bob"]) as bob:
        assert "Pages that you made" not in await bob.page(at), "each computer has its own"
