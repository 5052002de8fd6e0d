"""Two people and a call on a real server, all of it through a bad line."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from securecall_client.acts import admitting, calls, exercises, founding, joining
from securecall_client.http import HttpTransport
from securecall_client.opening import open_session
from securecall_client.pace import Pace
from securecall_client.profile import Lock
from securecall_client.session import Session
from securecall_client.settings import Settings
from securecall_client.transport import Way
from securecall_server.codes import setup_code
from tests.line.shaper import Shaper
from tests.live.process import ServerProcess, read_setup, run_program
from tests.simulator.people import LOCK, Spoken, invite, open_call

PACE = Pace(connect=5, silence=2, pauses=(0.05, 0.1, 0.2, 0.4, 0.8))
"""As a person's, scaled down: 2 seconds of silence stand for a minute."""


def server_behind(shaper: Shaper, folder: Path, *urls: str) -> ServerProcess:
    """A server, not yet running, to which clients come through the shaper alone."""
    addresses = [word for url in (shaper.url, *urls) for word in ("--url", url)]
    made = run_program("init", "--data", folder, *addresses, "--json")
    assert made.returncode == 0, made.stderr
    return ServerProcess(folder, read_setup(json.loads(made.stdout)["setup_code"]))


@dataclass
class Somebody:
    """Somebody with a profile, on the bad line."""

    name: str
    home: Path
    pace: Pace = PACE
    lock: Lock = LOCK
    say: Spoken = field(default_factory=Spoken)

    def connect(self, address: str, way: Way) -> HttpTransport:
        """A line at this test's pace."""
        return HttpTransport(address, replace(way, pace=self.pace))

    async def found(self, server: ServerProcess, address: str) -> None:
        setup = setup_code(server.setup.seed, server.setup.server)
        await founding.found(
            Settings(self.home), self.lock, self.say,
            setup=setup, server=address, coalition="Coalition of the harbour", person=self.name, org="Secretariat",
            connect=self.connect,
        )  # fmt: skip

    async def join(self, invitation: str | None) -> str:
        joined = await joining.join(
            Settings(self.home), self.lock, self.say,
            invitation=invitation, person=self.name, wait=False, connect=self.connect,
        )  # fmt: skip
        return joined.state

    @asynccontextmanager
    async def open(self, *, offline: bool = False) -> AsyncIterator[Session]:
        async with open_session(Settings(self.home, offline=offline), self.lock, self.say, self.connect) as session:
            yield session


@dataclass
class Scene:
    """Sec and Ann are in a call with an exercise."""

    shaper: Shaper
    server: ServerProcess
    sec: Somebody
    ann: Somebody
    call: str = ""

    async def set_up(self) -> None:
        await self.sec.found(self.server, self.shaper.url)
        async with self.sec.open() as session:
            text = await invite(session, "Ann")
        assert await self.ann.join(text) == "waiting"
        async with self.sec.open() as session:
            await admitting.admit(session, confirmed=True)
        assert await self.ann.join(None) == "joined"
        async with self.sec.open() as session:
            self.call = (await open_call(session)).hex()
            await calls.invite_to_call(session, self.call, ["Ann"])
            await exercises.start_exercise(session, self.call, "who-does-what", "allies")
        async with self.ann.open() as session:
            await session.sync_all()


@asynccontextmanager
async def played(root: Path, seed: int = 1) -> AsyncIterator[Scene]:
    """The scene, on a line that is good so far."""
    async with Shaper(seed) as shaper:
        server = server_behind(shaper, root / "data")
        server.start()
        shaper.upstream = server.port
        try:
            scene = Scene(shaper, server, Somebody("Sec", root / "sec"), Somebody("Ann", root / "ann"))
            yield scene
        finally:
            server.kill()
