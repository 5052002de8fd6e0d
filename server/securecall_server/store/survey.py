"""A database as a whole, for its operator: read beside the server that writes to it, and never written.

Each question is answered from one moment; the next one may see more. Whoever compares answers looks twice.
"""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from . import schema
from .database import Database
from .interface import Store
from .rows import DeviceRow, GrantRow, NotedChunk

_FAULTS = 20
"""Faults named of a damaged database; more of them say nothing more."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is; sizes in bytes. No names, no ids."""

    spaces: int
    places: int
    destroyed: int
    """Places whose bytes are gone."""
    members: int
    devices: int
    joins: int
    mailboxes: int
    blobs: int
    chunks: int
    chunk_bytes: int
    most_of_space: int
    """Bytes of chunks in the space that has most, and of the member who put most."""
    most_of_member: int
    database: int


class Survey:
    """The database behind ``store``, which reads from it too; ``held`` is to be let go of at the end."""

    def __init__(self, database: Database, store: Store, held: AsyncExitStack) -> None:
        self._database = database
        self.store = store
        self._held = held

    async def close(self) -> None:
        """Let go of the database."""
        await self._held.aclose()

    async def copy(self, path: Path) -> None:
        """Write all of SQLite's database, as of one moment and without what was deleted, to a new file.

        https://www.sqlite.org/lang_vacuum.html#vacuuminto; nothing is forced to disk. Raises: `StoreFullError`,
        `StoreFaultError`.
        """
        async with self._database.read() as connection:
            await connection.exec_driver_sql("VACUUM INTO ?", (str(path),))

    async def faults(self) -> list[str]:
        """What SQLite finds wrong with its pages, indexes and references; PostgreSQL has tools of its own."""
        if self._database.dialect != "sqlite":
            return []
        async with self._database.read() as connection:
            found = [row[0] for row in await connection.exec_driver_sql(f"PRAGMA integrity_check({_FAULTS})")]
            broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).mappings().all()
        tables = sorted(
            {f"a row of {row['table']} refers to one of {row['parent']} that is not there" for row in broken}
        )
        return [*(line for line in found if line != "ok"), *tables]

    async def spaces(self) -> list[bytes]:
        """Every space that has a place."""
        places = schema.places.c
        return await self._column(sa.select(places.space).distinct().order_by(places.space))

    async def absent(self, space: bytes) -> int:
        """How many places of a space have no bytes."""
        places = schema.places.c
        query = sa.select(sa.func.count()).where(places.space == space, places.item.is_(None))
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0

    async def grants(self, space: bytes) -> list[GrantRow]:
        """Every grant of a space, by place and device."""
        grants = schema.grants.c
        query = sa.select(grants.space, grants.seq, grants.device, grants.box).where(grants.space == space)
        async with self._database.read() as connection:
            return [GrantRow(*row) for row in await connection.execute(query.order_by(grants.seq, grants.device))]

    async def members(self) -> list[bytes]:
        """Every member of whom there is an identity entry, or a device."""
        known = sa.select(schema.identities.c.member).union(sa.select(schema.devices.c.member))
        return sorted(await self._column(known))

    async def devices(self, member: bytes) -> list[DeviceRow]:
        """What login is told of the devices of a member."""
        devices = schema.devices
        query = sa.select(devices).where(devices.c.member == member).order_by(devices.c.device)
        async with self._database.read() as connection:
            return [DeviceRow(*row) for row in await connection.execute(query)]

    async def chunks(self) -> list[NotedChunk]:
        """Every chunk that is noted, in order."""
        chunks = schema.chunks.c
        query = sa.select(chunks.space, chunks.blob, chunks.index, chunks.size, chunks.digest)
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(chunks.space, chunks.blob, chunks.index))
            return [NotedChunk((space, blob, index), size, digest) for space, blob, index, size, digest in rows]

    async def counts(self) -> Counts:
        """How much there is."""
        places, chunks = schema.places.c, schema.chunks.c
        tables = (schema.devices, schema.joins, schema.mailboxes, schema.blobs, schema.chunks)
        every = sa.func.count()
        questions: list[sa.Select[int]] = [
            sa.select(sa.func.count(places.space.distinct())),
            sa.select(every).select_from(schema.places),
            sa.select(every).where(places.item.is_(None)),
            sa.select(sa.func.count(schema.identities.c.member.distinct())),
            *(sa.select(every).select_from(table) for table in tables),
            sa.select(sa.func.coalesce(sa.func.sum(chunks.size), 0)),
            _most(chunks.space),
            _most(schema.blobs.c.owner),
        ]
        async with self._database.read() as connection:
            counted = [await connection.scalar(question) or 0 for question in questions]
            size = await connection.scalar(sa.text(_SIZE[self._database.dialect]))
        return Counts(*map(int, [*counted, size]))

    async def _column(self, query: sa.Select[bytes] | sa.CompoundSelect[bytes]) -> list[bytes]:
        async with self._database.read() as connection:
            return list(await connection.scalars(query))


_SIZE = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}
"""The size of the database in bytes, without SQLite's log."""


def _most(by: sa.ColumnElement[bytes]) -> sa.Select[int]:
    """The bytes of the chunks of whichever has most, ``by`` space or owner."""
    blobs, chunks = schema.blobs.c, schema.chunks.c
    both = schema.chunks.join(schema.blobs, sa.and_(blobs.space == chunks.space, blobs.blob == chunks.blob))
    each = sa.select(sa.func.sum(chunks.size).label("bytes")).select_from(both).group_by(by).subquery()
    return sa.select(sa.func.coalesce(sa.func.max(each.c.bytes), 0))
