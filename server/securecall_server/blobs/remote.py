"""Blobs in an object store (S3, Google Cloud Storage, Azure), reached by obstore.

Credentials come from the environment (``AWS_ACCESS_KEY_ID`` and so on), never from the address, which stands
in the process list. Such a store acknowledges an object only once it is durable.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotSupportedError, PreconditionError
from obstore.store import from_url

from .interface import (
    BlobConflictError,
    BlobFullError,
    BlobMissingError,
    BlobOpenError,
    StoredChunk,
    chunk_ids,
    chunk_name,
)

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig, S3Config

SCHEMES = ("s3", "s3a", "gs", "az", "azure", "adl", "abfs", "abfss")

_OPTIONS = frozenset({"endpoint", "region", "virtual_hosted_style_request", "conditional_put"})
"""What the address may say after its question mark, beside ``allow_http=true``."""

_CLIENT: ClientConfig = {"connect_timeout": timedelta(seconds=10), "timeout": timedelta(minutes=2)}
_RETRY: RetryConfig = {"max_retries": 4, "retry_timeout": timedelta(seconds=60)}


class RemoteBlobs:
    """The blob store at ``url``, such as ``s3://bucket/folder?endpoint=https://host&region=eu-1``."""

    def __init__(self, url: str) -> None:
        """Nothing is sent yet. Raises `BlobOpenError`."""
        self._store = _open(url)

    async def put(self, space: bytes, blob: bytes, index: int, data: bytes) -> None:
        """See `BlobStore.put`."""
        path = _path(space, blob, index)
        with _full():
            try:
                # In one request, because the parts of a multipart upload are not subject to the condition.
                await obstore.put_async(self._store, path, data, mode="create", use_multipart=False)
            except (AlreadyExistsError, PreconditionError):
                await self._compare(path, data)
            except NotSupportedError:
                await self._put_unconditionally(path, data)

    async def _put_unconditionally(self, path: str, data: bytes) -> None:
        """For stores that know no condition; of two writers at the very same moment the second would win."""
        try:
            await self._compare(path, data)
        except FileNotFoundError:
            await obstore.put_async(self._store, path, data, use_multipart=False)

    async def _compare(self, path: str, data: bytes) -> None:
        found = await obstore.get_async(self._store, path)
        if bytes(await found.bytes_async()) != data:
            raise BlobConflictError("Other bytes stand under that name; nothing was changed.")

    async def get(self, space: bytes, blob: bytes, index: int) -> bytes:
        """See `BlobStore.get`."""
        with _full():
            try:
                found = await obstore.get_async(self._store, _path(space, blob, index))
                return bytes(await found.bytes_async())
            except FileNotFoundError:
                raise BlobMissingError("There is no such chunk.") from None

    async def delete(self, space: bytes, blob: bytes) -> None:
        """See `BlobStore.delete`."""
        folder = "/".join(chunk_name(space, blob, 0)[:2])
        with _full():
            async for found in obstore.list(self._store, f"{folder}/", chunk_size=1000):
                await obstore.delete_async(self._store, [item["path"] for item in found])

    async def delete_chunk(self, space: bytes, blob: bytes, index: int) -> None:
        """See `BlobStore.delete_chunk`."""
        with _full(), suppress(FileNotFoundError):
            await obstore.delete_async(self._store, _path(space, blob, index))

    async def listing(self) -> AsyncIterator[StoredChunk]:
        """See `BlobStore.listing`."""
        with _full():
            async for found in obstore.list(self._store, chunk_size=1000):
                for item in found:
                    names = item["path"].split("/")
                    ids = chunk_ids(*names) if len(names) == 3 else None
                    if ids is not None:
                        yield StoredChunk(ids, item["size"], item["last_modified"].timestamp())

    async def check(self) -> None:
        """See `BlobStore.check`; it lists, and so finds a wrong name or credentials, but writes nothing."""
        with _full():
            async for _ in obstore.list(self._store, chunk_size=1):
                break


@contextmanager
def _full() -> Iterator[None]:
    """Raise `BlobFullError`, with the kind of trouble and without the store's own words, which name keys."""
    try:
        yield
    except (BaseError, OSError) as error:
        raise BlobFullError(f"The blob store cannot be used now ({type(error).__name__}).") from None


def _path(space: bytes, blob: bytes, index: int) -> str:
    return "/".join(chunk_name(space, blob, index))


def _open(url: str) -> ObjectStore:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BlobOpenError(f"The address of the blobs cannot be used: {error}") from None
    if parts.scheme not in SCHEMES:
        raise BlobOpenError(
            f"Blobs cannot lie at {parts.scheme}://. Give a folder, which is forced to disk here, "
            "or an address that begins with s3://, gs:// or az://."
        )
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    client: ClientConfig = {**_CLIENT, "allow_http": options.pop("allow_http", "false") == "true"}
    if unknown := sorted(options.keys() - _OPTIONS):
        raise BlobOpenError(
            f"The address of the blobs has options that are not known here: {', '.join(unknown)}. "
            "Credentials belong in the environment."
        )
    try:
        # Only the type is S3's: obstore refuses what the scheme in hand does not know.
        config = cast("S3Config", options)
        address = parts._replace(query="").geturl()
        return from_url(address, config=config, client_options=client, retry_config=_RETRY)
    except (BaseError, ValueError) as error:
        raise BlobOpenError(f"The address of the blobs cannot be used: {error}") from None
