"""Documents in two browsers at once: dropped, told what they hide, seen as pixels elsewhere, replaced and withdrawn."""

import base64
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import DEADLINE, Axe, fixture
from tests.pages import pages_of
from tests.simulator.people import Stage
from tests.simulator.server import Server
from tests.unit.cleaning import made

DROP = """(files) => {
  const carried = new DataTransfer();
  for (const [name, data] of files) {
    carried.items.add(new File([Uint8Array.from(atob(data), (one) => one.charCodeAt(0))], name));
  }
  document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: carried, bubbles: true, cancelable: true}));
}"""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the scene is."""
    return tmp_path_factory.mktemp("scene")


@fixture(scope="module")
async def whole(scene: Path) -> Stage:
    """The scene, set up once."""
    stage = Stage(scene, Server())
    await stage.set_up()
    return stage


@fixture()
async def stage(whole: Stage, tmp_path: Path) -> Stage:
    """A copy of it, to be played on."""
    return whole.copy(tmp_path)


class Screens:
    """The browsers of several people, each with a profile and pages of their own, and what these complain of."""

    def __init__(self, stage: Stage, pages: dict[str, Page], origins: dict[str, str], complaints: list[str]) -> None:
        self.stage, self.pages, self._origins, self.complaints = stage, pages, origins, complaints

    async def go(self, name: str, rest: str = "/documents") -> Page:
        """Have somebody go to a page of the call."""
        page = self.pages[name]
        await page.goto(f"{self._origins[name]}/call/{self.stage.call.hex()}{rest}")
        await expect(page.locator("html")).to_have_attribute("data-live", "on")
        return page


@fixture()
async def screens(stage: Stage, browser: Browser) -> AsyncIterator[Screens]:
    """Ann and Bob, each let in."""
    pages, origins, complaints = {}, {}, list[str]()
    async with pages_of(stage["Bob"]) as bob, pages_of(stage["Ann"]) as ann:
        for name, program in (("Bob", bob), ("Ann", ann)):
            context = await browser.new_context(reduced_motion="reduce")
            context.set_default_timeout(DEADLINE)
            await context.add_init_script(
                "addEventListener('securitypolicyviolation', (one) => console.error('refused', one.violatedDirective))"
            )
            context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            context.on("weberror", lambda error: complaints.append(str(error.error)))
            pages[name] = await context.new_page()
            await pages[name].goto(program.launch())
            await expect(pages[name].locator(".frame")).to_be_visible()
            origins[name] = program.loopback.origin
        yield Screens(stage, pages, origins, complaints)
        for page in pages.values():
            await page.context.close()


async def drop(page: Page, files: Mapping[str, bytes]) -> None:
    """Drop files onto a page, and wait until all were looked into."""
    await page.evaluate(DROP, [[name, base64.b64encode(data).decode()] for name, data in files.items()])
    for name in files:
        row = page.locator(".incoming").filter(has_text=name)
        await expect(row.get_by_role("button", name="Leave it out")).to_be_visible()
        await expect(row.get_by_text("Coming in")).to_have_count(0)
        await expect(row.get_by_text("Looking into")).to_have_count(0)


async def test_f08_l08_two_files_are_dropped_cleaned_seen_elsewhere_replaced_and_withdrawn(
    screens: Screens, axe: Axe
) -> None:
    ann, bob = await screens.go("Ann"), await screens.go("Bob")
    await drop(ann, {"photo.jpg": made.image("JPEG"), "report.pdf": made.pdf()})
    photo = ann.locator(".incoming").filter(has_text="photo.jpg")
    await expect(photo.locator(".hides")).to_contain_text(["where it was taken"])
    await expect(photo.get_by_text("removed").first).to_be_visible()
    await expect(ann.get_by_text("Guests see neither the file nor its name.")).to_be_visible()
    assert await axe(ann) == []
    await ann.get_by_role("button", name="Send all 2 files").click()
    for page in (ann, bob):
        for name in ("photo.jpg", "report.pdf"):
            await expect(page.locator("#documents").get_by_role("link", name=name)).to_be_visible()
    await expect(ann.locator(".incoming")).to_have_count(0)
    assert await axe(bob) == []

    await bob.get_by_role("link", name="report.pdf").click()
    await expect(bob.get_by_role("img", name="Page 1 of 2 of report.pdf")).to_be_visible()
    await bob.locator(".sheet").focus()
    await bob.keyboard.press("PageDown")
    picture = bob.get_by_role("img", name="Page 2 of 2 of report.pdf")
    await expect(picture).to_be_visible()
    assert (await picture.get_attribute("src") or "").startswith("blob:")
    await bob.keyboard.press("PageUp")
    await bob.keyboard.press("+")
    await expect(bob.locator(".sheet")).to_have_attribute("data-zoom", "2")
    await expect(bob.get_by_role("img", name="Page 1 of 2 of report.pdf")).to_be_visible()
    assert await axe(bob) == []

    await ann.get_by_role("link", name="report.pdf").click()
    await expect(ann.get_by_role("heading", name="Put a new version in its place")).to_be_visible()
    await drop(ann, {"second.txt": b"quite another text"})
    await ann.get_by_role("button", name="Send the file").click()
    await expect(ann.locator("#version-2")).to_be_visible()
    await expect(bob.get_by_text("quite another text")).to_be_visible()
    await ann.locator("#withdraw summary").click()
    await ann.get_by_role("button", name="Withdraw it for everybody").click()
    await expect(ann.locator("#receipt")).to_contain_text("Bob")
    await expect(bob.get_by_text("It was withdrawn:")).to_be_visible()
    assert screens.complaints == []


async def test_a_server_that_stops_in_mid_upload_loses_nothing_and_it_goes_on_by_itself(
    screens: Screens, stage: Stage
) -> None:
    ann = await screens.go("Ann")
    server = stage["Ann"].hostile

    def one_more(reply: object) -> object:
        server.cut = True
        return reply

    server.lies["put_chunk"] = one_more
    await drop(ann, {"large.bin": bytes(range(256)) * 4096 * 6})
    await ann.get_by_role("button", name="Send the file").click()
    await expect(ann.get_by_text("No line: they are kept on this computer")).to_be_visible()
    way = ann.locator("[id^=leaving-]")
    await expect(way).to_contain_text("on this computer")
    await expect(ann.locator("#documents")).to_have_count(0)
    server.lies.clear()
    server.cut = False
    await expect(ann.locator("#documents").get_by_role("link", name="large.bin")).to_be_visible()
    await expect(way).to_have_count(0)


async def test_l08_m16_f07_a_file_that_could_run_is_told_about_and_never_runs(screens: Screens) -> None:
    ann = await screens.go("Ann")
    script = (
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='window.ran=1'><image href='https://evil.example/a'/></svg>"
    )
    asked: list[str] = []
    ann.on("request", lambda request: asked.append(request.url))
    for name, data in (("x.svg", script), ("x.html", b"<html><script>window.ran=1</script>")):
        await screens.go("Ann")
        await drop(ann, {name: data})
        await ann.get_by_role("button", name="Send the file").click()
        await ann.locator("#documents").get_by_role("link", name=name).click()
        await expect(ann.get_by_text("A file of this kind is not shown here")).to_be_visible()
        await expect(ann.get_by_role("button", name="Download")).to_be_visible()
        assert await ann.evaluate("window.ran") is None
    assert [url for url in asked if "evil" in url] == []
    assert screens.complaints == []
