"""Blobs in a folder: each chunk is written aside, forced to disk, and only then given its name.

The name is given by a hard link, which unlike a rename never replaces what is there. A temporary file is
locked while it is written, so that a second process on the same folder clears away only what is left over.
"""

import asyncio
import errno
import fcntl
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from securecall_server.folders import sync_folder

from .interface import (
    BlobConflictError,
    BlobFullError,
    BlobMissingError,
    BlobOpenError,
    StoredChunk,
    chunk_ids,
    chunk_name,
)

_PART = ".part"


class FolderBlobs:
    """The blob store in ``root``, which is made if it is new; chunks lie in ``space/blob/index``, in hex."""

    def __init__(self, root: Path, *, beside: bool = False) -> None:
        """Clear leftovers away, but for ``beside``: a server may be at work here. Raises `BlobOpenError`."""
        self._root = root
        if beside:
            return
        try:
            _make_folder(root)
            for part in root.glob(f"*/*/*{_PART}"):
                _clear(part)
        except OSError as error:
            raise BlobOpenError(f"The folder {root} cannot be used for blobs: {error.strerror}.") from None

    async def put(self, space: bytes, blob: bytes, index: int, data: bytes) -> None:
        """See `BlobStore.put`."""
        await asyncio.to_thread(self._put, chunk_name(space, blob, index), data)

    def _put(self, name: tuple[str, str, str], data: bytes) -> None:
        space, blob, index = name
        folder = self._root / space / blob
        with _full():
            _make_folder(folder.parent)
            _make_folder(folder)
            _write_once(folder / index, data)
            sync_folder(folder)

    async def get(self, space: bytes, blob: bytes, index: int) -> bytes:
        """See `BlobStore.get`."""
        path = self._root.joinpath(*chunk_name(space, blob, index))
        with _full():
            try:
                return await asyncio.to_thread(path.read_bytes)
            except FileNotFoundError:
                raise BlobMissingError("There is no such chunk.") from None

    async def delete(self, space: bytes, blob: bytes) -> None:
        """See `BlobStore.delete`."""
        await asyncio.to_thread(self._delete, self._root.joinpath(*chunk_name(space, blob, 0)[:2]))

    def _delete(self, folder: Path) -> None:
        with _full(), suppress(FileNotFoundError):
            for path in folder.iterdir():
                path.unlink(missing_ok=True)
            folder.rmdir()
            sync_folder(folder.parent)

    async def delete_chunk(self, space: bytes, blob: bytes, index: int) -> None:
        """See `BlobStore.delete_chunk`."""
        await asyncio.to_thread(self._delete_chunk, self._root.joinpath(*chunk_name(space, blob, index)))

    def _delete_chunk(self, path: Path) -> None:
        with _full(), suppress(FileNotFoundError):
            path.unlink()
            sync_folder(path.parent)
            if not any(path.parent.iterdir()):
                path.parent.rmdir()

    async def listing(self) -> AsyncIterator[StoredChunk]:
        """See `BlobStore.listing`."""
        with _full():
            for folder in await asyncio.to_thread(_folders, self._root):
                for chunk in await asyncio.to_thread(_chunks, folder):
                    yield chunk

    async def check(self) -> None:
        """See `BlobStore.check`."""
        with _full():
            await asyncio.to_thread(_probe, self._root)


@contextmanager
def _full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = "is full" if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} else "fails"
        raise BlobFullError(f"The disk of the blobs {reason} ({error.strerror}).") from None


def _make_folder(path: Path) -> None:
    """Make it, for its owner alone, if it is new.

    Its name is forced to disk even if it was there: whoever made it may not have come so far yet.
    """
    path.mkdir(0o700, exist_ok=True)
    sync_folder(path.parent)


def _write_once(path: Path, data: bytes) -> None:
    """Write ``data`` under a name that has not had any; the caller forces the name itself to disk."""
    with suppress(FileExistsError):
        if not path.exists():
            _write_new(path, data)
            return
    if path.read_bytes() != data:
        raise BlobConflictError("Other bytes stand under that name; nothing was changed.")


def _write_new(path: Path, data: bytes) -> None:
    """Raises `FileExistsError` if somebody else was quicker."""
    handle, part = tempfile.mkstemp(_PART, dir=path.parent)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
        os.link(part, path)
    finally:
        Path(part).unlink(missing_ok=True)
        os.close(handle)


def _clear(part: Path) -> None:
    """Remove a temporary file unless somebody is writing it."""
    handle = os.open(part, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        part.unlink()
    except BlockingIOError:
        return
    finally:
        os.close(handle)


def _folders(root: Path) -> list[Path]:
    """Folders of blobs. A root that is gone is an error, and not a storage without blobs."""
    spaces = [space for space in root.iterdir() if space.is_dir()]
    return [blob for space in spaces for blob in space.iterdir() if blob.is_dir()]


def _chunks(folder: Path) -> list[StoredChunk]:
    """Those of a blob that may be deleted meanwhile."""
    chunks = []
    with suppress(FileNotFoundError):
        for path in folder.iterdir():
            ids = chunk_ids(folder.parent.name, folder.name, path.name)
            if ids is not None:
                status = path.stat()
                chunks.append(StoredChunk(ids, status.st_size, status.st_mtime))
    return chunks


def _probe(root: Path) -> None:
    """Look, and write nothing: anybody may have this done. Raises: OSError."""
    if not os.access(root.resolve(strict=True), os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    if not os.statvfs(root).f_bavail:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
