"""A call in two browsers at once: what one person does stands on the other's screen, and takes nothing from them."""

from playwright.async_api import Page, expect

from securecall_client.acts import organisations
from tests.browser.conftest import Axe
from tests.browser.screens import Screens
from tests.simulator.people import Stage, the_exercise
from tests.unit.cleaning import made

CANARY = "quartz"


async def at(screens: Screens, stage: Stage, name: str, rest: str = "") -> Page:
    """Have somebody go to a page of the call."""
    return await screens.page(stage[name], f"/call/{stage.call.hex()}{rest}")


async def test_a_message_appears_elsewhere_and_takes_nothing_of_what_is_being_typed(
    screens: Screens, stage: Stage, axe: Axe
) -> None:
    bob, ann = await at(screens, stage, "Bob", "/talk"), await at(screens, stage, "Ann", "/talk")
    await ann.get_by_label("Your message").press_sequentially("Half a sen")
    await ann.get_by_label("Everyone: guests see this too").check()
    await bob.get_by_label("Your message").fill("The station was searched.")
    await bob.get_by_role("button", name="Send", exact=True).click()
    await expect(ann.get_by_text("The station was searched.", exact=True)).to_be_visible()
    await expect(ann.get_by_label("Your message")).to_have_value("Half a sen")
    await expect(ann.get_by_label("Everyone: guests see this too")).to_be_checked()
    await expect(bob.get_by_label("Your message")).to_have_value("")
    await ann.get_by_label("Your message").press_sequentially("tence.")
    await ann.get_by_role("button", name="Send", exact=True).click()
    await expect(bob.get_by_text("Half a sentence.", exact=True)).to_be_visible()
    for page in (bob, ann):
        assert await axe(page) == []


async def test_a_roll_call_shows_the_same_code_on_both_screens(screens: Screens, stage: Stage, axe: Axe) -> None:
    bob, ann = await at(screens, stage, "Bob"), await at(screens, stage, "Ann")
    before = await bob.locator("#code").inner_text()
    await bob.get_by_role("button", name="Hold a roll call").click()
    await expect(bob.locator("#code")).not_to_have_text(before)
    await expect(ann.locator("#code")).to_have_text(await bob.locator("#code").inner_text())
    assert await ann.get_by_role("button", name="Hold a roll call").count() == 0
    assert await axe(bob) == []


async def test_a_text_is_copied_and_its_button_keeps_its_name(screens: Screens, stage: Stage) -> None:
    bob = await at(screens, stage, "Bob")
    await bob.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await bob.get_by_text("Tell people when it is").click()
    await bob.get_by_role("button", name="Copy").click()
    await expect(bob.locator("#said")).to_have_text("Copied×")
    assert await bob.evaluate("navigator.clipboard.readText()") == await bob.locator("#message").input_value()
    assert await bob.get_by_role("button", name="Copy", exact=True).count() == 1


async def test_minutes_that_are_being_written_stay_when_the_pen_is_taken_away(
    screens: Screens, stage: Stage, axe: Axe
) -> None:
    ann, bob = await at(screens, stage, "Ann", "/outcomes"), await at(screens, stage, "Bob", "/outcomes")
    await ann.get_by_role("button", name="Take the pen").click()
    await ann.get_by_label("Text of the minutes").press_sequentially("We met and")
    await expect(bob.get_by_text("Ann has the pen")).to_be_visible()
    await bob.get_by_text("Take the pen from whoever has it").click()
    await bob.get_by_role("button", name="Take the pen").click()
    await expect(ann.get_by_text("Bob has the pen")).to_be_visible()
    await expect(ann.get_by_label("Text of the minutes")).to_have_value("We met and")
    for page in (ann, bob):
        await page.evaluate("() => { for (const one of document.querySelectorAll('details')) one.open = true; }")
        assert await axe(page) == []


async def test_who_follows_goes_where_the_presenter_goes_until_they_turn_away(screens: Screens, stage: Stage) -> None:
    bob, ann = await at(screens, stage, "Bob"), await at(screens, stage, "Ann", "/outcomes")
    await bob.get_by_label("Point").fill("Updates")
    await bob.get_by_role("button", name="Add the point").click()
    await bob.get_by_role("button", name="Begin").wait_for()
    await bob.locator("#show-agenda button").click()
    await expect(ann.locator("#presents")).to_contain_text("Bob shows the agenda")
    assert ann.url.endswith("/outcomes"), "nobody is taken anywhere who did not choose it"
    await ann.get_by_role("link", name="Look", exact=True).click()
    await expect(ann.get_by_text("you follow")).to_be_visible()
    async with stage["Sec"].open() as session:
        exercise = await the_exercise(session, stage.call)
    await bob.locator(f"#show-{exercise} button").click()
    await ann.wait_for_url(f"**/exercise/{exercise}/map")


async def test_in_a_narrow_window_what_is_pressed_begins_where_the_words_of_the_bar_do(
    screens: Screens, stage: Stage
) -> None:
    async with stage["Bob"].open() as session:
        exercise = await the_exercise(session, stage.call)
    bob = await at(screens, stage, "Bob")
    await bob.locator(f"#show-{exercise} button").click()
    await expect(bob.locator("#presents")).to_contain_text("You show the map")
    await bob.set_viewport_size({"width": 390, "height": 800})
    begins = """all => all.map((one) => {
        const range = document.createRange();
        range.selectNodeContents(one);
        const { left, top } = range.getBoundingClientRect();
        return [Math.round(top), Math.round(left)];
    })"""
    rows: dict[int, list[int]] = {}
    for top, left in await bob.locator("#presents").locator("p, a, button").evaluate_all(begins):
        rows.setdefault(top, []).append(left)
    assert len(rows) > 1, "the bar breaks into rows"
    assert len({min(row) for row in rows.values()}) == 1, rows


async def test_nobody_is_taken_away_from_what_they_write_or_after_they_stayed(screens: Screens, stage: Stage) -> None:
    bob, ann = await at(screens, stage, "Bob"), await at(screens, stage, "Ann", "/outcomes")
    await bob.get_by_label("Point").fill("Updates")
    await bob.get_by_role("button", name="Add the point").click()
    await bob.locator("#show-agenda button").click()
    await ann.get_by_role("link", name="Look", exact=True).click()
    await expect(ann.get_by_text("you follow")).to_be_visible()
    await ann.get_by_role("button", name="Stay here").click()
    async with stage["Sec"].open() as session:
        exercise = await the_exercise(session, stage.call)
    await bob.locator(f"#show-{exercise} button").click()
    await expect(ann.locator("#presents")).to_contain_text("Bob shows the map")
    await expect(ann.get_by_text("you follow")).to_be_hidden()
    assert ann.url.endswith(stage.call.hex())


async def test_g06_the_window_to_share_shows_and_says_nothing_that_is_for_allies_alone(
    screens: Screens, stage: Stage, axe: Axe
) -> None:
    bob = await at(screens, stage, "Bob")
    await bob.get_by_label("Point").fill("Open point")
    await bob.get_by_label("Everyone: guests see this too").check()
    await bob.get_by_role("button", name="Add the point").click()
    await bob.get_by_role("button", name="Begin").click()
    async with bob.expect_popup() as opened:
        await bob.get_by_role("link", name="Window to share").click()
    window = await opened.value
    await expect(window.get_by_role("heading", name="Open point")).to_be_visible()
    await window.evaluate(
        "() => { globalThis.seen = ''; new MutationObserver(() => { seen += document.body.textContent; })"
        ".observe(document.body, { childList: true, subtree: true, characterData: true }); }"
    )
    ann = await at(screens, stage, "Ann", "/talk")
    await ann.get_by_label("Your message").fill(f"{CANARY} for allies")
    await ann.get_by_role("button", name="Send", exact=True).click()
    await bob.get_by_text("Say where it is held").click()
    await bob.get_by_label("Link of the voice call").fill("https://voice.example.org/room")
    await bob.get_by_role("button", name="Save", exact=True).click()
    await expect(bob.get_by_text("Everyone in the call has the link now.")).to_be_visible()
    await bob.get_by_role("button", name="Hold a roll call").click()
    await expect(window.locator("#code")).to_be_visible()
    seen = await window.evaluate("() => seen + document.documentElement.outerHTML")
    for word in (CANARY, "Bob", "Ann", "Cem", "Everyone in the call has the link", "Lock</button>"):
        assert word not in seen
    assert await axe(window) == []


async def test_the_pages_of_a_document_turn_in_the_window_and_for_whoever_follows(
    screens: Screens, stage: Stage, axe: Axe
) -> None:
    document = await stage.put_up("Bob", "map of the harbour.pdf", made.pdf(), "everyone")
    bob, ann = await at(screens, stage, "Bob"), await at(screens, stage, "Ann", "/outcomes")
    await bob.locator(f"#show-{document} button").click()
    async with bob.expect_popup() as opened:
        await bob.get_by_role("link", name="Window to share").click()
    window = await opened.value
    drawn = window.locator(".sheet img")
    await expect(drawn).to_have_attribute("alt", "Page 1 of 2 of map of the harbour.pdf")
    assert await drawn.evaluate("(image) => image.decode().then(() => image.naturalWidth)")
    await window.evaluate("() => { document.querySelector('.sheet').mine = true; }")
    await ann.get_by_role("link", name="Look", exact=True).click()
    await expect(ann.get_by_text("Page 1 of 2")).to_be_visible()
    await window.keyboard.press("PageDown")
    for page in (window, ann):
        await expect(page.get_by_text("Page 2 of 2")).to_be_visible()
    await ann.get_by_role("button", name="Previous page").click()
    await expect(ann.get_by_text("Page 1 of 2")).to_be_visible()
    await bob.get_by_role("link", name="Look at it").click()
    await expect(bob.get_by_text("Page 2 of 2")).to_be_visible()
    await bob.get_by_role("button", name="Previous page").click()
    await expect(window.get_by_text("Page 1 of 2")).to_be_visible()
    assert await window.evaluate("() => document.querySelector('.sheet').mine"), "nothing is drawn anew that stays"
    assert await axe(window) == []


async def test_what_somebody_without_the_program_says_is_entered_from_wherever_one_presents(
    screens: Screens, stage: Stage, axe: Axe
) -> None:
    async with stage["Sec"].open() as session:
        await organisations.add_organisation(session, "Open Door", "un agency", "FR")
    await stage.sync("Bob")
    bob = await at(screens, stage, "Bob")
    async with stage["Sec"].open() as session:
        exercise = await the_exercise(session, stage.call)
    await bob.locator(f"#show-{exercise} button").click()
    await expect(bob.locator("#presents")).to_contain_text("You show the map")
    await bob.get_by_role("link", name="Discussion").click()
    await bob.wait_for_url("**/talk")
    await bob.locator("#presents").get_by_role("link", name="Enter for somebody").click()
    await expect(bob.get_by_role("link", name="Open Door")).to_be_visible()
    assert await axe(bob) == []
    await bob.get_by_role("link", name="Open Door").click()
    await expect(bob.get_by_role("heading", name="On behalf of Open Door")).to_be_visible()


async def test_with_a_person_s_own_few_colours_a_ring_says_where_a_thing_is_and_one_part_is_the_one_shown(
    screens: Screens, stage: Stage
) -> None:
    """What a browser takes away then is every background that is no colour of the system's."""
    ann = await screens.page(stage["Ann"], f"/call/{stage.call.hex()}")
    await ann.emulate_media(forced_colors="active")
    ring = """where => {
        const one = document.createElement("span");
        one.className = "saved " + where;
        document.getElementById("content").append(one);
        const { backgroundColor, borderBlockEndWidth } = getComputedStyle(one, "::before");
        return backgroundColor + borderBlockEndWidth;
    }"""
    assert len({await ann.evaluate(ring, where) for where in ("here", "server", "others")}) == 3
    lines = "ways => ways.map((way) => getComputedStyle(way).borderBlockEndColor)"
    current, *others = await ann.locator(".tabs a").evaluate_all(lines)
    assert current not in others
