"""A backup of a server, made beside it while it serves (rows O12, T10).

The database first, as of one moment; then the chunks that this database notes, which never change. A chunk that is
gone by then was dropped in between, and the database is copied anew, so that the backup notes nothing that it lacks.
All of it is ciphertext, public keys and opaque ids, but for the server's own signing key. Whoever has that can
pretend to be the server, and read nothing by it: it goes along, because without it the server cannot be restored as
the same, unless it is kept elsewhere (``with_key``).
"""

import errno
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from securecall_server import settings
from securecall_server.archive import VERSION, Listing, Member, Writer
from securecall_server.blobs import BlobFullError, BlobMissingError, BlobStore, open_blobs
from securecall_server.blobs.interface import chunk_name
from securecall_server.errors import StartError
from securecall_server.folders import sync_folder
from securecall_server.store import NotedChunk, StoreFaultError, StoreFullError, StoreOpenError, Survey, open_survey

LAST = "last-backup"
"""The file in the server's folder that says when its last backup was made (ISO 8601, UTC)."""
_LINKLESS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS}
"""What file systems without links say, such as FAT; there the name is taken first, by an empty file."""
_ROUNDS = 10
"""Times that the database is copied; each further time, somebody has dropped a file during the one before."""

_POSTGRES = """\
Backups are made of the embedded database alone. With PostgreSQL: first `pg_dump --format=custom`, then copy the
blobs, then server.json and server.key; in this order, because blobs never change and the database must not name one
that the copy lacks. docs/running.md has the commands."""
_REMOTE = """\
Backups are made of blobs in a folder alone. With an object store: copy server.db by `sqlite3 server.db ".backup ..."`
first, then the bucket by its own tools, then server.json and server.key."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to back up, and where to; ``database`` and ``blobs`` are None for the folder's.

    With ``despite_damage`` chunks that the disk has lost are left out, and named.
    """

    folder: Path
    file: Path
    database: str | None = None
    blobs: str | None = None
    with_key: bool = True
    despite_damage: bool = False


class Backup(msgspec.Struct, frozen=True):
    """A backup that was made: its size in bytes, and how many chunks are in it and were not there."""

    file: str
    made: str
    size: int
    chunks: int
    missing: int
    with_key: bool


async def back_up(options: Options) -> Backup:
    """Make the backup; it is on disk when this returns, and not there at all if it raises. Raises: StartError."""
    _, key = settings.load(options.folder)
    database, blobs = _sources(options)
    _check_target(options)
    try:
        survey = await open_survey(database)
        try:
            return await _write(options, key.public, survey, open_blobs(blobs, beside=True))
        finally:
            await survey.close()
    except (StoreOpenError, StoreFaultError, StoreFullError, BlobFullError) as error:
        raise StartError(f"{error} No backup was made.") from None
    except OSError as error:
        raise StartError(f"The backup cannot be written: {error.strerror}. No backup was made.") from None


def _sources(options: Options) -> tuple[str, str]:
    database = settings.database_url(options.folder, options.database)
    blobs = settings.blobs_place(options.folder, options.blobs)
    if not database.startswith("sqlite:"):
        raise StartError(_POSTGRES)
    if "://" in blobs:
        raise StartError(_REMOTE)
    return database, blobs


def _check_target(options: Options) -> None:
    file, folder = options.file.absolute(), options.folder.resolve()
    if os.path.lexists(file):
        raise StartError(f"{file} is there already, and is not written over. Name another file.")
    if not file.parent.is_dir():
        raise StartError(f"There is no folder {file.parent}. Make it, for yourself alone.")
    if folder in (file.parent.resolve(), *file.parent.resolve().parents):
        raise StartError("A backup in the server's own folder is lost with it. Name a file elsewhere.")


async def _write(options: Options, server: bytes, survey: Survey, blobs: BlobStore) -> Backup:
    """Under another name first, which becomes the file's own once everything is on disk."""
    file = options.file.absolute()
    handle, part = tempfile.mkstemp(".part", f".{file.name}.", file.parent)
    try:
        with os.fdopen(handle, "wb") as target:
            listing = await _fill(options, server, survey, blobs, target)
        _give_name(part, file)
        sync_folder(file.parent)
    finally:
        Path(part).unlink(missing_ok=True)
    _note(options.folder, listing.made)
    chunks = sum(member.name.startswith("blobs/") for member in listing.files)
    return Backup(str(file), listing.made, file.stat().st_size, chunks, len(listing.missing), options.with_key)


def _give_name(part: str, file: Path) -> None:
    """Unlike a rename, a link never takes the place of what is there. Raises: OSError."""
    try:
        os.link(part, file)
    except OSError as error:
        if error.errno not in _LINKLESS:
            raise
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        Path(part).replace(file)


async def _fill(options: Options, server: bytes, survey: Survey, blobs: BlobStore, target: BinaryIO) -> Listing:
    made = datetime.now(UTC).isoformat(timespec="seconds")
    writer = Writer(target)
    with tempfile.TemporaryDirectory(prefix=f".{options.file.name}.", dir=options.file.absolute().parent) as stage:
        copy = Path(stage) / settings.DATABASE
        chunks, missing = await _collect(survey, blobs, writer, copy)
        if missing and not options.despite_damage:
            raise StartError(_lost(len(missing)))
        files = [writer.add_file(settings.DATABASE, copy), *chunks]
    names = (settings.SETTINGS, settings.KEY) if options.with_key else (settings.SETTINGS,)
    files.extend(writer.add(name, (options.folder / name).read_bytes()) for name in names)
    listing = Listing(VERSION, made, server.hex(), files, missing)
    writer.finish(listing)
    return listing


async def _collect(survey: Survey, blobs: BlobStore, writer: Writer, copy: Path) -> tuple[list[Member], list[str]]:
    """Leave a copy of the database at ``copy`` and add the chunks that it notes; those, and which are lost."""
    there: dict[str, Member] = {}
    for _ in range(_ROUNDS):
        copy.unlink(missing_ok=True)
        await survey.copy(copy)
        noted = await _noted(copy)
        gone = [chunk for chunk in noted if not await _add(blobs, writer, chunk, there)]
        lost = [chunk for chunk in gone if await survey.store.chunk(*chunk.id) is not None]
        if len(lost) == len(gone):
            members = [there[name] for chunk in noted if (name := _name(chunk)) in there]
            return members, [_name(chunk) for chunk in lost]
    raise StartError("Files are being deleted faster than they can be copied. Try again later. No backup was made.")


async def _noted(copy: Path) -> list[NotedChunk]:
    survey = await open_survey(f"sqlite:///{copy}")
    try:
        return await survey.chunks()
    finally:
        await survey.close()


async def _add(blobs: BlobStore, writer: Writer, chunk: NotedChunk, there: dict[str, Member]) -> bool:
    """Add a chunk unless it is in already; False if it is not there as it was noted."""
    if _name(chunk) in there:
        return True
    try:
        data = await blobs.get(*chunk.id)
    except (BlobMissingError, BlobFullError):  # gone, or the disk does not give it
        return False
    whole = chunk.is_whole(data)
    if whole:
        there[_name(chunk)] = writer.add(_name(chunk), data)
    return whole


def _name(chunk: NotedChunk) -> str:
    return "/".join((settings.BLOBS, *chunk_name(*chunk.id)))


def _lost(chunks: int) -> str:
    return (
        f"The disk has lost {chunks} pieces of files that the database names, or changed them. Look at "
        "`securecall-server check --read-all`. "
        "--despite-damage makes a backup of all that is there. No backup was made."
    )


def _note(folder: Path, made: str) -> None:
    """Note when; a folder that cannot be written to has a good backup all the same."""
    with suppress(OSError):
        handle, part = tempfile.mkstemp(".part", f"{LAST}.", folder)
        with os.fdopen(handle, "w") as file:
            file.write(f"{made}\n")
        Path(part).replace(folder / LAST)
