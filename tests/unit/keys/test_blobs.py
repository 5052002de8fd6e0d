"""Files as blobs: order, number and size of chunks, files that change, flat memory (S12, S15, S31, M04)."""

import io
import tracemalloc
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from securecall import caps
from securecall_keys.blobs import (
    CHUNKS_MOST,
    MIB,
    OVERHEAD,
    SIZE_MOST,
    BlobKey,
    FileChangedError,
    chunk_count,
    chunk_digest,
    chunk_size,
    open_chunk,
    seal_chunks,
)
from securecall_keys.context import ChunkContext, context_bytes
from securecall_keys.errors import CannotOpenError
from securecall_keys.padding import padme
from securecall_keys.secret import Secret
from tests.world import seed

KEY = BlobKey(seed("blob")[:16], Secret(seed("blob key")))
DATA = bytes(range(256)) * 4096 * 2 + b"the end"  # two chunks and a little


def seal(data: bytes, key: BlobKey = KEY) -> list[bytes]:
    return list(seal_chunks(key, len(data), io.BytesIO(data).read))


CHUNKS = seal(DATA)
DIGESTS = [chunk_digest(chunk) for chunk in CHUNKS]


def refuse(index: int, chunk: bytes, *, size: int = len(DATA), digests: list[bytes] = DIGESTS) -> None:
    with pytest.raises(CannotOpenError):
        open_chunk(KEY, index, size, digests, chunk)


@pytest.mark.parametrize("size", [0, 1, 1023, 1024, 1025, MIB - 1, MIB, MIB + 1, 2 * MIB + 5])
def test_a_file_comes_back(size: int) -> None:
    data = seed(size) * (size // 32 + 1)
    data = data[:size]
    chunks = seal(data)
    digests = [chunk_digest(chunk) for chunk in chunks]
    assert len(chunks) == chunk_count(size)
    opened = [open_chunk(KEY, n, size, digests, chunk) for n, chunk in enumerate(chunks)]
    assert b"".join(opened) == data
    assert sum(map(len, chunks)) == padme(max(1024, size)) + OVERHEAD * len(chunks)
    assert all(len(chunk) <= caps.CHUNK_BYTES for chunk in chunks)


def test_S15_chunks_are_not_reordered_or_repeated() -> None:
    for index, other in ((0, 1), (1, 0), (2, 0), (1, 2)):
        refuse(index, CHUNKS[other])
        swapped = list(DIGESTS)
        swapped[index] = DIGESTS[other]
        refuse(index, CHUNKS[other], digests=swapped)


def test_S15_a_chunk_is_not_dropped_truncated_or_appended() -> None:
    refuse(0, CHUNKS[0], digests=DIGESTS[:-1])
    refuse(0, CHUNKS[0], digests=[*DIGESTS, DIGESTS[0]])
    refuse(len(CHUNKS), CHUNKS[0])
    refuse(-1, CHUNKS[-1])
    for chunk in (CHUNKS[0][:-1], CHUNKS[0] + b"\x00", b"", CHUNKS[0][:12], CHUNKS[0][:28]):
        refuse(0, chunk)
        refuse(0, chunk, digests=[chunk_digest(chunk), *DIGESTS[1:]])


def test_S15_a_member_who_pins_other_chunks_still_cannot_change_the_size() -> None:
    """Everyone in the circle knows the key; size and padding must fit all the same."""
    cipher, context = AESGCM(KEY.key.expose()), context_bytes(ChunkContext(KEY.blob, 2))
    last = len(DATA) - 2 * MIB
    each = padme(len(DATA)) - 2 * MIB
    for plain in (bytes(each - 1), bytes(each + 1), DATA[-last:], bytes(each - 1) + b"\x01"):
        chunk = bytes(12) + cipher.encrypt(bytes(12), plain, context)
        refuse(2, chunk, digests=[*DIGESTS[:2], chunk_digest(chunk)])


def test_S15_another_size_in_the_manifest_does_not_open() -> None:
    refuse(2, CHUNKS[2], size=len(DATA) - 1)
    refuse(2, CHUNKS[2], size=len(DATA) - 100_000)
    refuse(0, CHUNKS[0], size=MIB)


def test_S12_a_chunk_is_bound_to_its_blob_and_key() -> None:
    for other in (BlobKey(bytes(16), KEY.key), BlobKey(KEY.blob, Secret(seed("other key")))):
        with pytest.raises(CannotOpenError):
            open_chunk(other, 0, len(DATA), DIGESTS, CHUNKS[0])


def test_S16_bit_flips_are_refused_by_digest_and_by_tag() -> None:
    for at in (0, 11, 12, 5000, len(CHUNKS[0]) - 17, len(CHUNKS[0]) - 1):
        spoilt = bytearray(CHUNKS[0])
        spoilt[at] ^= 1
        refuse(0, bytes(spoilt))
        refuse(0, bytes(spoilt), digests=[chunk_digest(bytes(spoilt)), *DIGESTS[1:]])


def test_M04_the_manifest_pins_the_ciphertext_so_a_second_reading_is_refused() -> None:
    """The very key opens this chunk; the author's digest is for another."""
    again = seal(DATA)
    assert again[0] != CHUNKS[0]
    refuse(0, again[0])
    assert open_chunk(KEY, 0, len(DATA), [chunk_digest(c) for c in again], again[0]) == DATA[:MIB]


def test_S34_no_two_blobs_or_chunks_share_a_key_or_nonce() -> None:
    keys = [BlobKey.generate() for _ in range(50)]
    assert len({key.blob for key in keys}) == len({key.key.expose() for key in keys}) == 50
    nonces = [chunk[:12] for _ in range(3) for chunk in seal(DATA)]
    assert len(set(nonces)) == len(nonces)
    assert "Secret(…)" in repr(keys[0])


READS: dict[str, Callable[[], Callable[[int], bytes]]] = {
    "empty": lambda: io.BytesIO(b"").read,
    "shorter": lambda: io.BytesIO(DATA[:-1]).read,
    "cut at a chunk": lambda: io.BytesIO(DATA[:MIB]).read,
    "longer": lambda: io.BytesIO(DATA + b"\x00").read,
    "much longer": lambda: io.BytesIO(DATA * 2).read,
}


@pytest.mark.parametrize("case", READS)
def test_a_file_that_changes_while_it_is_read_is_noticed(case: str) -> None:
    with pytest.raises(FileChangedError):
        list(seal_chunks(KEY, len(DATA), READS[case]()))


def test_a_file_that_gives_a_little_at_a_time_is_read_whole() -> None:
    stream = io.BytesIO(DATA)
    chunks = list(seal_chunks(KEY, len(DATA), lambda n: stream.read(min(n, 70_001))))
    digests = [chunk_digest(chunk) for chunk in chunks]
    opened = b"".join(open_chunk(KEY, n, len(DATA), digests, c) for n, c in enumerate(chunks))
    assert opened == DATA


def test_memory_is_flat_whatever_the_size_of_the_file() -> None:
    size, piece = 64 * MIB, bytes(64 * 1024)
    left = size

    def read(n: int) -> bytes:
        nonlocal left
        part = piece[: min(n, left, len(piece))]
        left -= len(part)
        return part

    tracemalloc.start()
    try:
        for index, chunk in enumerate(seal_chunks(KEY, size, read)):
            digests = [b""] * chunk_count(size)
            digests[index] = chunk_digest(chunk)
            open_chunk(KEY, index, size, digests, chunk)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * MIB


def test_chunks_are_larger_where_a_file_is_and_the_largest_fits_the_caps() -> None:
    assert (chunk_size(512 * MIB), chunk_size(512 * MIB + 1)) == (MIB, 4 * MIB)
    assert 4 * MIB + OVERHEAD <= caps.CHUNK_BYTES
    assert chunk_count(SIZE_MOST) <= caps.CHUNKS_PER_BLOB
    assert CHUNKS_MOST * 34 < 56 * 1024


def test_S31_a_file_s_size_is_padded() -> None:
    sizes = {sum(map(len, seal(bytes(size)))) for size in (0, 1, 500, 1024)}
    assert len(sizes) == 1
