"""Files: chunks that are complete, missing, foreign, too large, dropped."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
from nacl.utils import random

from securecall import caps
from securecall.records import BlobRef
from securecall.rights import Circle
from securecall_server.quota import UNLISTED_BLOBS
from tests.live.api import Api, shown, somebody
from tests.live.log_lines import log_lines
from tests.live.process import ServerProcess
from tests.world import Place, Space

ONE = 1000


async def test_a_blob_is_put_listed_and_served(api: Api, coalition: Space) -> None:
    ally, reader = somebody(), somebody()
    call = await api.open_call(coalition, (ally, "member"), (reader, "member"))
    blob, parts = random(16), [random(caps.CHUNK_BYTES), random(ONE)]
    tokens = [await api.token(ally), await api.token(reader)]
    path = f"/v1/spaces/{call.id.hex()}/blobs/{blob.hex()}"
    for index, part in enumerate(parts):
        for _ in range(2):
            assert (await api.put_chunk(tokens[0], call.id, blob, index, part)).status == 204
    sizes = {"chunks": {"0": caps.CHUNK_BYTES, "1": ONE}, "begun": {}}
    assert (await api.ask("GET", path, tokens[0])).json == sizes
    assert (await api.ask("GET", f"{path}/1", tokens[1])).status == 404
    call.write(ally, blobs=[BlobRef(blob, 2, caps.CHUNK_BYTES + ONE)])
    await api.push(tokens[0], call)
    assert (await api.ask("GET", path, tokens[1])).json == sizes
    for index, part in enumerate(parts):
        assert (await api.ask("GET", f"{path}/{index}", tokens[1])).body == part
    assert (await api.ask("GET", f"{path}/2", tokens[1])).status == 404
    assert (await api.put_chunk(tokens[0], call.id, blob, 2, b"more")).code == "conflict"
    call.write(ally, drops=[blob])
    await api.push(tokens[0], call)
    assert (await api.ask("GET", f"{path}/0", tokens[1])).status == 404
    assert (await api.put_chunk(tokens[0], call.id, blob, 0, parts[0])).code == "bad-blob"


async def test_O03_a_record_waits_for_its_blobs(api: Api, coalition: Space) -> None:
    ally, other = somebody(), somebody()
    call = await api.open_call(coalition, (ally, "member"), (other, "member"))
    blob, token = random(16), await api.token(ally)

    async def send(by=ally, chunks: int = 2, size: int = 2 * ONE) -> str:
        header = call.header(by)
        item = call.seal(by, type(header)(**{**_fields(header), "blobs": [BlobRef(blob, chunks, size)]}))
        answer = await api.send(await api.token(by), call.id, Place(2, item))
        return answer.code or str(answer.status)

    assert await send() == "not-complete"
    await api.put_chunk(token, call.id, blob, 1, random(ONE))
    assert await send() == "not-complete"
    await api.put_chunk(token, call.id, blob, 0, random(ONE))
    assert await send(chunks=1) == "not-complete"
    assert await send(size=2 * ONE + 1) == "not-complete"
    assert await send(by=other) == "not-complete"
    assert await send() == "200"


def _fields(header) -> dict:
    return {name: getattr(header, name) for name in header.__struct_fields__}


async def test_O07_other_bytes_other_members_and_oversize_are_refused(api: Api, coalition: Space) -> None:
    ally, other = somebody(), somebody()
    call = await api.open_call(coalition, (ally, "member"), (other, "member"))
    blob, token = random(16), await api.token(ally)
    assert (await api.put_chunk(token, call.id, blob, 0, b"first")).status == 204
    assert (await api.put_chunk(token, call.id, blob, 0, b"other")).code == "conflict"
    assert (await api.put_chunk(token, call.id, blob, 0, b"longer bytes")).code == "conflict"
    assert (await api.put_chunk(await api.token(other), call.id, blob, 1, b"more")).code == "conflict"
    large = await api.put_chunk(token, call.id, blob, 1, bytes(caps.CHUNK_BYTES + 1))
    assert (large.status, large.code) == (413, "too-large")
    assert (await api.put_chunk(token, call.id, blob, 1, b"")).code == "malformed"
    assert (await api.put_chunk(token, call.id, blob, caps.CHUNKS_PER_BLOB, b"x")).status == 404
    path = f"/v1/spaces/{call.id.hex()}/blobs/{blob.hex()}"
    assert (await api.ask("GET", path, token)).json == {"chunks": {"0": 5}, "begun": {}}


async def test_G06_a_guest_gets_no_blobs_of_allies_records(api: Api, coalition: Space) -> None:
    ally, guest = somebody(), somebody()
    call = await api.open_call(coalition, (ally, "member"), (guest, "guest"))
    token, guests = await api.token(ally), await api.token(guest)
    cases: tuple[tuple[Circle, int], ...] = (("allies", 404), ("everyone", 200))
    for circle, status in cases:
        blob = random(16)
        await api.put_chunk(token, call.id, blob, 0, b"chunk")
        call.write(ally, circle=circle, blobs=[BlobRef(blob, 1, 5)])
        await api.push(token, call)
        answer = await api.ask("GET", f"/v1/spaces/{call.id.hex()}/blobs/{blob.hex()}/0", guests)
        assert answer.status == status


async def test_a_blob_that_is_not_begun_is_empty_to_those_who_may_begin_it(api: Api, coalition: Space) -> None:
    ally, other = somebody(), somebody()
    call = await api.open_call(coalition, (ally, "member"), (other, "member"))
    blob, token, others = random(16), await api.token(ally), await api.token(other)
    path = f"/v1/spaces/{call.id.hex()}/blobs/{blob.hex()}"
    assert (await api.ask("GET", path, token)).json == {"chunks": {}, "begun": {}}
    assert (await api.ask("GET", f"{path}/0", token)).status == 404
    await api.put_chunk(token, call.id, blob, 0, b"chunk")
    assert (await api.ask("GET", path, others)).code == "not-found"
    call.write(ally, blobs=[BlobRef(blob, 1, 5)])
    await api.push(token, call)
    call.write(ally, drops=[blob])
    await api.push(token, call)
    assert (await api.ask("GET", path, token)).code == "not-found"
    call.remove(coalition.founder, other)
    await api.push(await api.token(coalition.founder), call)
    path = f"/v1/spaces/{call.id.hex()}/blobs/{random(16).hex()}"
    assert (await api.ask("GET", path, others)).code == "not-found"
    assert (await api.ask("GET", path, token)).json == {"chunks": {}, "begun": {}}


async def test_O07_blobs_that_no_record_lists_are_bounded(api: Api, coalition: Space) -> None:
    ally, other = somebody(), somebody()
    call = await api.open_call(coalition, (ally, "member"), (other, "member"))
    token, blobs = await api.token(ally), [random(16) for _ in range(UNLISTED_BLOBS)]
    for start in range(0, UNLISTED_BLOBS, 16):
        puts = (api.put_chunk(token, call.id, blob, 0, b"chunk") for blob in blobs[start : start + 16])
        assert {answer.status for answer in await asyncio.gather(*puts)} <= {204, 507}
    for blob in blobs:
        assert (await api.put_chunk(token, call.id, blob, 0, b"chunk")).status == 204
    more = random(16)
    refused = await api.put_chunk(token, call.id, more, 0, b"chunk")
    assert (refused.status, refused.code) == (507, "full")
    assert (await api.ask("GET", f"/v1/spaces/{call.id.hex()}/blobs/{more.hex()}", token)).json == {
        "chunks": {},
        "begun": {},
    }
    assert not (api.server.folder / "blobs" / call.id.hex() / more.hex()).exists()
    assert (await api.put_chunk(token, call.id, blobs[0], 1, b"more")).status == 204
    assert (await api.put_chunk(await api.token(other), call.id, more, 0, b"chunk")).status == 204
    call.write(ally, blobs=[BlobRef(blobs[1], 1, 5)])
    await api.push(token, call)
    assert (await api.put_chunk(token, call.id, random(16), 0, b"chunk")).status == 204


def _on_disk(api: Api, needle: bytes) -> list[str]:
    """The files of the server in which bytes stand."""
    files = (path for path in api.server.folder.rglob("*") if path.is_file())
    return [path.name for path in files if needle in path.read_bytes()]


async def test_o03_a_chunk_that_the_disk_changed_is_called_damaged_and_given_to_nobody(
    api: Api, server: ServerProcess, coalition: Space
) -> None:
    ally = somebody()
    call = await api.open_call(coalition, (ally, "member"))
    token, blob, parts = await api.token(ally), random(16), [random(ONE), random(ONE)]
    path = f"/v1/spaces/{call.id.hex()}/blobs/{blob.hex()}"
    for index, part in enumerate(parts):
        await api.put_chunk(token, call.id, blob, index, part)
    call.write(ally, blobs=[BlobRef(blob, 2, 2 * ONE)])
    await api.push(token, call)
    [file] = [file for file in api.server.folder.rglob("*") if file.is_file() and file.read_bytes() == parts[1]]
    changed = bytearray(parts[1])
    changed[700] ^= 0x10
    for bytes_there in (changed, parts[1][:-1]):
        file.write_bytes(bytes_there)
        for asked in ("1", "1?from=900"):
            answer = await api.ask("GET", f"{path}/{asked}", token)
            assert (answer.status, answer.code) == (500, "damaged")
        assert (await api.ask("GET", f"{path}/0", token)).body == parts[0]
    file.write_bytes(parts[1])
    assert (await api.ask("GET", f"{path}/1", token)).body == parts[1]
    lines = log_lines(server)
    assert [line for line in lines if line.endswith(" 500 damaged")]
    assert [line for line in lines if "failed" in line] == []


async def test_r04_who_goes_while_a_chunk_is_on_its_way_has_put_nothing(api: Api, coalition: Space) -> None:
    gone, owner = somebody(), coalition.founder
    call = await api.open_call(coalition, (gone, "member"))
    token, blob, removed, begun = await api.token(gone), random(16), asyncio.Event(), asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield bytes(ONE)
        begun.set()
        await removed.wait()
        yield bytes(ONE)

    path = f"/v1/spaces/{call.id.hex()}/blobs/{blob.hex()}"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"}
    async with asyncio.timeout(60):
        put = asyncio.create_task(
            api.session.put(f"{api.server.url}{path}/0", data=body(), headers=headers).__aenter__()
        )
        await begun.wait()
        while not (await api.ask("GET", path, token)).json["begun"]:
            continue
        call.remove(owner, gone)
        await api.push(await api.token(owner), call)
        removed.set()
        assert (await put).status == 404
    assert (await api.ask("GET", path, await api.token(owner))).json == {"chunks": {}, "begun": {}}


async def test_O13_R04_what_was_dropped_is_gone_from_the_disk_when_the_drop_is_acknowledged(
    api: Api, coalition: Space
) -> None:
    ally = somebody()
    call = await api.open_call(coalition, (ally, "member"))
    token, blob, kept = await api.token(ally), random(16), random(16)
    part, other = random(ONE), random(ONE)
    for name, data in ((blob, part), (kept, other)):
        await api.put_chunk(token, call.id, name, 0, data)
    call.write(ally, blobs=[BlobRef(blob, 1, ONE), BlobRef(kept, 1, ONE)])
    await api.push(token, call)
    assert _on_disk(api, part)
    call.write(ally, drops=[blob])
    await api.push(token, call)
    assert _on_disk(api, part) == []
    assert _on_disk(api, other)
    assert (await api.put_chunk(token, call.id, blob, 0, part)).code == "bad-blob"


async def test_O13_what_was_destroyed_is_gone_from_the_disk_and_the_chain_still_verifies(
    api: Api, coalition: Space
) -> None:
    owner = coalition.founder
    call = await api.open_call(coalition)
    token, blob, part = await api.token(owner), random(16), random(ONE)
    await api.put_chunk(token, call.id, blob, 0, part)
    call.write(owner, blobs=[BlobRef(blob, 1, ONE)])
    await api.push(token, call)
    record = call.places[-1].item
    assert _on_disk(api, part)
    assert _on_disk(api, record)
    call.destroy(owner)
    await api.push(token, call)
    assert _on_disk(api, part) == []
    assert _on_disk(api, record) == []
    api.server.kill()
    api.server.start()
    async with aiohttp.ClientSession() as session:
        again = Api(api.server, session)
        token = await again.token(owner)
        page = shown(await again.items(token, call.id))
        assert [item is None for item in page] == [place.kind != 0 for place in call.places]
        assert (await again.put_chunk(token, call.id, random(16), 0, part)).code == "destroyed"


async def cut_chunk(api: Api, token: str, path: str, begin: bytes, length: int) -> None:
    """Begin to put ``length`` bytes, and lose the line behind ``begin``."""
    reader, writer = await asyncio.open_connection("127.0.0.1", api.server.port)
    head = (
        f"PUT {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {length}\r\n\r\n"
    )
    writer.write(head.encode() + begin)
    await writer.drain()
    blob = path.rpartition("/")[0]
    async with asyncio.timeout(10):
        while not (await api.ask("GET", blob, token)).json["begun"]:  # until it is there, whenever that is
            pass
    writer.transport.abort()
    reader.feed_eof()


async def test_O07_a_chunk_that_was_cut_goes_on_where_it_was(api: Api, coalition: Space) -> None:
    ally = somebody()
    call = await api.open_call(coalition, (ally, "member"))
    blob, token, chunk = random(16), await api.token(ally), random(300_000)
    path = f"/v1/spaces/{call.id.hex()}/blobs/{blob.hex()}"
    await cut_chunk(api, token, f"{path}/0", chunk[:1000], len(chunk))
    found = (await api.ask("GET", path, token)).json
    assert found == {"chunks": {}, "begun": {"0": 1000}}
    assert (await api.ask("GET", f"{path}/0", token)).status == 404
    headers = {"Content-Type": "application/octet-stream"}
    answer = await api.ask("PUT", f"{path}/0?from=1000", token, data=chunk[1000:], headers=headers)
    assert answer.status == 204
    assert (await api.ask("GET", path, token)).json == {"chunks": {"0": len(chunk)}, "begun": {}}
    assert (await api.ask("GET", f"{path}/0", token)).body == chunk
    assert (await api.ask("GET", f"{path}/0?from=299000", token)).body == chunk[299_000:]


async def test_O07_what_was_begun_is_its_members_and_goes_on_at_its_very_end(api: Api, coalition: Space) -> None:
    ally, other = somebody(), somebody()
    call = await api.open_call(coalition, (ally, "member"), (other, "member"))
    blob, token, others = random(16), await api.token(ally), await api.token(other)
    path = f"/v1/spaces/{call.id.hex()}/blobs/{blob.hex()}"
    headers = {"Content-Type": "application/octet-stream"}
    await cut_chunk(api, token, f"{path}/0", b"a" * 1000, 2000)

    async def go_on(token: str, first: object, data: bytes, index: int = 0) -> str:
        answer = await api.ask("PUT", f"{path}/{index}?from={first}", token, data=data, headers=headers)
        return answer.code or str(answer.status)

    assert (await api.ask("GET", path, others)).json == {"chunks": {}, "begun": {}}
    assert await go_on(others, 1000, b"b" * 1000) == "conflict"
    for first in (1, 999, 1001, 4_000_000_000):
        assert await go_on(token, first, b"b" * 1000) == "conflict"
    assert await go_on(token, 1000, b"b" * 1000, index=1) == "conflict"
    assert await go_on(token, "-1", b"b") == "malformed"
    assert (await api.ask("GET", path, token)).json["begun"] == {"0": 1000}
    assert await go_on(token, 1000, bytes(caps.CHUNK_BYTES)) == "too-large"
    assert await go_on(token, 1000, b"b") == "conflict"
    assert (await api.put_chunk(token, call.id, blob, 0, b"whole")).status == 204
    assert (await api.ask("GET", path, token)).json == {"chunks": {"0": 5}, "begun": {}}
