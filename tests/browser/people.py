"""People who sit each at a computer of their own: a profile, `securecall web` as a process, a browser with one tab."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.conftest import DEADLINE
from tests.live.web import said, web

PASSPHRASE = "harbour violin seventeen moss"
REMEMBER = """
globalThis.seen = "";
const look = () => { globalThis.seen += document.body?.innerText ?? ""; };
addEventListener("DOMContentLoaded", () => {
  look();
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true, characterData: true});
});
addEventListener("securitypolicyviolation", (one) => console.error("refused", one.violatedDirective));
"""
"""What was ever to be read in a tab is kept in it, until it is loaded anew."""


class Somebody:
    """A person before their browser; everything is done by what stands there to be pressed and filled in."""

    def __init__(self, name: str, downloads: Path, page: Page) -> None:
        self.name, self.downloads, self.page = name, downloads, page
        self.complaints: list[str] = []

    def complain(self, words: str) -> None:
        """Note what their browser complains of."""
        self.complaints.append(words)

    def button(self, name: str) -> Locator:
        """A button by its words."""
        return self.page.get_by_role("button", name=name, exact=True)

    async def press(self, name: str) -> None:
        """Press a button."""
        await self.button(name).click()

    async def follow(self, name: str) -> None:
        """Follow a link."""
        await self.page.get_by_role("link", name=name, exact=True).click()

    async def part(self, name: str) -> None:
        """Go to a part of the call; its heading says when something is new there."""
        await self.page.locator("nav.tabs").get_by_role("link", name=name).click()
        await expect(self.page.locator("nav.tabs a[aria-current=page]")).to_contain_text(name)

    async def main(self, name: str) -> None:
        """Go to one of the pages that stand above all."""
        await self.page.get_by_label("Main").get_by_role("link", name=name).click()

    async def open(self, words: str) -> None:
        """Open what is folded away under some words."""
        await self.page.locator("summary").filter(has_text=words).click()

    async def fill(self, **fields: str) -> None:
        """Fill fields in, by the beginning of their labels; `_` stands for a space."""
        for label, words in fields.items():
            await self.page.locator("form").get_by_label(label.replace("_", " ")).first.fill(words)

    async def heading(self, words: str) -> None:
        """Wait for a page, or a part of one."""
        await expect(self.page.get_by_role("heading", name=words).first).to_be_visible()

    async def reads(self, *words: str) -> None:
        """Wait until all this stands on the screen."""
        for each in words:
            await expect(self.page.locator("main")).to_contain_text(each)

    async def told(self, words: str) -> None:
        """Wait until something is said in the corner."""
        await expect(self.page.locator("#said")).to_contain_text(words)

    async def drop(self, file: Path) -> None:
        """Drag a file from a folder onto the page, let it go, and wait until it was looked into."""
        session = await self.page.context.new_cdp_session(self.page)
        place = await self.page.locator("#drop").bounding_box()
        assert place is not None
        at = {"x": place["x"] + place["width"] / 2, "y": place["y"] + place["height"] / 2}
        data = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            await session.send("Input.dispatchDragEvent", {"type": kind, **at, "data": data})
        row = self.page.locator(".incoming").filter(has_text=file.name)
        await expect(row.get_by_role("button", name="Leave it out")).to_be_visible()
        await expect(row.get_by_text("Looking into")).to_have_count(0)

    async def ever_read(self) -> str:
        """All words that were on this screen at any time."""
        return str(await self.page.evaluate("() => globalThis.seen"))

    async def look(self) -> None:
        """Wait until the page follows what happens."""
        await expect(self.page.locator("html")).to_have_attribute("data-live", "on")


async def ask_to_be_let_in(person: Somebody, invitation: str) -> None:
    """Join with an invitation, up to where somebody else must act."""
    await person.heading("Welcome to SecureCall")
    await person.page.get_by_role("link", name="I was invited").click()
    await person.fill(Invitation=invitation, Your_name=person.name)
    await choose_passphrase(person)
    await person.press("Ask to be let in")
    await person.heading("You wait to be let into")


async def choose_passphrase(person: Somebody) -> None:
    """Type a new passphrase twice."""
    await person.page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    await person.page.get_by_label("The same again").fill(PASSPHRASE)


@asynccontextmanager
async def at_a_computer(browser: Browser, folder: Path, name: str) -> AsyncIterator[Somebody]:
    """Somebody who has just opened SecureCall for the first time."""
    home = folder / name
    async with web(home / "profile", "--no-browser", SECURECALL_DOWNLOADS=str(home / "downloads")) as process:
        context = await browser.new_context(reduced_motion="reduce", viewport={"width": 1280, "height": 900})
        context.set_default_timeout(DEADLINE)
        await context.add_init_script(REMEMBER)
        person = Somebody(name, home / "downloads", await context.new_page())
        context.on("console", lambda one: person.complain(one.text) if one.text.startswith("refused") else None)
        context.on("weberror", lambda error: person.complain(str(error.error)))
        await person.page.goto(await said(process))
        yield person
        await context.close()
