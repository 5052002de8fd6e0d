"""The replica: what this device has received, exactly as received and still sealed, and what is on its way out.

Nothing in it is plaintext; what a person wrote is sealed by the
caller before it comes here. Items are verified before they are put in, and again whenever they are read.
"""

import math
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from securecall.labels import Label
from securecall.wire import item_digest
from securecall_client.database import Database
from securecall_client.own import damaged
from securecall_client.transport import Place


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record on its way out: its sealed body, and its signed bytes once they were made."""

    number: int
    space: bytes
    record: bytes
    body: bytes
    item: bytes | None


class Replica:
    """What this device has received and sends. Every method is durable when it returns."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path) -> AsyncIterator["Replica"]:
        """The replica at ``path``, begun if it is new, for as long as the block lasts. Raises: ProfileError."""
        async with Database.open(path) as database:
            yield cls(database)

    async def meta(self, key: str) -> bytes | None:
        """A value kept about this profile."""
        rows = await self.database.rows("SELECT value FROM meta WHERE key = ?", (key,))
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
        await self.database.do("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    async def identity(self) -> list[bytes]:
        """One's own identity entries, from number 0."""
        return list(_unpack(await self.meta("identity") or _NONE))

    async def set_identity(self, identity: Sequence[bytes]) -> None:
        """Keep one's own identity entries."""
        await self.set_meta("identity", msgspec.msgpack.encode(identity))

    async def spaces(self) -> list[tuple[bytes, bytes | None]]:
        """Every space this device takes part in, with its parent."""
        return [(row[0], row[1]) for row in await self.database.rows("SELECT space, parent FROM spaces")]

    async def add_space(self, space: bytes, parent: bytes | None) -> None:
        """Take part in a space."""
        await self.database.do("INSERT OR IGNORE INTO spaces VALUES (?, ?)", (space, parent))

    async def places(self, space: bytes, first: int) -> list[Place]:
        """The places of a chain from ``first`` on."""
        rows = await self.database.rows(
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
        async with self.database.at_once():
            # What was wiped here, or not given yet, may come (again); what is here stays as it is.
            await self.database.do_each(
                "INSERT INTO places VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (space, seq) DO UPDATE"
                " SET item = excluded.item WHERE places.item IS NULL AND excluded.digest = places.digest",
                rows,
            )
            await self.database.do_each(
                "INSERT OR IGNORE INTO grants VALUES (?, ?, ?)", [(space, *grant) for grant in grants]
            )
            await self.database.do_each("DELETE FROM made WHERE digest = ?", [(place.digest,) for place in places])

    async def make(self, digest: bytes) -> None:
        """Remember an item of this device before it is sent for the first time, until its place is here."""
        await self.database.do("INSERT OR IGNORE INTO made VALUES (?)", (digest,))

    async def is_made(self, space: bytes, digest: bytes) -> bool:
        """Whether an item by this device was made here: it is on its way, or its place was here before."""
        query = "SELECT 1 FROM made WHERE digest = ? UNION SELECT 1 FROM places WHERE space = ? AND digest = ?"
        return bool(await self.database.rows(query, (digest, space, digest)))

    async def put_grants(self, space: bytes, grants: Mapping[int, bytes]) -> None:
        """Keep grants that came later than the entries that list them."""
        for seq, box in grants.items():
            await self.database.do("INSERT OR REPLACE INTO grants VALUES (?, ?, ?)", (space, seq, box))

    async def grants(self, space: bytes) -> dict[int, bytes]:
        """Place to grant for this device."""
        rows = await self.database.rows("SELECT seq, box FROM grants WHERE space = ?", (space,))
        return {row[0]: row[1] for row in rows}

    async def enqueue(self, space: bytes, record: bytes, body: bytes) -> None:
        """Put a sealed body into the outbox."""
        await self.database.do("INSERT INTO outbox (space, record, body) VALUES (?, ?, ?)", (space, record, body))

    async def waiting(self, space: bytes | None = None) -> list[Waiting]:
        """What is on its way out, oldest first."""
        query = "SELECT number, space, record, body, item FROM outbox WHERE refused IS NULL"
        if space is None:
            rows = await self.database.rows(f"{query} ORDER BY number")
        else:
            rows = await self.database.rows(f"{query} AND space = ? ORDER BY number", (space,))
        return [Waiting(*row) for row in rows]

    async def set_item(self, record: bytes, item: bytes) -> None:
        """Keep a record's signed bytes before they are sent."""
        await self.make(item_digest(item, Label.RECORD))
        await self.database.do("UPDATE outbox SET item = ? WHERE record = ?", (item, record))

    async def refuse(self, record: bytes, code: str) -> None:
        """Set a record aside that is refused for good; what the person wrote is kept, and goes nowhere."""
        await self.database.do("UPDATE outbox SET refused = ? WHERE record = ?", (code, record))

    async def refusals(self) -> list[tuple[bytes, bytes, str]]:
        """Space, record and code of everything that was set aside."""
        query = "SELECT space, record, refused FROM outbox WHERE refused IS NOT NULL ORDER BY number"
        rows = await self.database.rows(query)
        return [(row[0], row[1], row[2]) for row in rows]

    async def done(self, record: bytes) -> None:
        """Take a record out of the outbox: the verified chain has it."""
        await self.database.do("DELETE FROM outbox WHERE record = ?", (record,))

    async def promise(self, space: bytes, seq: int, head: bytes, statement: bytes) -> bytes:
        """Keep the server's signed receipt until the verified chain has reached its place.

        Returns the head of the first receipt that was kept for the place.
        """
        await self.database.do("INSERT OR IGNORE INTO promises VALUES (?, ?, ?, ?)", (space, seq, head, statement))
        rows = await self.database.rows("SELECT head FROM promises WHERE space = ? AND seq = ?", (space, seq))
        return bytes(rows[0][0])

    async def promises(self, space: bytes) -> list[tuple[int, bytes, bytes]]:
        """Place, head and signed bytes of every receipt that the chain has not reached yet."""
        rows = await self.database.rows("SELECT seq, head, statement FROM promises WHERE space = ?", (space,))
        return [(row[0], row[1], row[2]) for row in rows]

    async def keep_promises(self, space: bytes, seq: int) -> None:
        """Forget receipts up to ``seq``: the verified chain bore them out."""
        await self.database.do("DELETE FROM promises WHERE space = ? AND seq <= ?", (space, seq))

    async def keep_statement(self, space: bytes, seq: int, statement: bytes) -> None:
        """Keep the first statement that the server signed about its newest place, until there is one of a later."""
        await self.database.do(
            "INSERT INTO statements VALUES (?, ?, ?) ON CONFLICT (space) DO UPDATE"
            " SET seq = excluded.seq, statement = excluded.statement WHERE excluded.seq > statements.seq",
            (space, seq, statement),
        )

    async def statement(self, space: bytes) -> bytes | None:
        """That statement."""
        rows = await self.database.rows("SELECT statement FROM statements WHERE space = ?", (space,))
        return bytes(rows[0][0]) if rows else None

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


_NONE = msgspec.msgpack.encode([])


def _unpack(data: bytes) -> tuple[bytes, ...]:
    try:
        return msgspec.msgpack.decode(data, type=tuple[bytes, ...])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise damaged() from error
