"""Whether all that a server keeps is whole: looked at in its folder while it does not run."""

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from securecall.chain import SpaceChain
from securecall.records import BlobRef, Record
from securecall_server.chains import created
from securecall_server.settings import BLOBS, DATABASE

Noted = dict[tuple[bytes, bytes], dict[int, int]]
"""Space and blob to the size of each chunk that is noted, by index."""


@dataclass(slots=True)
class _Kept:
    """A space as it is kept: its verified chain, its items in order, and the blobs that its records list."""

    chain: SpaceChain
    items: list[bytes] = field(default_factory=list)
    listed: list[BlobRef] = field(default_factory=list)

    def take(
        self, seq: int, kind: int, digest: bytes, head: bytes, item: bytes | None, identities: Sequence[bytes]
    ) -> None:
        """One more place, verified, with the head that was written for it."""
        if item is None:
            step = self.chain.append_absent(kind, digest)
        else:
            step = self.chain.append(kind, item, identities)
        assert (step.seq, step.head) == (seq, head)
        self.items.append(item or b"")
        if isinstance(step.body, Record):
            self.listed.extend(step.body.header.blobs)

    def check_blobs(self, noted: Noted) -> None:
        """What records list is noted whole, unless a record or the end of the space has let it go."""
        for ref in () if self.chain.destroyed else self.listed:
            chunks = noted.get((self.chain.space, ref.blob), {})
            if ref.blob in self.chain.dropped:
                assert not chunks, "a chunk of a dropped blob is still noted"
            else:
                assert (sorted(chunks), sum(chunks.values())) == (list(range(ref.chunks)), ref.size)


def assert_whole(folder: Path) -> dict[bytes, list[bytes]]:
    """The server in ``folder``, which is not running, is whole; every space's items, in order.

    The database is sound; every chain verifies from its first entry on, with the heads that were written; every chunk
    that is noted has its file, of its size; and every blob that a record lists and nobody has let go is noted whole.
    What a killed server left half done is no fault: see `leftovers` and `unnoted`.
    """
    with tempfile.TemporaryDirectory() as aside, closing(_copy(folder, Path(aside))) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        spaces = _spaces(database)
        noted = _noted(database)
    for (space, blob), chunks in noted.items():
        for index, size in chunks.items():
            path = _chunk(folder, space, blob, index)
            assert path.is_file(), f"dangling: a chunk is noted, and {path} is not there"
            assert path.stat().st_size == size
    for kept in spaces.values():
        kept.check_blobs(noted)
    return {space: kept.items for space, kept in spaces.items()}


def leftovers(folder: Path) -> list[Path]:
    """Chunks of which a killed server had written a part; the next start clears them away."""
    return sorted((folder / BLOBS).rglob("*.part"))


def unnoted(folder: Path) -> list[Path]:
    """Chunks that are there whole and that nothing notes yet: the server was killed between the two.

    Sent again they are noted; otherwise they go with their blob, or with what is purged.
    """
    with tempfile.TemporaryDirectory() as aside, closing(_copy(folder, Path(aside))) as database:
        noted = _noted(database)
    known = {_chunk(folder, *blob, index) for blob, chunks in noted.items() for index in chunks}
    there = {path for path in (folder / BLOBS).rglob("*") if path.is_file()}
    return sorted(there - known - set(leftovers(folder)))


def _copy(folder: Path, aside: Path) -> sqlite3.Connection:
    """A copy of the database as a power cut left it, so that looking at it mends nothing."""
    for path in folder.iterdir():
        if re.fullmatch(rf"{re.escape(DATABASE)}(-wal)?", path.name):
            shutil.copyfile(path, aside / path.name)
    return sqlite3.connect(aside / DATABASE)


def _spaces(database: sqlite3.Connection) -> dict[bytes, _Kept]:
    """Every space; one that hangs on another comes after it."""
    firsts = dict(database.execute("SELECT space, item FROM places WHERE seq = 0"))
    assert set(firsts) == {space for (space,) in database.execute("SELECT DISTINCT space FROM places")}
    parents = {space: change.parent for space, item in firsts.items() if (change := created(item)) is not None}
    spaces: dict[bytes, _Kept] = {}
    for space in sorted(parents, key=lambda space: parents[space] is not None):
        parent = parents[space]
        spaces[space] = _Kept(SpaceChain(space, spaces[parent.space].chain if parent else None))
        for row in _places(database, space):
            spaces[space].take(*row)
    return spaces


def _places(
    database: sqlite3.Connection, space: bytes
) -> list[tuple[int, int, bytes, bytes, bytes | None, Sequence[bytes]]]:
    carried: dict[int, list[bytes]] = {}
    rows = "SELECT seq, item FROM place_identities WHERE space = ? ORDER BY seq, position"
    for seq, item in database.execute(rows, (space,)):
        carried.setdefault(seq, []).append(item)
    rows = "SELECT seq, kind, digest, head, item FROM places WHERE space = ? ORDER BY seq"
    return [(*row, carried.get(row[0], [])) for row in database.execute(rows, (space,))]


def _noted(database: sqlite3.Connection) -> Noted:
    noted: Noted = {}
    for space, blob, index, size in database.execute('SELECT space, blob, "index", size FROM chunks'):
        noted.setdefault((space, blob), {})[index] = size
    return noted


def _chunk(folder: Path, space: bytes, blob: bytes, index: int) -> Path:
    return folder / BLOBS / space.hex() / blob.hex() / f"{index:04x}"
