"""How a page is looked at: in both directions of writing, both schemes of colours, wide and as narrow as zoom makes it.

A page is loaded once, with everything on it opened; then the same page is turned and squeezed in place.
"""

from typing import Final

from playwright.async_api import Page

from tests.browser.conftest import Axe

WIDE: Final = 1440
NARROW: Final = 320
"""CSS pixels: what a window 1280 wide is at 400 %, where nothing may have to be scrolled sideways (WCAG 1.4.10)."""
HALF: Final = 640
"""The same at 200 %."""
BY_COLOUR: Final = ("color-contrast", "link-in-text-block")
"""What axe-core judges by colours, and so the only thing to be judged anew in the other scheme."""

_STANDS: Final = """() => {
  const found = [];
  const seen = (element) => element.checkVisibility();
  const name = (element) => element.outerHTML.slice(0, 90);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const headings = all("h1, h2, h3, h4, h5, h6").filter(seen).map((one) => Number(one.tagName[1]));
  if (headings.filter((level) => level === 1).length !== 1) found.push("headings of the first level: " + headings);
  headings.forEach((level, at) => {
    if (at > 0 && level > headings[at - 1] + 1) found.push("a level of headings is left out: " + headings);
  });
  for (const one of all("[tabindex]")) if (one.tabIndex > 0) found.push("an order of its own: " + name(one));
  for (const one of all("body *")) {
    const style = getComputedStyle(one);
    if (style.animationName !== "none" || /[1-9]/.test(style.transitionDuration)) found.push("moves: " + name(one));
  }
  const was = document.activeElement;
  const rings = (element) => {
    const style = element && getComputedStyle(element);
    return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const fields = "input:enabled:not([type=hidden]), select, textarea";
  const pressed = `a[href], button:enabled, ${fields}, summary, [tabindex='0']`;
  for (const one of all(pressed).filter(seen)) {
    one.focus({ preventScroll: true });
    if (document.activeElement !== one) found.push("takes no focus: " + name(one));
    else if (![one, one.closest("label"), ...(one.labels ?? [])].some(rings)) found.push("no ring: " + name(one));
  }
  was?.focus?.({ preventScroll: true });
  return found;
}"""
"""What axe-core does not judge: one first heading and no level left out, nothing that moves although the person asked
for none of it, and a ring around whatever the keyboard is on."""
_OPEN: Final = "() => { for (const one of document.querySelectorAll('details')) one.open = true; }"
_TURN: Final = "(direction) => { document.documentElement.dir = direction; }"
_FITS: Final = """() => {
  if (document.documentElement.scrollWidth <= innerWidth) return "";
  const sticksOut = ({ left, right }) => right > innerWidth + 1 || left < -1;
  const found = [...document.querySelectorAll("body *")]
    .filter((one) => sticksOut(one.getBoundingClientRect()) && !one.closest(".scroll, .unseen, .sheet"));
  return found.map((one) => one.outerHTML.slice(0, 90)).slice(0, 4).join("; ") || "words of a line";
}"""
"""What is wider than the window, empty where nothing is."""


async def complaints(page: Page, axe: Axe) -> list[str]:
    """All that is wrong with the page that is shown, each with the look that it was found in."""
    found: list[str] = []

    def told(look: str, faults: list[str]) -> None:
        found.extend(f"{look}: {fault}" for fault in faults)

    await page.evaluate(_OPEN)
    # Rings are for those who use the keyboard: a key says that somebody does.
    await page.keyboard.press("Tab")
    told("", await page.evaluate(_STANDS))
    for direction, scheme, other, width in (("rtl", "light", "dark", WIDE), ("ltr", "dark", "light", NARROW)):
        await _colours(page, scheme)
        await page.set_viewport_size({"width": width, "height": 900})
        await page.evaluate(_TURN, direction)
        told(f"{direction} {scheme} {width}", await axe(page))
        await _colours(page, other)
        told(f"{direction} {other} {width}", await axe(page, *BY_COLOUR))
    for width in (NARROW, HALF):
        await page.set_viewport_size({"width": width, "height": 900})
        for direction in ("ltr", "rtl"):
            await page.evaluate(_TURN, direction)
            if wide := await page.evaluate(_FITS):
                found.append(f"{direction} {width}: wider than the window: {wide}")
    return found


async def _colours(page: Page, scheme: str) -> None:
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
