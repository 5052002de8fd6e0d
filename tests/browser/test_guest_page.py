"""A sealed page, opened from disk in a browser that has no network, and what comes back of it."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Download, FilePayload, Page, expect

from securecall_client.acts.templates import outline
from securecall_client.guest_page import reply, told
from securecall_client.guest_page.html import Tongue, build_html
from securecall_client.web.language import language
from securecall_client.work import template
from securecall_client.work.places import to_choose_from
from securecall_client.work.rows import read_answer
from securecall_keys.pages import PageKeys, code_text
from tests.browser.conftest import DEADLINE, Axe, fixture
from tests.live.process import ServerProcess, make_server
from tests.live.seat import Seat
from tests.replies import told_by
from tests.sentences import only_collected

ENGLISH = re.compile("[A-Za-z]{4,}")
"""Words that nobody has said in another language; days and months have three letters, or accents there."""
TITLE, WHOM = "Situation in spring", "World body"
EVERY_TYPE = """
name = "every-type"
version = 1
title = "One of each"
[[questions]]
name = "line"
type = "text"
title = "A line"
[[questions]]
name = "lines"
type = "long"
title = "Some lines"
[[questions]]
name = "some"
type = "choices"
title = "Some of these"
words = ["first", "second", "third"]
[[questions]]
name = "order"
type = "rank"
title = "In order"
words = ["water", "roads"]
[[questions]]
name = "share"
type = "points"
title = "Shared out"
words = ["water", "roads"]
[[questions]]
name = "count"
type = "number"
title = "A number"
[[questions]]
name = "day"
type = "date"
title = "A day"
[[questions]]
name = "span"
type = "months"
title = "A span"
[[questions]]
name = "where"
type = "place"
title = "Where"
"""
XSS = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>{{7*7}}"


@dataclass
class Desk:
    """A guest's browser, and what it asked for and complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    refused: list[str | None] = field(default_factory=list)

    async def open(self, file: Path, code: str = "") -> None:
        """Open a page's file and type the code."""
        await self.page.goto(file.as_uri())
        if code:
            await self.page.get_by_label("Code").fill(code)
            await self.page.keyboard.press("Enter")

    async def sealed_text(self) -> str:
        """Seal what was filled in; gives the text to send."""
        await self.page.get_by_role("button", name="Seal my answer").click()
        out = self.page.get_by_label("Your sealed answer")
        await expect(out).to_be_visible()
        return await out.input_value()

    async def saved(self, button: str) -> Path:
        """What a button saves."""
        async with self.page.expect_download() as waiting:
            await self.page.get_by_role("button", name=button).click()
        download: Download = await waiting.value
        return await download.path()


@fixture()
async def desk(browser: Browser) -> AsyncIterator[Desk]:
    """A browser without any network."""
    context: BrowserContext = await browser.new_context(offline=True, reduced_motion="reduce", accept_downloads=True)
    context.set_default_timeout(DEADLINE)
    desk = Desk(await context.new_page())
    context.on("request", lambda request: desk.asked.append(request.url))
    context.on("requestfailed", lambda request: desk.refused.append(request.failure))
    context.on("console", lambda message: desk.heard.append(message.text))
    context.on("weberror", lambda error: desk.heard.append(str(error.error)))
    yield desk
    await context.close()


@dataclass
class Made:
    """A page made without any call."""

    path: Path
    keys: PageKeys

    @property
    def code(self) -> str:
        return code_text(self.keys.code)

    def opened(self, text: str) -> reply.Reply:
        """What is in a sealed text."""
        return reply.read_reply(self.keys.open("reply", reply.from_armour(text)))


def make(
    folder: Path, asks: str, *, words: str = TITLE, files: dict[str, bytes] | None = None, tongue: Tongue | None = None
) -> Made:
    """A page with one exercise of that template, in which everything is called ``words``."""
    parsed, keys, there = template.parse(asks), PageKeys.fresh(), files or {}
    at, documents = 0, []
    for name, data in there.items():
        documents.append(told.ToldDocument(name, len(data), at))
        at += len(data)
    shown = told.Told(
        version=1,
        title=words,
        whom=words,
        country=words,
        starts="2027-03-01T15:00:00+00:00",
        link=words,
        made="2026-11-23T10:00:00+00:00",
        ends="2126-11-23T10:00:00+00:00",
        most=reply.FILE_MOST,
        room=told.ANSWER_MOST,
        agenda=[told.ToldPoint(words, "2027-03-01T15:00:00+00:00", 20, words)],
        minutes=words,
        decisions=[words],
        documents=documents,
        exercises=[told.ToldExercise("ab" * 16, words, True, outline(parsed))],
        places=[told.ToldPlaces(name, places) for name, places in to_choose_from("KE")],
    )
    path = folder / "page.html"
    path.write_text(build_html(keys.seal("page", told.lay_out(shown, list(there.values()))), tongue), "utf-8")
    return Made(path, keys)


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Seat, str, str]]:
    """A secretariat with a call and an exercise for everyone, on a real server: the seat, the call, the exercise."""
    from securecall_server.codes import setup_code

    folder = tmp_path_factory.mktemp("guest-page")
    server: ServerProcess = make_server(folder / "data")
    server.start()
    seat = Seat(folder / "sec")
    seat.found(server.url, setup_code(server.setup.seed, server.setup.server))
    opened = seat.told("call", "open", TITLE, "--country", "KE", "--starts", "2027-03-01T15:00Z")["call"]
    exercise = seat.told("exercise", "start", opened, "who-does-what", "--circle", "everyone")["exercise"]
    for name, circle in (("for-all.txt", "everyone"), ("for-allies.txt", "allies")):
        (seat.folder / name).write_text(f"what stands in {name}")
        seat.told("doc", "add", opened, name, "--circle", circle)
    yield seat, opened, exercise
    server.stop()


async def test_g06_a_guest_who_installs_nothing_reads_answers_and_is_taken(
    call: tuple[Seat, str, str], desk: Desk
) -> None:
    seat, opened, exercise = call
    made = await asyncio.to_thread(seat.told, "guest", "page", opened, "--for", WHOM, "-o", "page.html")
    file, page = seat.folder / "page.html", desk.page
    assert "for-allies" not in str(told_by(file, made["page"], made["code"]))
    await desk.open(file, made["code"])
    await expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    assert (await desk.saved("Save for-all.txt")).read_text() == "what stands in for-all.txt"
    assert await page.get_by_text("for-allies").count() == 0
    for number, (activity, place) in enumerate((("shelter", "KE-30"), ("مأوى للناس", "FR"))):
        row = page.get_by_role("group", name=f"Row {number + 1}")
        await row.get_by_label("Activity").fill(activity)
        await row.get_by_label("Place").select_option(place)
        await row.get_by_label("Status").select_option("planned")
        await row.get_by_label("From month").fill("2027-03")
        await row.get_by_label("What you need").fill("vans, drivers")
        if number == 0:
            await page.get_by_role("button", name="Add a row").click()
    await page.get_by_label("One file").set_input_files(
        {"name": "..\\..\\plan.txt", "mimeType": "text/plain", "buffer": b"by the guest"}
    )
    text = await desk.sealed_text()
    answer = seat.folder / "answer.txt"
    answer.write_text(text, "utf-8")
    assert (await desk.saved("Save it as a file")).read_text("utf-8") == text
    assert (desk.asked, desk.heard) == ([file.as_uri()], [])

    changed = answer.with_name("changed.txt")
    changed.write_text(text.replace(text[600], "A" if text[600] != "A" else "B"), "utf-8")
    refused = await asyncio.to_thread(seat.run, "guest", "take", changed)
    assert (refused.returncode, refused.stdout) == (1, "")
    taken = await asyncio.to_thread(seat.told, "guest", "take", answer)
    assert (taken["org"], taken["saved"]) == (WHOM, "server")
    [line] = (await asyncio.to_thread(seat.told, "exercise", "show", opened, exercise))["answers"]
    assert (line["org"], line["on_behalf"], line["by_page"]) == (WHOM, True, True)
    assert [(row["activity"], row["place"], row["needs"]) for row in line["rows"]] == [
        ("shelter", "KE-30", ["vans", "drivers"]),
        ("مأوى للناس", "FR", ["vans", "drivers"]),
    ]
    document = taken["document"]
    assert re.fullmatch(r"[\w. ]+", document["name"])
    await asyncio.to_thread(seat.told, "doc", "get", opened, document["document"], "-o", "got.txt")
    assert (seat.folder / "got.txt").read_text() == "by the guest"
    again = await asyncio.to_thread(seat.run, "guest", "take", answer)
    assert again.returncode == 1
    assert "already" in again.stderr


@pytest.mark.parametrize(("tag", "direction"), [("en-XA", "ltr"), ("ar-XB", "rtl")])
async def test_its_own_words_are_in_the_language_of_its_maker(
    tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch, tag: str, direction: str
) -> None:
    only_collected(monkeypatch)
    said = language(tag)
    tongue = Tongue(said.tag, said.direction, said.say)
    made, page = make(tmp_path, EVERY_TYPE, words="–", files={"–.txt": b"-"}, tongue=tongue), desk.page
    asked = "el => el.innerText.replaceAll(/\\[[^\\[\\]]*~~\\]/g, ' ')"
    await desk.open(made.path)
    assert await page.locator("html").get_attribute("dir") == direction
    assert ENGLISH.findall(await page.locator("#door").evaluate(asked)) == []
    await page.locator("#code").fill("x")
    await page.keyboard.press("Enter")
    await expect(page.locator("#code-why")).to_contain_text("~~]")
    await page.locator("#code").fill(made.code)
    await page.keyboard.press("Enter")
    await expect(page.locator("#inside")).to_be_visible()
    await page.locator("#send button").last.click()
    await expect(page.locator("#send-why")).to_contain_text("~~]")
    await page.evaluate("document.querySelectorAll('[dir=auto], option').forEach((theirs) => theirs.remove())")
    assert ENGLISH.findall(await page.locator("#inside").evaluate(asked)) == []


async def test_every_type_of_question_is_filled_in_by_keyboard_and_judged(tmp_path: Path, desk: Desk) -> None:
    made, page = make(tmp_path, EVERY_TYPE), desk.page
    await desk.open(made.path, made.code)
    await expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_focused()
    await page.get_by_label("A line").fill("one\u202e line")
    await page.get_by_label("Some lines").fill("first\nsecond")
    await page.get_by_label("third").check()
    await page.get_by_label("first").check()
    order = page.get_by_role("group", name="In order")
    await order.get_by_label("roads").select_option("1")
    await order.get_by_label("water").select_option("2")
    await page.get_by_role("group", name="Shared out").get_by_label("roads").fill("7")
    await page.get_by_label("A number").fill("12,50")
    await page.get_by_label("A day").fill("2027-03-31")
    await page.get_by_role("group", name="A span").get_by_label("To").fill("2027-04")
    await page.get_by_label("Where").select_option("KE")
    [answer] = made.opened(await desk.sealed_text()).answers
    assert answer.questions == {
        "line": "one line",
        "lines": "first\nsecond",
        "some": ["first", "third"],
        "order": ["roads", "water"],
        "share": {"roads": 7},
        "count": "12.50",
        "day": "2027-03-31",
        "span": "/2027-04",
        "where": "KE",
    }
    assert read_answer(answer.questions, template.parse(EVERY_TYPE))


async def test_what_is_missing_is_said_beside_its_field_and_nothing_is_sealed(tmp_path: Path, desk: Desk) -> None:
    made, page = make(tmp_path, template.load_text("who-does-what")), desk.page
    await desk.open(made.path, made.code)
    seal = page.get_by_role("button", name="Seal my answer")
    await seal.click()
    await expect(page.get_by_text("There is nothing to send yet")).to_be_visible()
    await page.get_by_label("Activity").fill("shelter")
    await seal.click()
    await expect(page.get_by_text("2 things above need your attention.")).to_be_visible()
    await expect(page.get_by_label("Place")).to_be_focused()
    await expect(page.get_by_label("Place")).to_have_attribute("aria-invalid", "true")
    assert await page.get_by_label("Your sealed answer").count() == 0
    large = FilePayload(name="large.bin", mimeType="text/plain", buffer=bytes(reply.FILE_MOST + 1))
    await page.get_by_label("One file").set_input_files(large)
    await page.get_by_label("Place").select_option("KE")
    await page.get_by_label("Status").select_option("planned")
    await seal.click()
    await expect(page.get_by_text("at most 4 MiB can go along")).to_be_visible()
    large["buffer"] = bytes(reply.FILE_MOST)
    await page.get_by_label("One file").set_input_files(large)
    await seal.click()
    await expect(page.get_by_text("too long for a message")).to_be_visible()
    whole = (await desk.saved("Save it as a file")).read_text("utf-8")
    assert len(whole) < reply.TEXT_MOST
    assert made.opened(whole).file == bytes(reply.FILE_MOST)


async def test_a_wrong_code_or_a_changed_file_opens_nothing_and_says_no_more(tmp_path: Path, desk: Desk) -> None:
    made, page = make(tmp_path, EVERY_TYPE, words="a canary"), desk.page
    await desk.open(made.path)
    typed, mistyped, wrong = page.get_by_label("Code"), "typing mistake", "does not open this page"
    last = "a" if made.code[-1] != "a" else "b"
    for code, words in (
        ("", mistyped), (made.code[:-1], mistyped), (made.code[:-1] + last, mistyped),
        (code_text(PageKeys.fresh().code), wrong),
    ):  # fmt: skip
        await typed.fill(code)
        await typed.press("Enter")
        await expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
        assert await page.locator("#inside").is_hidden()
    text = made.path.read_text("utf-8")
    sealed = text.partition('<pre id="sealed" hidden>')[2].partition("</pre>")[0]
    data = bytearray(base64.b64decode(sealed))
    for at in (3, 20, 40, 200, len(data) - 1):
        changed = bytes(data[:at]) + bytes([data[at] ^ 1]) + bytes(data[at + 1 :])
        made.path.write_text(text.replace(sealed, base64.b64encode(changed).decode()), "utf-8")
        await desk.open(made.path, made.code)
        await expect(page.get_by_text(wrong)).to_be_visible()
        assert await page.get_by_text("canary").count() == 0
    assert desk.heard == []


async def test_m15_m16_what_people_wrote_is_text_and_nothing_else_runs_or_is_fetched(
    tmp_path: Path, desk: Desk
) -> None:
    asks = EVERY_TYPE.replace("One of each", XSS.replace('"', "'")).replace(
        '"A line"', f"'''{XSS.replace(chr(39), chr(34))}'''"
    )
    made, page = make(tmp_path, asks, words=XSS, files={f"{XSS}.txt": XSS.encode()}), desk.page
    await desk.open(made.path, made.code)
    await expect(page.get_by_role("heading", level=1)).to_have_text(XSS)
    await page.get_by_text("Show the text").click()
    assert await page.title() == "Sealed page"
    assert await page.locator("img, iframe, object, embed, link, base").count() == 0
    assert await page.locator("script").count() == 1
    assert (desk.asked, desk.heard) == ([made.path.as_uri()], [])
    # What somebody adds to the file does not run: the policy knows one script, and lets nothing be fetched.
    text = made.path.read_text("utf-8")
    added = "<script>document.title='run'</script><img src='https://example.org/x'><p onclick='1'>"
    made.path.write_text(text.replace('<main id="inside"', added + '<main id="inside"'), "utf-8")
    await desk.open(made.path, made.code)
    await expect(page.get_by_role("heading", level=1)).to_have_text(XSS)
    assert await page.title() == "Sealed page"
    assert any("Content Security Policy" in line for line in desk.heard)
    assert desk.refused == ["csp"]


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
async def test_nothing_keeps_people_from_using_it(
    tmp_path: Path, desk: Desk, axe: Axe, width: int, scheme: str
) -> None:
    made, page = make(tmp_path, EVERY_TYPE, files={"brief.txt": b"a text"}), desk.page
    await page.set_viewport_size({"width": width, "height": 900})
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await desk.open(made.path)
    assert await axe(page) == []
    await desk.open(made.path, made.code)
    await expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    await page.get_by_role("button", name="Seal my answer").click()
    await page.get_by_label("A line").fill("one")
    assert await axe(page) == []
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0


async def test_where_the_browser_cannot_it_says_what_to_do(tmp_path: Path, browser: Browser) -> None:
    made = make(tmp_path, EVERY_TYPE)
    without = await browser.new_context(offline=True, java_script_enabled=False)
    page = await without.new_page()
    await page.goto(made.path.as_uri())
    await expect(page.get_by_text("it does not open here")).to_be_visible()
    await without.close()
    old = await browser.new_context(offline=True)
    await old.add_init_script("Object.defineProperty(window, 'crypto', { value: {} })")
    page = await old.new_page()
    await page.goto(made.path.as_uri())
    await expect(page.get_by_text("it does not open here")).to_be_visible()
    await expect(page.get_by_label("Code")).to_be_hidden()
    await old.close()
