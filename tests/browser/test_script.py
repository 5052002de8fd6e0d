"""The pages' script in a real browser: what it sends, what it keeps, and what it never takes from anybody."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.conftest import Axe, fixture
from tests.browser.small import SECRET, TOKEN, Small, failure, serving
from tests.browser.small import page as shown


@fixture()
async def small() -> AsyncIterator[Small]:
    """A server whose first page is a line of text and a link."""
    pages = {"/": lambda: "<h1>First</h1><a href='/second?of=2'>Second</a>", "/second?of=2": lambda: "<h1>Second</h1>"}
    async with serving(Small(pages)) as running:
        yield running


@fixture()
async def complaints(context: BrowserContext) -> list[str]:
    """What the browser complains of, in any tab: refused by the policy, thrown, or an error on the console."""
    heard: list[str] = []
    await context.add_init_script(
        "addEventListener('securitypolicyviolation', (event) => console.error('refused', event.violatedDirective))"
    )
    context.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: heard.append(str(error.error)))
    return heard


async def heading(page: Page, name: str) -> None:
    """Wait for a heading."""
    await expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


async def test_every_request_of_a_page_carries_its_token(small: Small, page: Page, complaints: list[str]) -> None:
    small.pages["/"] = lambda: (
        "<h1 data-words>First</h1><a href='/second?of=2'>Second</a><form method=post action=/say><button>Say"
    )
    small.posts["/say"] = lambda _: web.Response(status=303, headers={"Location": "/second?of=2"})
    await page.goto(small.door)
    await heading(page, "First")
    await small.followed()
    await page.get_by_role("link", name="Second").click()
    await heading(page, "Second")
    await page.go_back()
    await heading(page, "First")
    assert page.url == f"{small.url}/"
    await page.go_forward()
    await heading(page, "Second")
    await page.go_back()
    await page.get_by_role("button", name="Say").click()
    await heading(page, "Second")
    assert page.url == f"{small.url}/second?of=2"
    kinds = {(request.method, request.path) for request in small.asked}
    assert kinds == {("GET", "/"), ("GET", "/second"), ("GET", "/live"), ("GET", "/unsent/words"), ("POST", "/say")}
    assert {request.headers.get("X-SecureCall-Token") for request in small.asked} == {TOKEN}
    assert complaints == []


async def test_l09_nothing_of_a_page_is_kept_in_any_storage(small: Small, page: Page) -> None:
    await page.goto(small.door)
    await page.get_by_role("link", name="Second").click()
    await heading(page, "Second")
    kept = await page.evaluate("() => [localStorage.length, Object.entries(sessionStorage), document.cookie]")
    assert kept == [0, [["securecall-token", TOKEN]], ""]
    assert await page.evaluate("async () => [await caches.keys(), await indexedDB.databases()]") == [[], []]
    assert await page.evaluate("() => history.state") == {"htmx": True}


async def test_the_launch_secret_leaves_the_address_before_it_is_used(small: Small, page: Page) -> None:
    await page.goto(small.door)
    await heading(page, "First")
    assert SECRET not in page.url
    await page.reload()
    await heading(page, "First")


async def test_what_is_typed_stays_while_a_list_beside_it_grows(
    small: Small, page: Page, complaints: list[str]
) -> None:
    rows = ["one"]
    small.pages["/"] = lambda: (
        "<h1>Rows</h1><ul>" + "".join(f"<li id=row-{row}><input id=note-{row} aria-label={row}>" for row in rows)
        + f"</ul><details id=more><summary>More</summary><p>{len(rows)} rows</p></details>"
        + "<form id=own><input id=name aria-label=Name><textarea id=text aria-label=Text></textarea>"
        + "<label><input id=tick type=checkbox>Tick</label><select id=pick aria-label=Pick><option>a<option>b</select>"
        + f"<input id=count aria-label=Count value={len(rows)}></form>"
        + f"<div id=mine data-keep>from the page {len(rows)}</div>"
    )  # fmt: skip
    await page.goto(small.door)
    await page.get_by_label("one").fill("beside one")
    await page.get_by_label("Tick").check()
    await page.get_by_label("Pick").select_option("b")
    await page.get_by_text("More").click()
    await page.get_by_label("Text").fill("not yet sent")
    await page.get_by_label("Name").press_sequentially("half a na")
    rows[:] = ["zero", "half", "one", "two"]
    await small.tell()
    await expect(page.get_by_role("listitem")).to_have_count(4)
    await page.keyboard.type("me")
    await expect(page.get_by_label("Name")).to_have_value("half a name")
    await expect(page.get_by_label("one")).to_have_value("beside one")
    await expect(page.get_by_label("zero")).to_have_value("")
    await expect(page.get_by_label("Text")).to_have_value("not yet sent")
    await expect(page.get_by_label("Tick")).to_be_checked()
    await expect(page.get_by_label("Pick")).to_have_value("b")
    await expect(page.get_by_text("4 rows")).to_be_visible()
    await expect(page.get_by_label("Count")).to_have_value("4")
    await expect(page.locator("#mine")).to_have_text("from the page 1")
    assert complaints == []


async def test_the_place_on_the_page_stays_while_a_list_above_it_grows(small: Small, page: Page) -> None:
    rows = list(range(100, 300))
    small.pages["/"] = lambda: "<ul>" + "".join(f"<li id=row-{row}>row {row}</li>" for row in rows) + "</ul>"
    await page.goto(small.door)
    watched = page.get_by_text("row 200", exact=True)
    await watched.scroll_into_view_if_needed()
    before = await watched.bounding_box()
    rows[:0] = range(90, 100)
    await small.tell()
    await expect(page.get_by_role("listitem")).to_have_count(210)
    # A browser mends the place before it paints.
    await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))")
    assert await watched.bounding_box() == before


async def test_words_that_are_sent_are_let_go_and_later_ones_stay(small: Small, page: Page) -> None:
    said: list[str] = []

    def say(form: dict[str, str]) -> web.Response:
        said.append(form["words"])
        return web.Response(status=303, headers={"Location": "/"})

    small.posts["/say"] = say
    small.pages["/"] = lambda: (
        "<ul>" + "".join(f"<li>{words}</li>" for words in said) + "</ul><form id=form method=post action=/say>"
        "<input id=words name=words aria-label=Words></form><input id=other aria-label=Other>"
    )  # fmt: skip
    await page.goto(small.door)
    await page.get_by_label("Other").fill("mine")
    await page.get_by_label("Words").fill("hello")
    await page.get_by_label("Words").press("Enter")
    await expect(page.get_by_role("listitem")).to_have_text("hello")
    await expect(page.get_by_label("Words")).to_have_value("")
    await expect(page.get_by_label("Words")).to_be_focused()
    await expect(page.get_by_label("Other")).to_have_value("mine")
    assert await page.evaluate("() => history.length") == 2, "the same page is not gone to a second time"


async def test_a_form_that_is_complained_of_keeps_its_words_and_says_why(small: Small, page: Page) -> None:
    why: list[str] = []

    def shown() -> str:
        field = f"<input id=words name=words aria-label=Words {'aria-invalid=true' if why else ''}>"
        return f"<form id=form method=post action=/say>{field}</form><p id=why>{''.join(why)}</p>"

    def say(_: dict[str, str]) -> web.Response:
        why[:] = ["Too short"]
        return web.Response(text=shown(), status=422, content_type="text/html")

    small.pages["/"] = shown
    small.posts["/say"] = say
    await page.goto(small.door)
    await page.get_by_label("Words").fill("h")
    await page.get_by_label("Words").press("Enter")
    await expect(page.get_by_text("Too short")).to_be_visible()
    await expect(page.get_by_label("Words")).to_have_value("h")
    await expect(page.get_by_label("Words")).to_have_attribute("aria-invalid", "true")
    assert page.url == f"{small.url}/"


async def test_what_somebody_writes_in_stays_when_the_page_has_no_place_for_it(small: Small, page: Page) -> None:
    rows = ["a", "b"]
    small.pages["/"] = lambda: (
        "<ul id=rows>"
        + "".join(f"<li id=row-{row}><input id=note-{row} aria-label={row}></li>" for row in rows)
        + "</ul>"
    )
    await page.goto(small.door)
    await page.get_by_label("a").fill("half a thou")
    rows[:] = ["b", "c"]
    await small.tell()
    await expect(page.get_by_label("c")).to_be_visible()
    await page.keyboard.type("ght")
    await expect(page.get_by_label("a")).to_have_value("half a thought")
    await expect(page.locator("#rows > [data-gone]")).to_have_count(1)


async def test_r08_what_stood_around_a_form_that_is_gone_is_not_put_back(small: Small, page: Page) -> None:
    shown = ["<section><p>of others</p><form id=form><input id=note aria-label=Note></form></section>"]
    small.pages["/"] = lambda: f"<div class=content>{shown[0]}</div>"
    await page.goto(small.door)
    await page.get_by_label("Note").fill("half a thought")
    shown[0] = "<p>You are no longer in it</p>"
    await small.tell()
    await expect(page.get_by_text("You are no longer in it")).to_be_visible()
    await expect(page.get_by_label("Note")).to_have_value("half a thought")
    await expect(page.locator(".content > form[data-gone]")).to_have_count(1)
    await expect(page.get_by_text("of others")).to_have_count(0)


async def test_r08_what_was_sent_is_not_put_back_where_the_script_keeps_it(small: Small, page: Page) -> None:
    fields = "<input id=note name=note aria-label=Note><input id=tick name=tick type=checkbox aria-label=Tick>"
    shown = [f"<form id=form method=post action=/say><div id=kept data-keep>{fields}</div></form>"]
    small.pages["/"] = lambda: shown[0]
    small.posts["/say"] = lambda _: web.Response(status=303, headers={"Location": "/"})
    await page.goto(small.door)
    await page.get_by_label("Tick").check()
    await page.get_by_label("Note").fill("a thought")
    async with page.expect_response(f"{small.url}/"):
        await page.get_by_label("Note").press("Enter")
    await expect(page.get_by_label("Note")).to_have_value("a thought")
    shown[0] = "<p>You are no longer in it</p>"
    await small.tell()
    await expect(page.get_by_text("You are no longer in it")).to_be_visible()
    await expect(page.locator("form")).to_have_count(0)


async def test_l09_a_lock_clears_every_tab(small: Small, page: Page, context: BrowserContext) -> None:
    await page.goto(small.door)
    await heading(page, "First")
    second = await context.new_page()
    await second.goto(f"{small.url}/second?of=2")
    await heading(second, "Second")
    small.token = "another"
    await small.tell()
    for tab in (page, second):
        await heading(tab, "Locked")
        await expect(tab.get_by_label("Passphrase")).to_be_focused()
        assert await tab.evaluate("() => sessionStorage.length") == 0
    stranger = await context.new_page()
    await stranger.goto(small.url)
    await heading(stranger, "Locked")


async def test_a_file_is_saved_under_its_name_and_the_page_stays(
    small: Small, page: Page, complaints: list[str]
) -> None:
    small.pages["/"] = lambda: "<h1>First</h1><a href=/file>Save</a>"
    small.pages["/file"] = lambda: "@words"
    await page.goto(small.door)
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Save").click()
    saved = await download.value
    assert saved.suggested_filename == "notes.txt"
    assert (await saved.path()).read_text("utf-8") == "words"
    await heading(page, "First")
    assert page.url == f"{small.url}/"
    assert complaints == []


async def test_m15_nothing_that_stands_in_a_page_is_run(small: Small, page: Page) -> None:
    small.pages["/"] = lambda: (
        "<h1>First</h1><button id=on hx-on:click='window.ran = 1'>On</button><script>window.ran = 2</script>"
        "<button id=vals hx-get=/second?of=2 hx-vals='js:{a: window.ran = 3}'>Vals</button>"
        "<img src=/x alt=x onerror='window.ran = 4'>"
        "<button id=last hx-get='/second?of=2' hx-target='#there'>Last</button><p id=there></p>"
    )
    await page.goto(small.door)
    for name in ("On", "Vals", "Last"):
        await page.get_by_role("button", name=name).click()
    await expect(page.locator("#there")).to_have_text("Second")
    assert await page.evaluate("() => window.ran") is None


async def test_a_failure_is_said_beside_the_page_and_goes_when_something_works(small: Small, page: Page) -> None:
    small.pages["/"] = lambda: (
        "<h1>First</h1><a href=/none>None</a><form method=post action=/say><button>Say</button></form>"
    )
    small.pages["/none"] = lambda: "!There is no such page."
    small.posts["/say"] = lambda _: failure("It was refused.")
    await page.goto(small.door)
    await page.get_by_role("button", name="Say").click()
    await expect(page.get_by_role("alert")).to_have_text("It was refused.")
    await heading(page, "First")
    small.posts["/say"] = lambda _: web.Response(status=303, headers={"Location": "/"})
    await page.get_by_role("button", name="Say").click()
    await expect(page.get_by_role("alert")).to_be_empty()
    await page.get_by_role("link", name="None").click()
    await expect(page.get_by_role("main")).to_have_text("There is no such page.")
    await page.go_back()
    await heading(page, "First")


async def test_whoever_went_elsewhere_stays_there_when_a_form_is_answered_late(small: Small, page: Page) -> None:
    small.pages["/"] = lambda: "<form method=post action=/say><button>Say</button></form><a href='/second?of=2'>Go</a>"
    small.posts["/say"] = lambda _: web.Response(status=303, headers={"Location": "/third"})
    small.pages["/third"] = lambda: "<h1>Third</h1>"
    said, gone = asyncio.Event(), asyncio.Event()
    small.held = {"/say": said, "/second?of=2": gone}
    await page.goto(small.door)
    async with page.expect_request("**/say"):
        await page.get_by_role("button", name="Say").click()
    async with page.expect_request("**/second?of=2"):
        await page.get_by_role("link", name="Go").click()
    async with page.expect_response("**/third") as third:
        said.set()
    await (await third.value).finished()
    gone.set()
    await heading(page, "Second")
    assert page.url == f"{small.url}/second?of=2"


async def test_what_was_done_stands_where_one_went_meanwhile(small: Small, page: Page) -> None:
    done: list[str] = []

    def do(_form: dict[str, str]) -> web.Response:
        done.append("")
        return web.Response(status=303, headers={"Location": "/"})

    small.pages["/"] = lambda: "<form method=post action=/say><button>Say</button></form><a href='/second?of=2'>Go</a>"
    small.pages["/second?of=2"] = lambda: f"<h1>Done {len(done)}</h1>"
    small.posts["/say"], small.held["/say"] = do, asyncio.Event()
    await page.goto(small.door)
    async with page.expect_request("**/say"):
        await page.get_by_role("button", name="Say").click()
    await page.get_by_role("link", name="Go").click()
    await heading(page, "Done 0")
    small.held["/say"].set()
    await heading(page, "Done 1")


async def test_r08_a_page_that_is_one_s_no_more_is_gone_as_soon_as_that_is_heard(small: Small, page: Page) -> None:
    small.pages["/"] = lambda: "<h1>First</h1><form method=post action=/say><input id=name aria-label=Name></form>"
    await page.goto(small.door)
    await page.get_by_label("Name").fill("half a sentence")
    small.pages["/"] = lambda: "!There is no such page."
    await small.tell()
    await expect(page.get_by_role("main")).to_contain_text("There is no such page.")
    await expect(page.get_by_role("heading")).to_have_count(0)
    await expect(page.get_by_label("Name")).to_have_value("half a sentence")


async def test_a_program_that_has_ended_is_said_and_the_page_stays(page: Page) -> None:
    async with serving(Small({"/": lambda: "<h1>First</h1>"})) as small:
        await page.goto(small.door)
        await expect(page.locator("html")).to_have_attribute("data-live", "on")
    await expect(page.locator("html")).to_have_attribute("data-live", "lost")
    await heading(page, "First")


async def test_axe_finds_what_keeps_people_out(small: Small, page: Page, axe: Axe) -> None:
    small.pages["/"] = lambda: "<h1>First</h1><p>Words</p>"
    await page.goto(small.door)
    await heading(page, "First")
    assert await axe(page) == []
    small.pages["/"] = lambda: "<h1>First</h1><input id=nameless>"
    await small.tell()
    await expect(page.locator("#nameless")).to_be_visible()
    assert [line.split(":")[0] for line in await axe(page)] == ["label"]


async def test_a_page_that_was_made_before_another_form_was_done_is_asked_for_again(small: Small, page: Page) -> None:
    done = ["one"]

    def two(_form: dict[str, str]) -> web.Response:
        done.append("two")
        return web.Response(status=303, headers={"Location": "/"})

    forms = (
        "<form method=post action=/one><button>One</button></form><form method=post action=/two><button>Two</button>"
    )
    small.pages["/"] = lambda: f"<h1>Done: {' '.join(done)}</h1>{forms}"
    small.posts = {"/one": lambda _: shown(f"<h1>Done: one</h1>{forms}"), "/two": two}
    small.held["/one"] = asyncio.Event()
    await page.goto(small.door)
    async with page.expect_request("**/one"):
        await page.get_by_role("button", name="One").click()
    await page.get_by_role("button", name="Two").click()
    await heading(page, "Done: one two")
    async with page.expect_request(f"{small.url}/"):
        small.held["/one"].set()
    await heading(page, "Done: one two")


async def test_whoever_went_elsewhere_stays_there_also_where_there_is_no_page_to_go_to(
    small: Small, page: Page
) -> None:
    done: list[str] = []

    def do(_form: dict[str, str]) -> web.Response:
        done.append("")
        return web.Response(status=303, headers={"Location": "/none"})

    small.pages = {
        "/": lambda: "<form method=post action=/say><button>Say</button></form><a href='/second?of=2'>Go</a>",
        "/second?of=2": lambda: f"<h1>Done {len(done)}</h1>",
        "/none": lambda: "!There is no such page.",
    }
    small.posts["/say"], small.held["/say"] = do, asyncio.Event()
    await page.goto(small.door)
    async with page.expect_request("**/say"):
        await page.get_by_role("button", name="Say").click()
    await page.get_by_role("link", name="Go").click()
    await heading(page, "Done 0")
    small.held["/say"].set()
    await heading(page, "Done 1")
    assert page.url == f"{small.url}/second?of=2"


async def test_pages_work_where_a_browser_takes_this_computer_for_no_safe_place(
    small: Small, page: Page, context: BrowserContext, complaints: list[str]
) -> None:
    await context.add_init_script("delete Crypto.prototype.randomUUID; delete Crypto.prototype.subtle")
    await page.goto(small.door)
    await heading(page, "First")
    await small.followed()
    await page.get_by_role("link", name="Second").click()
    await heading(page, "Second")
    assert complaints == []
