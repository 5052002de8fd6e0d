"""Documents in two browsers at once: dropped, told what they hide, seen as pixels elsewhere, replaced and withdrawn."""

import base64
from collections.abc import Mapping

from playwright.async_api import Page, expect

from tests.browser.conftest import Axe
from tests.browser.screens import Screens
from tests.simulator.people import Stage
from tests.unit.cleaning import made

DROP = """(files) => {
  const carried = new DataTransfer();
  for (const [name, data] of files) {
    carried.items.add(new File([Uint8Array.from(atob(data), (one) => one.charCodeAt(0))], name));
  }
  document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: carried, bubbles: true, cancelable: true}));
}"""


async def at(screens: Screens, stage: Stage, name: str) -> Page:
    """Have somebody go to the documents of the call."""
    return await screens.page(stage[name], f"/call/{stage.call.hex()}/documents")


async def drop(page: Page, files: Mapping[str, bytes]) -> None:
    """Drop files onto a page, and wait until all were looked into."""
    await page.evaluate(DROP, [[name, base64.b64encode(data).decode()] for name, data in files.items()])
    for name in files:
        row = page.locator(".incoming").filter(has_text=name)
        await expect(row.get_by_role("button", name="Leave it out")).to_be_visible()
        await expect(row.get_by_text("Coming in")).to_have_count(0)
        await expect(row.get_by_text("Looking into")).to_have_count(0)


async def test_f08_l08_two_files_are_dropped_cleaned_seen_elsewhere_replaced_and_withdrawn(
    screens: Screens, stage: Stage, axe: Axe
) -> None:
    ann, bob = await at(screens, stage, "Ann"), await at(screens, stage, "Bob")
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


async def test_a_server_that_stops_in_mid_upload_loses_nothing_and_it_goes_on_by_itself(
    screens: Screens, stage: Stage
) -> None:
    ann = await at(screens, stage, "Ann")
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


async def test_l08_m16_f07_a_file_that_could_run_is_told_about_and_never_runs(screens: Screens, stage: Stage) -> None:
    ann = await at(screens, stage, "Ann")
    script = (
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='window.ran=1'><image href='https://evil.example/a'/></svg>"
    )
    asked: list[str] = []
    ann.on("request", lambda request: asked.append(request.url))
    for name, data in (("x.svg", script), ("x.html", b"<html><script>window.ran=1</script>")):
        await at(screens, stage, "Ann")
        await drop(ann, {name: data})
        await ann.get_by_role("button", name="Send the file").click()
        await ann.locator("#documents").get_by_role("link", name=name).click()
        await expect(ann.get_by_text("A file of this kind is not shown here")).to_be_visible()
        await expect(ann.get_by_role("button", name="Download")).to_be_visible()
        assert await ann.evaluate("window.ran") is None
    assert [url for url in asked if "evil" in url] == []
