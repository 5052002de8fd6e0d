"""What somebody does on a line that does not answer: it is said at once, and nothing of it is lost."""

import asyncio

from playwright.async_api import expect

from tests.browser.screens import Screens
from tests.simulator.people import Stage


async def test_what_is_sent_on_a_dead_line_is_said_to_be_under_way_and_can_be_gone_on_from(
    screens: Screens, stage: Stage
) -> None:
    page = await screens.page(stage["Ann"], f"/call/{stage.call.hex()}/talk")
    mended = asyncio.Event()

    async def hang() -> None:
        await mended.wait()

    stage["Ann"].hostile.meanwhile["append"] = hang
    await expect(page.locator("#waiting")).to_be_hidden()
    await page.get_by_label("Your message").fill("The road is closed.")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("#waiting")).to_contain_text("Nothing of what you typed is lost.")
    await page.get_by_role("button", name="Do not wait for the server").click()
    await expect(page.locator("#waiting")).to_be_hidden()
    await expect(page.locator(".said").filter(has_text="The road is closed.")).to_have_count(1)
    mended.set()
    await expect(page.locator(".message").filter(has_text="The road is closed.")).to_have_count(1)
    await expect(page.locator("#waits")).to_have_count(0)
