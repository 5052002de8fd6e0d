"""The browsers of several people at once, each with a profile, pages and storage of their own."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page, expect

from securecall_client.web.desk import Desk
from securecall_client.web.program import Program
from tests.pages import pages_of
from tests.simulator.people import Person

_ASKED: Final = "addEventListener('securitypolicyviolation', (one) => console.error('refused', one.violatedDirective))"
_ANSWERED: Final = "Failed to load resource"
"""What Chromium says of every request that was answered with a refusal, which pages put into words."""


class Screens:
    """Whoever is asked for is let in once; ``complaints`` is what the browsers said went wrong in a page."""

    def __init__(self, browser: Browser, stack: AsyncExitStack, deadline: int) -> None:
        self.complaints: list[str] = []
        self._browser, self._stack, self._deadline = browser, stack, deadline
        self._programs: dict[Path, Program] = {}
        self._pages: dict[Path, Page] = {}

    async def page(self, person: Person, path: str = "") -> Page:
        """Somebody's tab, gone to a path."""
        program = await self.program(person)
        if person.home not in self._pages:
            self._pages[person.home] = await self._tab()
            await self._pages[person.home].goto(program.launch())
            await expect(self._pages[person.home].locator("h1")).to_be_visible()
        page = self._pages[person.home]
        if path:
            await page.goto(f"{program.loopback.origin}{path}")
            await expect(page.locator("html")).to_have_attribute("data-live", "on")
        return page

    async def desk(self, person: Person) -> Desk:
        """The profile behind somebody's pages."""
        return (await self.program(person)).desk

    async def program(self, person: Person) -> Program:
        """Somebody's pages."""
        if person.home not in self._programs:
            self._programs[person.home] = await self._stack.enter_async_context(pages_of(person))
        return self._programs[person.home]

    async def _tab(self) -> Page:
        context = await self._browser.new_context(reduced_motion="reduce", viewport={"width": 1440, "height": 900})
        self._stack.push_async_callback(context.close)
        context.set_default_timeout(self._deadline)
        await context.add_init_script(_ASKED)
        context.on("console", lambda said: self._complain(said.text) if said.type == "error" else None)
        context.on("weberror", lambda error: self._complain(str(error.error)))
        return await context.new_page()

    def _complain(self, text: str) -> None:
        if not text.startswith(_ANSWERED):
            self.complaints.append(text)
