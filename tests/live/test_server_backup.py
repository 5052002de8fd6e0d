"""A backup of a server at work: what was acknowledged before it began is in it, and all that is in it is whole."""

import asyncio
import json
import subprocess
from pathlib import Path

import aiohttp
import pytest
from nacl.utils import random

from securecall.records import BlobRef
from securecall_server.restored import is_restored
from securecall_server.store import open_survey
from tests.live.api import Api, shown, somebody
from tests.live.process import PROGRAM, ServerProcess
from tests.world import Person, Space

WRITERS, MORE = 4, 12
"""People who write at once, and records that are acknowledged while a backup is made, at least."""


async def program(*words: object) -> tuple[int, str, str]:
    """The command, beside a server and clients that go on."""
    command = [str(PROGRAM), *map(str, words)]
    ended = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False, timeout=60)
    return ended.returncode, ended.stdout, ended.stderr


async def load(api: Api, call: Space, person: Person, written: list[bytes], stop: asyncio.Event) -> None:
    """Put up a file and then drop it, again and again, until told to stop; ``written`` are acknowledged items."""
    token = await api.token(person)
    while not stop.is_set():
        blob, data = random(16), random(20_000)
        assert (await api.put_chunk(token, call.id, blob, 0, data)).status == 204
        for lists in ({"blobs": [BlobRef(blob, 1, len(data))]}, {"drops": [blob]}):
            call.write(person, **lists)
            await api.push(token, call)
            written.append(call.places[-1].item)


async def several(
    api: Api, coalition: Space, stop: asyncio.Event
) -> tuple[list[asyncio.Task[None]], list[Space], list[bytes]]:
    """People who write, each in a call of their own, so that no two wait for each other."""
    people, written = [somebody() for _ in range(WRITERS)], list[bytes]()
    calls = [await api.open_call(coalition, (person, "member")) for person in people]
    pairs = zip(calls, people, strict=True)
    return [asyncio.create_task(load(api, *pair, written, stop)) for pair in pairs], calls, written


async def until(reached: int, written: list[bytes], tasks: list[asyncio.Task[None]]) -> None:
    """Wait until so many items were acknowledged, or somebody who writes failed."""
    while len(written) < reached:
        done, _ = await asyncio.wait(tasks, timeout=0.01, return_when=asyncio.FIRST_COMPLETED)
        assert not done, [task.exception() for task in done]


@pytest.mark.slow
async def test_o12_o03_a_backup_made_under_load_is_whole_and_has_all_that_was_acknowledged(
    new_server: ServerProcess, tmp_path: Path
) -> None:
    new_server.start()
    stop = asyncio.Event()
    async with aiohttp.ClientSession() as session:
        api = Api(new_server, session)
        tasks, calls, written = await several(api, await api.found(somebody()), stop)
        await until(MORE, written, tasks)
        for number in range(2):
            before, file, new = set(written), tmp_path / f"{number}.tar", tmp_path / f"new {number}"
            code, _, said = await program("backup", file, "--data", new_server.folder)
            assert (code, "server's key" in said) == (0, True), said
            assert (await program("check", "--data", new_server.folder, "--read-all"))[0] == 0
            await until(len(before) + MORE, written, tasks)
            assert (await program("restore", file, "--data", new))[0] == 0
            code, report, _ = await program("check", "--data", new, "--read-all", "--json")
            assert (code, json.loads(report)["orphans"]) == (0, []), report
            assert before <= await items_of(new, calls)
        stop.set()
        await asyncio.gather(*tasks)


async def items_of(folder: Path, calls: list[Space]) -> set[bytes]:
    """All items of some calls in a server's folder, read as the server reads them."""
    survey = await open_survey(f"sqlite:///{folder / 'server.db'}")
    try:
        places = [row for call in calls for row in await survey.store.places(call.id, 0, 10_000, 1 << 30)]
        return {row.item for row in places if row.item is not None}
    finally:
        await survey.close()


@pytest.mark.slow
async def test_what_an_operator_asks_of_a_server_at_work(new_server: ServerProcess, tmp_path: Path) -> None:
    new_server.start()
    async with aiohttp.ClientSession() as session:
        api = Api(new_server, session)
        coalition = await api.found(somebody())
        call = await api.open_call(coalition)
        token = await api.token(coalition.founder)
        folder = new_server.folder
        code, said, hint = await program("purge", "--data", folder, "--json")
        assert (code, json.loads(said)["error"]["code"], "Stop it first" in hint) == (1, "refused", True)
        file = tmp_path / "backup.tar"
        code, made, _ = await program("backup", file, "--data", folder, "--json")
        assert code == 0
        call.write(coalition.founder)
        await api.push(token, call)
        assert len(shown(await api.items(token, call.id))) == len(call.places)
        counted = json.loads((await program("stats", "--data", folder, "--json"))[1])
        assert (counted["spaces"], counted["members"], counted["restored"]) == (2, 1, False)
        assert counted["last_backup"] == json.loads(made)["made"]
        assert not {call.id.hex(), coalition.founder.member.hex()} & {str(value) for value in counted.values()}
    assert new_server.stop() == 0
    assert (await program("purge", "--data", folder))[0] == 0
    new = tmp_path / "new"
    assert (await program("restore", file, "--data", new))[0] == 0
    restored = ServerProcess(new, new_server.setup)
    restored.start()
    try:
        async with aiohttp.ClientSession() as session:
            assert (await Api(restored, session).ask("GET", "/healthz")).status == 200
    finally:
        assert restored.stop() == 0
    assert is_restored(new)


async def test_o03_a_bit_that_flips_on_the_disk_after_an_upload_is_found(new_server: ServerProcess) -> None:
    new_server.start()
    async with aiohttp.ClientSession() as session:
        api = Api(new_server, session)
        author = somebody()
        call = await api.open_call(await api.found(somebody()), (author, "member"))
        assert (await api.put_chunk(await api.token(author), call.id, random(16), 0, random(20_000))).status == 204
    assert (await program("check", "--data", new_server.folder, "--read-all"))[0] == 0
    [chunk] = new_server.folder.glob("blobs/*/*/*")
    data = chunk.read_bytes()
    chunk.write_bytes(data[:9_999] + bytes([data[9_999] ^ 1]) + data[10_000:])
    code, said, _ = await program("check", "--data", new_server.folder, "--read-all")
    assert code == 1
    assert "has other bytes than were put there" in said
