"""Pages of people of a scene, really served on loopback, for a browser or for a test that asks like one."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import ClientResponse, ClientSession, DummyCookieJar, web

from securecall_client.session import Settings
from securecall_client.web.desk import Desk
from securecall_client.web.entry import COOKIE, Entry
from securecall_client.web.loopback import bind
from securecall_client.web.program import Program
from tests.simulator.people import LOCK, Person

IDLE = 3600.0


@asynccontextmanager
async def opened(person: Person) -> AsyncIterator[Program]:
    """Somebody's pages, served and unlocked."""
    program = Program(Desk(Settings(person.home), IDLE, person.hostile.connect), Entry(), bind())
    runner = web.AppRunner(program.application(), shutdown_timeout=0.1)
    await runner.setup()
    try:
        for listening in program.loopback.sockets:
            await web.SockSite(runner, listening).start()
        await program.desk.unlock(LOCK)
        yield program
    finally:
        await program.desk.lock()
        await runner.cleanup()
        for listening in program.loopback.sockets:
            listening.close()


@dataclass
class Reader:
    """Asks a program for pages as its own script does."""

    program: Program
    session: ClientSession

    async def get(self, path: str) -> str:
        """The page at a path."""
        async with self.session.get(self._url(path), headers=self._headers()) as answer:
            text = await answer.text()
            assert answer.status == 200, text
            return text

    async def post(self, path: str, fields: Sequence[tuple[str, str]] | Mapping[str, object] = ()) -> ClientResponse:
        """What is answered to a form; not followed to where it leads."""
        return await self.session.post(
            self._url(path), headers=self._headers(), data=fields or {}, allow_redirects=False
        )

    async def sync(self) -> None:
        """Fetch what is new, by the session that is open; another one would wait for it for ever."""
        async with self.program.desk.at() as session:
            await session.reach()
            await session.sync_all()

    def _url(self, path: str) -> str:
        return f"{self.program.loopback.by_number}{path}"

    def _headers(self) -> dict[str, str]:
        entry, origin = self.program.entry, self.program.loopback.by_number
        return {
            "Host": urlsplit(origin).netloc,
            "Origin": origin,
            "Sec-Fetch-Site": "same-origin",
            "X-SecureCall-Token": entry.token,
            "Cookie": f"{COOKIE}={entry.cookie}",
        }


@asynccontextmanager
async def reading(person: Person) -> AsyncIterator[Reader]:
    """Somebody's pages, to be asked for without a browser."""
    async with opened(person) as program, ClientSession(cookie_jar=DummyCookieJar()) as session:
        yield Reader(program, session)
