"""Forms, each filled in and sent by keyboard: where it stands, what is typed into it, and what then stands there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from playwright.async_api import Locator, Page, expect

from securecall_client.web.pages import ALL
from tests.browser.walk import fits

DEEDS: Final = tuple(deed.path for part in ALL for deed in part.deeds)
_CHOSEN: Final = ("radio", "checkbox")
_PICKED: Final = ("date", "datetime-local")
_OPEN: Final = (
    "(form) => { for (let at = form; at; at = at.parentElement) if (at.localName === 'details') at.open = true; }"
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A form. ``deed`` is what it does, by its pattern; ``at`` where it stands, empty for where one is; ``comes`` what
    stands on the page then. In ``fields`` a choice is given by its value, and a file by its bytes, which send
    themselves. With no ``button`` to press, what is typed is sent by the page's own script.
    """

    deed: str
    at: str
    form: str
    fields: Mapping[str, str | bytes] = field(default_factory=dict)
    comes: str = ""
    button: str | None = "button[type=submit]"


def deed_of(path: str) -> str:
    """The pattern of the deed at a path, the one with the fewest names in braces first."""
    found = [deed for deed in sorted(DEEDS, key=lambda deed: deed.count("{")) if fits(deed, path)]
    return found[0] if found else path


async def send(page: Page, origin: str, one: Sent, words: Mapping[str, str]) -> None:
    """Fill a form in and send it; ``words`` stand for names in braces. Raises: AssertionError if it is refused."""
    if one.at:
        await page.goto(origin + one.at.format(**words))
        await expect(page.locator("html")).to_have_attribute("data-live", "on")
    form = page.locator(one.form.format(**words)).first
    await form.evaluate(_OPEN)
    async with page.expect_response(
        lambda answer: answer.request.method == "POST" and _is(answer.url, one.deed)
    ) as sent:
        for name, text in one.fields.items():
            await _fill(form, name, text if isinstance(text, bytes) else text.format(**words))
        if one.button is not None:
            await form.locator(one.button).first.focus()
            await page.keyboard.press("Enter")
    answer = await sent.value
    assert answer.status in (200, 204, 303), (one, answer.status, await page.locator("#notice").inner_text())
    if answer.request.redirected_to is not None:
        # What others are told may show it before the page comes that one is sent on to, and takes this one's place.
        await expect(page).to_have_url(answer.request.redirected_to.url)
    if one.comes:
        await expect(page.get_by_text(one.comes).filter(visible=True).first).to_be_visible()
    await expect(page.locator("#notice")).to_be_empty()


def _is(url: str, deed: str) -> bool:
    return deed_of("/" + url.split("/", 3)[3]) == deed


async def _fill(form: Locator, name: str, text: str | bytes) -> None:
    field = form.locator(f'[name="{name}"]').first
    kind = await field.evaluate("(field) => field.type")
    if kind in _CHOSEN:
        field = form.locator(f'[name="{name}"][value="{text}"]') if isinstance(text, str) and text else field
        await field.press("Space")
    elif isinstance(text, bytes):
        await field.set_input_files({"name": "rows.csv", "mimeType": "text/csv", "buffer": text})
    elif kind in _PICKED:
        await field.fill(text)
    else:
        await field.focus()
        if kind != "select-one":
            await field.press("Control+a")
        await field.page.keyboard.type(text)
