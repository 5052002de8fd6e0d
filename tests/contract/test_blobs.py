"""The contract of `BlobStore`, sentence by sentence, over a folder and over S3."""

import asyncio
import os
import time

import pytest

from securecall_server.blobs import BlobConflictError, BlobFullError, BlobMissingError, open_blobs

from .rows import blob_of, id_of

SPACE, BLOB = id_of("call"), blob_of("file")
LARGE = os.urandom(4_194_344)


async def listed(blobs) -> dict[tuple[bytes, bytes, int], int]:
    return {chunk.id: chunk.size async for chunk in blobs.listing()}


@pytest.mark.parametrize("data", [b"", b"x", LARGE], ids=["empty", "short", "large"])
async def test_put_and_get(blobs, storage, data):
    await blobs.put(SPACE, BLOB, 0, data)
    assert await blobs.get(SPACE, BLOB, 0) == data
    assert await open_blobs(storage.address).get(SPACE, BLOB, 0) == data


async def test_chunks_of_one_name_part_are_apart(blobs):
    places = [(SPACE, BLOB, 0), (SPACE, BLOB, 65535), (SPACE, blob_of("other"), 0), (id_of("other"), BLOB, 0)]
    for number, place in enumerate(places):
        await blobs.put(*place, b"%d" % number)
    for number, place in enumerate(places):
        assert await blobs.get(*place) == b"%d" % number


async def test_same_bytes_again_are_no_conflict(blobs):
    await blobs.put(SPACE, BLOB, 0, b"chunk")
    await blobs.put(SPACE, BLOB, 0, b"chunk")
    assert await blobs.get(SPACE, BLOB, 0) == b"chunk"


@pytest.mark.parametrize("other", [b"Chunk", b"", b"chunk and more", LARGE], ids=["same size", "none", "more", "large"])
async def test_other_bytes_conflict_and_change_nothing(blobs, other):
    await blobs.put(SPACE, BLOB, 0, b"chunk")
    with pytest.raises(BlobConflictError):
        await blobs.put(SPACE, BLOB, 0, other)
    assert await blobs.get(SPACE, BLOB, 0) == b"chunk"
    assert await listed(blobs) == {(SPACE, BLOB, 0): 5}


async def test_missing_chunk(blobs):
    await blobs.put(SPACE, BLOB, 0, b"chunk")
    for place in [(SPACE, BLOB, 1), (SPACE, blob_of("other"), 0), (id_of("other"), BLOB, 0)]:
        with pytest.raises(BlobMissingError):
            await blobs.get(*place)


async def test_delete(blobs):
    for index in range(3):
        await blobs.put(SPACE, BLOB, index, b"chunk")
    await blobs.put(SPACE, blob_of("other"), 0, b"stays")
    await blobs.delete(SPACE, BLOB)
    with pytest.raises(BlobMissingError):
        await blobs.get(SPACE, BLOB, 1)
    assert await listed(blobs) == {(SPACE, blob_of("other"), 0): 5}
    await blobs.delete(SPACE, BLOB)
    await blobs.delete(id_of("never there"), BLOB)
    await blobs.put(SPACE, BLOB, 0, b"anew")
    assert await blobs.get(SPACE, BLOB, 0) == b"anew"


async def test_one_chunk_goes_alone(blobs):
    for index in range(2):
        await blobs.put(SPACE, BLOB, index, b"chunk")
    await blobs.delete_chunk(SPACE, BLOB, 1)
    assert await listed(blobs) == {(SPACE, BLOB, 0): 5}
    await blobs.delete_chunk(SPACE, BLOB, 1)
    await blobs.delete_chunk(SPACE, BLOB, 0)
    assert await listed(blobs) == {}
    await blobs.put(SPACE, BLOB, 0, b"anew")
    assert await blobs.get(SPACE, BLOB, 0) == b"anew"


async def test_a_listing_says_since_when(blobs):
    before = time.time()
    await blobs.put(SPACE, BLOB, 0, b"chunk")
    [chunk] = [chunk async for chunk in blobs.listing()]
    # Clocks of storages count in whole seconds.
    assert before - 2 <= chunk.since <= time.time() + 2


async def test_listing(blobs):
    assert await listed(blobs) == {}
    expected = {(id_of(space), blob_of(blob), i): i + 1 for space in "ab" for blob in "cd" for i in range(3)}
    for place, size in expected.items():
        await blobs.put(*place, bytes(size))
    assert await listed(blobs) == expected


async def test_many_at_once(blobs):
    await asyncio.gather(*(blobs.put(SPACE, BLOB, index % 10, b"%d" % (index % 10)) for index in range(40)))
    assert await asyncio.gather(*(blobs.get(SPACE, BLOB, index) for index in range(10))) == [
        b"%d" % index for index in range(10)
    ]


async def test_different_bytes_at_once_leave_one_winner(blobs):
    results = await asyncio.gather(
        *(blobs.put(SPACE, BLOB, 0, b"writer %d" % number) for number in range(10)), return_exceptions=True
    )
    assert [result is None for result in results].count(True) == 1
    assert {type(result) for result in results if result is not None} == {BlobConflictError}
    assert await blobs.get(SPACE, BLOB, 0) == b"writer %d" % results.index(None)


async def test_check(blobs):
    await blobs.check()
    assert await listed(blobs) == {}


@pytest.mark.parametrize(
    "place",
    [
        pytest.param((SPACE[:-1], BLOB, 0), id="short space"),
        pytest.param((SPACE + b"x", BLOB, 0), id="long space"),
        pytest.param((SPACE, SPACE, 0), id="long blob"),
        pytest.param((SPACE, b"", 0), id="no blob"),
        pytest.param((SPACE, BLOB, -1), id="negative index"),
        pytest.param((SPACE, BLOB, 65536), id="index too large"),
    ],
)
async def test_s37_name_of_another_form_is_refused(blobs, place):
    for attempt in (blobs.put(*place, b"x"), blobs.get(*place)):
        with pytest.raises(ValueError, match="A chunk is named by"):
            await attempt
    assert await listed(blobs) == {}


async def test_storage_that_is_gone(storage, blobs, tmp_path):
    if storage.folder is None:
        gone = open_blobs(storage.address.replace("s3://", "s3://not-"))
    else:
        gone = blobs
        storage.folder.rename(tmp_path / "elsewhere")
    for attempt in (gone.put(SPACE, BLOB, 0, b"x"), gone.check(), listed(gone)):
        with pytest.raises(BlobFullError):
            await attempt
