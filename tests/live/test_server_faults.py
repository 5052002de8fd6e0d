"""A fault at every write of the server: error, full disk, short write, kill (rows O01, O03, O06)."""

import random
from pathlib import Path

import pytest

from tests.faults.inject import Fault, How, faults
from tests.faults.programs import Nursery
from tests.faults.server_faults import Tally, break_making, break_serving, break_starting, prepare

WAYS: tuple[How, ...] = ("EIO", "ENOSPC", "kill")
SAMPLE = 3
LARGEST = 200_000
"""Bytes past which no file of the scene grows."""


async def sweep(root: Path, dice: random.Random, sample: int | None) -> list[Tally]:
    """A fault at each write of making, starting and serving, or at ``sample`` of each."""
    serving, starting, making = Tally("a server that serves"), Tally("one that starts"), Tally("one that is made")
    with Nursery("server") as nursery:
        template = await prepare(nursery, root)
        for fault in draw(dice, sample, await break_serving(template, root, None, serving)):
            await break_serving(template, root, fault, serving)
        for size in sizes(dice, sample):
            await break_serving(template, root, size, serving)
        for new in (True, False):
            for fault in draw(dice, sample, break_starting(template, root, None, starting, new=new)):
                break_starting(template, root, fault, starting, new=new)
        for fault in draw(dice, sample, break_making(template, root, None, making)):
            break_making(template, root, fault, making)
    return [serving, starting, making]


def draw(dice: random.Random, sample: int | None, writes: list[tuple[str, int]]) -> list[Fault]:
    """All faults, or a few of them."""
    every = faults(writes, *WAYS)
    print(len(every), "faults")
    return every if sample is None else dice.sample(every, sample)


def sizes(dice: random.Random, sample: int | None) -> list[int]:
    """Sizes at which files may grow no more, as odd as a disk may fill up."""
    every = [size + dice.randrange(1_000) for size in range(0, LARGEST, 1_000)]
    return every if sample is None else dice.sample(every, sample)


async def test_o03_o06_faults_at_some_writes_of_the_server(tmp_path: Path, drawn: int, record_property) -> None:
    for tally in await sweep(tmp_path, random.Random(drawn), SAMPLE):
        assert tally.faults
        record_property("figure", str(tally))


@pytest.mark.soak
async def test_o03_o06_a_fault_at_every_write_of_the_server(tmp_path: Path, drawn: int, record_property) -> None:
    for tally in await sweep(tmp_path, random.Random(drawn), None):
        assert tally.faults
        record_property("figure", str(tally))
