"""`make pictures`: every page at three widths, light and dark, as `docs/pictures/` shows some of them."""

import asyncio
import io
import sys
import tempfile
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.async_api import async_playwright, expect

from tests.browser.conftest import chromium
from tests.browser.walk import dress, walk
from tests.pages import visiting
from tests.simulator.people import Stage
from tests.simulator.server import Server

WIDTHS = (390, 800, 1440)
COLOURS = 64


async def main(into: Path) -> None:
    """Take the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder), Server())
        await stage.set_up()
        await dress(stage)
        async with visiting(stage["Sec"]) as visitor, async_playwright() as playwright:
            browser = await playwright.chromium.launch(**chromium())
            page = await browser.new_page(locale="en", reduced_motion="reduce")
            await page.goto(visitor.program.launch())
            for (pattern, path), width in product((await walk(visitor)).items(), WIDTHS):
                await page.set_viewport_size({"width": width, "height": 900})
                await page.goto(visitor.program.loopback.origin + path)
                await expect(page.locator("#main > :not(.loading)").first).to_be_visible()
                for scheme in ("light", "dark"):
                    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                    name = pattern.strip("/").replace("/", "-").replace("{", "").replace("}", "") or "home"
                    taken = Image.open(io.BytesIO(await page.screenshot(full_page=True))).convert("RGB")
                    taken.quantize(COLOURS).save(into / f"{name}-{width}-{scheme}.png", optimize=True)
            await browser.close()


if __name__ == "__main__":
    chosen = Path(sys.argv[1])
    chosen.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(chosen))
