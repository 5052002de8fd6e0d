"""Blobs and their chunks as they are read: what is noted of them, while their bytes lie in the blob store."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from . import schema
from .rows import NotedChunk

_LOOKUP = 500
"""Rows named in one question, as in `writes`."""


async def chunk(connection: AsyncConnection, space: bytes, blob: bytes, index: int) -> NotedChunk | None:
    """One chunk, if it is noted."""
    table = schema.chunks.c
    query = sa.select(table.size, table.digest).where(table.space == space, table.blob == blob, table.index == index)
    row = (await connection.execute(query)).first()
    return None if row is None else NotedChunk((space, blob, index), *row)


async def chunks(connection: AsyncConnection, space: bytes, blob: bytes) -> dict[int, int]:
    """Index to size of every chunk of a blob."""
    table = schema.chunks.c
    query = sa.select(table.index, table.size).where(table.space == space, table.blob == blob).order_by(table.index)
    return {row[0]: row[1] for row in await connection.execute(query)}


async def owner(connection: AsyncConnection, space: bytes, blob: bytes) -> bytes | None:
    """The member who began a blob."""
    table = schema.blobs.c
    found: bytes | None = await connection.scalar(
        sa.select(table.owner).where(table.space == space, table.blob == blob)
    )
    return found


async def begun(connection: AsyncConnection, space: bytes, member: bytes) -> list[bytes]:
    """The blobs that a member began in a space, ascending."""
    table = schema.blobs.c
    query = sa.select(table.blob).where(table.space == space, table.owner == member).order_by(table.blob)
    return list(await connection.scalars(query))


async def dropped(connection: AsyncConnection) -> list[tuple[bytes, bytes]]:
    """Space and blob of every blob of which no chunk is noted; one that was begun has one from the first on."""
    blobs, chunks = schema.blobs.c, schema.chunks.c
    noted = sa.select(chunks.blob).where(chunks.space == blobs.space, chunks.blob == blobs.blob).exists()
    rows = await connection.execute(sa.select(blobs.space, blobs.blob).where(~noted).order_by(blobs.space, blobs.blob))
    return [(space, blob) for space, blob in rows]


async def begun_before(connection: AsyncConnection, when: int) -> list[tuple[bytes, bytes]]:
    """Space and blob of every blob begun before ``when`` of which a chunk is noted."""
    blobs, chunks = schema.blobs.c, schema.chunks.c
    noted = sa.select(chunks.blob).where(chunks.space == blobs.space, chunks.blob == blobs.blob).exists()
    query = sa.select(blobs.space, blobs.blob).where(blobs.began < when, noted)
    return [(space, blob) for space, blob in await connection.execute(query.order_by(blobs.space, blobs.blob))]


async def count_chunks(connection: AsyncConnection, space: bytes, blobs: Sequence[bytes]) -> int:
    """How many chunks of these blobs are noted."""
    table = schema.chunks.c
    total = 0
    for start in range(0, len(blobs), _LOOKUP):
        some = (table.space == space, table.blob.in_(blobs[start : start + _LOOKUP]))
        total += await connection.scalar(sa.select(sa.func.count()).where(*some)) or 0
    return total


async def stored(connection: AsyncConnection, which: sa.ColumnElement[bool], apiece: int) -> int:
    """Bytes of the chunks of certain blobs, each counted as ``apiece`` more than it has."""
    blobs, chunks = schema.blobs.c, schema.chunks.c
    both = schema.chunks.join(schema.blobs, sa.and_(blobs.space == chunks.space, blobs.blob == chunks.blob))
    total = sa.func.coalesce(sa.func.sum(chunks.size + apiece), 0)
    return int(await connection.scalar(sa.select(total).select_from(both).where(which)) or 0)
