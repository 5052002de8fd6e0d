"""A server under load that is killed again and again, at moments drawn from a seed (rows O01, O03, O12)."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.faults.load import Load, begin
from tests.faults.programs import Nursery, make_server
from tests.faults.whole import assert_whole, leftovers, unnoted
from tests.live.process import run_program


@dataclass(slots=True)
class Count:
    """What came of it."""

    kills: int = 0
    while_starting: int = 0
    acknowledged: int = 0
    chunks: int = 0
    lost: int = 0
    left_over: int = 0
    unnoted: int = 0

    def __str__(self) -> str:
        return (
            f"{self.kills} kills of a server under load ({self.while_starting} of them while it started): "
            f"{self.acknowledged} items and {self.chunks} chunks acknowledged, 0 lost, 0 doubled; "
            f"{self.lost} replies lost, {self.left_over} half-written chunks cleaned up, "
            f"{self.unnoted} chunks left unnoted and purged"
        )


async def kill_again_and_again(root: Path, kills: int, seed: int, writers: int) -> Count:
    """Kill, look, start, ``kills`` times; after each kill all that was acknowledged is there, and whole."""
    count = Count()
    with Nursery("server") as nursery:
        server = make_server(nursery, root / "data")
        server.start()
        async with aiohttp.ClientSession() as session:
            load = await begin(server, session, seed, writers)
            async with load.writing():
                while count.kills < kills:
                    await _kill_and_start(load, count)
                await load.reached(load.acknowledged + writers)
        assert server.stop() == 0
        items = assert_whole(server.folder)[load.call.id]
        load.check_kept(items)
        load.history.check(items)
        count.unnoted = len(unnoted(server.folder))
    clean_up(server.folder)
    load.check_kept(assert_whole(server.folder)[load.call.id])
    count.acknowledged, count.chunks, count.lost = load.acknowledged, len(load.chunks), load.lost
    return count


def clean_up(folder: Path) -> None:
    """What an operator does: the server's own look says that all is whole, before `purge` and after it."""
    for words in (("check", "--read-all"), ("purge",), ("check", "--read-all")):
        said = run_program(*words, "--data", folder)
        assert said.returncode == 0, (words, said.stdout, said.stderr)
    assert leftovers(folder) == []
    assert unnoted(folder) == []


async def _kill_and_start(load: Load, count: Count) -> None:
    """Kill at some moment among some items, and now and then once more while it starts."""
    await load.reached(load.acknowledged + load.dice.randint(1, 8))
    await asyncio.sleep(load.dice.random() * 0.02)
    _kill(load, count)
    if load.dice.random() < 0.15:
        load.server.begin()
        await asyncio.sleep(load.dice.random() * 0.3)
        count.while_starting += 1
        _kill(load, count)
    load.server.start()
    assert leftovers(load.server.folder) == []
    load.up.set()


def _kill(load: Load, count: Count) -> None:
    load.up.clear()
    load.server.kill()
    count.kills += 1
    count.left_over += len(leftovers(load.server.folder))
    load.check_kept(assert_whole(load.server.folder)[load.call.id])
