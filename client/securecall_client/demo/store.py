"""What whoever seizes the server has: its database with the WAL, and its blobs, read as plain files."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from securecall import entries as e
from securecall.caps import ENTRY_BYTES, RECORD_BYTES
from securecall.labels import Label
from securecall.records import Record
from securecall.state import ENTRY
from securecall.wire import read
from securecall_client.transport import Place

DATABASE: Final = "server.db"
WAL: Final = "server.db-wal"
_BLOBS: Final = "blobs"


class Item(NamedTuple):
    """A place of a chain, decoded."""

    seq: int
    body: e.Entry | Record


class Grant(NamedTuple):
    """A grant as the server keeps it."""

    seq: int
    device: bytes
    box: bytes


class Store:
    """A copy of a server's store in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def copy(cls, server: Path, folder: Path, *, blobs: bool = False) -> "Store":
        """Copy the store of the server in ``server`` as it stands, while it serves, as a thief would."""
        folder.mkdir(mode=0o700)
        for name in (DATABASE, WAL):
            if (server / name).exists():
                shutil.copyfile(server / name, folder / name)
        if blobs:
            shutil.copytree(server / _BLOBS, folder / _BLOBS)
        return cls(folder)

    def spaces(self) -> list[bytes]:
        """Every space, by id."""
        return [row[0] for row in self._rows("SELECT DISTINCT space FROM places ORDER BY space")]

    def places(self, space: bytes) -> list[Place]:
        """The places of a space's chain as a client is given them."""
        identities: dict[int, list[bytes]] = {}
        query = "SELECT seq, item FROM place_identities WHERE space = ? ORDER BY seq, position"
        for seq, item in self._rows(query, space):
            identities.setdefault(seq, []).append(item)
        rows = self._rows("SELECT seq, kind, digest, item FROM places WHERE space = ? ORDER BY seq", space)
        return [Place(kind, digest, item, tuple(identities.get(seq, ()))) for seq, kind, digest, item in rows]

    def items(self, space: bytes) -> list[Item]:
        """The items of a space that are there, their signatures checked."""
        return [
            Item(seq, _read(place.kind, place.item))
            for seq, place in enumerate(self.places(space))
            if place.item is not None
        ]

    def records(self, space: bytes) -> list[bytes]:
        """The id of every record of a space, in order."""
        return [item.body.header.id for item in self.items(space) if isinstance(item.body, Record)]

    def grants(self, space: bytes) -> list[Grant]:
        """Every grant in a space, to whomever."""
        return [Grant(*row) for row in self._rows("SELECT seq, device, box FROM grants WHERE space = ?", space)]

    def member(self, device: bytes) -> bytes:
        """The member whose device it is."""
        rows = self._rows("SELECT member FROM devices WHERE device = ?", device)
        member: bytes = rows[0][0]
        return member

    def chunks(self, space: bytes, blob: bytes) -> Iterator[bytes]:
        """The chunks of a blob as stored, in order."""
        folder = self._folder / _BLOBS / space.hex() / blob.hex()
        for path in sorted(folder.iterdir()):
            yield path.read_bytes()

    def _rows(self, query: str, *values: bytes) -> list[tuple]:  # type: ignore[type-arg]  # columns vary by query
        with closing(sqlite3.connect(self._folder / DATABASE)) as database:
            return database.execute(query, values).fetchall()


def _read(kind: int, item: bytes) -> e.Entry | Record:
    if kind == ENTRY:
        return read(item, Label.ENTRY, e.Entry, ENTRY_BYTES).value
    return read(item, Label.RECORD, Record, RECORD_BYTES).value
