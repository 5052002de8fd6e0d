"""The replica: what this device has received, exactly as received and still sealed, and what is on its way out.

SQLite with one connection, `synchronous=FULL`. Nothing in it is plaintext; what a person wrote is sealed by the
caller before it comes here. Items are verified before they are put in, and again whenever they are read.
"""

import math
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiosqlite
import msgspec

from securecall.entries import Seen
from securecall.labels import Label
from securecall.state import ENTRY
from securecall.wire import item_digest
from securecall_client.content import NoticeText
from securecall_client.errors import ProfileError
from securecall_client.own import damaged
from securecall_client.posix import private_dir
from securecall_client.transport import Place

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


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record on its way out: its sealed body, and its signed bytes once they were made."""

    number: int
    space: bytes
    record: bytes
    body: bytes
    item: bytes | None


class Replica:
    """The open database. Every method is durable when it returns."""

    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path) -> AsyncIterator["Replica"]:
        """The replica at ``path``, begun if it is new, for as long as the block lasts. Raises: ProfileError."""
        private_dir(path.parent)
        async with AsyncExitStack() as stack:
            try:
                path.touch(mode=0o600)
                database = await stack.enter_async_context(aiosqlite.connect(path, isolation_level=None))
                await database.execute("PRAGMA journal_mode=WAL")
                await database.execute("PRAGMA synchronous=FULL")
                await database.execute("PRAGMA secure_delete=ON")
                await cls._migrate(database)
            except (sqlite3.Error, OSError) as error:
                raise ProfileError(f"The replica {path} cannot be opened.", code="replica-refused") from error
            yield cls(database)

    @staticmethod
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

    async def meta(self, key: str) -> bytes | None:
        """A value kept about this profile."""
        rows = await self._rows("SELECT value FROM meta WHERE key = ?", (key,))
        return bytes(rows[0][0]) if rows else None

    async def text(self, key: str) -> str | None:
        """A text kept about this profile. Raises: ProfileError."""
        value = await self.meta(key)
        try:
            return None if value is None else value.decode()
        except UnicodeDecodeError as error:
            raise damaged() from error

    async def number(self, key: str) -> float | None:
        """A number kept about this profile. Raises: ProfileError."""
        value = await self.text(key)
        try:
            number = None if value is None else float(value)
        except ValueError as error:
            raise damaged() from error
        if number is not None and not math.isfinite(number):
            raise damaged()
        return number

    async def set_meta(self, key: str, value: bytes) -> None:
        """Keep a value about this profile."""
        await self._do("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    async def identity(self) -> list[bytes]:
        """One's own identity entries, from number 0."""
        return list(_unpack(await self.meta("identity") or _NONE))

    async def set_identity(self, identity: Sequence[bytes]) -> None:
        """Keep one's own identity entries."""
        await self.set_meta("identity", msgspec.msgpack.encode(identity))

    async def spaces(self) -> list[tuple[bytes, bytes | None]]:
        """Every space this device takes part in, with its parent."""
        return [(row[0], row[1]) for row in await self._rows("SELECT space, parent FROM spaces")]

    async def add_space(self, space: bytes, parent: bytes | None) -> None:
        """Take part in a space."""
        await self._do("INSERT OR IGNORE INTO spaces VALUES (?, ?)", (space, parent))

    async def tell(self, parent: bytes, author: bytes, notice: NoticeText, most: int) -> None:
        """Keep what a notice in ``parent`` spoke of, until it is found; of one author, no more than ``most``."""
        rows = await self._rows("SELECT count(*) FROM told WHERE author = ?", (author,))
        if rows[0][0] < most:
            values = (notice.space, parent, author, notice.at.seq, notice.at.head)
            await self._do("INSERT OR IGNORE INTO told VALUES (?, ?, ?, ?, ?)", values)

    async def found(self, space: bytes) -> None:
        """Forget what was told of a space: it was there."""
        await self._do("DELETE FROM told WHERE space = ?", (space,))

    async def told(self, parent: bytes) -> list[tuple[bytes, NoticeText]]:
        """Who spoke, in notices in ``parent``, of which spaces."""
        rows = await self._rows("SELECT author, space, seq, head FROM told WHERE parent = ?", (parent,))
        return [(row[0], NoticeText(row[1], Seen(row[2], row[3]))) for row in rows]

    async def notices_tried(self, space: bytes) -> int:
        """The place up to which a space's notices were tried; -1 at first."""
        return int(await self.number(f"notices {space.hex()}") or -1)

    async def set_notices_tried(self, space: bytes, seq: int) -> None:
        """Remember it."""
        await self.set_meta(f"notices {space.hex()}", str(seq).encode())

    async def places(self, space: bytes, first: int) -> list[Place]:
        """The places of a chain from ``first`` on."""
        rows = await self._rows(
            "SELECT kind, digest, item, identities FROM places WHERE space = ? AND seq >= ? ORDER BY seq",
            (space, first),
        )
        return [Place(row[0], row[1], row[2], _unpack(row[3])) for row in rows]

    async def append(
        self, space: bytes, first: int, places: Sequence[Place], grants: Iterable[tuple[int, bytes]]
    ) -> None:
        """Put verified places in, from ``first`` on, with the grants they brought; all or nothing.

        Of a place that is here already, only bytes that were absent are added.
        """
        rows = [
            (
                space,
                first + at,
                place.kind,
                place.digest,
                place.item,
                msgspec.msgpack.encode(place.identities),
            )
            for at, place in enumerate(places)
        ]
        await self._do("BEGIN IMMEDIATE")
        try:
            with _told():
                # What was wiped here, or not given yet, may come (again); what is here stays as it is.
                await self._database.executemany(
                    "INSERT INTO places VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (space, seq) DO UPDATE"
                    " SET item = excluded.item WHERE places.item IS NULL AND excluded.digest = places.digest",
                    rows,
                )
                await self._database.executemany(
                    "INSERT OR IGNORE INTO grants VALUES (?, ?, ?)", [(space, *grant) for grant in grants]
                )
                await self._database.executemany(
                    "DELETE FROM made WHERE digest = ?", [(place.digest,) for place in places]
                )
                await self._database.execute("COMMIT")
        except BaseException:
            await self._database.rollback()
            raise

    async def make(self, digest: bytes) -> None:
        """Remember an item of this device before it is sent for the first time, until its place is here."""
        await self._do("INSERT OR IGNORE INTO made VALUES (?)", (digest,))

    async def is_made(self, space: bytes, digest: bytes) -> bool:
        """Whether an item by this device was made here: it is on its way, or its place was here before."""
        query = "SELECT 1 FROM made WHERE digest = ? UNION SELECT 1 FROM places WHERE space = ? AND digest = ?"
        return bool(await self._rows(query, (digest, space, digest)))

    async def put_grants(self, space: bytes, grants: Mapping[int, bytes]) -> None:
        """Keep grants that came later than the entries that list them."""
        for seq, box in grants.items():
            await self._do("INSERT OR REPLACE INTO grants VALUES (?, ?, ?)", (space, seq, box))

    async def grants(self, space: bytes) -> dict[int, bytes]:
        """Place to grant for this device."""
        rows = await self._rows("SELECT seq, box FROM grants WHERE space = ?", (space,))
        return {row[0]: row[1] for row in rows}

    async def wipe(self, space: bytes, kept: Mapping[int, bytes]) -> None:
        """Delete a space's grants and the bytes of all its records; keep ``kept`` (place to sealed body) instead."""
        await self._do("BEGIN IMMEDIATE")
        try:
            await self._do("DELETE FROM grants WHERE space = ?", (space,))
            await self._do("UPDATE places SET item = NULL WHERE space = ? AND kind <> ?", (space, ENTRY))
            await self._do("DELETE FROM kept WHERE space = ?", (space,))
            for seq, body in kept.items():
                await self._do("INSERT INTO kept VALUES (?, ?, ?)", (space, seq, body))
            await self._do("COMMIT")
        except BaseException:
            await self._database.rollback()
            raise
        # What was deleted is overwritten in the file (`secure_delete`); here it goes from the log too.
        await self._rows("PRAGMA wal_checkpoint(TRUNCATE)")

    async def kept(self, space: bytes) -> dict[int, bytes]:
        """Place to sealed body of what is kept of a space that was wiped; empty of one that was not."""
        rows = await self._rows("SELECT seq, body FROM kept WHERE space = ?", (space,))
        return {row[0]: row[1] for row in rows}

    async def wiped(self) -> set[bytes]:
        """The spaces that were wiped."""
        return {row[0] for row in await self._rows("SELECT DISTINCT space FROM kept")}

    async def unwipe(self, space: bytes) -> None:
        """A space that was wiped is here again, whole."""
        await self._do("DELETE FROM kept WHERE space = ?", (space,))

    async def enqueue(self, space: bytes, record: bytes, body: bytes) -> None:
        """Put a sealed body into the outbox."""
        await self._do("INSERT INTO outbox (space, record, body) VALUES (?, ?, ?)", (space, record, body))

    async def waiting(self, space: bytes | None = None) -> list[Waiting]:
        """What is on its way out, oldest first."""
        query = "SELECT number, space, record, body, item FROM outbox WHERE refused IS NULL"
        if space is None:
            rows = await self._rows(f"{query} ORDER BY number")
        else:
            rows = await self._rows(f"{query} AND space = ? ORDER BY number", (space,))
        return [Waiting(*row) for row in rows]

    async def set_item(self, record: bytes, item: bytes) -> None:
        """Keep a record's signed bytes before they are sent."""
        await self.make(item_digest(item, Label.RECORD))
        await self._do("UPDATE outbox SET item = ? WHERE record = ?", (item, record))

    async def refuse(self, record: bytes, code: str) -> None:
        """Set a record aside that is refused for good; what the person wrote is kept, and goes nowhere."""
        await self._do("UPDATE outbox SET refused = ? WHERE record = ?", (code, record))

    async def refusals(self) -> list[tuple[bytes, bytes, str]]:
        """Space, record and code of everything that was set aside."""
        rows = await self._rows("SELECT space, record, refused FROM outbox WHERE refused IS NOT NULL ORDER BY number")
        return [(row[0], row[1], row[2]) for row in rows]

    async def done(self, record: bytes) -> None:
        """Take a record out of the outbox: the verified chain has it."""
        await self._do("DELETE FROM outbox WHERE record = ?", (record,))

    async def promise(self, space: bytes, seq: int, head: bytes, statement: bytes) -> bytes:
        """Keep the server's signed receipt until the verified chain has reached its place.

        Returns the head of the first receipt that was kept for the place.
        """
        await self._do("INSERT OR IGNORE INTO promises VALUES (?, ?, ?, ?)", (space, seq, head, statement))
        rows = await self._rows("SELECT head FROM promises WHERE space = ? AND seq = ?", (space, seq))
        return bytes(rows[0][0])

    async def promises(self, space: bytes) -> list[tuple[int, bytes, bytes]]:
        """Place, head and signed bytes of every receipt that the chain has not reached yet."""
        rows = await self._rows("SELECT seq, head, statement FROM promises WHERE space = ?", (space,))
        return [(row[0], row[1], row[2]) for row in rows]

    async def keep_promises(self, space: bytes, seq: int) -> None:
        """Forget receipts up to ``seq``: the verified chain bore them out."""
        await self._do("DELETE FROM promises WHERE space = ? AND seq <= ?", (space, seq))

    async def keep_statement(self, space: bytes, seq: int, statement: bytes) -> None:
        """Keep the first statement that the server signed about its newest place, until there is one of a later."""
        await self._do(
            "INSERT INTO statements VALUES (?, ?, ?) ON CONFLICT (space) DO UPDATE"
            " SET seq = excluded.seq, statement = excluded.statement WHERE excluded.seq > statements.seq",
            (space, seq, statement),
        )

    async def keep_signed(self, space: bytes, seq: int, statement: bytes) -> None:
        """Keep the server's signed word that the chain had the head it has here at ``seq``, in place of an older one.

        It is what shows a server that was put back that these places were there (`securecall_client.acts.healing`).
        """
        old = await self.signed(space)
        if old is None or old[0] < seq:
            await self.set_meta(f"signed {space.hex()}", seq.to_bytes(8, "big") + statement)

    async def signed(self, space: bytes) -> tuple[int, bytes] | None:
        """The newest such statement, with its place."""
        kept = await self.meta(f"signed {space.hex()}")
        return None if kept is None else (int.from_bytes(kept[:8], "big"), kept[8:])

    async def statement(self, space: bytes) -> bytes | None:
        """That statement."""
        rows = await self._rows("SELECT statement FROM statements WHERE space = ?", (space,))
        return bytes(rows[0][0]) if rows else None

    async def raise_alarm(self, alarm: bytes, grade: str, body: bytes, found: bytes) -> None:
        """Keep an alarm; of the same one the latest ``found`` is kept."""
        await self._do(
            "INSERT INTO alarms VALUES (?, ?, ?, ?) ON CONFLICT (alarm) DO UPDATE SET found = excluded.found",
            (alarm, grade, body, found),
        )

    async def alarms(self) -> list[tuple[bytes, str, bytes, bytes | None]]:
        """Every alarm: id, grade, sealed body, and sealed what was found (not of those by an older program)."""
        rows = await self._rows("SELECT alarm, grade, body, found FROM alarms ORDER BY alarm")
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    async def _rows(self, query: str, values: tuple[object, ...] = ()) -> list[sqlite3.Row]:
        with _told():
            async with self._database.execute(query, values) as cursor:
                rows = list(await cursor.fetchall())
                names = [column[0] for column in cursor.description or ()]
        _check(names, rows)
        return rows

    async def _do(self, query: str, values: tuple[object, ...] = ()) -> None:
        with _told():
            await self._database.execute(query, values)


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


_NONE = msgspec.msgpack.encode([])


def _unpack(data: bytes) -> tuple[bytes, ...]:
    try:
        return msgspec.msgpack.decode(data, type=tuple[bytes, ...])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise damaged() from error
