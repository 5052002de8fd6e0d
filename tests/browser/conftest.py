"""A real Chromium for the tests of the pages: Debian's, driven by Playwright, with nothing but loopback to talk to.

Browser, tests and fixtures share one event loop, which lives as long as the browser. So a fixture of these tests is
made with `fixture` from here, and never with pytest's own when it is async.
"""

import functools
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright, expect

from tests.browser.screens import Screens
from tests.simulator.people import Stage
from tests.simulator.server import Server

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
AXE = ROOT / "build" / "pages" / "node_modules" / "axe-core" / "axe.min.js"

DEADLINE = 60_000
"""How long anything that is waited for may take, in milliseconds."""
FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
"""Chromium looks up hosts of its maker at every start, unless it is told not to."""

fixture = functools.partial(pytest_asyncio.fixture, loop_scope="session")
expect.set_options(timeout=DEADLINE)


class Axe(Protocol):
    """How a page is looked at."""

    async def __call__(self, page: Page, *only: str) -> list[str]:
        """What keeps people from using it, as axe-core finds it: by ``only`` these rules, or all there are."""
        ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests here run where the browser runs."""
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def chromium() -> dict[str, Any]:
    """How Chromium is started: for `launch` and `launch_persistent_context`."""
    program = shutil.which("chromium")
    assert program is not None, "Chromium is missing: `make tools` installs it, or says how"
    # Chromium's own walls cannot be built by root. These tests show it nothing but our own pages.
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else [*FLAGS]
    return {"executable_path": program, "args": flags, "timeout": DEADLINE}


@fixture(scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    """What drives browsers."""
    async with async_playwright() as driver:
        yield driver


@fixture(scope="session")
async def browser(playwright: Playwright) -> AsyncIterator[Browser]:
    """One Chromium for all tests of a worker. Each test has contexts of its own, which share nothing."""
    running = await playwright.chromium.launch(**chromium())
    yield running
    await running.close()


@fixture(scope="session")
async def whole(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A coalition of four with a call, set up once; nobody plays on it."""
    stage = Stage(tmp_path_factory.mktemp("scene"), Server())
    await stage.set_up()
    return stage


@fixture()
async def stage(whole: Stage, tmp_path: Path) -> Stage:
    """A copy of it, to be played on."""
    return whole.copy(tmp_path)


@fixture()
async def screens(browser: Browser) -> AsyncIterator[Screens]:
    """Browsers for whoever plays, in whose pages nothing may go wrong unsaid."""
    async with AsyncExitStack() as stack:
        made = Screens(browser, stack, DEADLINE)
        yield made
        assert made.complaints == []


@fixture()
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser of somebody's own: storage, cookies and tabs that no other test sees."""
    made = await browser.new_context(reduced_motion="reduce")
    made.set_default_timeout(DEADLINE)
    yield made
    await made.close()


@fixture()
async def page(context: BrowserContext) -> Page:
    """A tab."""
    return await context.new_page()


@pytest.fixture(scope="session")
def axe() -> Axe:
    """A line for each kind of fault, with the elements. How large a target is, axe judges only when it is told to."""
    source = AXE.read_text("utf-8")

    async def look(page: Page, *only: str) -> list[str]:
        if not await page.evaluate("'axe' in window"):
            await page.evaluate(source)
        how = {"runOnly": only} if only else {"rules": {"target-size": {"enabled": True}}}
        found = await page.evaluate("async (how) => (await axe.run(document, how)).violations", how)
        return [
            f"{kind['id']}: {kind['help']}: " + ", ".join(str(node["target"]) for node in kind["nodes"])
            for kind in found
        ]

    return look
