"""A call that is really held: a server process, and people with profiles of their own."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from securecall_client.acts import admitting, calls, exercises, founding, inviting, joining
from securecall_client.opening import open_session
from securecall_client.profile import Lock
from securecall_client.session import Session
from securecall_client.settings import Settings
from securecall_server.codes import setup_code
from tests.live.process import ServerProcess, make_server

LOCK = Lock.from_key(b"k" * 32)


class Quiet:
    """As `progress.Say`: nobody looks on."""

    def line(self, text: str, hint: str = "") -> None:
        """Say nothing."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Show nothing."""


@dataclass(frozen=True, slots=True)
class Room:
    """A call on ``server``, with an exercise for allies; people's profiles are in ``homes``, the founder's first."""

    server: ServerProcess
    homes: list[Path]
    call: bytes
    exercise: bytes

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[list[Session]]:
        """Everybody's session, up to date."""
        async with AsyncExitStack() as open_ones:
            sessions = [await open_ones.enter_async_context(at_work(home)) for home in self.homes]
            for session in sessions:
                await session.sync_all()
            yield sessions


@asynccontextmanager
async def open_room(folder: Path, people: int) -> AsyncIterator[Room]:
    """A call of ``people`` on a new server, all of it in ``folder``."""
    server = make_server(folder / "server")
    server.start()
    try:
        homes = [folder / f"person{n}" for n in range(people)]
        call, exercise = await _gather(server, homes)
        yield Room(server, homes, call, exercise)
    finally:
        server.kill()


def at_work(home: Path) -> AbstractAsyncContextManager[Session]:
    """The session of the profile in ``home``."""
    return open_session(Settings(home), LOCK, Quiet())


async def _gather(server: ServerProcess, homes: list[Path]) -> tuple[bytes, bytes]:
    """Let everybody in; gives the call and its exercise."""
    setup = setup_code(server.setup.seed, server.setup.server)
    first, *others = homes
    await founding.found(
        Settings(first),
        LOCK,
        Quiet(),
        setup=setup,
        server=server.url,
        coalition="Harbour",
        person=first.name,
        org="One",
    )
    async with at_work(first) as founder:
        for home in others:
            made = await inviting.invite(founder, role="member", org="Two", label=home.name, expires=timedelta(days=7))
            await _join(home, made.invitation)
        await admitting.admit(founder, confirmed=True)
        for home in others:
            await _join(home, None)
        starts = datetime(2027, 3, 1, tzinfo=UTC)
        opened = await calls.open_call(
            founder, title="Call", country="FR", starts=starts, civic_space="closing", link=""
        )
        if others:
            await calls.invite_to_call(founder, opened.call, [home.name for home in others])
        started = await exercises.start_exercise(founder, opened.call, "who-does-what", "allies")
        return bytes.fromhex(opened.call), bytes.fromhex(started.exercise)


async def _join(home: Path, invitation: str | None) -> None:
    await joining.join(Settings(home), LOCK, Quiet(), invitation=invitation, person=home.name, wait=False)
