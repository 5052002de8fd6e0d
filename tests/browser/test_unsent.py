"""Words that somebody types and does not send: they stay theirs, wherever they go, until they are sent."""

from playwright.async_api import Page, expect

from tests.browser.conftest import Axe
from tests.browser.screens import Screens
from tests.simulator.people import Stage

TEXT = "The road by the quarry is watched"


async def talk(screens: Screens, stage: Stage) -> Page:
    """Ann at the discussion."""
    return await screens.page(stage["Ann"], f"/call/{stage.call.hex()}/talk")


async def test_words_that_are_not_sent_come_back_with_their_page(screens: Screens, stage: Stage, axe: Axe) -> None:
    page = await talk(screens, stage)
    said = page.get_by_label("Your message")
    await said.press_sequentially(TEXT)
    await page.get_by_role("link", name="Home").click()
    await page.get_by_role("link", name="Not sent: 1 page").click()
    await expect(page.get_by_text(TEXT)).to_be_visible()
    assert await axe(page) == []
    await page.get_by_role("link", name="Go to the page").click()
    await expect(said).to_have_value(TEXT)
    await page.reload()
    await expect(said).to_have_value(TEXT)
    await expect(page.locator("#unsent")).to_be_visible()
    assert await axe(page) == []
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator(".said").filter(has_text=TEXT)).to_have_count(1)
    await expect(said).to_have_value("")
    await expect(page.locator("#unsent")).to_be_hidden()
    await page.reload()
    await expect(page.locator(".said").filter(has_text=TEXT)).to_have_count(1)
    await expect(said).to_have_value("")
    await expect(page.locator("#unsent-link")).to_have_count(0)


async def test_t08_words_that_are_typed_as_it_locks_are_there_when_it_opens(screens: Screens, stage: Stage) -> None:
    page = await talk(screens, stage)
    await page.get_by_label("Your message").fill(TEXT)
    await page.get_by_role("button", name="Lock").click()
    await expect(page.get_by_role("heading", name="SecureCall is locked")).to_be_visible()
    desk = await screens.desk(stage["Ann"])
    async with stage["Ann"].open() as session:
        assert [dict(one.words) for one in session.unsent.every()] == [{"say-text": TEXT}]
    assert desk.state == "locked"
    assert TEXT not in await page.content()
