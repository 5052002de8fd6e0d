"""Files as blobs: sealed chunk by chunk, with flat memory (protocol 9; rows S12, S15, S31, M04).

A fresh key for every blob, a fresh random nonce for every chunk, kept with it; associated data is the blob's
id and the chunk's index. Everyone in the circle knows the key, so a tag proves no author: the manifest record
pins the digest of every chunk, and a chunk is released only after digest and tag.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nacl.utils import random

from securecall.labels import Label, digest
from securecall_keys.context import ChunkContext, context_bytes
from securecall_keys.errors import CannotOpenError, KeysError
from securecall_keys.padding import FLOOR, padme
from securecall_keys.primitives import fresh
from securecall_keys.secret import Secret

MIB = 1024 * 1024
NONCE_BYTES = 12
OVERHEAD = NONCE_BYTES + 16
CHUNKS_MOST = 1_500
"""Chunks whose digests fit into one manifest."""
SIZE_MOST = 5_952 * MIB
"""The largest file, in bytes: the most that stays within `CHUNKS_MOST` once padded."""


class FileChangedError(KeysError):
    """The file gave fewer or more bytes than it had when it was begun."""


@dataclass(frozen=True, slots=True)
class BlobKey:
    """A blob's id (16 random bytes) and its key."""

    blob: bytes
    key: Secret

    @classmethod
    def generate(cls) -> "BlobKey":
        """A new blob."""
        return cls(random(16), fresh())


def chunk_size(size: int) -> int:
    """Plaintext bytes a chunk for a file of ``size`` bytes: 1 MiB, or 4 where the file is over 512 MiB."""
    return MIB if size <= 512 * MIB else 4 * MIB


def padded_size(size: int) -> int:
    """Bytes of a file of ``size`` bytes once it is padded."""
    return padme(max(FLOOR, size))


def chunk_count(size: int) -> int:
    """How many chunks a file of ``size`` bytes has once padded."""
    padded, each = padded_size(size), chunk_size(size)
    return (padded + each - 1) // each


def seal_chunks(key: BlobKey, size: int, read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The sealed chunks of a file, in order, one in memory at a time; ``read(n)`` gives its next bytes.

    Raises: FileChangedError if the file does not give exactly ``size`` bytes.
    """
    cipher, each = AESGCM(key.key.expose()), chunk_size(size)
    padded, left = padded_size(size), size
    # One buffer for all, and no plaintext kept over the yield: fresh memory for a chunk costs more than sealing it.
    buffer = memoryview(bytearray(each + OVERHEAD))
    for index in range(chunk_count(size)):
        want = min(each, padded - index * each)
        data = _exactly(read, min(want, left))
        left -= len(data)
        chunk, nonce = buffer[: want + OVERHEAD], random(NONCE_BYTES)
        chunk[:NONCE_BYTES] = nonce
        context = context_bytes(ChunkContext(key.blob, index))
        cipher.encrypt_into(nonce, data.ljust(want, b"\x00"), context, chunk[NONCE_BYTES:])
        del data
        yield bytes(chunk)
    if read(1):
        raise FileChangedError("the file grew while it was read")


def _exactly(read: Callable[[int], bytes], size: int) -> bytes:
    parts, left = [], size
    while left:
        part = read(left)
        if not part:
            raise FileChangedError("the file became shorter while it was read")
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def chunk_digest(chunk: bytes) -> bytes:
    """What a manifest pins of a sealed chunk."""
    return digest(Label.CHUNK, chunk)


def open_chunk(key: BlobKey, index: int, size: int, digests: Sequence[bytes], chunk: bytes) -> bytes:
    """The plaintext of chunk ``index`` of a file of ``size`` bytes, without padding.

    Raises: CannotOpenError unless it is the very chunk that the manifest pins, opens, and is of the size and
    padding that its place calls for.
    """
    if not 0 <= index < len(digests) == chunk_count(size) or chunk_digest(chunk) != digests[index]:
        raise CannotOpenError("not the chunk that was put up")
    sealed = memoryview(chunk)
    try:
        data = AESGCM(key.key.expose()).decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context_bytes(ChunkContext(key.blob, index))
        )
    except (InvalidTag, ValueError) as error:
        raise CannotOpenError("does not open") from error
    each, padded = chunk_size(size), padded_size(size)
    keep = max(0, min(each, size - index * each))
    if len(data) != min(each, padded - index * each) or not data.endswith(bytes(len(data) - keep)):
        raise CannotOpenError("not of the size it must be")
    return data[:keep]
