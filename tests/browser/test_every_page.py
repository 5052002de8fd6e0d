"""Every page in every state: usable by whoever cannot see or point, however it is written, coloured and zoomed."""

from collections.abc import Set
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import DEADLINE, Axe
from tests.browser.looks import complaints
from tests.browser.scenes import SCENES, Play, secretariat
from tests.browser.walk import PATHS, pattern_of
from tests.pages import Visitor
from tests.sentences import only_collected
from tests.simulator.people import CALL, TITLE, Stage

ELSEWHERE: Final = {
    "first_steps": {"/begin", "/begin/found", "/begin/join", "/begin/link"},
    "removed": {"/people/left/{key}"},
    "alone": {"/keys/removed/{key}"},
}
"""Pages by their pattern that only these scenes have; all others are among those of the secretariat."""
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


@pytest.fixture(autouse=True)
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is saved goes nowhere else."""
    monkeypatch.setenv("SECURECALL_DOWNLOADS", str(tmp_path / "down"))


@pytest.fixture(autouse=True)
def _as_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    only_collected(monkeypatch)


async def at(page: Page, visitor: Visitor, path: str) -> None:
    """Go to a page, once one was let in, and see it whole."""
    await page.goto(visitor.program.loopback.origin + path)
    await expect(page.locator("#main > :not(.loading)").first).to_be_visible()


def must_be_there(scene: Play) -> Set[str]:
    """The pages that a scene has to have."""
    elsewhere = {pattern for patterns in ELSEWHERE.values() for pattern in patterns}
    return {*PATHS} - elsewhere if scene == secretariat else ELSEWHERE.get(scene.__name__, set())


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
async def test_nothing_keeps_people_from_using_any_page_in_any_look(
    browser: Browser, stage: Stage, axe: Axe, scene: Play
) -> None:
    context = await browser.new_context(locale="ar-XB", reduced_motion="reduce")
    context.set_default_timeout(DEADLINE)
    page, found = await context.new_page(), list[str]()
    async with scene(stage) as (visitor, addresses):
        await page.goto(visitor.program.launch())
        await expect(page.locator("#main > :not(.loading)").first).to_be_visible()
        for name, path in addresses.items():
            await at(page, visitor, path)
            title, foreign = await page.title(), await page.evaluate(UNTRANSLATED, THEIRS)
            found += [f"{name}: not translated: {words}" for words in foreign]
            found += [f"{name}: in the title: {one}" for one in (CALL, TITLE, "Harbour", "Bob", "Cem") if one in title]
            found += [f"{name}: {wrong}" for wrong in await complaints(page, axe)]
    await context.close()
    assert "\n".join(found) == ""
    assert must_be_there(scene) <= {pattern_of(path) for path in addresses.values()}
