"""`Store` over SQLAlchemy Core, the same for SQLite and PostgreSQL."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from . import noted, reads, schema, writes
from .database import Database
from .errors import StoreFaultError
from .postgres import BEATS, CHANNEL
from .rows import Append, DeviceRow, GrantRow, IdentityRow, JoinRow, MailboxRow, NotedChunk, PlaceRow
from .watch import Watchers


class SQLStore:
    """A store over ``database``.

    ``own`` marks the notifications of this store, ``watchers`` hear of the appends of others and ``beats`` of their
    beats, and ``held`` is all that is to be let go of at the end, the database too.
    """

    def __init__(self, database: Database, watchers: Watchers, beats: Watchers, own: str, held: AsyncExitStack) -> None:
        self._database = database
        self._watchers = watchers
        self._beats = beats
        self._own = own
        self._held = held

    async def close(self) -> None:
        """See `Store.close`."""
        self._watchers.end()
        self._beats.end()
        await self._held.aclose()

    async def check(self) -> None:
        """See `Store.check`. Raises: `StoreFullError`."""
        async with self._database.read() as connection:
            await connection.execute(sa.select(1))

    async def verify(self) -> None:
        """See `Store.verify`. Raises: `StoreFullError` (no answer), `StoreFaultError` (damaged)."""
        question = "PRAGMA quick_check(1)" if self._database.dialect == "sqlite" else "SELECT 'ok'"
        async with self._database.read() as connection:
            answer = await connection.scalar(sa.text(question))
        if answer != "ok":
            raise StoreFaultError("The database is damaged. Stop the server and restore a backup.")

    async def enrol(self, identities: Sequence[IdentityRow], devices: Sequence[DeviceRow]) -> None:
        """See `Store.enrol`."""

        async def work(connection: AsyncConnection) -> None:
            await writes.write_identities(connection, identities)
            await writes.write_devices(connection, devices)

        await self._database.write(work)

    async def device(self, device: bytes) -> DeviceRow | None:
        """See `Store.device`."""
        table = schema.devices
        async with self._database.read() as connection:
            row = (await connection.execute(sa.select(table).where(table.c.device == device))).first()
        return None if row is None else DeviceRow(*row)

    async def identity(self, member: bytes) -> list[bytes]:
        """See `Store.identity`."""
        table = schema.identities.c
        query = sa.select(table.item).where(table.member == member).order_by(table.number)
        async with self._database.read() as connection:
            return list(await connection.scalars(query))

    async def append(self, batch: Sequence[Append]) -> None:
        """See `Store.append`."""
        if batch:
            await self._database.write(partial(self._append, batch))

    async def _append(self, batch: Sequence[Append], connection: AsyncConnection) -> None:
        await writes.append(connection, batch)
        if connection.dialect.name == "postgresql":
            for space in sorted({item.place.space for item in batch}):
                await self._notify(connection, CHANNEL, space)

    async def head(self, space: bytes) -> PlaceRow | None:
        """See `Store.head`."""
        async with self._database.read() as connection:
            return await reads.place(connection, reads.newest(space))

    async def places(self, space: bytes, first: int, limit: int, most_bytes: int) -> list[PlaceRow]:
        """See `Store.places`; the bytes of the first place count toward ``most_bytes`` too."""
        async with self._database.read() as connection:
            last = await reads.last_that_fits(connection, space, first, limit, most_bytes)
            return [] if last is None else await reads.between(connection, space, first, last)

    async def find(self, space: bytes, digest: bytes) -> PlaceRow | None:
        """See `Store.find`."""
        async with self._database.read() as connection:
            return await reads.place(connection, reads.with_digest(space, digest))

    async def grants(self, space: bytes, device: bytes, first: int) -> list[GrantRow]:
        """See `Store.grants`."""
        table = schema.grants.c
        query = (
            sa.select(table.space, table.seq, table.device, table.box)
            .where(table.space == space, table.device == device, table.seq >= first)
            .order_by(table.seq)
        )
        async with self._database.read() as connection:
            return [GrantRow(*row) for row in await connection.execute(query)]

    async def put_join(self, join: JoinRow) -> None:
        """See `Store.put_join`."""
        await self._database.write(partial(writes.write_join, join=join))

    async def joins(self, space: bytes) -> list[JoinRow]:
        """See `Store.joins`."""
        table = schema.joins
        query = sa.select(table).where(table.c.space == space).order_by(table.c.key)
        async with self._database.read() as connection:
            return [JoinRow(*row) for row in await connection.execute(query)]

    async def open_mailbox(self, mailbox: MailboxRow, stale: int) -> None:
        """See `Store.open_mailbox`."""
        await self._database.write(partial(writes.open_mailbox, mailbox=mailbox, stale=stale))

    async def mailbox(self, key: bytes) -> MailboxRow | None:
        """See `Store.mailbox`."""
        table = schema.mailboxes
        async with self._database.read() as connection:
            row = (await connection.execute(sa.select(table).where(table.c.key == key))).first()
        return None if row is None else MailboxRow(*row)

    async def put_mail(self, key: bytes, side: Literal["request", "answer"], mail: bytes) -> None:
        """See `Store.put_mail`."""
        await self._database.write(partial(writes.write_mail, key=key, side=side, mail=mail))

    async def clear_mailboxes(self, stale: int) -> None:
        """See `Store.clear_mailboxes`."""
        await self._database.write(partial(writes.clear_mailboxes, stale=stale))

    async def put_chunk(
        self, space: bytes, blob: bytes, owner: bytes, index: int, size: int, now: int, digest: bytes | None = None
    ) -> None:
        """See `Store.put_chunk`."""
        chunk: writes.Values = {"space": space, "blob": blob, "index": index, "size": size, "digest": digest}
        await self._database.write(partial(writes.write_chunk, chunk=chunk, owner=owner, now=now))

    async def chunks(self, space: bytes, blob: bytes) -> dict[int, int]:
        """See `Store.chunks`."""
        async with self._database.read() as connection:
            return await noted.chunks(connection, space, blob)

    async def chunk(self, space: bytes, blob: bytes, index: int) -> NotedChunk | None:
        """See `Store.chunk`."""
        async with self._database.read() as connection:
            return await noted.chunk(connection, space, blob, index)

    async def blob_owner(self, space: bytes, blob: bytes) -> bytes | None:
        """See `Store.blob_owner`."""
        async with self._database.read() as connection:
            return await noted.owner(connection, space, blob)

    async def begun(self, space: bytes, owner: bytes) -> list[bytes]:
        """See `Store.begun`."""
        async with self._database.read() as connection:
            return await noted.begun(connection, space, owner)

    async def begun_before(self, when: int) -> list[tuple[bytes, bytes]]:
        """See `Store.begun_before`."""
        async with self._database.read() as connection:
            return await noted.begun_before(connection, when)

    async def count_chunks(self, space: bytes, blobs: Sequence[bytes]) -> int:
        """See `Store.count_chunks`."""
        async with self._database.read() as connection:
            return await noted.count_chunks(connection, space, blobs)

    async def stored_in(self, space: bytes, apiece: int) -> int:
        """See `Store.stored_in`."""
        async with self._database.read() as connection:
            return await noted.stored(connection, schema.chunks.c.space == space, apiece)

    async def stored_by(self, owner: bytes, apiece: int) -> int:
        """See `Store.stored_by`."""
        async with self._database.read() as connection:
            return await noted.stored(connection, schema.blobs.c.owner == owner, apiece)

    async def drop(self, space: bytes, blob: bytes) -> None:
        """See `Store.drop`."""
        await self._database.write(partial(writes.drop_chunks, space=space, blobs=[blob]))

    async def dropped(self) -> list[tuple[bytes, bytes]]:
        """See `Store.dropped`."""
        async with self._database.read() as connection:
            return await noted.dropped(connection)

    async def forget(self, space: bytes, blob: bytes) -> None:
        """See `Store.forget`."""
        await self._database.write(partial(writes.forget_blob, space=space, blob=blob))

    async def scrub(self) -> None:
        """See `Store.scrub`. PostgreSQL reuses the room of deleted rows in its own time."""
        await self._database.checkpoint()

    async def compact(self) -> None:
        """See `Store.compact`."""
        await self._database.compact()

    async def meta(self, key: str) -> bytes | None:
        """See `Store.meta`."""
        query = sa.select(schema.meta.c.value).where(schema.meta.c.key == key)
        async with self._database.read() as connection:
            value: bytes | None = await connection.scalar(query)
            return value

    async def put_meta(self, key: str, value: bytes) -> None:
        """See `Store.put_meta`."""
        await self._database.write(partial(writes.write_meta, key=key, value=value))

    async def claim_meta(self, key: str, value: bytes) -> bytes:
        """See `Store.claim_meta`."""
        return await self._database.write(partial(writes.claim_meta, key=key, value=value))

    async def raise_meta(self, key: str, value: bytes) -> None:
        """See `Store.raise_meta`."""
        await self._database.write(partial(writes.raise_meta, key=key, value=value))

    async def hand_on(self, beat: bytes) -> None:
        """See `Store.hand_on`."""
        if self._database.dialect == "postgresql":
            await self._database.write(partial(self._notify, channel=BEATS, news=beat))

    async def _notify(self, connection: AsyncConnection, channel: str, news: bytes) -> None:
        await connection.execute(sa.select(sa.func.pg_notify(channel, f"{self._own}:{news.hex()}")))

    def beats(self) -> AsyncIterator[bytes]:
        """See `Store.beats`. What comes while the listening connection is broken is lost."""
        return self._beats.watch()

    def watch(self) -> AsyncIterator[bytes]:
        """See `Store.watch`. Nothing is missed from this call on; it ends when the store is closed.

        After a break of the listening connection it names every space once, since any may have news.
        """
        return self._watchers.watch()
