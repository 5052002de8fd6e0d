"""Two people watch a call through the real server: they see each other, and confirm each other's heads (S09, S32)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from securecall_client.acts import admitting, calls, founding, inviting, joining, status
from securecall_client.acts.watching import watch
from securecall_client.beating import PACE, Beating
from securecall_client.opening import open_session
from securecall_client.profile import Lock
from securecall_client.session import Session
from securecall_client.settings import Settings
from securecall_server.codes import setup_code
from tests.live.process import ServerProcess
from tests.simulator.people import Spoken

LOCK, SAY = Lock.from_key(b"k" * 32), Spoken()


class Turned:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.time, self._turned = 0.0, asyncio.Event()

    def now(self) -> float:
        return self.time

    async def until(self, at: float) -> None:
        while self.time < at:
            await self._turned.wait()

    def turn(self, seconds: float) -> None:
        self.time += seconds
        self._turned.set()
        self._turned = asyncio.Event()


@asynccontextmanager
async def at(home: Path) -> AsyncIterator[Session]:
    async with open_session(Settings(home), LOCK, SAY) as session:
        yield session


async def set_up(server: ServerProcess, ada: Path, ben: Path) -> str:
    """A call of two; gives its id."""
    setup = setup_code(server.setup.seed, server.setup.server)
    await founding.found(
        Settings(ada), LOCK, SAY, setup=setup, server=server.url, coalition="Harbour", person="Ada", org="Office"
    )
    async with at(ada) as session:
        made = await inviting.invite(session, role="member", org="Watch", label="Ben", expires=timedelta(days=1))
    await joining.join(Settings(ben), LOCK, SAY, invitation=made.invitation, person="Ben", wait=False)
    async with at(ada) as session:
        await admitting.admit(session, confirmed=True)
        starts = datetime(2027, 3, 1, tzinfo=UTC)
        opened = await calls.open_call(session, title="Call", country="FR", starts=starts, civic_space="", link="")
        await calls.invite_to_call(session, opened.call, ["Ben"])
    await joining.join(Settings(ben), LOCK, SAY, invitation=None, person="Ben", wait=False)
    return opened.call


async def until(true: Callable[[], bool]) -> None:
    """Let everything go on until something holds."""
    for _ in iter(true, True):
        await asyncio.sleep(0)


def heard_more(both: list[Beating], before: list[dict[bytes, bytes]]) -> bool:
    """Whether each of them has heard a beat since."""
    return all(one._latest != old for one, old in zip(both, before, strict=True))


async def test_S09_S32_two_who_watch_see_each_other_and_confirm(new_server: ServerProcess, tmp_path: Path) -> None:
    new_server.start()
    ada, ben, clock = tmp_path / "ada", tmp_path / "ben", Turned()
    call = await set_up(new_server, ada, ben)
    told: dict[str, list[str]] = {"Ada": [], "Ben": []}

    async def follow(name: str, session: Session) -> None:
        async for event in watch(session, call, clock):
            told[name].append(f"{event['event']} {event.get('name', '')}".strip())

    async with at(ada) as first, at(ben) as second, asyncio.timeout(60):
        follows = [asyncio.create_task(follow("Ada", first)), asyncio.create_task(follow("Ben", second))]
        both = [session.beating(bytes.fromhex(call)) for session in (first, second)]
        await until(lambda: all("connected" in events for events in told.values()))
        for _ in range(4):
            heard = [dict(beating._latest) for beating in both]
            clock.turn(PACE)
            await until(partial(heard_more, both, heard))
        await until(lambda: "confirmed" in told["Ada"] and "confirmed" in told["Ben"])
        assert "present Ben" in told["Ada"]
        assert "present Ada" in told["Ben"]
        both[1].writing = True
        clock.turn(PACE)
        await until(lambda: "writing Ben" in told["Ada"])
        for task in follows:
            task.cancel()
        await asyncio.gather(*follows, return_exceptions=True)
    async with at(ada) as session:
        [line] = [line for line in (await status.status(session)).spaces if line.kind == "call"]
        assert [(one.name, one.seq) for one in line.confirmed_by] == [("Ben", line.seq)]
        assert not (await status.status(session)).alarms
