"""The four main tasks by keyboard and accessibility tree, as `docs/accessibility.md` writes them down."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from securecall_client.acts import admitting, calls, exercises
from securecall_client.errors import SecureCallError
from tests.answers import a_row, answer_of
from tests.browser.conftest import DEADLINE
from tests.browser.keyboard import HEARS, Keyboard
from tests.pages import pages_of
from tests.simulator.people import Person, Stage, invite, the_exercise

PLAN = b"what we plan"


async def begin(browser: Browser, address: str) -> Page:
    """A tab of somebody who is let in, in which everything that is told is heard."""
    context = await browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(DEADLINE)
    await context.add_init_script(HEARS)
    page = await context.new_page()
    await page.goto(address)
    await page.wait_for_selector("html[data-live=on] h1")
    return page


async def answer(stage: Stage, name: str) -> None:
    """Somebody answers the exercise."""
    async with stage[name].open() as session:
        exercise = await the_exercise(session, stage.call)
        await exercises.answer_exercise(session, stage.call.hex(), exercise, answer_of(a_row("training", "FR")))


async def test_joining_a_call(browser: Browser, stage: Stage) -> None:
    sec = stage["Sec"]
    async with sec.open() as session:
        invitation = await invite(session, "Dora")

    async def let_in() -> None:
        async with sec.open() as session:
            await admitting.admit(session, confirmed=True)

    async def into_the_call() -> None:
        async with sec.open() as session:
            await calls.invite_to_call(session, stage.call.hex(), ["Dora"])
        dora.desk.stir()

    async def roll_call() -> None:
        async with stage["Bob"].open() as session:
            await session.sync_all()
            await calls.code(session, stage.call.hex(), roll_call=True)
            await calls.rotate_call(session, stage.call.hex())

    others = {
        "Sec lets Dora in": let_in,
        "Sec lets Dora into the call": into_the_call,
        "Bob holds a roll call": roll_call,
    }
    async with pages_of(stage["Dora"]) as dora:
        page = await begin(browser, dora.launch())
        await Keyboard(page, others, {"invitation": invitation}).go("Join a call")
        await page.context.close()


async def test_reading_a_document_and_putting_one_up(browser: Browser, stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_bytes(PLAN)
    await stage.put_up("Bob", "minutes of the harbour.txt", b"quartz")
    await stage.sync("Ann")

    async def put_up() -> None:
        await stage.put_up("Bob", "agenda.txt", b"one, two")

    async def chosen() -> None:
        await (await waiting.value).set_files(tmp_path / "plan.txt")

    async with pages_of(stage["Ann"]) as ann:
        page = await begin(browser, ann.launch())
        async with page.expect_file_chooser() as waiting:
            others = {"Bob puts up agenda.txt": put_up, "Ann chooses plan.txt": chosen}
            await Keyboard(page, others).go("Read a document, and put one up")
        await page.context.close()


async def test_filling_in_an_exercise(browser: Browser, stage: Stage) -> None:
    async def other_answer() -> None:
        await answer(stage, "Bob")

    async with pages_of(stage["Ann"]) as ann:
        page = await begin(browser, ann.launch())
        await Keyboard(page, {"Bob sends an answer": other_answer}).go("Fill in an exercise")
        await page.context.close()


async def test_taking_somebody_out_and_making_a_new_key(browser: Browser, stage: Stage) -> None:
    sec: Person = stage["Sec"]

    async def caught() -> None:
        sec.hostile.roll_back(stage.call, 3)
        async with pages.desk.at() as session:
            with pytest.raises(SecureCallError):
                await session.sync_all()
        pages.desk.hub.tell("changed")

    async with pages_of(sec) as pages:
        page = await begin(browser, pages.launch())
        await Keyboard(page, {"the server is caught": caught}).go("Take somebody out, and make a new key")
        await page.context.close()
