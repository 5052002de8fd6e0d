"""Places as they are read: rows together with the identity entries that travel with them."""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from . import schema
from .rows import PlaceRow

_places = schema.places.c


async def place(connection: AsyncConnection, query: sa.Select[bytes, int]) -> PlaceRow | None:
    """The place that ``query``, made by `newest` or `with_digest`, finds."""
    found = (await connection.execute(query)).first()
    if found is None:
        return None
    space, seq = found
    return (await between(connection, space, seq, seq))[0]


def newest(space: bytes) -> sa.Select[bytes, int]:
    """Where the newest place of a space is."""
    at = sa.select(_places.space, _places.seq).where(_places.space == space)
    return at.order_by(_places.seq.desc()).limit(1)


def with_digest(space: bytes, digest: bytes) -> sa.Select[bytes, int]:
    """Where the item with this digest is; its first place, if it had several."""
    at = sa.select(_places.space, _places.seq).where(_places.space == space, _places.digest == digest)
    return at.order_by(_places.seq).limit(1)


async def last_that_fits(
    connection: AsyncConnection, space: bytes, first: int, limit: int, most_bytes: int
) -> int | None:
    """The last seq of a page from ``first``: ``limit`` places, ``most_bytes`` bytes, one place in any case.

    None if there is no place from ``first`` on, or the limit is 0.
    """
    sizes = await connection.execute(
        sa.select(_places.seq, _places.size)
        .where(_places.space == space, _places.seq >= first)
        .order_by(_places.seq)
        .limit(limit)
    )
    last, total = None, 0
    for seq, size in sizes:
        total += size
        if last is not None and total > most_bytes:
            break
        last = seq
    return last


async def between(connection: AsyncConnection, space: bytes, first: int, last: int) -> list[PlaceRow]:
    """The places of a space from ``first`` to ``last``, both included, ascending."""
    carried = await _carried(connection, space, first, last)
    rows = await connection.execute(
        sa.select(_places.seq, _places.kind, _places.digest, _places.head, _places.item)
        .where(_places.space == space, _places.seq.between(first, last))
        .order_by(_places.seq)
    )
    return [
        PlaceRow(space, seq, kind, digest, head, item, tuple(carried.get(seq, ())))
        for seq, kind, digest, head, item in rows
    ]


async def _carried(connection: AsyncConnection, space: bytes, first: int, last: int) -> dict[int, Sequence[bytes]]:
    table = schema.place_identities.c
    rows = await connection.execute(
        sa.select(table.seq, table.item)
        .where(table.space == space, table.seq.between(first, last))
        .order_by(table.seq, table.position)
    )
    carried: defaultdict[int, list[bytes]] = defaultdict(list)
    for seq, item in rows:
        carried[seq].append(item)
    return dict(carried)
