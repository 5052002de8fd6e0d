"""The statements that write, each on a connection whose transaction the caller opened and will commit.

Both databases understand them alike. Rows go in sorted and tables always in the same order, so that two
processes may wait for each other, but never in a ring.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from securecall.state import ENTRY

from . import schema
from .interface import ConflictError
from .rows import Append, DeviceRow, IdentityRow, JoinRow, MailboxRow

Values = Mapping[str, bytes | int | str | None]

_LOOKUP = 500
"""Rows named in one question; SQLite takes 32,766 parameters, PostgreSQL 32,767."""


def insert(connection: AsyncConnection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say ON CONFLICT, in the connection's dialect."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


async def append(connection: AsyncConnection, batch: Sequence[Append]) -> None:
    """All that the batch writes. Raises `ConflictError` if a place is not the next of its space."""
    await _refuse_gaps(connection, batch)
    await _insert(connection, schema.places, (_place(item) for item in batch))
    await write_identities(connection, [row for item in batch for row in item.identities])
    await write_devices(connection, [row for item in batch for row in item.devices])
    await _insert(connection, schema.place_identities, (row for item in batch for row in _carried(item)))
    await _insert(connection, schema.grants, (vars(grant) for item in batch for grant in item.grants))
    await _finish_joins(connection, batch)
    for item in batch:
        await _let_go(connection, item)


async def _refuse_gaps(connection: AsyncConnection, batch: Sequence[Append]) -> None:
    """Two writers that both pass here meet at the primary key of `places`: the second waits and conflicts."""
    heads = await _newest(connection, sorted({item.place.space for item in batch}))
    for item in batch:
        space, seq = item.place.space, item.place.seq
        if seq != heads.get(space, -1) + 1:
            raise ConflictError("That place is not the next one of its chain; nothing was changed.")
        heads[space] = seq


async def _newest(connection: AsyncConnection, spaces: Sequence[bytes]) -> dict[bytes, int]:
    places = schema.places.c
    heads: dict[bytes, int] = {}
    for start in range(0, len(spaces), _LOOKUP):
        some = places.space.in_(spaces[start : start + _LOOKUP])
        rows = await connection.execute(
            sa.select(places.space, sa.func.max(places.seq)).where(some).group_by(places.space)
        )
        heads.update((space, seq) for space, seq in rows)
    return heads


def _place(item: Append) -> Values:
    place = item.place
    return {
        "space": place.space,
        "seq": place.seq,
        "kind": place.kind,
        "digest": place.digest,
        "head": place.head,
        "size": len(place.item or b"") + sum(map(len, place.identities)),
        "item": place.item,
    }


def _carried(item: Append) -> Iterable[Values]:
    place = item.place
    for position, identity in enumerate(place.identities):
        yield {"space": place.space, "seq": place.seq, "position": position, "item": identity}


async def _insert(connection: AsyncConnection, table: sa.Table, rows: Iterable[Values]) -> None:
    keys = [column.name for column in table.primary_key]
    if ordered := sorted(rows, key=lambda row: [row[key] for key in keys]):
        await connection.execute(sa.insert(table), ordered)


async def write_identities(connection: AsyncConnection, rows: Sequence[IdentityRow]) -> None:
    """Write identity entries. Raises `ConflictError` if one is there with other bytes."""
    new: dict[tuple[bytes, int], bytes] = {}
    for row in rows:
        if new.setdefault((row.member, row.number), row.item) != row.item:
            raise ConflictError("Two identity entries claim one number; nothing was changed.")
    if not new:
        return
    ordered = sorted(new)
    await connection.execute(
        insert(connection, schema.identities).on_conflict_do_nothing(),
        [{"member": member, "number": number, "item": new[member, number]} for member, number in ordered],
    )
    for start in range(0, len(ordered), _LOOKUP):
        await _compare_identities(connection, ordered[start : start + _LOOKUP], new)


async def _compare_identities(
    connection: AsyncConnection, keys: Sequence[tuple[bytes, int]], new: Mapping[tuple[bytes, int], bytes]
) -> None:
    table = schema.identities.c
    rows = await connection.execute(sa.select(*table).where(sa.tuple_(table.member, table.number).in_(keys)))
    if any(item != new[member, number] for member, number, item in rows):
        raise ConflictError("Somebody else wrote that identity entry first; nothing was changed.")


async def write_devices(connection: AsyncConnection, rows: Sequence[DeviceRow]) -> None:
    """Write devices, or write over them; of several rows for one device the last counts."""
    latest = {row.device: vars(row) for row in rows}
    if not latest:
        return
    statement = insert(connection, schema.devices)
    changed = {name: statement.excluded[name] for name in ("member", "login", "live")}
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["device"], set_=changed),
        [latest[device] for device in sorted(latest)],
    )


async def _finish_joins(connection: AsyncConnection, batch: Sequence[Append]) -> None:
    done = sorted((item.place.space, key) for item in batch for key in item.joins_done)
    if done:
        joins = schema.joins
        await connection.execute(
            sa.delete(joins).where(joins.c.space == sa.bindparam("at_space"), joins.c.key == sa.bindparam("at_key")),
            [{"at_space": space, "at_key": key} for space, key in done],
        )


async def _let_go(connection: AsyncConnection, item: Append) -> None:
    """Delete what the item ends; entries and digests stay."""
    space, places = item.place.space, schema.places
    if item.destroys:
        records = sa.update(places).where(places.c.space == space, places.c.kind != ENTRY)
        await connection.execute(records.values(item=None, size=0))
        for table in (schema.grants, schema.joins, schema.chunks):
            await connection.execute(sa.delete(table).where(table.c.space == space))
    elif item.drops:
        await drop_chunks(connection, space, item.drops)


async def drop_chunks(connection: AsyncConnection, space: bytes, blobs: Sequence[bytes]) -> None:
    """Note the chunks of these blobs no more."""
    chunks = schema.chunks.c
    await connection.execute(sa.delete(schema.chunks).where(chunks.space == space, chunks.blob.in_(blobs)))


async def forget_blob(connection: AsyncConnection, space: bytes, blob: bytes) -> None:
    """Keep nothing of a blob of which no chunk is noted."""
    blobs, chunks = schema.blobs.c, schema.chunks.c
    noted = sa.select(chunks.blob).where(chunks.space == space, chunks.blob == blob).exists()
    await connection.execute(sa.delete(schema.blobs).where(blobs.space == space, blobs.blob == blob, ~noted))


async def write_join(connection: AsyncConnection, join: JoinRow) -> None:
    """Keep a join request. Raises `ConflictError` if another member's stands under its key."""
    statement = insert(connection, schema.joins).values(vars(join))
    new = statement.excluded
    kept = await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["space", "key"],
            set_={"request": new.request, "letter": new.letter},
            where=schema.joins.c.member == new.member,
        ).returning(schema.joins.c.key)
    )
    if kept.first() is None:
        raise ConflictError("Another member has asked to join with that invitation; nothing was changed.")


async def open_mailbox(connection: AsyncConnection, mailbox: MailboxRow, stale: int) -> None:
    """Open a mailbox in place of the member's last one. Raises `ConflictError` if its key is another's."""
    table = schema.mailboxes
    await clear_mailboxes(connection, stale)
    await connection.execute(sa.delete(table).where(table.c.member == mailbox.member))
    opened = await connection.execute(
        insert(connection, table).values(vars(mailbox)).on_conflict_do_nothing().returning(table.c.key)
    )
    if opened.first() is None:
        raise ConflictError("That key is another mailbox's; nothing was changed.")


async def clear_mailboxes(connection: AsyncConnection, stale: int) -> None:
    """Drop mailboxes that were opened before ``stale``."""
    await connection.execute(sa.delete(schema.mailboxes).where(schema.mailboxes.c.opened < stale))


async def write_mail(connection: AsyncConnection, key: bytes, side: Literal["request", "answer"], mail: bytes) -> None:
    """Leave a message. Raises `ConflictError` if the mailbox is not there, or holds another one."""
    table, column = schema.mailboxes, schema.mailboxes.c[side]
    there = sa.or_(column.is_(None), column == mail)
    left = await connection.execute(
        sa.update(table).where(table.c.key == key, there).values({side: mail}).returning(table.c.key)
    )
    if left.first() is None:
        raise ConflictError("Another message is there, or no mailbox; nothing was changed.")


async def write_chunk(connection: AsyncConnection, chunk: Values, owner: bytes, now: int) -> None:
    """Note a chunk, a row of `schema.chunks`. Raises `ConflictError` if blob or chunk stand there otherwise."""
    begun = {"space": chunk["space"], "blob": chunk["blob"], "owner": owner, "began": now}
    await connection.execute(insert(connection, schema.blobs).values(begun).on_conflict_do_nothing())
    statement = insert(connection, schema.chunks).values(chunk)
    keys = ["space", "blob", "index"]
    blobs, chunks = schema.blobs.c, schema.chunks.c
    digest = {"digest": statement.excluded.digest}
    await connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=digest, where=chunks.digest.is_(None))
    )
    at = (chunks[key] == chunk[key] for key in keys)
    stands = sa.select(blobs.owner, chunks.size).join_from(schema.blobs, schema.chunks).where(*at)
    if tuple((await connection.execute(stands)).one()) != (owner, chunk["size"]):
        raise ConflictError("That blob is another member's, or that chunk has another size; nothing was changed.")


async def write_meta(connection: AsyncConnection, key: str, value: bytes) -> None:
    """Set a value, or write over it."""
    statement = insert(connection, schema.meta).values(key=key, value=value)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["key"], set_={"value": statement.excluded.value})
    )


async def claim_meta(connection: AsyncConnection, key: str, value: bytes) -> bytes:
    """Set a value unless there is one; what stands."""
    await connection.execute(insert(connection, schema.meta).values(key=key, value=value).on_conflict_do_nothing())
    # A claim that lost has waited for the winner's commit, and so sees it here.
    rows = await connection.execute(sa.select(schema.meta.c.value).where(schema.meta.c.key == key))
    stands: bytes = rows.scalar_one()
    return stands


async def raise_meta(connection: AsyncConnection, key: str, value: bytes) -> None:
    """Set a value, or write over a lesser one."""
    statement = insert(connection, schema.meta).values(key=key, value=value)
    new = statement.excluded.value
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["key"], set_={"value": new}, where=schema.meta.c.value < new)
    )
