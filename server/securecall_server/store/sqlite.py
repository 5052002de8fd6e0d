"""SQLite as the server's database: one file, one process, one writing connection.

SQLite 3.7.0 to 3.51.2 can damage a database in WAL mode when several connections write and checkpoint
(https://www.sqlite.org/wal.html, "the WAL-reset bug"), so exactly one connection does either, and a lock file
keeps a second process out.
"""

import fcntl
import logging
import os
import sqlite3
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from securecall_server.folders import sync_folder

from .database import Database
from .errors import StoreOpenError

READERS = 3

_BOTH = ("busy_timeout = 5000", "foreign_keys = ON", "trusted_schema = OFF")
_WRITER = ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON")
_READER = ("query_only = ON", "wal_autocheckpoint = 0")


_MENDED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
"""The first release of a branch without the bug; the last one and all that follow are without it."""


def known_fault(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> str:
    """A warning if this SQLite has the bug, else nothing (row O02).

    It is no reason to refuse: with one connection that writes and checkpoints it is not met, and most systems that
    are kept up to date still come with such a version.
    """
    if version >= _MENDED[-1] or any(version[:2] == branch[:2] and version >= branch for branch in _MENDED):
        return ""
    return (
        f"SQLite {'.'.join(map(str, version))} can damage a database that several connections write to. This server "
        "writes by one and keeps others out, so all is well: just let no other program write to server.db. Mended in "
        "SQLite 3.51.3, which comes with the updates of your system."
    )


class SQLiteLock:
    """The right to use a database file, for one process and as long as it lives."""

    def __init__(self, path: Path) -> None:
        """Take it. Raises `StoreOpenError` if another process, or another store of this one, holds it."""
        # A file of its own: closing any handle of the database file would drop SQLite's own locks on it.
        self._handle = os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._handle)
            raise StoreOpenError(
                f"Another SecureCall server is using {path}. Stop it first, or give this one its own data."
            ) from None

    def release(self) -> None:
        """Let others have the file. The lock file stays: removing it would let two hold it."""
        os.close(self._handle)


def make_file(path: Path) -> None:
    """Make the database file if it is new, for its owner alone; SQLite gives its WAL the same mode."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return
    os.close(handle)
    sync_folder(path.parent)


def connect(path: Path) -> Database:
    """The database in ``path``, which `make_file` has made; nothing is opened before its first use."""
    # This logger prints the arguments of every statement at DEBUG.
    logging.getLogger("aiosqlite").setLevel(logging.WARNING)
    url = URL.create("sqlite+aiosqlite", database=str(path))
    writer = _engine(url, 1, (*_BOTH, *_WRITER), "BEGIN IMMEDIATE")
    reader = _engine(url, READERS, (*_BOTH, *_READER))
    return Database(writer, reader, writers=1)


def connect_beside(path: Path) -> Database:
    """The database in ``path``, for reading alone: a connection that cannot write, and so never checkpoints."""
    logging.getLogger("aiosqlite").setLevel(logging.WARNING)
    url = URL.create("sqlite+aiosqlite", database=f"file:{quote(str(path))}", query={"mode": "ro", "uri": "true"})
    reader = _engine(url, 1, _BOTH)
    return Database(reader, reader, writers=1)


def _engine(url: URL, size: int, pragmas: Sequence[str], begin: str | None = None) -> AsyncEngine:
    """An engine whose transactions begin with ``begin`` (Python's own habit is to begin late, at a write).

    Without it each statement stands alone, as every statement that only reads does on PostgreSQL.
    """
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"isolation_level": None},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def start(connection: Connection, statement: str) -> None:
        connection.exec_driver_sql(statement)

    if begin is not None:
        event.listen(engine.sync_engine, "begin", partial(start, statement=begin))
    return engine
