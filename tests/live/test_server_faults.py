"""A fault at every write of the server: error, full disk, short write, kill (rows O01, O03, O06)."""

import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.faults.inject import Fault, How, faults
from tests.faults.programs import Nursery
from tests.faults.server_faults import (
    Tally,
    Template,
    Write,
    break_making,
    break_serving,
    break_starting,
    clear,
    prepare,
)
from tests.faults.sweep import Sweep

WAYS: tuple[How, ...] = ("EIO", "ENOSPC", "kill")
SAMPLE = 3
LARGEST = 200_000
"""Bytes past which no file of the scene grows."""

Break = Callable[[Template, Path, Fault | None, Tally], Awaitable[list[Write]]]
FILLS_UP = "a server whose disk fills up"


async def start_new(template: Template, root: Path, fault: Fault | None, tally: Tally) -> list[Write]:
    return break_starting(template, root, fault, tally, new=True)


async def start_killed(template: Template, root: Path, fault: Fault | None, tally: Tally) -> list[Write]:
    return break_starting(template, root, fault, tally, new=False)


async def make(template: Template, root: Path, fault: Fault | None, tally: Tally) -> list[Write]:
    return break_making(template, root, fault, tally)


PARTS: dict[str, Break] = {
    "a server that serves": break_serving,
    "a new one that starts": start_new,
    "one that was killed and starts": start_killed,
    "one that is made": make,
}


async def sweep(root: Path, what: str, dice: random.Random, sample: int | None) -> Tally:
    """A fault at each write of one part, or at ``sample`` of them; or files that grow no more from some size on."""
    tally, trials = Tally(what), Sweep()
    with Nursery("server") as nursery:
        template = await prepare(nursery, root)
        if what == FILLS_UP:
            for size in sizes(dice, sample):
                with trials.trying(f"no file past {size} bytes"):
                    await break_serving(template, root, size, tally)
                clear(template, root)
        else:
            part = PARTS[what]
            for fault in draw(dice, sample, await part(template, root, None, tally)):
                with trials.trying(fault):
                    await part(template, root, fault, tally)
                clear(template, root)
    trials.check()
    return tally


def draw(dice: random.Random, sample: int | None, writes: list[Write]) -> list[Fault]:
    """All faults, or a few of them."""
    every = faults(writes, *WAYS)
    print(len(every), "faults", flush=True)
    return every if sample is None else dice.sample(every, sample)


def sizes(dice: random.Random, sample: int | None) -> list[int]:
    """Sizes at which files may grow no more, as odd as a disk may fill up."""
    every = [size + dice.randrange(1_000) for size in range(0, LARGEST, 1_000)]
    return every if sample is None else dice.sample(every, sample)


@pytest.mark.parametrize("what", [*PARTS, FILLS_UP])
async def test_o03_o06_faults_at_some_writes_of_the_server(
    what: str, tmp_path: Path, drawn: int, record_property
) -> None:
    tally = await sweep(tmp_path, what, random.Random(drawn), SAMPLE)
    assert tally.faults
    record_property("figure", str(tally))


@pytest.mark.soak
@pytest.mark.parametrize("what", [*PARTS, FILLS_UP])
async def test_o03_o06_a_fault_at_every_write_of_the_server(
    what: str, tmp_path: Path, drawn: int, record_property
) -> None:
    tally = await sweep(tmp_path, what, random.Random(drawn), None)
    assert tally.faults
    record_property("figure", str(tally))
