"""Files on their way: sealed chunk by chunk into the profile, and sent from there (protocol 9).

A file is *saved here* as soon as its chunks are; a break re-sends the same bytes, and only those that the server
does not have.
"""

import asyncio
import mimetypes
import os
import shutil
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from securecall.records import BlobRef
from securecall.sentences import sentence
from securecall_client.content import Document
from securecall_client.errors import FileError, ProofError
from securecall_client.files import write_atomic
from securecall_client.folder import private_dir
from securecall_client.text import size as shown_size
from securecall_client.transport import Transport
from securecall_keys.blobs import (
    OVERHEAD,
    SIZE_MOST,
    BlobKey,
    FileChangedError,
    chunk_count,
    chunk_digest,
    open_chunk,
    seal_chunks,
)
from securecall_keys.errors import CannotOpenError
from securecall_keys.secret import Secret

AT_ONCE = 3
"""Chunks in flight."""


class Sink(Protocol):
    """Where a file's bytes go."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes, all of them."""


Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""


@dataclass(frozen=True)
class Source:
    """What is to be sealed: a name, bytes in all, and what gives the next ones. It need not be a file on any disk."""

    name: str
    size: int
    read: Callable[[int], bytes]

    @classmethod
    def of_file(cls, name: str, file: BinaryIO) -> "Source":
        """An open file, all of it; it may be in memory alone."""
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        return cls(name, size, file.read)


class BlobStore:
    """The profile's folder of chunks that have not all reached the server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def seal(self, source: Source, document: bytes, progress: Progress) -> tuple[Document, BlobRef]:
        """Seal what comes from ``source`` into the profile; nothing of it stays if that fails. Others go on meanwhile.

        Raises: FileError if it is too large, cannot be read, or changes while it is read.
        """
        key = BlobKey.generate()
        home = private_dir(self._folder / key.blob.hex())
        try:
            return await self._seal(source, document, key, progress)
        except (OSError, FileChangedError) as error:
            shutil.rmtree(home, ignore_errors=True)
            why = error.strerror if isinstance(error, OSError) and error.strerror else error
            raise FileError(sentence("%(name)s was not put up: %(why)s.", name=source.name, why=why)) from error
        except BaseException:
            shutil.rmtree(home, ignore_errors=True)
            raise

    async def _seal(
        self, source: Source, document: bytes, key: BlobKey, progress: Progress
    ) -> tuple[Document, BlobRef]:
        digests, stored, length = [], 0, source.size
        if length > SIZE_MOST:
            raise FileError(
                sentence(
                    "%(name)s is %(size)s; at most %(size2)s can be put up.",
                    name=source.name,
                    size=shown_size(length),
                    size2=shown_size(SIZE_MOST),
                )
            )
        for index, chunk in enumerate(seal_chunks(key, length, source.read)):
            await asyncio.to_thread(write_atomic, self._chunk(key.blob, index), chunk)
            digests.append(chunk_digest(chunk))
            stored += len(chunk)
            progress(min(length, stored - OVERHEAD * len(digests)), length)
        media = mimetypes.guess_type(source.name)[0] or "application/octet-stream"
        document_body = Document(document, 1, source.name, media, length, key.blob, key.key.expose(), digests)
        return document_body, BlobRef(key.blob, len(digests), stored)

    async def upload(self, space: bytes, ref: BlobRef, transport: Transport, progress: Progress) -> None:
        """Send the chunks that the server does not have. Raises: OfflineError, RefusedError."""
        there = await transport.chunks(space, ref.blob)
        missing = [index for index in range(ref.chunks) if index not in there]
        slots, done = asyncio.Semaphore(AT_ONCE), sum(there.values())

        async def put(index: int) -> None:
            nonlocal done
            async with slots:
                data = await asyncio.to_thread(self._read, ref.blob, index)
                await transport.put_chunk(space, ref.blob, index, data)
                done += len(data)
                progress(done, ref.size)

        try:
            async with asyncio.TaskGroup() as group:
                for index in missing:
                    group.create_task(put(index))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from failed

    def any(self) -> bool:
        """Whether chunks are kept here at all."""
        return self._folder.is_dir() and any(self._folder.iterdir())

    def forget_all_but(self, blobs: Collection[bytes]) -> None:
        """Drop the chunks of every other blob."""
        waiting = {blob.hex() for blob in blobs}
        for home in self._folder.iterdir():
            if home.name not in waiting:
                shutil.rmtree(home, ignore_errors=True)

    def forget(self, blob: bytes) -> None:
        """The server has it all: drop the chunks kept here."""
        shutil.rmtree(self._folder / blob.hex(), ignore_errors=True)

    def _read(self, blob: bytes, index: int) -> bytes:
        try:
            return self._chunk(blob, index).read_bytes()
        except OSError as error:
            raise FileError(
                "A part of a file that waited here to be sent cannot be read from the disk any more.",
                hint="Put the file up again.",
            ) from error

    def _chunk(self, blob: bytes, index: int) -> Path:
        return self._folder / blob.hex() / str(index)


def is_complete(document: Document, chunks: Collection[int]) -> bool:
    """Whether these are the indexes of all chunks of a document."""
    return set(chunks) == set(range(chunk_count(document.size)))


async def download(space: bytes, document: Document, transport: Transport, file: Sink, progress: Progress) -> None:
    """Fetch a document's chunks, some ahead, and write each once it is checked.

    Raises: ProofError if the server's bytes are not those that were put up; OfflineError; FileError.
    """
    key = BlobKey(document.blob, Secret(document.key))
    written = 0
    async for index, chunk in _ahead(space, document, transport):
        try:
            data = await asyncio.to_thread(open_chunk, key, index, document.size, document.digests, chunk)
        except CannotOpenError as error:
            raise ProofError(
                "The file is not the one that its record pins: either the server gave other bytes, or whoever put it "
                "up pinned wrong ones. Nothing was written.",
                hint="Tell the secretariat, and ask whoever put it up.",
            ) from error
        await asyncio.to_thread(file.write, data)
        written += len(data)
        progress(written, document.size)


async def _ahead(space: bytes, document: Document, transport: Transport) -> AsyncIterator[tuple[int, bytes]]:
    """Chunks in order, `AT_ONCE` of them under way."""
    count = chunk_count(document.size)
    under_way: deque[asyncio.Task[bytes]] = deque()
    asked = 0
    try:
        for index in range(count):
            while asked < min(count, index + AT_ONCE):
                under_way.append(asyncio.create_task(transport.get_chunk(space, document.blob, asked)))
                asked += 1
            yield index, await under_way.popleft()
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
