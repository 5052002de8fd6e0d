"""Connections to a database: transactions that write, transactions that read, and an orderly end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from .errors import translated
from .interface import StoreFullError

Result = TypeVar("Result")


class Database:
    """A writing and a reading engine (for PostgreSQL the same), with at most ``writers`` writes at a time."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine, writers: int) -> None:
        self._writer = writer
        self._reader = reader
        self._turns = asyncio.Semaphore(writers)
        self._pending: set[asyncio.Task[object]] = set()
        self._closed = False

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._writer.dialect.name

    async def write(self, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
        """Do ``work`` in one transaction, durable when this returns; if it raises, nothing was changed.

        Cancelling the caller does not cancel the transaction: a commit cut in two would leave the connection
        in a state that nobody knows, and SQLite with a second writer for a moment.

        Raises: `ConflictError`, `StoreFullError`, `StoreFaultError`.
        """
        self._refuse_closed()
        task = asyncio.create_task(self._transaction(work))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)
        return await asyncio.shield(task)

    async def _transaction(self, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
        async with self._turns:
            with translated():
                async with self._writer.begin() as connection:
                    return await work(connection)

    async def checkpoint(self) -> None:
        """Move all of SQLite's log into its file and empty the log, unless somebody is reading from it.

        With `secure_delete` what was deleted is then nowhere in either.
        """
        self._refuse_closed()
        if self.dialect == "sqlite":
            await self._alone("PRAGMA wal_checkpoint(TRUNCATE)")

    async def compact(self) -> None:
        """Write the database anew, without the room of what was deleted, and empty SQLite's log.

        Raises: `StoreFullError`, for one if somebody else is using it.
        """
        self._refuse_closed()
        await self._alone("VACUUM" if self.dialect == "sqlite" else "VACUUM FULL")
        await self.checkpoint()

    async def _alone(self, statement: str) -> None:
        """Execute what stands in no transaction, past SQLAlchemy, which would begin one."""
        async with self._turns:
            with translated():
                async with self._writer.connect() as connection:
                    line = (await connection.get_raw_connection()).driver_connection
                    if line is not None:
                        await line.execute(statement)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading. Raises: `StoreFullError`, `StoreFaultError`."""
        self._refuse_closed()
        with translated():
            async with self._reader.connect() as connection:
                yield connection

    async def close(self) -> None:
        """Finish pending writes, then disconnect; the writer goes last, because only it may checkpoint."""
        self._closed = True
        while self._pending:
            await asyncio.wait(self._pending)
        await self._reader.dispose()
        await self._writer.dispose()

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StoreFullError("The database was closed.")
