"""Pages of somebody on a stage, and a visitor who asks for them as our own script does, without a browser."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape

from aiohttp import ClientResponse, ClientSession, CookieJar, TCPConnector

from securecall_client.settings import Settings
from securecall_client.web.desk import Desk
from securecall_client.web.entry import COOKIE, TOKEN_HEADER, Entry
from securecall_client.web.loopback import bind
from securecall_client.web.program import Program
from tests.simulator.people import LOCK, Person

IDLE = 3600.0


@asynccontextmanager
async def pages_of(person: Person, *, idle: float = IDLE, unlocked: bool = True) -> AsyncIterator[Program]:
    """Somebody's pages, served on this computer, at the first steps for who has no profile yet.

    A browser goes to `Program.launch()`.
    """
    program = Program(Desk(Settings(person.home), idle, person.hostile.connect), Entry(), bind())
    async with program.serving():
        if unlocked and program.desk.profile.exists():
            await program.desk.unlock(LOCK)
        yield program


@dataclass(frozen=True)
class Visitor:
    """Who asks for pages over a real socket, with exactly these headers."""

    program: Program
    http: ClientSession
    language: str = "en"

    async def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> ClientResponse:
        """One request with no header but these, and `Host`; its answer is read."""
        number = self.program.loopback.by_number
        made = {"Host": self.program.loopback.origin.removeprefix("http://"), **(headers or {})}
        answer = await self.http.request(method, number + path, headers=made, data=form, allow_redirects=False)
        await answer.read()
        return answer

    @property
    def own(self) -> dict[str, str]:
        """What our own page sends with everything."""
        entry = self.program.entry
        return {
            "Sec-Fetch-Site": "same-origin",
            "Origin": self.program.loopback.origin,
            "Cookie": f"{COOKIE}={entry.cookie}",
            TOKEN_HEADER: entry.token,
            "Accept-Language": self.language,
        }

    async def page(self, path: str) -> str:
        """The page at a path. Raises: AssertionError if there is none."""
        answer = await self.ask("GET", path, self.own)
        assert answer.status == 200, (answer.status, await answer.text())
        return await answer.text()

    async def failed(self, path: str) -> str:
        """What one is told where there is no such page. Raises: AssertionError if there is one."""
        return await _told(await self.ask("GET", path, self.own))

    async def do(self, path: str, **form: str) -> str:
        """Send a form; gives the page that one comes to, by its path. Raises: AssertionError with what was said."""
        answer = await self.ask("POST", path, self.own, form)
        assert answer.status == 303, (answer.status, await answer.text())
        return answer.headers["Location"]

    async def refused(self, path: str, **form: str) -> str:
        """Send a form that is refused; gives what is said. Raises: AssertionError if it is not."""
        return await _told(await self.ask("POST", path, self.own, form))


async def _told(answer: ClientResponse) -> str:
    text = await answer.text()
    assert answer.status == 422, (answer.status, text)
    return unescape(re.sub("<[^>]+>", "", text))


@asynccontextmanager
async def visiting(person: Person, *, unlocked: bool = True, idle: float = IDLE) -> AsyncIterator[Visitor]:
    """A visitor of somebody's pages."""
    async with pages_of(person, unlocked=unlocked, idle=idle) as program, visitor_of(program) as visitor:
        yield visitor


@asynccontextmanager
async def visitor_of(program: Program) -> AsyncIterator[Visitor]:
    """A visitor of pages that are served."""
    jar, connector = CookieJar(unsafe=True), TCPConnector(force_close=True)
    async with ClientSession(cookie_jar=jar, connector=connector) as http:
        yield Visitor(program, http)
