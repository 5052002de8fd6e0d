"""The database of a profile: one SQLite connection, `synchronous=FULL`, and the tables that `Replica` reads and writes.

What goes wrong with it comes out in words, and a value of a type that was never put there is called damage.
"""

import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path

import aiosqlite

from securecall.labels import Label
from securecall.sentences import sentence
from securecall.wire import item_digest
from securecall_client.errors import ProfileError
from securecall_client.folder import private_dir
from securecall_client.own import damaged

SCHEMA = 4
_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spaces (space BLOB PRIMARY KEY, parent BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS places (
    space BLOB NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL, digest BLOB NOT NULL, item BLOB,
    identities BLOB NOT NULL, PRIMARY KEY (space, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS grants (
    space BLOB NOT NULL, seq INTEGER NOT NULL, box BLOB NOT NULL, PRIMARY KEY (space, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, space BLOB NOT NULL, record BLOB NOT NULL UNIQUE,
    body BLOB NOT NULL, item BLOB, refused TEXT
);
CREATE TABLE IF NOT EXISTS promises (
    space BLOB NOT NULL, seq INTEGER NOT NULL, head BLOB NOT NULL, statement BLOB NOT NULL,
    PRIMARY KEY (space, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS told (
    space BLOB PRIMARY KEY, parent BLOB NOT NULL, author BLOB NOT NULL, seq INTEGER NOT NULL, head BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept (
    space BLOB NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (space, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS made (digest BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS statements (space BLOB PRIMARY KEY, seq INTEGER NOT NULL, statement BLOB NOT NULL)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alarms (
    alarm BLOB PRIMARY KEY, grade TEXT NOT NULL, body BLOB NOT NULL, found BLOB
) WITHOUT ROWID;
"""
_ADDED = (("outbox", "refused", "TEXT"), ("alarms", "found", "BLOB"))
"""Columns that tables of an older schema lack: table, column, type."""
_KINDS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("number", "seq", "kind"), (int,)),
    **dict.fromkeys(("space", "record", "digest", "head", "author", "alarm"), (bytes,)),
    **dict.fromkeys(("value", "identities", "box", "body", "statement"), (bytes,)),
    **dict.fromkeys(("parent", "item", "found"), (bytes, type(None))),
    "refused": (str, type(None)),
    "grade": (str,),
}
"""What stands in the columns."""


class Database:
    """The open database. A statement is durable when it returns, those of a block `at_once` when that ends."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path) -> AsyncIterator["Database"]:
        """The database at ``path``, begun if it is new, for as long as the block lasts. Raises: ProfileError."""
        private_dir(path.parent)
        async with AsyncExitStack() as stack:
            try:
                path.touch(mode=0o600)
                database = await stack.enter_async_context(aiosqlite.connect(path, isolation_level=None))
                await database.execute("PRAGMA journal_mode=WAL")
                await database.execute("PRAGMA synchronous=FULL")
                await database.execute("PRAGMA secure_delete=ON")
                await _migrate(database)
            except (sqlite3.Error, OSError) as error:
                raise ProfileError(
                    sentence("The replica %(path)s cannot be opened.", path=path), code="replica-refused"
                ) from error
            yield cls(database)

    async def rows(self, query: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """The rows of a query, each value of its column's type. Raises: ProfileError."""
        with _told():
            async with self._connection.execute(query, values) as cursor:
                rows = list(await cursor.fetchall())
                names = [column[0] for column in cursor.description or ()]
        _check(names, rows)
        return rows

    async def do(self, query: str, values: Sequence[object] = ()) -> None:
        """Run a statement. Raises: ProfileError."""
        with _told():
            await self._connection.execute(query, values)

    async def do_each(self, query: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement once for each of ``rows``. Raises: ProfileError."""
        with _told():
            await self._connection.executemany(query, rows)

    @asynccontextmanager
    async def at_once(self) -> AsyncIterator[None]:
        """Do all that is done in the block, or nothing. Raises: ProfileError."""
        await self.do("BEGIN IMMEDIATE")
        try:
            yield
            await self.do("COMMIT")
        except BaseException:
            await self._connection.rollback()
            raise


async def _migrate(database: aiosqlite.Connection) -> None:
    async with database.execute("PRAGMA user_version") as cursor:
        row = await cursor.fetchone()
    version = int(row[0]) if row else 0
    if version > SCHEMA:
        raise ProfileError("This profile was written by a newer SecureCall.", hint="Update this program.")
    if version < SCHEMA:
        await database.executescript(_TABLES)
        for table, column, kind in _ADDED:
            columns = await database.execute_fetchall("SELECT name FROM pragma_table_info(?)", (table,))
            if column not in {row[0] for row in columns}:
                await database.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
        # What an older program has sent without a reply was made here too.
        sent = await database.execute_fetchall("SELECT item FROM outbox WHERE item IS NOT NULL")
        made = [(item_digest(row[0], Label.RECORD),) for row in sent]
        await database.executemany("INSERT OR IGNORE INTO made VALUES (?)", made)
        await database.execute(f"PRAGMA user_version = {SCHEMA}")


def _check(names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Raise ProfileError for a value that was not put there here: SQLite keeps any type in any column."""
    kinds = [_KINDS.get(name) for name in names]
    for row in rows:
        for value, kind in zip(row, kinds, strict=True):
            if kind is not None and not isinstance(value, kind):
                raise damaged()


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong with the database, in words."""
    try:
        yield
    except sqlite3.Error as error:
        full = error.sqlite_errorcode == sqlite3.SQLITE_FULL
        raise ProfileError(
            "The disk is full, so nothing more can be kept." if full else "The profile's database cannot be written.",
            hint="Make room on the disk, then try again. What was reported as saved is still there.",
            code="disk-full" if full else "replica-refused",
        ) from error


def peek(path: Path, key: str) -> bytes | None:
    """A value kept about a profile, read without taking one's turn at it. Raises: ProfileError."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            row = database.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    except sqlite3.Error as error:
        raise ProfileError(
            "The profile's database cannot be read.", hint="Is the disk in order?", code="replica-refused"
        ) from error
    if row:
        _check(["value"], [row])
    return row[0] if row else None
