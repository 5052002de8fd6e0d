"""Every page: usable by whoever cannot see or point, in both directions of writing, and in the person's language."""

from collections.abc import AsyncIterator
from itertools import product

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import DEADLINE, Axe, fixture
from tests.browser.walk import COMING, NOT_LINKED, PATHS, dress, walk
from tests.pages import Visitor, visiting
from tests.sentences import only_collected
from tests.simulator.people import CALL, TITLE, Stage

LOOKS = (("light", 1440), ("dark", 390)), (("dark", 1440), ("light", 390))
"""Colours and widths in pixels: between the two directions of writing, each pair of them is seen."""
THEIRS = "bdi, .pre, [dir=auto], [dir=ltr], code, .code, input, textarea, option, svg, .words, kbd"
"""Elements whose words are a person's, or no words of a language."""

UNTRANSLATED = """(theirs) => {
  const named = /\\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|SecureCall)\\b/g;
  const rest = (text) => {
    // A sentence may hold another one.
    for (let before = ""; before !== text; ) [before, text] = [text, text.replace(/\\[[^\\[\\]]*~~\\]/g, " ")];
    return text.replace(named, " ");
  };
  const found = [];
  const check = (text, where) => {
    if (/[A-Za-z]{3,}/.test(rest(text))) found.push(where + ": " + text.trim());
  };
  const main = document.getElementById("main");
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent.closest(theirs)) check(walker.currentNode.data, parent.tagName);
  }
  for (const name of ["aria-label", "placeholder", "title", "alt", "data-confirm"])
    for (const element of main.querySelectorAll(`[${name}]`)) check(element.getAttribute(name), name);
  return found;
}"""
"""What stands on a page in a language that the person did not ask for."""


@fixture(scope="module")
async def visitor(tmp_path_factory: pytest.TempPathFactory, whole: Stage) -> AsyncIterator[Visitor]:
    """The pages of the secretariat, in whose call there is something of everything."""
    stage = whole.copy(tmp_path_factory.mktemp("dressed"))
    await dress(stage)
    async with visiting(stage["Sec"]) as made:
        yield made


@pytest.fixture(autouse=True)
def _as_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    only_collected(monkeypatch)


async def at(page: Page, visitor: Visitor, path: str) -> None:
    """Go to a page, once one was let in, and see it whole."""
    await page.goto(visitor.program.loopback.origin + path)
    await expect(page.locator("#main > :not(.loading)").first).to_be_visible()


async def let_in(browser: Browser, visitor: Visitor, tag: str) -> Page:
    """A browser of somebody who reads that language, let in."""
    context = await browser.new_context(locale=tag, reduced_motion="reduce")
    context.set_default_timeout(DEADLINE)
    page = await context.new_page()
    await page.goto(visitor.program.launch())
    await expect(page.locator("#main > :not(.loading)").first).to_be_visible()
    return page


async def test_links_lead_to_every_page_and_to_nothing_else(visitor: Visitor) -> None:
    found = await walk(visitor)
    assert {*PATHS} - {*found.found} == NOT_LINKED
    assert found.dead == COMING


@pytest.mark.parametrize(("language", "looks"), [("en", LOOKS[0]), ("ar-XB", LOOKS[1])], ids=("ltr", "rtl"))
async def test_axe_finds_nothing_on_any_page(
    browser: Browser, visitor: Visitor, axe: Axe, language: str, looks: tuple[tuple[str, int], ...]
) -> None:
    page, found = await let_in(browser, visitor, language), {}
    for path, (scheme, width) in product((await walk(visitor)).found.values(), looks):
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        await page.set_viewport_size({"width": width, "height": 900})
        await at(page, visitor, path)
        assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), (path, width)
        if complaints := await axe(page):
            found[f"{path} {scheme} {width}"] = complaints
    await page.context.close()
    assert found == {}


async def test_every_word_of_ours_is_in_the_person_s_language_and_no_title_holds_theirs(
    browser: Browser, visitor: Visitor
) -> None:
    page, found = await let_in(browser, visitor, "en-XA"), {}
    for pattern, path in (await walk(visitor)).found.items():
        await at(page, visitor, path)
        if words := await page.evaluate(UNTRANSLATED, THEIRS):
            found[pattern] = words
        title = await page.title()
        assert not [canary for canary in (CALL, TITLE, "Harbour", "Bob", "Cem") if canary in title], (path, title)
    await page.context.close()
    assert found == {}
