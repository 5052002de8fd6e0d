"""The pages' server attacked from a real browser: by other names, other ports, frames, windows, and what it keeps."""

from pathlib import Path

from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page, Playwright, Request, Response, expect

from securecall_client.acts import calls
from securecall_client.web.entry import COOKIE
from securecall_client.web.program import Program
from tests.browser.conftest import DEADLINE, chromium
from tests.browser.elsewhere import FORMS, TRIES, elsewhere
from tests.pages import pages_of
from tests.simulator.people import CALL, TITLE, Stage, open_call

CANARIES = (CALL, TITLE, "Harbour Watch", "Cem", "Bob")
SHUT = "Not for you."


async def let_in(page: Page, program: Program) -> None:
    """Open the pages as their person does."""
    await page.goto(program.launch())
    await expect(page.get_by_role("link", name=CALL)).to_be_visible()


async def test_l01_a_name_that_was_rebound_gets_nothing(playwright: Playwright, stage: Stage) -> None:
    how = chromium()
    how["args"] = [*how["args"], "--host-resolver-rules=MAP evil.example 127.0.0.1"]
    rebound = await playwright.chromium.launch(**how)
    async with pages_of(stage["Ann"]) as program:
        context = await rebound.new_context()
        port = program.loopback.port
        for origin in (f"http://evil.example:{port}", f"http://localhost:{port}", f"http://x.localhost:{port}"):
            # As if it had even got hold of both secrets.
            await context.add_cookies([{"name": COOKIE, "value": program.entry.cookie, "url": origin}])
            page = await context.new_page()
            for path in ("/", f"/call/{stage.call.hex()}", "/static/bundle.js", "/live", "/none"):
                answer = await page.goto(origin + path)
                assert answer is not None
                assert (answer.status, await answer.text()) == (403, SHUT + "\n")
            got = await page.evaluate(
                "async (token) => (await fetch('/', {headers: {'X-SecureCall-Token': token}})).text()",
                program.entry.token,
            )
            assert got.strip() == SHUT
            sent = "async () => (await fetch('/lock', {method: 'POST'})).status"
            assert await page.evaluate(sent) == 403
        assert program.desk.state == "open"
    await rebound.close()


async def test_l02_l04_l05_l06_l07_a_page_on_another_port_learns_and_does_nothing(
    stage: Stage, page: Page, context: BrowserContext
) -> None:
    paths = (
        "/",
        f"/call/{stage.call.hex()}",
        "/none",
        "/live?path=/",
        "/static/bundle.js",
        "/static/mark.svg",
        "/lock",
    )
    async with pages_of(stage["Ann"]) as program, elsewhere() as other:
        await let_in(page, program)
        ours, statuses = program.loopback.origin, set[int]()

        def note(response: Response) -> None:
            if response.url.startswith((ours, program.loopback.by_number)) and response.frame.page is not page:
                statuses.add(response.status)

        context.on("response", note)
        # The same site by name, and by number.
        for name, target in ((program.loopback.name, ours), ("127.0.0.1", program.loopback.by_number)):
            attacker = await context.new_page()
            await attacker.goto(other.at(name))
            what = {"ours": target, "paths": paths, "token": program.entry.token}
            seen = await attacker.evaluate(TRIES, what)
            assert [(path, each) for path, each in seen.items() if each != seen["/none"]] == []
            nothing = {"error", "opaque 0", "shut"}
            assert {how: got for how, got in seen["/none"].items() if got not in nothing} == {}
            sent = {"ours": target, "paths": ("/lock", "/enter", "/unlock", "/")}
            async with attacker.expect_response(lambda answer: answer.request.method == "POST", timeout=DEADLINE):
                await attacker.evaluate(FORMS, sent)
        assert statuses == {403}
        assert program.desk.state == "open"
        # A browser does hand the cookie to whoever listens on another port of the same name: alone it opens nothing.
        assert any(program.entry.cookie in cookie for cookie in other.cookies)
        await page.reload()
        await expect(page.get_by_role("link", name=CALL)).to_be_visible()


async def test_l11_a_page_that_opens_ours_holds_nothing_of_it_nor_does_one_that_ours_opens(
    stage: Stage, page: Page, context: BrowserContext
) -> None:
    async with pages_of(stage["Ann"]) as program, elsewhere() as other:
        await let_in(page, program)
        attacker = await context.new_page()
        await attacker.goto(other.at(program.loopback.name))
        async with context.expect_page() as coming:
            await attacker.evaluate("(url) => { window.held = open(url, 'held'); }", program.loopback.origin + "/")
        opened = await coming.value
        await expect(opened.get_by_role("link", name=CALL)).to_be_visible()
        assert await opened.evaluate("() => window.opener") is None
        assert await attacker.evaluate("() => [held.closed, held.length]") == [True, 0]
        await attacker.evaluate("() => held.postMessage({token: 'mine'}, '*')")
        await attacker.evaluate("() => new BroadcastChannel('securecall').postMessage({locked: 'x'})")
        async with context.expect_page() as leaving:
            await opened.evaluate("(url) => { window.held = open(url); }", other.at("127.0.0.1"))
        left = await leaving.value
        await left.wait_for_load_state()
        assert await left.evaluate("() => [window.opener, document.referrer]") == [None, ""]
        assert not [referrer for referrer in other.referrers if referrer.startswith(program.loopback.origin)]
        await opened.reload()
        await expect(opened.get_by_role("link", name=CALL)).to_be_visible()


async def test_l07_l10_a_browser_that_was_not_let_in_sees_the_door_alone_and_an_address_opens_once(
    stage: Stage, page: Page, browser: Browser
) -> None:
    async with pages_of(stage["Ann"]) as program:
        address = program.launch()
        await page.goto(address)
        await expect(page.get_by_role("link", name=CALL)).to_be_visible()
        stranger = await (await browser.new_context()).new_page()
        for path in (address, f"{program.loopback.origin}/call/{stage.call.hex()}", f"{program.loopback.origin}/none"):
            await stranger.goto("about:blank")
            await stranger.goto(path)
            await expect(stranger.get_by_role("heading", name="SecureCall is locked")).to_be_visible()
            assert CALL not in await stranger.content()
        await stranger.get_by_label("Passphrase").fill("whatever it is")
        await stranger.get_by_role("button", name="Unlock").click()
        await expect(stranger.get_by_text("This window was not let in")).to_be_visible()
        await stranger.context.close()
        assert program.desk.state == "open"


async def test_l09_t08_after_a_lock_the_browser_s_folder_holds_nothing_of_a_call(
    playwright: Playwright, stage: Stage, tmp_path: Path
) -> None:
    context = await playwright.chromium.launch_persistent_context(tmp_path / "profile", **chromium())
    async with pages_of(stage["Ann"]) as program:
        page = context.pages[0]
        await let_in(page, program)
        await page.get_by_role("link", name=CALL).click()
        await expect(page.get_by_text("Harbour Watch").first).to_be_visible()
        await page.reload()
        await page.go_back()
        await expect(page.get_by_role("link", name=CALL)).to_be_visible()
        token = program.entry.token
        await page.get_by_role("button", name="Lock").click()
        await expect(page.get_by_role("heading", name="SecureCall is locked")).to_be_visible()
        assert CALL not in await page.content()
        kept = "async () => [localStorage.length, sessionStorage.length, (await caches.keys()).length,"
        kept += "(await indexedDB.databases()).length, (await navigator.serviceWorker.getRegistrations()).length]"
        assert await page.evaluate(kept) == [0, 0, 0, 0, 0]
        assert program.entry.token != token
        await page.go_forward()
        await expect(page.get_by_role("heading", name="SecureCall is locked")).to_be_visible()
    await context.close()
    files = [path for path in (tmp_path / "profile").rglob("*") if path.is_file() and not path.is_symlink()]
    found = [
        (path.name, canary)
        for path in files
        for canary in CANARIES[:3]
        for coded in (canary.encode(), canary.encode("utf-16-le"))
        if coded in path.read_bytes()
    ]
    assert found == []
    assert len(files) > 20


async def test_l09_a_page_that_one_comes_back_to_is_asked_for_anew(stage: Stage, page: Page) -> None:
    async with pages_of(stage["Ann"]) as program, elsewhere() as other:
        await let_in(page, program)
        await page.goto(other.at("127.0.0.1"))
        await program.desk.lock()
        await page.go_back()
        await expect(page.get_by_role("heading", name="SecureCall is locked")).to_be_visible()
        assert CALL not in await page.content()


async def test_l10_a_door_that_stayed_open_gives_no_passphrase_to_whoever_took_the_port_since(
    stage: Stage, page: Page
) -> None:
    """Anybody on this computer may listen where a program has ended."""
    async with pages_of(stage["Ann"]) as program:
        await let_in(page, program)
        port = program.loopback.port
    await expect(page.get_by_role("heading", name="SecureCall is locked")).to_be_visible()
    got = list[str]()

    async def take(request: web.Request) -> web.Response:
        got.append(await request.text())
        return web.json_response({"token": "0", "proof": "0"})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await page.fill("#passphrase", "correct horse")
    await page.click("#unlock button")
    await expect(page.get_by_role("heading", name="SecureCall does not answer")).to_be_visible()
    assert got == [""]
    await runner.cleanup()


_SEEN = """(seen) => {
  const state = { hidden: !seen, visibilityState: seen ? "visible" : "hidden" };
  for (const [name, value] of Object.entries(state)) {
    Object.defineProperty(document, name, { value, configurable: true });
  }
  document.dispatchEvent(new Event("visibilitychange"));
}"""
"""A headless browser takes every tab for one that is seen."""


async def test_l09_t08_a_lock_clears_a_tab_that_nobody_looks_at(stage: Stage, page: Page) -> None:
    async with pages_of(stage["Ann"]) as program:
        await let_in(page, program)
        await page.evaluate(_SEEN, False)
        await program.desk.lock()
        await expect(page.get_by_role("heading", name="SecureCall is locked")).to_be_attached()
        assert CALL not in await page.content()


async def test_l09_t08_nothing_stays_in_a_tab_in_the_background_once_the_program_is_gone(
    stage: Stage, page: Page
) -> None:
    async with pages_of(stage["Ann"]) as program:
        await let_in(page, program)
        await page.route("**/*", lambda route: route.abort())
        await page.evaluate(_SEEN, False)
        await expect(page.get_by_role("heading", name="SecureCall does not answer")).to_be_attached()
        assert CALL not in await page.content()


HOSTILE = (
    "<img src=x onerror=window.hit=1><script>window.hit=2</script>",
    "{{ 7*7 }}{% raw %}<a href=javascript:window.hit=3>x</a>",
    "'\"><b hx-get=/lock hx-post=/lock hx-trigger=load hx-on:load=window.hit=4>",
    "<iframe src=//evil.example></iframe><link rel=stylesheet href=//evil.example/x.css>",
)


async def test_m15_m16_what_people_write_is_text_and_fetches_nothing(
    stage: Stage, page: Page, context: BrowserContext
) -> None:
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    context.on("request", note)
    async with stage["Sec"].open() as session:
        for title in HOSTILE:
            opened = await open_call(session, title)
            await calls.invite_to_call(session, opened.hex(), ["Ann"])
    await stage.sync("Ann")
    async with pages_of(stage["Ann"]) as program:
        await let_in(page, program)
        for title in HOSTILE:
            await page.get_by_role("link", name="Home").click()
            await page.get_by_role("link", name=title, exact=True).click()
            await expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        assert await page.evaluate("() => window.hit") is None
        assert await page.locator("main [hx-get], main script, main iframe, main [onerror]").count() == 0
        assert {request.url.split("/", 3)[2] for request in asked} == {program.loopback.origin.removeprefix("http://")}
        assert program.desk.state == "open"
