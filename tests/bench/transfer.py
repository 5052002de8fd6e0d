"""A file up and down through the real server, beside aiohttp alone, and what memory both ends take for it.

In every round all four processes are new, so that none lives on memory that another round made it take.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import aiohttp

from securecall_client.blobs import AT_ONCE, Source, download
from securecall_keys.blobs import chunk_size
from tests.bench.bare import serve_chunks
from tests.bench.children import Peak, bare_server, in_fresh_process
from tests.bench.measure import MIB, Plan, Rounds, Sample, shown_size
from tests.bench.room import at_work, open_room

FLOOR = "aiohttp alone, same chunks"


@dataclass(frozen=True, slots=True)
class Moved:
    """What a client took: seconds for each way, and memory (bytes) for both together."""

    up: float
    down: float
    memory: int


@dataclass(slots=True)
class Nowhere:
    """Where a file's bytes go that nobody keeps."""

    size: int = 0

    def write(self, data: bytes, /) -> None:
        """Count them."""
        self.size += len(data)


async def transfer(plan: Plan) -> Rounds:
    """Rounds of a file's way up and down."""
    size = plan.pick(1024 * MIB, 64 * MIB)
    path, what = plan.folder / "file", shown_size(size)
    with path.open("wb") as file:
        for _ in range(size // MIB):
            file.write(os.urandom(MIB))
    while True:
        with TemporaryDirectory(dir=plan.folder) as folder:
            ours, server = await _ours(Path(folder), path)
        with TemporaryDirectory(dir=plan.folder) as folder:
            bare, bare_server = _bare(Path(folder), path)
        yield [
            Sample(f"upload {what}", "s", FLOOR, ours.up, bare.up),
            Sample(f"download {what}", "s", FLOOR, ours.down, bare.down),
            Sample(f"memory of the client, {what}", "MiB", FLOOR, ours.memory / MIB, bare.memory / MIB),
            Sample(f"memory of the server, {what}", "MiB", FLOOR, server / MIB, bare_server / MIB),
        ]


async def _ours(folder: Path, path: Path) -> tuple[Moved, int]:
    """Ours, and the memory (bytes) that the server took."""
    async with open_room(folder, 1) as room:
        if room.server.process is None:
            raise RuntimeError("the server went away")
        peak = Peak(room.server.process.pid)
        moved = await asyncio.to_thread(in_fresh_process, move_ours, room.homes[0], room.call, path)
        return moved, peak.rise()


def move_ours(home: Path, call: bytes, path: Path) -> Moved:
    """Put a file up and fetch it, as `doc add` and `doc get` do."""

    async def move() -> Moved:
        async with at_work(home) as session:
            await session.sync_all()
            peak = Peak()
            with path.open("rb") as source:
                sealed = Source.of_file(path.name, source)
                body, ref = await session.blobs.seal(sealed, bytes(16), lambda _done, _total: None)
            start = perf_counter()
            await session.writer.write(call, body, "allies", blobs=[ref])
            up = perf_counter()
            file = Nowhere()
            await download(call, body, session.transport, file, lambda _done, _total: None)
            down = perf_counter()
            _check(file, path)
            return Moved(up - start, down - up, peak.rise())

    return asyncio.run(move())


def _bare(folder: Path, path: Path) -> tuple[Moved, int]:
    with bare_server(serve_chunks, folder) as server:
        peak = Peak(server.pid)
        moved = in_fresh_process(move_bare, server.url, path)
        return moved, peak.rise()


def move_bare(url: str, path: Path) -> Moved:
    """The same with aiohttp alone, as many chunks at once."""
    size = path.stat().st_size
    each = chunk_size(size)
    starts = range(0, size, each)

    async def move() -> Moved:
        async with aiohttp.ClientSession() as session:
            peak, file = Peak(), Nowhere()

            async def put(index: int) -> None:
                data = await asyncio.to_thread(_read, path, starts[index], each)
                async with session.put(f"{url}/{index}", data=data) as reply:
                    reply.raise_for_status()

            async def get(index: int) -> None:
                async with session.get(f"{url}/{index}") as reply:
                    file.write(await reply.read())

            start = perf_counter()
            await _some_at_once(put, len(starts))
            up = perf_counter()
            await _some_at_once(get, len(starts))
            down = perf_counter()
            _check(file, path)
            return Moved(up - start, down - up, peak.rise())

    return asyncio.run(move())


def _read(path: Path, start: int, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(size)


async def _some_at_once(work: Callable[[int], Awaitable[None]], count: int) -> None:
    """Do ``work`` for each of ``count``, as many at once as our client does."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(index: int) -> None:
        async with slots:
            await work(index)

    await asyncio.gather(*(one(index) for index in range(count)))


def _check(file: Nowhere, path: Path) -> None:
    if file.size != path.stat().st_size:
        raise RuntimeError("the file did not come back whole")
