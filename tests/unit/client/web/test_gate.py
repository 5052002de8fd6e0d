"""Who may ask the loopback server, before any browser: each header wrong in turn (rows L01 to L11)."""

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from securecall_client.web.entry import TOKEN_HEADER, Entry
from securecall_client.web.gate import Gate
from tests.pages import Visitor, visiting
from tests.simulator.people import Stage

NAVIGATES = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}


async def refused(visitor: Visitor, method: str, path: str, headers: dict[str, str]) -> bool:
    """Whether this is refused as everything is that is not ours, with the headers that every answer has."""
    answer = await visitor.ask(method, path, headers)
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status == 403 and await answer.text() == "Not for you.\n"


@pytest.mark.parametrize("path", ["/", "/enter", "/live", "/static/bundle.js", "/call/00", "/no/such/page"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:{port}", "127.0.0.1:1", "a.localhost:{port}"])
async def test_l01_a_rebound_name_gets_nothing_on_any_path(stage: Stage, path: str, host: str) -> None:
    async with visiting(stage["Ann"]) as visitor:
        named = host.format(port=visitor.program.loopback.port)
        for more in ({}, NAVIGATES):
            assert await refused(visitor, "GET", path, {**visitor.own, **more, "Host": named})


@pytest.mark.parametrize(
    "wrong",
    [
        {TOKEN_HEADER: "guess"},
        {"Cookie": "securecall=guess"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
async def test_l02_l05_l07_what_no_page_of_ours_sends_is_refused_alike_whether_there_is_such_a_page(
    stage: Stage, wrong: dict[str, str]
) -> None:
    async with visiting(stage["Ann"]) as visitor:
        for method, path in (("GET", "/"), ("GET", f"/call/{stage.call.hex()}"), ("POST", "/lock"), ("GET", "/none")):
            assert await refused(visitor, method, path, {**visitor.own, **wrong})
        assert visitor.program.desk.state == "open"


@pytest.mark.parametrize("lacking", ["Sec-Fetch-Site", "Cookie", TOKEN_HEADER])
async def test_l02_each_of_cookie_token_and_fetch_metadata_is_needed(stage: Stage, lacking: str) -> None:
    async with visiting(stage["Ann"]) as visitor:
        headers = {name: value for name, value in visitor.own.items() if name != lacking}
        assert await refused(visitor, "GET", "/", headers)
        assert await refused(visitor, "POST", "/lock", headers)


@pytest.mark.parametrize("odd", ["\udcff", "\xe9", "\x00", ""])
def test_l02_a_cookie_or_token_that_is_no_text_is_a_wrong_one(odd: str) -> None:
    entry = Entry()
    entry.launch()
    assert not entry.knows_cookie(odd)
    assert not entry.admits(entry.cookie, odd)
    assert not entry.enter(odd)


async def test_l02_l05_a_request_that_changes_something_needs_an_origin(stage: Stage) -> None:
    async with visiting(stage["Ann"]) as visitor:
        headers = {name: value for name, value in visitor.own.items() if name != "Origin"}
        assert await refused(visitor, "POST", "/lock", headers)


async def test_l05_no_answer_names_another_origin(stage: Stage) -> None:
    async with visiting(stage["Ann"]) as visitor:
        for headers in (visitor.own, {**visitor.own, "Origin": "https://evil.example"}):
            for method in ("GET", "OPTIONS"):
                answer = await visitor.ask(method, "/", headers)
                assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


async def test_l07_a_navigation_gets_the_same_shell_for_every_path_and_nothing_else(stage: Stage) -> None:
    async with visiting(stage["Ann"]) as visitor:
        shells = [
            await (await visitor.ask("GET", path, NAVIGATES)).text()
            for path in ("/", f"/call/{stage.call.hex()}", "/none", "/live")
        ]
        assert len(set(shells)) == 1
        assert "Freedonia" not in shells[0]


async def test_l06_a_frame_gets_nothing(stage: Stage) -> None:
    async with visiting(stage["Ann"]) as visitor:
        assert await refused(visitor, "GET", "/", {**NAVIGATES, "Sec-Fetch-Dest": "iframe"})


async def test_l10_the_launch_secret_opens_once(stage: Stage) -> None:
    async with visiting(stage["Ann"]) as visitor:
        secret = visitor.program.launch().split("#enter=")[1]
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": visitor.program.loopback.origin}
        http, address = visitor.http, f"{visitor.program.loopback.by_number}/enter"
        host = {"Host": visitor.program.loopback.origin.removeprefix("http://")}
        async with http.post(address, headers=headers | host, json={"secret": "guess"}) as answer:
            assert answer.status == 403
        async with http.post(address, headers=headers | host, json={"secret": secret}) as answer:
            assert answer.status == 200
            cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        async with http.post(address, headers=headers | host, json={"secret": secret}) as answer:
            assert answer.status == 403


async def test_l08_a_file_that_is_handed_out_is_of_no_origin_and_runs_nothing(stage: Stage) -> None:
    async with visiting(stage["Ann"]) as visitor:
        program, answer = visitor.program, web.Response(text="<script>", content_type="text/html")
        answer.headers["Content-Disposition"] = 'attachment; filename="x.html"'
        await Gate(program.loopback, program.entry, program._shell).headers(make_mocked_request("GET", "/"), answer)
        assert answer.headers["Content-Security-Policy"].endswith("sandbox")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        # Nobody comes to a file by its address either: who goes there gets the shell.
        gone = await visitor.ask("GET", "/static/bundle.js", {**visitor.own, **NAVIGATES})
        assert (gone.status, gone.headers["X-Content-Type-Options"]) == (403, "nosniff")


async def test_t08_locking_lets_no_page_in_any_more(stage: Stage) -> None:
    async with visiting(stage["Ann"]) as visitor:
        own = visitor.own
        assert "Freedonia" in await visitor.page("/")
        assert (await visitor.ask("POST", "/lock", own)).status == 204
        assert visitor.program.desk.state == "locked"
        assert (await visitor.ask("GET", "/", own)).status == 403
        assert (await visitor.ask("GET", "/", visitor.own)).status == 401


async def test_a_page_that_cannot_be_shown_says_why_and_leaves_the_ways_to_others(stage: Stage) -> None:
    async with visiting(stage["Ann"]) as visitor:
        answer = await visitor.ask("GET", f"/call/{'00' * 32}", visitor.own)
        told = await answer.text()
        assert answer.status == 422
        assert "HX-Retarget" not in answer.headers
        assert 'class="failure"' in told
        assert 'href="/people"' in told
