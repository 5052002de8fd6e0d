"""Somebody joins from a pasted invitation to the recovery sheet, and is let in by whoever sees the same words."""

import re
from pathlib import Path

from playwright.async_api import Page, expect

from securecall_client.work.covering import letter
from tests.browser.conftest import Axe, fixture
from tests.browser.screens import Screens
from tests.simulator.people import TITLE, Stage, invite
from tests.simulator.server import Server

PASSPHRASE = "harbour violin seventeen moss"


@fixture()
async def stage(tmp_path: Path) -> Stage:
    """A coalition of one."""
    stage = Stage(tmp_path, Server())
    stage.coalition = await stage["Sec"].found(stage.setup)
    return stage


async def heading(page: Page, words: str | re.Pattern[str]) -> None:
    """Wait for a page."""
    await expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()


async def ask_to_be_let_in(page: Page, text: str) -> None:
    """Paste an invitation and say who one is."""
    await heading(page, "Welcome to SecureCall")
    await page.get_by_role("link", name="I was invited").click()
    await page.get_by_label("Invitation", exact=True).fill(text)
    await page.get_by_label("Your name").fill("Dora")
    await page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    await page.get_by_label("The same again").fill(PASSPHRASE)
    await page.get_by_role("button", name="Ask to be let in").click()
    await heading(page, re.compile("You wait to be let into"))


async def test_l06_a_whole_joining_from_the_letter_to_the_sheet(screens: Screens, stage: Stage, axe: Axe) -> None:
    async with (await screens.desk(stage["Sec"])).at() as session:
        text = letter(await invite(session, "Dora", "chair"), "noon")
    page = await screens.page(stage["Dora"])
    await ask_to_be_let_in(page, text)
    await expect(page.get_by_text(TITLE)).to_be_visible()
    await expect(page.get_by_role("listitem").filter(has_text=re.compile("^Sec$"))).to_be_visible()
    words = await page.locator(".words.code").inner_text()
    assert await axe(page) == []

    keeper = await screens.page(stage["Sec"], "/people")
    await expect(keeper.locator(".words.code")).to_have_text(words)
    await keeper.get_by_label(re.compile("Type the six words")).fill("other words than those that stand there")
    await keeper.get_by_role("button", name="Let in").click()
    await expect(keeper.locator("#notice")).to_contain_text("Nobody was let in")
    await heading(page, re.compile("You wait to be let into"))
    await keeper.get_by_label(re.compile("Type the six words")).fill(words.upper())
    await keeper.get_by_role("button", name="Let in").click()
    await expect(keeper.get_by_role("link", name="Dora")).to_be_visible()

    await heading(page, re.compile("You are in"))
    await page.get_by_role("button", name="Make my recovery sheet").click()
    await expect(page.get_by_role("heading", name="SecureCall recovery sheet")).to_be_visible()
    listed = await page.locator(".sheet-words li").all_inner_texts()
    told = dict(line.split() for line in listed)
    assert len(told) == 24
    await expect(page.locator("svg.qr")).to_be_visible()
    assert await axe(page) == []
    await page.get_by_role("link", name="I have put it away").click()
    await expect(page.get_by_role("heading", name="Can you read it where it is?")).to_be_visible()
    for label in await page.locator("#away label").all_inner_texts():
        await page.get_by_label(label, exact=True).fill(told[label.removeprefix("Word ")])
    await page.get_by_role("button", name="It is put away").click()
    await expect(page.get_by_role("heading", name="Now", exact=True)).to_be_visible()
    await expect(page.get_by_role("link", name="See to it")).to_have_count(0)


async def test_t08_a_sheet_can_be_put_off_is_not_forgotten_and_locking_takes_it_away(
    screens: Screens, stage: Stage
) -> None:
    page = await screens.page(stage["Sec"])
    await page.get_by_role("link", name="See to it").click()
    await page.get_by_role("button", name="Make my recovery sheet").click()
    await expect(page.locator(".sheet-words")).to_be_visible()
    address = page.url
    await page.get_by_role("link", name="Later").click()
    await expect(page.get_by_text("have not shown that you have it")).to_be_visible()
    await page.goto(address)
    await expect(page.locator(".sheet-words")).to_be_visible()
    await page.get_by_role("button", name="Lock").click()
    await heading(page, "SecureCall is locked")
    assert "sheet-words" not in await page.content()
