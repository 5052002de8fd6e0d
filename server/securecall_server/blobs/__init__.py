"""The server's storage for the ciphertext of files. Its interface is `BlobStore`."""

from pathlib import Path

from .folder import FolderBlobs
from .interface import (
    BlobConflictError,
    BlobFullError,
    BlobMissingError,
    BlobOpenError,
    BlobStore,
    StoredChunk,
)

__all__ = [
    "BlobConflictError",
    "BlobFullError",
    "BlobMissingError",
    "BlobOpenError",
    "BlobStore",
    "FolderBlobs",
    "StoredChunk",
    "open_blobs",
]


def open_blobs(url_or_path: str, *, beside: bool = False) -> BlobStore:
    """The blob store in a folder (made if new) or at ``s3://``, ``gs://`` or ``az://``.

    With ``beside`` it is only to be read, and a folder is left as it is. Raises `BlobOpenError`, also for obstore's
    own local and memory stores, which force nothing to disk.
    """
    if "://" not in url_or_path:
        return FolderBlobs(Path(url_or_path), beside=beside)
    from .remote import RemoteBlobs  # its library is slow to load, and most servers keep a folder

    return RemoteBlobs(url_or_path)
