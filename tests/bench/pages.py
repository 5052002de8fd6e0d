"""The pages of a large call: how soon one stands once the key is derived, and how soon another has what is said."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from io import BytesIO
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

import aiohttp

from securecall_client import content
from securecall_client.acts import discussing, documents
from securecall_client.acts.checking import outgoing
from securecall_client.profile import Lock, Profile
from securecall_client.session import Session, Settings
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
from tests.pages import Visitor, visitor_of

RELAY = "aiohttp's WebSocket, nothing kept"
TEXT = "aiohttp alone, a text of that length"
TIMES = 5
"""Messages of a round; their median counts."""
IDLE = 3600.0
CHANGED = b"event: changed\n"


async def pages(plan: Plan) -> Rounds:
    """Rounds of opening a profile and asking for a call's page, and of messages from one's pages to another's."""
    people, papers, said = plan.pick((30, 200, 2_000), (5, 20, 200))
    async with open_room(plan.folder, people) as room:
        await _fill(room, papers, said)
        with bare_server(serve_text, plan.folder) as text, bare_server(serve_relay, plan.folder) as relay:
            while True:
                usable, length = await _usable(room)
                elsewhere = await _elsewhere(room)
                bare = await relayed_to(relay.url, 2, TIMES)
                yield [
                    Sample("a call's page, the key derived", "ms", TEXT, usable, await _fetched(text.url, length)),
                    Sample("a message on another's page", "ms", RELAY, elsewhere, median(bare) * 1000),
                ]


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
            await session.writer.write(room.call, content.Answer(room.exercise, answer_of(row)), "allies")
        else:
            await discussing.say(session, room.call.hex(), f"Is the {number}th of May free?", on="", circle="allies")


@asynccontextmanager
async def _pages_of(home: Path) -> AsyncIterator[Visitor]:
    """The pages of a profile, locked, and a visitor of them."""
    program = Program(Desk(Settings(home), IDLE), Entry(), bind())
    async with program.serving(), visitor_of(program) as visitor:
        yield visitor


async def _usable(room: Room) -> tuple[float, int]:
    """Milliseconds from the derived key to the call's page, and the page's length."""
    home = room.homes[-1]
    device = Profile(home).unlock(LOCK)
    async with _pages_of(home) as visitor:
        start = perf_counter()
        await visitor.program.desk.unlock(Lock(LOCK.secret, LOCK.passphrase, device=device))
        page = await visitor.page(f"/call/{room.call.hex()}")
        return (perf_counter() - start) * 1000, len(page.encode())


async def _fetched(url: str, length: int) -> float:
    """Milliseconds in which the bare server answers with so many bytes."""
    async with aiohttp.ClientSession() as http:
        start = perf_counter()
        async with http.get(f"{url}/{length}") as answer:
            await answer.text()
        return (perf_counter() - start) * 1000


async def _elsewhere(room: Room) -> float:
    """Milliseconds from a message on one person's page until it stands on another's, which was told of it live."""
    path = f"/call/{room.call.hex()}/talk"
    async with AsyncExitStack() as held:
        ours, theirs = [await held.enter_async_context(_pages_of(home)) for home in room.homes[:2]]
        for visitor in (ours, theirs):
            await visitor.program.desk.unlock(LOCK)
        lines = [await held.enter_async_context(_live(visitor, path)) for visitor in (ours, theirs)]
        for line in lines:
            await _changed(line)
        return median([await _said(ours, theirs, lines[1], path) for _ in range(TIMES)]) * 1000


NUMBERS = count()


async def _said(ours: Visitor, theirs: Visitor, line: aiohttp.StreamReader, path: str) -> float:
    text = f"Who has time on day {next(NUMBERS)}?"
    start = perf_counter()
    await ours.do(f"{path}/say", text=text, on="", circle="allies")
    while True:
        await _changed(line)
        if text in await theirs.page(path):
            return perf_counter() - start


@asynccontextmanager
async def _live(visitor: Visitor, path: str) -> AsyncIterator[aiohttp.StreamReader]:
    """The live stream of a page, as it comes."""
    number, host = visitor.program.loopback.by_number, visitor.program.loopback.origin.removeprefix("http://")
    headers = {**visitor.own, "Host": host}
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
        http.get(f"{number}/live", params={"path": path}, headers=headers) as answer,
    ):
        yield answer.content


async def _changed(line: aiohttp.StreamReader) -> None:
    """Wait until a page is told to look anew."""
    while await line.readline() != CHANGED:
        pass
