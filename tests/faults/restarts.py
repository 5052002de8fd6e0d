"""Writers at one chain through a line that cuts and loses replies, to a server that is started anew (row O05)."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.faults.load import Load, begin
from tests.faults.programs import Nursery, make_server
from tests.faults.whole import assert_whole
from tests.line.shaper import Shape, Shaper

WRITERS = 10
BAD = Shape(dead=1, cut=(1_500, 40_000))
"""Every tenth connection dies at once, all of them after a few requests: in a request, in its reply, or between."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run came to."""

    load: Load
    cuts: int
    restarts: int

    def __str__(self) -> str:
        outcomes = [append.outcome for append in self.load.history.appends]
        return (
            f"{WRITERS} writers at one chain, {self.restarts} restarts, {self.cuts} connections cut, "
            f"{self.load.lost} replies lost: {outcomes.count('acknowledged')} items acknowledged, "
            f"{outcomes.count('refused')} refused, {outcomes.count('unknown')} unknown, "
            f"{len(self.load.history.readings)} readings; one append-only list, 0 lost, 0 doubled"
        )


async def write_through(root: Path, items: int, restarts: int, seed: int) -> Seen:
    """Let ten writers write until ``items`` are acknowledged, and check what they saw. Raises: HistoryError."""
    async with Shaper(seed) as shaper:
        with Nursery("server") as nursery:
            server = make_server(nursery, root / "data", shaper.url)
            await asyncio.to_thread(server.start)
            shaper.upstream = server.port
            async with aiohttp.ClientSession() as session:
                load = await begin(server, session, seed, WRITERS)
                shaper.shape = BAD
                async with load.writing():
                    for restart in range(1, restarts + 1):
                        await load.reached(items * restart // (restarts + 1))
                        load.up.clear()
                        # A kill loses what is under way; whoever is asked to stop finishes it.
                        await asyncio.to_thread(server.kill if restart % 2 else server.stop)
                        await asyncio.to_thread(server.start)
                        load.up.set()
                    await load.reached(items)
            assert await asyncio.to_thread(server.stop) == 0
    kept = assert_whole(server.folder)[load.call.id]
    load.check_kept(kept)
    load.history.check(kept)
    return Seen(load, shaper.cuts, restarts)
