"""The walk of `docs/accessibility.md`: read from there, and gone in a browser by its keyboard alone."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.async_api import CDPSession, Page, expect

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "accessibility.md"
MOST: Final = 60
"""How often `Tab…` may be pressed."""
PATIENCE: Final = 60.0
"""Seconds in which the tree must be what it is said to be."""
HEARS: Final = """(() => {
  globalThis.heard = [];
  const REGIONS = "[role=alert], [role=status], [role=log], [aria-live]";
  new MutationObserver((records) => {
    const changed = new Set();
    for (const { target, addedNodes } of records) {
      const around = (target instanceof Element ? target : target.parentElement)?.closest(REGIONS);
      if (around) changed.add(around);
      for (const one of addedNodes) {
        if (!(one instanceof Element)) continue;
        for (const each of [one, ...one.querySelectorAll("*")]) if (each.matches("[role=alert]")) changed.add(each);
      }
    }
    for (const region of changed) {
      const words = region.textContent.replace(/\\s+/g, " ").trim();
      if (!words || region.getAttribute("aria-live") === "off") continue;
      globalThis.heard.push(`${region.getAttribute("role")}: ${words}`);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
})()"""
"""What a screen reader would be told without being asked: the words of each live region that changes."""
_TOLD: Final = ("status:", "alert:")
_PIECE: Final = re.compile(r"`([^`]+)`|“([^”]*)”|\*([^*]+)\*")
_ON: Final = re.compile(r'([a-z ]+) "([^"]*)"(?: \[(\w+)\])?')
_NAMES: Final = {"DisclosureTriangle": "disclosure triangle"}
_STATES: Final = {
    ("checked", "true"): "checked",
    ("invalid", "true"): "invalid",
    ("expanded", "true"): "expanded",
    ("expanded", "false"): "collapsed",
}

Others = Mapping[str, Callable[[], Awaitable[None]]]


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the walk: what is pressed, typed, or done by others, and what comes of it."""

    press: str
    on: str
    tree: tuple[str, ...]


def steps(task: str) -> Iterator[Step]:
    """The lines of a task, by its heading. Raises: AssertionError if there is none."""
    found = False
    text = DOCUMENT.read_text("utf-8").partition(f"\n## {task}\n")[2].partition("\n## ")[0]
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[0] != "press":
            found = True
            tree = (line.strip().strip("`") for line in cells[2].split("<br>"))
            yield Step(cells[0], cells[1], tuple(filter(None, tree)))
    assert found, task


@dataclass(slots=True)
class Keyboard:
    """Somebody at a tab with nothing but a keyboard; ``words`` stand for names in braces."""

    page: Page
    others: Others
    words: Mapping[str, str] = field(default_factory=dict)

    async def go(self, task: str) -> None:
        """Go through a task."""
        tree = await self.page.context.new_cdp_session(self.page)
        for step in steps(task):
            before = await self.page.evaluate("heard.length")
            await self._press(step, tree)
            if step.on:
                await self._is_on(step.on, tree)
            for line in step.tree:
                await self._holds(line, before)

    async def _press(self, step: Step, tree: CDPSession) -> None:
        for key, words, meanwhile in _PIECE.findall(step.press):
            if key.endswith("…"):
                await self._seek(key.removesuffix("…"), step.on, tree)
            elif key:
                await self.page.keyboard.press(key)
            elif words:
                await self._type(words.format(**self.words))
            else:
                await self.others[meanwhile]()

    async def _type(self, words: str) -> None:
        if len(words) > MOST:
            await self.page.keyboard.insert_text(words)
        else:
            await self.page.keyboard.type(words)

    async def _seek(self, key: str, on: str, tree: CDPSession) -> None:
        passed = []
        for _ in range(MOST):
            await self.page.keyboard.press(key)
            passed.append(await _focused(tree))
            if _is(on, passed[-1]):
                return
        raise AssertionError((on, passed))

    async def _is_on(self, on: str, tree: CDPSession) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not _is(on, await _focused(tree)):
                    await self.page.evaluate("() => new Promise(requestAnimationFrame)")
        except TimeoutError:
            raise AssertionError((on, await _focused(tree))) from None

    async def _holds(self, line: str, before: int) -> None:
        if line == "*silence*":
            assert await self.page.evaluate("(before) => heard.slice(before)", before) == []
        elif line.startswith(_TOLD):
            role, _, words = line.partition(": ")
            told = "one.startsWith(role) && one.includes(words)"
            told = f"([role, words, before]) => heard.slice(before).some((one) => {told})"
            await self.page.wait_for_function(told, arg=[role, words, before])
        else:
            snapshot = f"- '{line}'" if '"' in line else f"- {line}"
            await expect(self.page.locator("body")).to_match_aria_snapshot(snapshot)


def _is(on: str, shown: str) -> bool:
    """Whether what the keyboard is on is what the walk says; states that it does not name are free."""
    wanted, there = _ON.fullmatch(on), _ON.match(shown)
    assert wanted is not None, on
    if there is None or wanted[1] != there[1] or (wanted[3] and f"[{wanted[3]}]" not in shown):
        return False
    return there[2].startswith(wanted[2][:-1]) if wanted[2].endswith("…") else wanted[2] == there[2]


async def _focused(tree: CDPSession) -> str:
    """What Chromium's accessibility tree says of what has the focus: its role, its name and its states."""
    asked = await tree.send("Runtime.evaluate", {"expression": "document.activeElement"})
    node = await tree.send(
        "Accessibility.getPartialAXTree", {"objectId": asked["result"]["objectId"], "fetchRelatives": False}
    )
    shown = node["nodes"][0]
    role, name = shown.get("role", {}).get("value", ""), shown.get("name", {}).get("value", "")
    told = ((one["name"], str(one["value"].get("value")).lower()) for one in shown.get("properties", []))
    states = [_STATES[one] for one in told if one in _STATES]
    return f'{_NAMES.get(role, role)} "{name.strip()}"' + "".join(f" [{state}]" for state in states)
