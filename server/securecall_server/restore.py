"""A server's folder from a backup (rows O12, F03).

Everything is put aside within the new folder first, each file under a name made here and against the listing's size
and digest, then opened and checked like any server's; only then do the files take their places, the settings last,
without which a folder is no server. The folder is marked as restored: what came after the backup is still missing.
"""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec

from securecall_server import settings
from securecall_server.archive import Listing, Reader
from securecall_server.blobs import BlobFullError, open_blobs
from securecall_server.blobs.interface import chunk_ids
from securecall_server.check import Lack, check
from securecall_server.errors import StartError
from securecall_server.faults import Damage
from securecall_server.folders import create, sync_folder
from securecall_server.restored import RESTORED, mark_restored
from securecall_server.store import StoreFaultError, StoreFullError, StoreOpenError, open_store, open_survey

_STAGE = "restoring"
_PARTS = (settings.DATABASE, settings.SETTINGS)


@dataclass(frozen=True, slots=True)
class Options:
    """Which backup to restore, and where; ``key`` is the server's key, for a backup without it."""

    file: Path
    folder: Path
    key: Path | None = None


class Restored(msgspec.Struct, frozen=True):
    """A server as it was when the backup was made."""

    folder: str
    made: str
    chunks: int
    missing: int


async def restore(options: Options) -> Restored:
    """Make the folder the server's; if it raises, nothing is left there. Raises: StartError."""
    try:
        with options.file.open("rb") as file:
            archive = Reader(file)
            _check_parts(archive, options)
            fresh = _prepare(options.folder, archive.listing)
            try:
                await _fill(archive, options)
            except BaseException:
                shutil.rmtree(options.folder if fresh else options.folder / _STAGE)
                raise
            return _settle(archive.listing, options.folder)
    except (StoreOpenError, StoreFaultError, StoreFullError, BlobFullError) as error:
        raise StartError(f"{error} Nothing was restored.") from None
    except FileNotFoundError as error:
        raise StartError(f"There is no {error.filename or options.file}. Nothing was restored.") from None
    except OSError as error:
        raise StartError(f"The backup cannot be restored: {error.strerror or error}.") from None


def _check_parts(archive: Reader, options: Options) -> None:
    if any(name not in archive.members for name in _PARTS):
        raise StartError("The backup lacks the database or the settings. Nothing was restored.")
    if (settings.KEY in archive.members) == (options.key is not None):
        raise StartError(
            "The backup was made without the server's key: name the copy of server.key with --key."
            if options.key is None
            else "The backup holds the server's key. Leave --key out."
        )


def _prepare(folder: Path, listing: Listing) -> bool:
    """Make the folder, or see that it is empty, and in it the place to put things aside; True if it was made."""
    fresh = not folder.exists()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.check_private(folder)
    if any(folder.iterdir()):
        raise StartError(f"{folder} is not empty. Name a new folder, or an empty one; nothing was changed.")
    needed, free = sum(member.size for member in listing.files), shutil.disk_usage(folder).free
    if needed > free:
        if fresh:
            folder.rmdir()
        raise StartError(f"The backup needs {needed} bytes, and the disk of {folder} has {free}. Nothing was restored.")
    (folder / _STAGE).mkdir(mode=0o700)
    return fresh


async def _fill(archive: Reader, options: Options) -> None:
    """Put everything aside, and check it. Raises: StartError."""
    stage = options.folder / _STAGE
    for name in (settings.DATABASE, settings.SETTINGS, settings.KEY):
        if name in archive.members:
            archive.copy(name, stage / name)
    if options.key is not None:
        _bring_key(options.key, stage / settings.KEY)
    _copy_chunks(archive, stage / settings.BLOBS)
    _, key = settings.load(stage)
    if key.public.hex() != archive.listing.server:
        raise StartError("The key is not that of the server in the backup. Nothing was restored.")
    await _check(stage, archive.listing)


def _bring_key(source: Path, target: Path) -> None:
    with create(target) as file:
        file.write(source.read_bytes())


def _copy_chunks(archive: Reader, root: Path) -> None:
    """Every chunk, under names made anew from its ids, which the form of the names in a backup allows alone."""
    root.mkdir(mode=0o700)
    folders = {root}
    for name in archive.members:
        parts = name.split("/")
        if len(parts) == 4 and chunk_ids(*parts[1:]) is not None:
            folder = root / parts[1] / parts[2]
            folder.parent.mkdir(mode=0o700, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            archive.copy(name, folder / parts[3])
            folders |= {folder, folder.parent}
    for folder in folders:
        sync_folder(folder)


async def _check(stage: Path, listing: Listing) -> None:
    """Bring the database forward, and refuse what `check` finds fault with, but for chunks that were lost before."""
    database = settings.database_url(stage, None)
    await (await open_store(database)).close()
    survey = await open_survey(database)
    try:
        blobs = open_blobs(settings.blobs_place(stage, None), beside=True)
        report = await check(survey, blobs, time.time(), lacks=lambda _: Lack.OLDER)
    finally:
        await survey.close()
    lost = sum(fault.kind is Damage.FILE for fault in report.faults)
    if lost != len(listing.missing) or lost != len(report.faults):
        said = "\n".join(fault.message for fault in report.faults)
        raise StartError(f"What is in the backup is damaged. Nothing was restored.\n{said}")


def _settle(listing: Listing, folder: Path) -> Restored:
    """Give everything its place: the mark before the settings, which make the folder a server."""
    stage = folder / _STAGE
    mark_restored(stage)
    (stage / RESTORED).rename(folder / RESTORED)
    for path in stage.iterdir():
        if path.name != settings.SETTINGS:
            path.rename(folder / path.name)
    sync_folder(folder)
    (stage / settings.SETTINGS).rename(folder / settings.SETTINGS)
    stage.rmdir()
    sync_folder(folder)
    chunks = sum(member.name.startswith(settings.BLOBS) for member in listing.files)
    return Restored(str(folder), listing.made, chunks, len(listing.missing))
