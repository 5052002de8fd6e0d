"""Spaces that notices let this device into and that were not found yet: who spoke of which (protocol 10; row G05)."""

from securecall.entries import Seen
from securecall_client.content import NoticeText
from securecall_client.replica import Replica

MOST = 16
"""Spaces that one member's notices may speak of and that are not there (yet)."""


class Unfound:
    """What a profile was told of, until it is found."""

    def __init__(self, replica: Replica) -> None:
        self._replica, self._database = replica, replica.database

    async def tell(self, parent: bytes, author: bytes, notice: NoticeText) -> None:
        """Keep what a notice in ``parent`` spoke of; of one author, no more than `MOST`."""
        rows = await self._database.rows("SELECT count(*) FROM told WHERE author = ?", (author,))
        if rows[0][0] < MOST:
            values = (notice.space, parent, author, notice.at.seq, notice.at.head)
            await self._database.do("INSERT OR IGNORE INTO told VALUES (?, ?, ?, ?, ?)", values)

    async def found(self, space: bytes) -> None:
        """Forget what was told of a space: it was there."""
        await self._database.do("DELETE FROM told WHERE space = ?", (space,))

    async def told(self, parent: bytes) -> list[tuple[bytes, NoticeText]]:
        """Who spoke, in notices in ``parent``, of which spaces."""
        rows = await self._database.rows("SELECT author, space, seq, head FROM told WHERE parent = ?", (parent,))
        return [(row[0], NoticeText(row[1], Seen(row[2], row[3]))) for row in rows]

    async def tried(self, parent: bytes) -> int:
        """The place up to which the notices in ``parent`` were tried; -1 at first."""
        return int(await self._replica.number(_name(parent)) or -1)

    async def set_tried(self, parent: bytes, seq: int) -> None:
        """Remember it."""
        await self._replica.set_meta(_name(parent), str(seq).encode())


def _name(parent: bytes) -> str:
    return f"notices {parent.hex()}"
