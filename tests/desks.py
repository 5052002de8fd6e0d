"""Somebody's pages served in this process, over the server in memory: for a browser, or asked without one."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape

import aiohttp
from aiohttp import web

from securecall_client.session import Settings
from securecall_client.web.desk import Desk
from securecall_client.web.entry import COOKIE, TOKEN_HEADER, Entry
from securecall_client.web.loopback import bind
from securecall_client.web.program import Program
from tests.simulator.people import LOCK, Person

IDLE = 3600.0


@dataclass
class Opened:
    """A desk whose pages are served; ``door`` is an address that lets one browser in, once."""

    desk: Desk
    program: Program
    http: aiohttp.ClientSession

    @property
    def door(self) -> str:
        """As `Program.launch`, by number, which needs no name to be resolved."""
        return self.program.launch().replace(self.program.loopback.origin, self.program.loopback.by_number)

    @property
    def url(self) -> str:
        """The origin of the pages."""
        return self.program.loopback.by_number

    async def get(self, path: str) -> str:
        """A page's words and tags, as the script is given them."""
        async with self.http.get(f"{self.url}{path}", headers=self._headers()) as answer:
            text = await answer.text()
            assert answer.status == 200, f"{path}: {answer.status} {text}"
            return text

    async def failed(self, path: str) -> str:
        """A page that there is not; gives what the person is told."""
        async with self.http.get(f"{self.url}{path}", headers=self._headers()) as answer:
            assert answer.status == 422, answer.status
            return await answer.text()

    async def post(self, path: str, **fields: str) -> str:
        """Send a form; gives the path that it leads to."""
        async with self._posted(path, fields) as answer:
            text = await answer.text()
            assert answer.status == 303, f"{path}: {answer.status} {text}"
            return answer.headers["Location"]

    async def refused(self, path: str, **fields: str) -> str:
        """Send a form that is refused; gives what the person is told."""
        async with self._posted(path, fields) as answer:
            assert answer.status == 422, answer.status
            return unescape(re.sub("<[^>]+>", "", await answer.text()))

    @asynccontextmanager
    async def _posted(self, path: str, fields: dict[str, str]) -> AsyncIterator[aiohttp.ClientResponse]:
        headers = {**self._headers(), "Origin": self.url}
        async with self.http.post(f"{self.url}{path}", data=fields, headers=headers, allow_redirects=False) as answer:
            yield answer

    def _headers(self) -> dict[str, str]:
        entry = self.program.entry
        return {
            "Sec-Fetch-Site": "same-origin",
            "Cookie": f"{COOKIE}={entry.cookie}",
            TOKEN_HEADER: entry.token,
        }


@asynccontextmanager
async def at_desk(person: Person) -> AsyncIterator[Opened]:
    """A person's pages; open where they have a profile, else at the first steps."""
    desk = Desk(Settings(person.home), IDLE, person.hostile.connect)
    program = Program(desk, Entry(), bind())
    runner = web.AppRunner(program.application(), shutdown_timeout=0.1)
    await runner.setup()
    try:
        for listening in program.loopback.sockets:
            await web.SockSite(runner, listening).start()
        if desk.profile.exists():
            await desk.unlock(LOCK)
            async with desk.at() as session:
                await session.reach()
        async with aiohttp.ClientSession() as http:
            yield Opened(desk, program, http)
    finally:
        await desk.lock()
        await runner.cleanup()
