"""The pages of a large call in a real Chromium: how soon one can be used, and how soon another's shows an answer."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from io import BytesIO
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

from playwright.async_api import Browser, Page, async_playwright, expect

from securecall_client.acts import discussing, documents
from securecall_client.acts.checking import outgoing
from securecall_client.exercise_kinds import Answer
from securecall_client.profile import Lock, Profile
from securecall_client.session import Session
from securecall_client.settings import Settings
from securecall_client.web.desk import Desk
from securecall_client.web.entry import Entry
from securecall_client.web.loopback import bind
from securecall_client.web.program import Program
from tests.answers import a_row, answer_of
from tests.bench.bare import serve_relay, serve_text
from tests.bench.children import bare_server
from tests.bench.measure import Plan, Rounds, Sample
from tests.bench.room import LOCK, Room, open_room
from tests.bench.screens import relayed_to
from tests.browser.conftest import chromium

RELAY = "aiohttp's WebSocket, nothing kept"
TEXT = "Chromium, a text of that length"
TIMES = 5
"""Answers of a round; their median counts."""
IDLE = 3600.0
NUMBERS = count()


async def pages(plan: Plan) -> Rounds:
    """Rounds of opening a profile and going to a call, and of answers from one's page to another's."""
    people, papers, said = plan.pick((30, 200, 2_000), (5, 20, 200))
    async with open_room(plan.folder, people) as room, _chromium() as browser:
        await _fill(room, papers, said)
        with bare_server(serve_text, plan.folder) as text, bare_server(serve_relay, plan.folder) as relay:
            while True:
                usable, length = await _usable(room, browser)
                shown = await _shown(browser, f"{text.url}/{length}")
                elsewhere = await _elsewhere(room, browser)
                bare = await relayed_to(relay.url, 2, TIMES)
                yield [
                    Sample("a call's page, the key derived", "ms", TEXT, usable, shown),
                    Sample("an answer on another's page", "ms", RELAY, elsewhere, median(bare) * 1000),
                ]


@asynccontextmanager
async def _chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(**chromium())
        yield browser
        await browser.close()


async def _fill(room: Room, papers: int, records: int) -> None:
    """Let there be so many records: documents, some talk, and answers that were changed again and again."""
    async with room.at_work() as sessions:
        call, each = room.call.hex(), (records - papers) // len(sessions)
        for number in range(papers):
            file = BytesIO(f"Notes {number}\n".encode() * 100)
            ready = await outgoing(sessions[0].say, f"notes-{number}.txt", file, keep_metadata=True)
            await documents.add_document(sessions[0], call, ready, "allies")
        for session in sessions:
            await _write(session, room, each)
        for session in sessions:
            await session.sync_all()


async def _write(session: Session, room: Room, records: int) -> None:
    row = a_row("training", "FR", "2026-12", "2027-02", "planned", (), ("legal aid",), ("money",))
    for number in range(records):
        if number % 6:
            await session.writer.write(room.call, Answer(room.exercise, answer_of(row)), "allies")
        else:
            await discussing.say(session, room.call.hex(), f"Is the {number}th of May free?", on="", circle="allies")


@asynccontextmanager
async def _program_of(home: Path) -> AsyncIterator[Program]:
    """The pages of a profile, locked."""
    program = Program(Desk(Settings(home), IDLE), Entry(), bind())
    async with program.serving():
        yield program


@asynccontextmanager
async def _tab(browser: Browser) -> AsyncIterator[Page]:
    """An empty tab of a browser of its own."""
    async with await browser.new_context() as context:
        yield await context.new_page()


async def _enter(tab: Page, program: Program, path: str) -> None:
    """Let a tab in, to a page, and wait until that can be used and hears what others do."""
    await tab.goto(program.launch().replace("/#", f"{path}#", 1))
    await tab.locator("html[data-live=on]").wait_for()


async def _usable(room: Room, browser: Browser) -> tuple[float, int]:
    """Milliseconds from the derived key until the call's page can be used, and the page's length."""
    home = room.homes[-1]
    device = Profile(home).unlock(LOCK)
    async with _program_of(home) as program, _tab(browser) as tab:
        start = perf_counter()
        await program.desk.unlock(Lock(LOCK.secret, LOCK.passphrase, device=device))
        await _enter(tab, program, f"/call/{room.call.hex()}")
        return (perf_counter() - start) * 1000, len((await tab.content()).encode())


async def _shown(browser: Browser, url: str) -> float:
    """Milliseconds in which the browser shows a text of the bare server's."""
    async with _tab(browser) as tab:
        start = perf_counter()
        await tab.goto(url)
        return (perf_counter() - start) * 1000


async def _elsewhere(room: Room, browser: Browser) -> float:
    """Milliseconds from sending an answer on one person's page until another's shows it, untouched."""
    path = f"/call/{room.call.hex()}/exercise/{room.exercise.hex()}"
    async with AsyncExitStack() as held:
        tabs = [await held.enter_async_context(_tab(browser)) for _ in range(2)]
        for home, tab in zip(room.homes, tabs, strict=False):
            program = await held.enter_async_context(_program_of(home))
            await program.desk.unlock(LOCK)
            await _enter(tab, program, path)
        return median([await _answered(*tabs) for _ in range(TIMES)]) * 1000


async def _answered(ours: Page, theirs: Page) -> float:
    activity = f"legal aid {next(NUMBERS)}"
    await ours.get_by_label("Activity, row 1").fill(activity)
    await ours.get_by_label("Place, row 1").fill("FR")
    await ours.get_by_label("Status, row 1").select_option("planned")
    await ours.locator("#draft-said[data-state=kept]").wait_for()
    start = perf_counter()
    await ours.get_by_role("button", name="Send to allies").evaluate("(button) => button.click()")
    await theirs.locator("table.answers").get_by_text(activity, exact=True).wait_for()
    taken = perf_counter() - start
    await expect(ours.locator("#draft-said")).to_have_text("")
    return taken
