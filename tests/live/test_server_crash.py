"""Power cuts: what was acknowledged is there, and what is sent again does not stand twice."""

import asyncio
import re
import shutil
from pathlib import Path

import aiohttp
import pytest
from nacl.utils import random

from securecall.records import Header
from securecall_keys.records import seal_record
from tests.live.api import Answer, Api, shown, somebody
from tests.live.process import ServerProcess, make_server
from tests.world import Place, Space

WRITERS, EACH = 5, 10


async def test_O01_O12_a_kill_under_load_loses_and_doubles_nothing(new_server: ServerProcess) -> None:
    new_server.start()
    async with aiohttp.ClientSession() as session:
        api = Api(new_server, session)
        coalition = await api.found(somebody())
        people = [somebody() for _ in range(WRITERS)]
        call = await api.open_call(coalition, *((person, "member") for person in people))
        before = api.statement((await api.items(await api.token(people[0]), call.id)).json["end"])
        acknowledged: list[bytes] = []
        enough = asyncio.Event()

        async def send(person, items: list[bytes]) -> None:
            token = await api.token(person)
            for item in items:
                answer = await api.send(token, call.id, Place(2, item))
                assert answer.status == 200
                acknowledged.append(item)
                if len(acknowledged) >= WRITERS * EACH // 2:
                    enough.set()

        written = [[_record(call, person, n) for n in range(EACH)] for person in people]
        senders = [asyncio.create_task(send(*pair)) for pair in zip(people, written, strict=True)]
        await enough.wait()
        new_server.kill()
        results = await asyncio.gather(*senders, return_exceptions=True)
        assert any(isinstance(result, aiohttp.ClientError) for result in results)

    new_server.start()
    async with aiohttp.ClientSession() as session:
        api = Api(new_server, session)
        token = await api.token(people[0])
        answer = await api.items(token, call.id)
        items = shown(answer)
        assert set(acknowledged) <= set(items)
        assert len(set(items)) == len(items)
        assert api.statement(answer.json["end"]).time > before.time
        for person, mine in zip(people, written, strict=True):
            token = await api.token(person)
            assert {(await api.send(token, call.id, Place(2, item))).status for item in mine} == {200}
        items = shown(await api.items(token, call.id))
        assert sorted(item or b"" for item in items[len(call.places) :]) == sorted(
            item for mine in written for item in mine
        )


def need(program: str, package: str) -> None:
    """A tool that is missing is said, and is no reason to leave a test out."""
    assert shutil.which(program), f"{program} is missing; it comes with: apt-get install --yes {package}"


def _record(call: Space, person, n: int) -> bytes:
    key, chain = person.device.id, call.chain
    header = Header(call.id, chain.epoch, "allies", random(16), person.member, key, n, chain.seen(), [], [])
    return seal_record(header, b"answer", call.ring(person.device).epoch(chain.epoch), person.device)


async def test_O06_a_full_disk_is_said_and_nothing_is_changed(tmp_path: Path) -> None:
    # The limit on the size of a file stands in for the disk.
    need("prlimit", "util-linux")
    server = make_server(tmp_path / "data", "prlimit", "--fsize=700000", "--")
    server.start()
    try:
        async with aiohttp.ClientSession() as session:
            api = Api(server, session)
            coalition = await api.found(somebody())
            call = await api.open_call(coalition)
            token, answer = await api.token(coalition.founder), Answer(200, "", b"")
            kept = len(call.places)
            for n in range(40):
                header = _header(call, coalition.founder, n)
                item = seal_record(
                    header, bytes(48_000), call.ring(coalition.founder.device).epoch(0), coalition.founder.device
                )
                answer = await api.send(token, call.id, Place(2, item))
                if answer.status != 200:
                    break
                kept += 1
            assert (answer.status, answer.code) == (507, "full")
            assert len(shown(await api.items(token, call.id))) == kept
    finally:
        server.kill()


def _header(call: Space, person, n: int) -> Header:
    return Header(call.id, 0, "allies", random(16), person.member, person.device.id, n, call.chain.seen(), [], [])


CALLS = "trace=fsync,fdatasync,sendto,write,sendmsg"
REPLY = r"(sendto|write|sendmsg)\(\d+<(socket|TCP).*HTTP/1\.1 "


@pytest.mark.slow
async def test_O01_the_reply_comes_after_the_disk_has_it(tmp_path: Path) -> None:
    need("strace", "strace")
    trace = tmp_path / "trace"
    server = make_server(tmp_path / "data", "strace", "-D", "-f", "-y", "-s", "40", "-e", CALLS, "-o", str(trace))
    server.start()
    try:
        async with aiohttp.ClientSession() as session:
            api = Api(server, session)
            coalition = await api.found(somebody())
            token = await api.token(coalition.founder)
            before = len(await _lines(api, trace))
            coalition.write(coalition.founder)
            await api.push(token, coalition)
            append = (await _lines(api, trace))[before:]
            blob = random(16)
            assert (await api.put_chunk(token, coalition.id, blob, 0, b"chunk")).status == 204
            put = (await _lines(api, trace))[before + len(append) :]
    finally:
        server.kill()
    committed = r"(fsync|fdatasync)\(\d+<[^>]*server\.db-wal>"
    _in_order(append, committed, f"{REPLY}200")
    written, named = r"(fsync|fdatasync)\(\d+<[^>]*/blobs/[^>]*\.part", rf"fsync\(\d+<[^>]*/{blob.hex()}>"
    _in_order(put, written, named, committed, f"{REPLY}204")


async def _lines(api: Api, trace: Path) -> list[str]:
    """The trace so far. One more request first: only when it is answered is the reply before it surely written down."""
    assert (await api.ask("GET", "/")).status == 404
    return trace.read_text().splitlines()


def _in_order(lines: list[str], *patterns: str) -> None:
    """Each pattern is in a line after the one before it; the last is nowhere earlier."""
    at = 0
    for pattern in patterns:
        found = next((n for n, line in enumerate(lines[at:], at) if re.search(pattern, line)), None)
        assert found is not None, f"{pattern} not after line {at} of\n" + "\n".join(lines)
        at = found + 1
    assert not any(re.search(patterns[-1], line) for line in lines[: at - 1])
