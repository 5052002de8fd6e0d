"""Exercises in a real Chromium: typed by keyboard alone, beside others, pasted, sealed, and as a map that grows."""

import shutil
from pathlib import Path

from playwright.async_api import Page, expect

from securecall_client.acts import exercises
from tests.answers import a_row, answer_of
from tests.browser.conftest import Axe
from tests.browser.screens import Screens
from tests.simulator.people import Person, Stage, the_exercise


async def place(stage: Stage) -> str:
    """The path of the exercise."""
    async with stage["Ann"].open() as session:
        return f"/call/{stage.call.hex()}/exercise/{await the_exercise(session, stage.call)}"


async def paste(page: Page, text: str) -> None:
    """Paste a text where the focus is, as a spreadsheet puts it on the clipboard."""
    await page.evaluate(
        "(text) => { const data = new DataTransfer(); data.setData('text/plain', text); document.activeElement"
        ".dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})) }",
        text,
    )


async def kept(page: Page) -> None:
    """Wait until the draft is kept."""
    await expect(page.locator("#draft-said[data-state=kept]")).to_be_visible()


async def test_three_rows_are_filled_in_and_sent_by_keyboard_alone(stage: Stage, screens: Screens, axe: Axe) -> None:
    page = await screens.page(stage["Ann"], await place(stage))
    await page.locator("#row-rows-0-activity").focus()
    for activity, where in (("legal aid", "Kenya"), ("training", "FR")):
        for text in (activity, where, "2027-03", "2027-06", "", "Harbour Watch", "money", ""):
            if text:
                await page.keyboard.type(text)
            elif await page.evaluate("document.activeElement.tagName") == "SELECT":
                await page.keyboard.press("p")
            await page.keyboard.press("Enter")
    await expect(page.get_by_label("Activity, row 3")).to_be_focused()
    await page.keyboard.press("Control+d")
    await expect(page.get_by_label("Place, row 3")).to_have_value("FR")
    await page.keyboard.press("Control+Delete")
    await expect(page.locator("[data-table] tbody tr")).to_have_count(2)
    await page.keyboard.press("Control+z")
    await expect(page.get_by_label("Place, row 3")).to_have_value("FR")
    await kept(page)
    assert await axe(page) == []
    await page.get_by_label("Activity, row 3").focus()
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#sent .saved")).to_be_visible()
    await expect(page.locator("#draft-said")).to_have_text("")
    await page.close()
    assert await stage["Bob"].answers(stage.call) == ["legal aid", "training", "training"]


async def test_two_people_type_at_once_and_neither_loses_a_letter(stage: Stage, screens: Screens) -> None:
    at = await place(stage)
    ann, bob = await screens.page(stage["Ann"], at), await screens.page(stage["Bob"], at)
    for page in (ann, bob):
        await page.locator("#row-rows-0-activity").focus()
    for one, other in zip("documentation", "strategic-lit", strict=True):
        await ann.keyboard.type(one)
        await bob.keyboard.type(other)
    for page in (ann, bob):
        await page.keyboard.press("Enter")
        await page.keyboard.type("FR")
    await bob.get_by_label("Status, row 1").select_option("planned")
    scrolled = await ann.evaluate("scrollY")
    await ann.get_by_label("Place, row 1").focus()
    await bob.get_by_role("button", name="Send to allies").click()
    await expect(bob.locator("#sent .saved")).to_be_visible()
    await ann.keyboard.type("-AR")
    await expect(ann.locator("table.answers")).to_contain_text("strategic-lit")
    await ann.keyboard.type("A")
    await expect(ann.get_by_label("Place, row 1")).to_be_focused()
    await expect(ann.get_by_label("Place, row 1")).to_have_value("FR-ARA")
    await expect(ann.get_by_label("Activity, row 1")).to_have_value("documentation")
    await expect(bob.get_by_label("Activity, row 1")).to_have_value("strategic-lit")
    assert await ann.evaluate("scrollY") == scrolled


async def test_cells_of_a_spreadsheet_are_pasted_with_and_without_headings(stage: Stage, screens: Screens) -> None:
    page = await screens.page(stage["Ann"], await place(stage))
    await page.locator("#row-rows-0-activity").focus()
    await paste(page, 'Place\tactivity\tSTATUS\nFR\t"legal\n""aid"""\tplanned\nKE\ttraining\tmaybe\n')
    await expect(page.get_by_label("Activity, row 1")).to_have_value('legal "aid"')
    await expect(page.get_by_label("Place, row 2")).to_have_value("KE")
    await expect(page.get_by_label("Status, row 2")).to_have_value("maybe")
    await page.get_by_label("From month, row 2").focus()
    await paste(page, "Mar-27\t04/2027\n2027-05\t2027-06\r\n")
    await expect(page.locator("[data-table] tbody tr")).to_have_count(3)
    await expect(page.get_by_label("To month, row 3")).to_have_value("2027-06")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator("[data-table] tbody tr")).to_have_count(2)
    await expect(page.get_by_label("From month, row 2")).to_have_value("")
    await page.get_by_role("button", name="Send to allies").click()
    wrong = page.get_by_label("Status, row 2")
    await expect(wrong).to_have_attribute("aria-invalid", "true")
    await expect(wrong).to_be_focused()
    await expect(page.locator("#notice")).to_contain_text("Row 2, Status")
    await wrong.select_option("planned")
    await expect(wrong).not_to_have_attribute("aria-invalid", "true")
    await page.get_by_role("button", name="Send to allies").click()
    await expect(page.locator("#sent .saved")).to_be_visible()


async def test_a_file_is_taken_in_behind_what_is_there(stage: Stage, screens: Screens) -> None:
    page = await screens.page(stage["Ann"], await place(stage))
    await page.get_by_label("Activity, row 1").fill("mine")
    data = b"Activity,Place,Status\nlegal aid,FR,planned\ntraining,KE,planned\n"
    await page.locator("[data-sheet-of]").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": data})
    await expect(page.get_by_label("Place, row 3")).to_have_value("Kenya")
    await expect(page.get_by_label("Activity, row 1")).to_have_value("mine")


async def test_t04_a_draft_is_on_the_disk_when_it_is_said_to_be(stage: Stage, screens: Screens, tmp_path: Path) -> None:
    at = await place(stage)
    page = await screens.page(stage["Ann"], at)
    await page.get_by_label("Activity, row 1").fill("a plan of ours")
    await kept(page)
    # What a program that is killed now leaves behind.
    left = Person("Ann", tmp_path / "left", stage["Ann"].hostile)
    shutil.copytree(stage["Ann"].home, left.home)
    again = await screens.page(left, at)
    await expect(again.get_by_label("Activity, row 1")).to_have_value("a plan of ours")
    await expect(again.locator("#draft-said")).to_contain_text("Draft kept on this computer")
    assert not [path for path in left.home.rglob("*") if path.is_file() and b"a plan of ours" in path.read_bytes()]
    await again.get_by_role("button", name="Throw the draft away").click()
    await expect(again.get_by_label("Activity, row 1")).to_have_value("")


async def test_a_sealed_exercise_is_revealed_to_all_at_once(stage: Stage, screens: Screens) -> None:
    async with stage["Bob"].open() as session:
        started = await exercises.start_exercise(session, stage.call.hex(), "temperature", "allies", sealed=True)
    await stage.sync("Ann", "Bob")
    at = f"/call/{stage.call.hex()}/exercise/{started.exercise}"
    ann, bob = await screens.page(stage["Ann"], at), await screens.page(stage["Bob"], at)
    await bob.get_by_label("undecided").check()
    await bob.get_by_role("button", name="Send to allies").click()
    await expect(ann.locator("#group-good")).to_contain_text("Bob")
    await expect(ann.locator(".answers-list")).to_have_count(0)
    await bob.get_by_text("Reveal the answers").click()
    await expect(bob.locator("#reveal")).to_contain_text("This cannot be undone.")
    await bob.get_by_role("button", name="Reveal them to all now").click()
    await expect(ann.locator(".answers-list")).to_contain_text("undecided")
    await expect(ann.locator("#tally")).to_be_visible()


async def test_the_map_grows_while_it_is_looked_at(stage: Stage, screens: Screens, axe: Axe) -> None:
    at = await place(stage)
    page = await screens.page(stage["Ann"], f"{at}/map")
    await expect(page.locator("#map-drawn svg")).to_be_visible()
    exercise = at.rpartition("/")[2]
    for name, row in (("Bob", a_row("training", "FR", needs=("money",))), ("Cem", a_row("training", "KE"))):
        async with stage[name].open() as session:
            await session.sync_all()
            await exercises.answer_exercise(session, stage.call.hex(), exercise, answer_of(row))
    await expect(page.locator("#kind-gap")).to_contain_text("money")
    await expect(page.locator("#map-drawn svg")).to_contain_text("Kenya")
    summary = page.locator("#kind-gap summary").first
    await summary.click()
    await expect(page.locator("#kind-gap .found li")).to_contain_text("training")
    assert await axe(page) == []
