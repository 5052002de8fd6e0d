"""PostgreSQL as the server's database: many processes, told of each other's appends by LISTEN and NOTIFY."""

import asyncio
from contextlib import suppress

import asyncpg
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from .database import Database
from .errors import StoreOpenError
from .watch import Watchers

CONNECTIONS = 5
CHANNEL = "securecall_appended"
BEATS = "securecall_beats"
"""Its notifications are some 1,060 bytes long, of the 8,000 that PostgreSQL allows."""
MIGRATING = 0x5EC0_0CA1
"""The advisory lock under which one process at a time migrates."""

_CONNECT_SECONDS = 10
_COMMAND_SECONDS = 30
_PROBE_SECONDS = 30
_FIRST_RETRY_SECONDS = 0.1
_LAST_RETRY_SECONDS = 5.0

_LOST = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What the driver raises when a line breaks; the last where it breaks while a question is on its way."""


async def _connect(url: str) -> asyncpg.Connection:
    """A connection by libpq's rules (``sslmode``, ``PGPASSFILE`` and so on), which commits to disk.

    Raises `StoreOpenError` if ``url`` is none, and what the driver raises.
    """
    try:
        return await asyncpg.connect(
            url,
            timeout=_CONNECT_SECONDS,
            command_timeout=_COMMAND_SECONDS,
            server_settings={"synchronous_commit": "on", "application_name": "securecall-server"},
        )
    except ValueError:
        raise StoreOpenError("The address of the database cannot be read: look at its spelling.") from None


def connect(url: str) -> Database:
    """The database at ``url``; nothing is opened before its first use."""
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: _connect(url),
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
    )
    return Database(engine, engine, writers=CONNECTIONS)


async def lock_for_migration(connection: AsyncConnection) -> None:
    """Wait until no other process migrates; let go at the end of the transaction."""
    await connection.execute(select(func.pg_advisory_xact_lock(MIGRATING)))


class Listener:
    """Listens to the appends and beats of other processes and tells the watchers; connects anew when the line breaks.

    ``own`` is the mark of this process's own notifications, which are not told.
    """

    def __init__(self, url: str, own: str, watchers: Watchers, beats: Watchers) -> None:
        self._url = url
        self._own = own
        self._watchers = watchers
        self._beats = beats
        self._line: asyncpg.Connection | None = None
        self._lost = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen; nothing is missed from here on. Raises what the driver raises."""
        await self._listen()
        self._task = asyncio.create_task(self._stay())

    async def close(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._hang_up()

    async def _listen(self) -> None:
        self._line = await _connect(self._url)
        self._lost.clear()
        self._line.add_termination_listener(lambda _line: self._lost.set())
        await self._line.add_listener(CHANNEL, self._notified)
        await self._line.add_listener(BEATS, self._notified)

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.terminate()
            self._line = None

    async def _stay(self) -> None:
        while True:
            with suppress(*_LOST):
                await self._until_lost()
            await self._again()

    async def _until_lost(self) -> None:
        """Probe now and then, since a line can be cut without either end being told."""
        while self._line is not None and not self._lost.is_set():
            try:
                await asyncio.wait_for(self._lost.wait(), _PROBE_SECONDS)
            except TimeoutError:
                await self._line.execute("SELECT 1")

    async def _again(self) -> None:
        """Listen anew, trying until it works."""
        pause = _FIRST_RETRY_SECONDS
        while True:
            self._hang_up()
            with suppress(*_LOST):
                await self._listen()
                await self._tell_all()
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LAST_RETRY_SECONDS)

    async def _tell_all(self) -> None:
        """Tell of every space: nobody knows to which of them others appended while the line was cut."""
        if self._line is not None:
            rows = await self._line.fetch("SELECT space FROM places WHERE seq = 0")
            self._watchers.tell(row["space"] for row in rows)

    def _notified(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        own, _, news = str(payload).partition(":")
        if own != self._own:
            (self._beats if channel == BEATS else self._watchers).tell([bytes.fromhex(news)])
