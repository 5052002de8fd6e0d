"""How much a server holds, in numbers alone: no names, no ids (`securecall-server stats`)."""

import shutil
from pathlib import Path

import msgspec

from securecall_server.backup import LAST
from securecall_server.blobs import BlobStore
from securecall_server.restored import is_restored
from securecall_server.store import Survey


class Stats(msgspec.Struct, frozen=True):
    """Counts, and sizes in bytes. ``items`` are places of chains, ``erased`` those whose bytes are gone after a
    destroy; ``chunk_bytes`` is what the database notes of files, ``most_of_space`` what of it is in the space that
    has most, ``most_of_member`` what one member put who put most; ``blob_bytes`` is what lies in the storage; ``free``
    is the room left on the disk of the folder. ``last_backup`` is ISO 8601 (UTC), or None.
    """

    spaces: int
    items: int
    erased: int
    members: int
    devices: int
    joins: int
    mailboxes: int
    blobs: int
    chunks: int
    chunk_bytes: int
    most_of_space: int
    most_of_member: int
    blob_bytes: int
    database_bytes: int
    free: int
    last_backup: str | None
    restored: bool


async def count(folder: Path, survey: Survey, blobs: BlobStore) -> Stats:
    """Count. Raises: StoreFullError, StoreFaultError, BlobFullError, OSError."""
    counts = await survey.counts()
    lying = sum([chunk.size async for chunk in blobs.listing()])
    last = folder / LAST
    return Stats(
        counts.spaces,
        counts.places,
        counts.destroyed,
        counts.members,
        counts.devices,
        counts.joins,
        counts.mailboxes,
        counts.blobs,
        counts.chunks,
        counts.chunk_bytes,
        counts.most_of_space,
        counts.most_of_member,
        lying,
        counts.database,
        shutil.disk_usage(folder).free,
        last.read_text("ascii").strip() if last.exists() else None,
        is_restored(folder),
    )
