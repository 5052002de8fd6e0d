"""`make pictures`: every page at three widths, light and dark; `docs/pictures/` keeps some, made anew each time."""

import asyncio
import io
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import product
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright, expect

from securecall_client.errors import SecureCallError
from securecall_client.web.program import Program
from tests.browser.conftest import DEADLINE, ROOT, chromium
from tests.browser.scene import Scene
from tests.browser.screens import Screens
from tests.browser.walk import walk
from tests.pages import pages_of, visitor_of
from tests.simulator.server import Server

WIDTHS, SCHEMES = (390, 800, 1440), ("light", "dark")
HEIGHT = 900
"""Of a window, in pixels."""
COLOURS, TALL = 160, 1.2
"""Of what is kept: how many colours, and how high it is for its width, if that is more than a window."""
KEPT: Final = {
    "call": "call-call-1440-light",
    "call-in-half-a-window-dark": "call-call-800-dark",
    "call-on-a-phone": "call-call-390-light",
    "home-on-a-phone-dark": "home-390-dark",
    "map": "call-call-exercise-exercise-map-800-light",
    "exercise": "call-call-exercise-exercise-1440-light",
    "documents-dark": "call-call-documents-800-dark",
    "people-removed": "call-call-people-removed-place-800-light",
    "alarm": "alarm-800-light",
    "first-steps": "begin-800-light",
    "sealed-page-on-a-phone": "sealed-open-390-light",
    "window-to-share": "present-call-1440-light",
}
"""What `docs/pictures/` shows, by its name there: a picture's name, with its width and its colours."""
SHOWN: Final = ROOT / "docs" / "pictures"
Colour = tuple[int, int, int]
HERE: Final = ("cochair", "focal", "ally", "guest")
"""Who else has the call on their screen."""
_NAMED: Final = re.compile(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})+)?\}")
"""A name in a path, with what it may be."""


class Camera:
    """Takes pictures of pages into a folder, of those alone whose name begins with one of ``only``."""

    def __init__(self, into: Path, only: tuple[str, ...]) -> None:
        self._into, self._only = into, only

    def wants(self, name: str) -> bool:
        """Whether there is to be a picture of that name."""
        return name.startswith(self._only or ("",))

    async def take(self, page: Page, name: str) -> None:
        """One page, in all its looks."""
        for width, scheme in product(WIDTHS, SCHEMES):
            await page.set_viewport_size({"width": width, "height": HEIGHT})
            await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
            taken = Image.open(io.BytesIO(await page.screenshot(full_page=True))).convert("RGB")
            taken.save(self._into / f"{name}-{width}-{scheme}.png")


def keep(taken: Path, kept: Path) -> None:
    """A picture for `docs/pictures/`: its upper part, in the colours that most of it is in, so that it takes little
    room.
    """
    whole = Image.open(taken).convert("RGB")
    picture = whole.crop((0, 0, whole.width, min(whole.height, max(HEIGHT, round(whole.width * TALL)))))
    data = picture.tobytes()
    pixels = list(zip(data[::3], data[1::3], data[2::3], strict=True))
    counted = Counter(pixels)
    often = [colour for colour, _ in counted.most_common(COLOURS)]
    nearest = {colour: min(range(len(often)), key=lambda at: _far(often[at], colour)) for colour in counted}
    small = Image.frombytes("P", picture.size, bytes(nearest[pixel] for pixel in pixels))
    small.putpalette([part for colour in often for part in colour])
    small.save(kept, optimize=True)


def _far(one: Colour, other: Colour) -> int:
    return sum((here - there) ** 2 for here, there in zip(one, other, strict=True))


async def main(into: Path, *only: str) -> None:
    """Take the pictures."""
    camera = Camera(into, only)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SECURECALL_DOWNLOADS"] = folder
        scene = Scene(Path(folder), Server())
        await scene.begin()
        await scene.play()
        async with browsing() as (browser, screens):
            page = await screens.page(scene.part("secretariat"), f"/call/{scene.call.hex()}")
            for part in HERE:
                await screens.page(scene.part(part), f"/call/{scene.call.hex()}")
            await expect(page.locator("#now-side .state.good")).to_have_count(len(HERE))
            await take_pages(camera, await screens.program(scene.part("secretariat")), page)
            await take_strangers(camera, scene, await browser.new_page(locale="en"))
    SHOWN.mkdir(exist_ok=True)
    for name, taken in KEPT.items():
        if camera.wants(taken.rsplit("-", 2)[0]):
            keep(into / f"{taken}.png", SHOWN / f"{name}.png")


@asynccontextmanager
async def browsing() -> AsyncIterator[tuple[Browser, Screens]]:
    """A browser, and the screens of several people in it."""
    async with async_playwright() as playwright, AsyncExitStack() as stack:
        browser = await playwright.chromium.launch(**chromium())
        yield browser, Screens(browser, stack, DEADLINE)


async def take_pages(camera: Camera, program: Program, page: Page) -> None:
    """Every page that somebody comes to by links."""
    async with visitor_of(program) as visitor:
        found = await walk(visitor)
    for pattern, path in found.items():
        name = _NAMED.sub(r"\1", pattern.strip("/")).replace("/", "-") or "home"
        if camera.wants(name):
            await page.goto(program.loopback.origin + path)
            await settled(page)
            await camera.take(page, name)


async def settled(page: Page) -> None:
    """Wait until a page is there, with what its script fetches."""
    await expect(page.locator("#main > :not(.loading)").first).to_be_visible()
    await expect(page.get_by_text("Drawing …")).to_have_count(0)
    await expect(page.get_by_text("Fetching it …")).to_have_count(0)
    await expect(page.locator("#progress > *")).to_have_count(0)


async def take_strangers(camera: Camera, scene: Scene, page: Page) -> None:
    """What the secretariat does not come to: the first steps, a door that is shut, an alarm, a sealed page."""
    async with AsyncExitStack() as stack:
        if camera.wants("begin"):
            begun = await stack.enter_async_context(pages_of(scene["Newcomer"], unlocked=False))
            await page.goto(begun.launch())
            await expect(page.locator("h1")).to_be_visible()
            for path in ("/begin", "/begin/join", "/begin/link", "/begin/found"):
                await page.goto(begun.loopback.origin + path)
                await settled(page)
                await camera.take(page, path.strip("/").replace("/", "-"))
        if camera.wants("locked"):
            shut = await stack.enter_async_context(pages_of(scene.part("focal-2"), unlocked=False))
            await page.goto(shut.launch())
            await expect(page.locator("h1")).to_be_visible()
            await camera.take(page, "locked")
        if camera.wants("alarm"):
            await take_alarm(camera, scene, page, stack)
        if camera.wants("sealed"):
            await take_sealed(camera, scene, page)


async def take_alarm(camera: Camera, scene: Scene, page: Page, stack: AsyncExitStack) -> None:
    """The server takes back for somebody what it had said."""
    seized = scene.part("seized")
    program = await stack.enter_async_context(pages_of(seized))
    seized.hostile.roll_back(scene.call, 3)
    try:
        async with program.desk.at() as session:
            await session.sync_all()
    except SecureCallError:
        pass
    await page.goto(program.launch())
    await expect(page.locator("h1")).to_be_visible()
    await page.goto(program.loopback.origin + "/alarms")
    await settled(page)
    await camera.take(page, "alarm")


async def take_sealed(camera: Camera, scene: Scene, page: Page) -> None:
    """A sealed page, shut and opened."""
    file = scene.root / "page.html"
    code = await scene.seal(file)
    await page.goto(file.as_uri())
    await camera.take(page, "sealed-shut")
    await page.get_by_label("Code").fill(code)
    await page.get_by_role("button", name="Open").click()
    await expect(page.locator("#inside h1")).to_be_visible()
    await camera.take(page, "sealed-open")


if __name__ == "__main__":
    chosen = Path(sys.argv[1])
    chosen.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(chosen, *sys.argv[2:]))
