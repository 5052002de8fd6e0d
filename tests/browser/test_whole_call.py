"""A whole call: four browsers, each on the pages of a process of its own, over a real server that lies in the end.

Secretariat, focal point, ally, and a guest who came for this call alone; a fifth person is removed in the middle.
Everything is done as people do it, and after each step it is seen what stands on whose screen, and what never did.
"""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from PIL import ExifTags, Image
from playwright.async_api import Browser, expect

from securecall_client.acts import evidence
from securecall_server.codes import setup_code
from tests.browser.conftest import DEADLINE, fixture
from tests.browser.people import Somebody, ask_to_be_let_in, at_a_computer, choose_passphrase
from tests.live.hostile import standing
from tests.unit.cleaning import made

CALL, COALITION = "Freedonia in March", "Coalition of seven rivers"
OURS, TO_ALL, LATER = "The quartz station was searched.", "We begin in a minute.", "Basalt: he is out."
STILL_HERE, BACK = "Is everybody still here?", "I see you again."
PHOTO, PLAN = "pier.jpg", "open plan.pdf"
TEMPERATURE, WHO_DOES_WHAT = "Temperature", "Who does what"


@dataclass
class Call:
    """Who is there, the server's address and setup code, and the script of its lies."""

    browser: Browser
    folder: Path
    url: str
    setup: str
    lies: Path
    sec: Somebody
    focal: Somebody
    ally: Somebody
    guest: Somebody
    fifth: Somebody
    id: str = ""

    @property
    def allies(self) -> tuple[Somebody, ...]:
        return self.sec, self.focal, self.ally

    @property
    def four(self) -> tuple[Somebody, ...]:
        return (*self.allies, self.guest)


@fixture()
async def call(browser: Browser, tmp_path: Path) -> AsyncIterator[Call]:
    """Five people before the welcome of a SecureCall of their own, and a server."""
    with standing(tmp_path) as (server, url, lies):
        async with AsyncExitStack() as stack:
            names = ("Sela", "Noor", "Amal", "Gil", "Cem")
            sec, focal, ally, guest, fifth = await asyncio.gather(
                *(stack.enter_async_context(at_a_computer(browser, tmp_path, name)) for name in names)
            )
            setup = setup_code(server.setup.seed, server.setup.server)
            yield Call(browser, tmp_path, url, setup, lies, sec, focal, ally, guest, fifth)


async def test_a_whole_call_in_four_browsers(call: Call) -> None:
    for step in (
        they_come_in, the_call_is_opened, a_guest_comes_for_this_call_alone, the_roll_is_called, they_talk,
        a_photo_goes_up_without_its_place, a_plan_goes_up_for_everyone, two_fill_in_rows_at_once,
        a_sealed_exercise_is_revealed, they_follow_the_presenter, one_is_removed, the_server_lies_to_one,
        the_report_is_written, a_guest_without_a_program_answers,
        nobody_saw_what_was_not_for_them,
    ):  # fmt: skip
        await step(call)
    for each in (*call.four, call.fifth):
        assert each.complaints == []


async def they_come_in(call: Call) -> None:
    """The secretariat founds and invites, three people join at once, and are let in; a sheet is printed or put off."""
    sec = call.sec
    await sec.heading("Welcome to SecureCall")
    await sec.page.get_by_role("link", name="We begin a coalition").click()
    await sec.fill(
        What_the_coalition=COALITION, Your_name="Sela", Your_organisation="Secretariat", Address_of=call.url,
        Setup_code=call.setup,
    )  # fmt: skip
    await choose_passphrase(sec)
    await sec.press("Begin")
    await sec.heading("You are in")
    await sec.follow("Later")
    await sec.reads("You have no recovery sheet yet")
    roles = {call.focal: "chair", call.ally: "member", call.fifth: "member"}
    texts = {}
    for person, role in roles.items():
        await sec.main("People")
        await sec.follow("Invite")
        texts[person] = await invitation(sec, person, role)
    await asyncio.gather(*(ask_to_be_let_in(person, text) for person, text in texts.items()))
    await sec.main("People")
    for person in roles:
        await let_in(sec, person)
        await person.heading("You are in")
    for person in (call.focal, call.fifth):
        await person.follow("Later")
        await person.heading("Now")
    await print_the_sheet(call.ally)


async def invitation(host: Somebody, person: Somebody, role: str) -> str:
    """Make an invitation; gives its text, which is then taken off the screen."""
    await host.fill(Whom_it_is_for=person.name, Organisation=f"House of {person.name}")
    await host.page.get_by_label(re.compile(rf"\b{role}:")).check()
    await host.press("Make the invitation")
    await host.heading("An invitation for")
    text = await host.page.get_by_label("The invitation as a text").input_value()
    await host.press("I have handed it over: take it off this screen")
    await expect(host.page.get_by_label("The invitation as a text")).to_have_count(0)
    return text


async def let_in(host: Somebody, person: Somebody) -> None:
    """Let somebody in, once both screens show the same six words; they are typed for who is to decide over others."""
    words = await person.page.locator(".words.code").inner_text()
    asks = host.page.locator("[id^=asks-]").filter(has_text=person.name)
    await expect(asks.locator(".words.code")).to_have_text(words)
    typed = asks.get_by_label("Type the six words")
    if await typed.count():
        await typed.fill(words)
    await asks.get_by_role("button", name="Let in").click()
    await expect(asks).to_have_count(0)


async def print_the_sheet(person: Somebody) -> None:
    """Make a recovery sheet, print it, and show with two of its words that it is on paper."""
    await person.press("Make my recovery sheet")
    await person.heading("SecureCall recovery sheet")
    paper = dict(line.split() for line in await person.page.locator(".sheet-words li").all_inner_texts())
    await person.page.evaluate("globalThis.print = () => { globalThis.printed = true; }")
    await person.press("Print")
    assert await person.page.evaluate("globalThis.printed")
    await person.follow("I have put it away")
    await person.heading("Can you read it where it is?")
    for label in await person.page.locator("#away label").all_inner_texts():
        await person.page.get_by_label(label, exact=True).fill(paper[label.removeprefix("Word ")])
    await person.press("It is put away")
    await person.heading("Now")
    await expect(person.page.get_by_text("recovery sheet yet")).to_have_count(0)


async def the_call_is_opened(call: Call) -> None:
    """The secretariat opens it and lets three people in; it appears on their first pages by itself."""
    sec = call.sec
    await sec.main("Home")
    await sec.follow("Open a call")
    soon = datetime.now().astimezone() + timedelta(minutes=10)
    await sec.fill(Title=CALL, When_it_starts=soon.strftime("%Y-%m-%dT%H:%M"))
    await sec.page.get_by_label("Country").select_option("KE")
    await sec.press("Open the call")
    await sec.heading(CALL)
    call.id = sec.page.url.rpartition("/")[2]
    await sec.part("People and keys")
    for person in (call.focal, call.ally, call.fifth):
        await sec.page.get_by_label(person.name).check()
    await sec.press("Let into the call")
    await sec.reads("4 people in the call")
    await sec.follow("Noor")
    await sec.page.get_by_label(re.compile(r"\bchair:")).check()
    await sec.fill(To_make_somebody="Noor")
    await sec.press("Give this role")
    await sec.told("Noor has another role now.")
    await asyncio.gather(*(go_in(person) for person in (call.focal, call.ally, call.fifth)))


async def go_in(person: Somebody) -> None:
    """Go into the call from the first page."""
    await person.follow("Go in")
    await person.heading(CALL)
    await person.look()


async def a_guest_comes_for_this_call_alone(call: Call) -> None:
    """The focal point, a chair of the call by now, invites and admits; the guest sees the call, and nobody's name."""
    focal, guest = call.focal, call.guest
    await focal.part("People and keys")
    await focal.follow("Invite somebody from outside")
    text = await invitation(focal, guest, "guest")
    await ask_to_be_let_in(guest, text)
    await let_in(focal, guest)
    await focal.reads("5 people in the call")
    await guest.heading("You are in")
    await guest.follow("Later")
    await go_in(guest)
    await guest.main("People")
    await guest.reads("You came for one call, and are not in the coalition.")
    await guest.main("Home")
    await go_in(guest)


async def the_roll_is_called(call: Call) -> None:
    """Everybody is on the call's first page, and all five read the same new words."""
    for each in (call.sec, call.focal, call.fifth):
        await each.part("Now")
    before = await call.focal.page.locator("#code").inner_text()
    await call.focal.press("Hold a roll call")
    await expect(call.focal.page.locator("#code")).not_to_have_text(before)
    code = await call.focal.page.locator("#code").inner_text()
    for each in (*call.four, call.fifth):
        await expect(each.page.locator("#code")).to_have_text(code)
        await each.reads("Last roll call")
    for each in (call.ally, call.guest):
        await expect(each.button("Hold a roll call")).to_have_count(0)


async def they_talk(call: Call) -> None:
    """What is for allies and what is for everyone, each on the screens of those whom it is for."""
    for each in (*call.four, call.fifth):
        await each.part("Discussion")
    await say(call.ally, OURS, "Allies")
    await say(call.ally, TO_ALL, "Everyone")
    for each in (*call.four, call.fifth):
        await each.reads(TO_ALL)
    for each in (*call.allies, call.fifth):
        await each.reads(OURS)


async def say(person: Somebody, words: str, circle: str) -> None:
    """Write a message, once it is chosen who sees it."""
    await person.fill(Your_message=words)
    await person.page.get_by_label(re.compile(rf"\b{circle}:")).check()
    await person.press("Send")
    await person.reads(words)


async def a_photo_goes_up_without_its_place(call: Call) -> None:
    """Dropped, told what it hides, sent to allies: they see its pixels, and have it without what it hid."""
    photo = call.folder / PHOTO
    photo.write_bytes(made.image("JPEG"))
    for each in call.four:
        await each.part("Documents")
    ally = call.ally
    await ally.drop(photo)
    await expect(ally.page.locator(".hides")).to_contain_text("where it was taken")
    await ally.reads("removed", "All but guests. Guests see neither the file nor its name.")
    await ally.page.get_by_label("Allies").check()
    await ally.press("Send the file")
    for each in call.allies:
        await each.page.locator("#documents").get_by_role("link", name=PHOTO).click()
        await expect(each.page.get_by_role("img", name=f"Page 1 of 1 of {PHOTO}")).to_be_visible()
    await call.sec.press("Download")
    await call.sec.told("Fetched and checked")
    [got] = call.sec.downloads.iterdir()
    assert ExifTags.IFD.GPSInfo not in Image.open(io.BytesIO(got.read_bytes())).getexif()
    assert photo.read_bytes() == made.image("JPEG"), "the original stays as it was"
    await call.guest.reads("There is no document yet.")


async def a_plan_goes_up_for_everyone(call: Call) -> None:
    """The guest is named before it is sent, and sees the pages as the others do."""
    plan = call.folder / PLAN
    plan.write_bytes(made.pdf())
    await call.focal.follow("All documents")
    await call.focal.heading("Put up files")
    await call.focal.drop(plan)
    await call.focal.reads("Guests open it as you do. In this call that is: Gil.")
    await call.focal.page.get_by_label("Everyone, guests too").check()
    await call.focal.press("Send the file")
    for each in (call.focal, call.guest):
        await each.page.locator("#documents").get_by_role("link", name=PLAN).click()
        await expect(each.page.get_by_role("img", name=f"Page 1 of 2 of {PLAN}")).to_be_visible()
    await call.guest.press("Next page")
    await expect(call.guest.page.get_by_role("img", name=f"Page 2 of 2 of {PLAN}")).to_be_visible()


async def start(person: Somebody, template: str, title: str, circle: str, *, sealed: bool = False) -> None:
    """Start an exercise."""
    await person.part("Exercises")
    form = person.page.locator("#starting")
    if await form.get_attribute("open") is None:
        await person.open("Start an exercise")
    await person.page.locator(f"#t-{template}").check()
    await person.fill(Title=title)
    await person.page.locator(f"#c-{circle}").check()
    await person.page.locator("#sealed").set_checked(sealed)
    await person.press("Start it")
    await person.heading("Your answer")


async def go_to_exercise(person: Somebody, title: str) -> None:
    """Go to an exercise, which appears in its list by itself."""
    await person.part("Exercises")
    await person.page.get_by_role("link", name=title, exact=True).click()
    await person.heading("Your answer")
    await person.look()


async def two_fill_in_rows_at_once(call: Call) -> None:
    """Two type at once and none of it moves; the rows of others appear, and the map grows on a third screen."""
    await start(call.focal, "who-does-what", WHO_DOES_WHAT, "everyone")
    for each in (call.sec, call.ally, call.guest, call.fifth):
        await go_to_exercise(each, WHO_DOES_WHAT)
    await call.sec.follow("See the map")
    await call.sec.reads("None so far.")
    ally, fifth = call.ally.page, call.fifth.page
    await asyncio.gather(
        type_row(call.ally, "strategic litigation", "KE-30"), type_row(call.fifth, "documentation", "KE-30")
    )
    await call.ally.press("Add a row")
    await expect(ally.get_by_label("Activity, row 2")).to_be_focused()
    await asyncio.gather(
        ally.keyboard.type("half a thou", delay=30),
        call.fifth.press("Send to everyone"),
    )
    await expect(call.fifth.page.locator("#sent .saved")).to_be_visible()
    await expect(ally.locator("table.answers")).to_contain_text("documentation")
    await ally.keyboard.type("ght")
    await expect(ally.get_by_label("Activity, row 2")).to_be_focused()
    await expect(ally.get_by_label("Activity, row 2")).to_have_value("half a thought")
    await expect(ally.get_by_label("Activity, row 1")).to_have_value("strategic litigation")
    await expect(fifth.get_by_label("Activity, row 1")).to_have_value("documentation")
    await ally.keyboard.press("Control+Delete")
    await call.ally.press("Send to everyone")
    await expect(fifth.locator("table.answers")).to_contain_text("strategic litigation")
    await type_row(call.guest, "strategic litigation", "KE-30")
    await call.guest.press("Send to everyone")
    await expect(ally.locator(".answers-list > li")).to_have_count(2)
    await call.sec.reads("documentation", "strategic litigation")
    await expect(call.sec.page.locator("#kind-overlap .list > li")).to_have_count(1)
    await expect(call.sec.page.locator("#map-drawn svg")).to_contain_text("documentation")


async def type_row(person: Somebody, activity: str, place: str) -> None:
    """Fill in a row by keyboard alone."""
    await person.page.get_by_label("Activity, row 1").focus()
    for words in (activity, place, "2027-03", "2027-06"):
        await person.page.keyboard.type(words, delay=20)
        await person.page.keyboard.press("Enter")
    await person.page.keyboard.press("p")
    await expect(person.page.get_by_label("Status, row 1")).to_have_value("planned")


async def a_sealed_exercise_is_revealed(call: Call) -> None:
    """Until the reveal others see that somebody answered, and not what; guests never see that it was asked."""
    await start(call.focal, "temperature", TEMPERATURE, "allies", sealed=True)
    for each in (call.sec, call.ally, call.fifth):
        await go_to_exercise(each, TEMPERATURE)
    await call.guest.part("Exercises")
    for each, stand in ((call.ally, "undecided"), (call.fifth, "against it")):
        await each.page.get_by_label(stand, exact=True).check()
        await each.press("Send to allies")
        await expect(each.page.locator("#sent .saved")).to_be_visible()
    for each, other in ((call.ally, "Cem"), (call.fifth, "Amal")):
        await expect(each.page.locator("#group-good")).to_contain_text(other)
        await each.reads("Sealed: the answers appear here once they are revealed.")
        await expect(each.page.locator(".answers-list")).to_have_count(0)
    await call.focal.open("Reveal the answers")
    await call.focal.reads("This cannot be undone.")
    await call.focal.press("Reveal them to all now")
    await expect(call.ally.page.locator(".answers-list")).to_contain_text("against it")
    await expect(call.fifth.page.locator(".answers-list")).to_contain_text("undecided")
    await expect(call.sec.page.locator("#tally")).to_be_visible()


async def they_follow_the_presenter(call: Call) -> None:
    """Whoever chose to follow is taken along, the guest too; whoever looks elsewhere stays there."""
    focal, ally, guest = call.focal, call.ally, call.guest
    await focal.part("Now")
    await expect(focal.page.get_by_role("region", name="Who is here")).to_contain_text("5 of 5")
    shown = focal.page.locator("li").filter(has=focal.page.get_by_role("link", name=WHO_DOES_WHAT, exact=True))
    await shown.get_by_role("button", name="Show to all").click()
    for each in (ally, guest):
        await expect(each.page.locator("#presents")).to_contain_text("shows the map of Who does what")
        await each.follow("Look")
        await expect(each.page.locator("#map-drawn svg")).to_be_visible()
    shown = focal.page.locator("li").filter(has=focal.page.get_by_role("link", name=PLAN, exact=True))
    await shown.get_by_role("button", name="Show to all").click()
    for each in (ally, guest):
        await expect(each.page.get_by_role("img", name=f"Page 1 of 2 of {PLAN}")).to_be_visible()
    await expect(call.sec.page.locator("#presents")).to_contain_text("Noor shows the document")
    await call.sec.heading("Your answer")
    await ally.press("Stay here")


async def one_is_removed(call: Call) -> None:
    """The receipt stands there; the removed one is told, sees nothing any more, and nothing that is said later."""
    sec, fifth = call.sec, call.fifth
    await sec.part("People and keys")
    await sec.follow("Cem")
    await sec.follow("Remove from the call")
    await sec.heading("What it cannot do")
    await sec.fill(Type_the_person="Cem")
    await sec.press("Remove")
    await sec.heading("Removed: Cem")
    await sec.reads("copies already made stay with them")
    await fifth.reads("you are no longer in it")
    await fifth.reads("against it")
    for words in ("undecided", "Amal", "Noor", PLAN):
        await expect(fifth.page.get_by_text(words)).to_have_count(0)
    for each in (call.focal, call.ally, call.guest):
        await each.part("Discussion")
    await say(call.focal, LATER, "Allies")
    await call.ally.reads(LATER)


async def the_server_lies_to_one(call: Call) -> None:
    """It takes back to one person what it gave them: an alarm on that screen alone, in words, with evidence to save."""
    ally = call.ally
    await ally.main("Keys and alarms")
    device = await ally.page.locator("[id^=device-]").filter(has_text="this one").locator(".code").inner_text()
    call.lies.write_text(f'[[rule]]\nclient = "{device}"\npath = "/v1/spaces/{call.id}/items"\ndoes = "cut"\nat = 4\n')
    await ally.main("Home")
    await go_in(ally)
    await say(call.focal, STILL_HERE, "Everyone")
    await expect(ally.page.locator(".alarm-bar")).to_be_visible()
    await ally.page.locator(".alarm-bar").click()
    await ally.heading("Proof of misbehaviour")
    await ally.reads("What happened", "older state", "What it means", "Somebody was caught", "What to do", "Stop")
    await ally.press("Save the evidence")
    await ally.told("Saved as")
    [saved] = ally.downloads.glob("*.evidence")
    assert (await evidence.verify([saved])).verdict.signed
    for each in (call.sec, call.focal, call.guest):
        await expect(each.page.locator(".alarm-bar")).to_have_count(0)
    call.lies.write_text("")
    await ally.main("Home")
    await go_in(ally)
    await ally.part("Discussion")
    await ally.reads(STILL_HERE)
    await say(ally, BACK, "Allies")
    await call.focal.reads(BACK)


async def the_report_is_written(call: Call) -> None:
    """Minutes, a decision, and the report, which opens in any browser without a network."""
    focal = call.focal
    await focal.part("Minutes and outcomes")
    await focal.press("Take the pen")
    await focal.fill(Text_of_the_minutes="We met and agreed.")
    await focal.press("Save this version")
    await focal.open("Put a decision down")
    await focal.fill(What_was_decided="Two visits in June.")
    await focal.page.locator("#decide-form").get_by_role("button", name="Put it down").click()
    await focal.reads("Two visits in June.")
    await focal.open("Write the report")
    await focal.page.get_by_label("By name, with their organisations").check()
    await focal.press("Save the report")
    await expect(focal.page.locator(".saved-files")).to_be_visible()
    [report] = focal.downloads.glob("*.html")
    alone = await call.browser.new_context(offline=True)
    page = await alone.new_page()
    await page.goto(report.as_uri())
    for words in (CALL, "Two visits in June.", "We met and agreed.", "strategic litigation", "Amal", "House of Gil"):
        await expect(page.locator("body")).to_contain_text(words)
    await alone.close()


async def a_guest_without_a_program_answers(call: Call) -> None:
    """A sealed page goes out as a file, is filled in without a network, and what comes back is on every screen."""
    focal = call.focal
    await focal.part("People and keys")
    await focal.follow("A sealed page, for somebody who can install nothing")
    await focal.fill(Whom_it_is_for="World body")
    await focal.press("Make the page")
    await focal.heading("A sealed page for World body")
    code = await focal.page.locator("#page-code").inner_text()
    file = Path(await focal.page.locator("p.code bdi").first.inner_text())
    await focal.press("I have told the code: take it off this screen")
    sealed = await filled_in_without_a_network(call, file, code)
    for each in (call.sec, call.guest):
        await go_to_exercise(each, WHO_DOES_WHAT)
    await focal.fill(Paste_the_sealed_text=sealed)
    await focal.press("Take it in")
    await focal.told("Entered by sealed page for World body")
    for each in (call.sec, call.guest):
        answer = each.page.locator(".answers-list > li").filter(has_text="shelter")
        await expect(answer).to_contain_text("by sealed page")
    await expect(call.sec.page.locator(".answers-list")).to_contain_text("World body")


async def filled_in_without_a_network(call: Call, file: Path, code: str) -> str:
    """What a browser gives back in which the sealed page was opened from disk."""
    alone = await call.browser.new_context(offline=True, reduced_motion="reduce")
    alone.set_default_timeout(DEADLINE)
    page = await alone.new_page()
    await page.goto(file.as_uri())
    await page.get_by_label("Code").fill(code)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name=CALL)).to_be_visible()
    await expect(page.locator("body")).to_contain_text(PLAN)
    for words in (OURS, PHOTO, TEMPERATURE, "Two visits"):
        await expect(page.locator("body")).not_to_contain_text(words)
    await page.get_by_label("Activity").fill("shelter")
    await page.get_by_label("Place").select_option("KE-30")
    await page.get_by_label("Status").select_option("planned")
    await page.get_by_role("button", name="Seal my answer").click()
    sealed = await page.get_by_label("Your sealed answer").input_value()
    await alone.close()
    return sealed


async def nobody_saw_what_was_not_for_them(call: Call) -> None:
    """All have the key that came with the removal; and of all words that ever were on a screen, none was too many."""
    await call.sec.part("People and keys")
    await call.sec.follow("Cem")
    await call.sec.reads("nobody: all have it")
    seen = await call.guest.ever_read()
    assert TO_ALL in seen
    for words in (OURS, PHOTO, TEMPERATURE, LATER, "Two visits", "against it", "Amal", "Noor", COALITION):
        assert words not in seen
    removed = await call.fifth.ever_read()
    assert OURS in removed
    for words in (LATER, "Two visits", "shelter"):
        assert words not in removed
