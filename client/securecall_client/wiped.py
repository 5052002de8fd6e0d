"""Which spaces were wiped from this computer, and what is kept of them: what one wrote there, sealed anew."""

from collections.abc import Mapping

from securecall.state import ENTRY
from securecall_client.database import Database


class Wiped:
    """What a replica has left of spaces that were wiped. Every method is durable when it returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def wipe(self, space: bytes, kept: Mapping[int, bytes]) -> None:
        """Delete a space's grants and the bytes of all its records; keep ``kept`` (place to sealed body) instead."""
        async with self._database.at_once():
            await self._database.do("DELETE FROM grants WHERE space = ?", (space,))
            await self._database.do("UPDATE places SET item = NULL WHERE space = ? AND kind <> ?", (space, ENTRY))
            await self._database.do("DELETE FROM kept WHERE space = ?", (space,))
            await self._database.do_each(
                "INSERT INTO kept VALUES (?, ?, ?)", [(space, seq, body) for seq, body in kept.items()]
            )
        # What was deleted is overwritten in the file (`secure_delete`); here it goes from the log too.
        await self._database.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    async def kept(self, space: bytes) -> dict[int, bytes]:
        """Place to sealed body of what is kept of a space that was wiped; empty of one that was not."""
        rows = await self._database.rows("SELECT seq, body FROM kept WHERE space = ?", (space,))
        return {row[0]: row[1] for row in rows}

    async def wiped(self) -> set[bytes]:
        """The spaces that were wiped."""
        return {row[0] for row in await self._database.rows("SELECT DISTINCT space FROM kept")}

    async def unwipe(self, space: bytes) -> None:
        """A space that was wiped is here again, whole."""
        await self._database.do("DELETE FROM kept WHERE space = ?", (space,))
