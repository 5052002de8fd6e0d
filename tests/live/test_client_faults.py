"""A fault at every write of the client: error, full disk, short write, kill (rows O04, O06, O07, T03, T06)."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.client_faults import ACTS, Scene, Told, break_client, check_old_copy, set_up
from tests.faults.inject import Fault, How, faults
from tests.faults.programs import Nursery
from tests.faults.sweep import Sweep

WAYS: tuple[How, ...] = ("EIO", "ENOSPC", "kill")
SAMPLE = 2
SIZES = range(0, 160_000, 1_000)


FAULTS, FILLS_UP = HOW = ("faults", "a disk that fills up")


@contextmanager
def staged(root: Path) -> Iterator[Scene]:
    with Nursery("client") as clients, Nursery("server") as servers:
        yield set_up(root, clients, servers)


def sweep(scene: Scene, act: str, how: str, dice: random.Random, sample: int | None) -> Told:
    """A fault at each write of one act, or files that grow no more; or ``sample`` of either; then an older copy."""
    told, trials = Told(f"a client ({act})"), Sweep()
    writes = break_client(scene, act, None, told)
    sizes = [size + dice.randrange(1_000) for size in SIZES]
    every: list[Fault | int] = [*faults(writes, *WAYS)] if how == FAULTS else [*sizes]
    print(len(every), "faults", flush=True)
    for fault in every if sample is None else dice.sample(every, sample):
        with trials.trying(fault if isinstance(fault, Fault) else f"no file past {fault} bytes"):
            break_client(scene, act, fault, told)
    break_client(scene, act, None, told)
    check_old_copy(scene, told)
    trials.check()
    return told


@pytest.mark.parametrize("act", ACTS)
def test_o04_o06_t06_faults_at_some_writes_of_the_client(act: str, tmp_path: Path, drawn: int, record_property) -> None:
    with staged(tmp_path) as scene:
        for how in HOW:
            record_property("figure", str(sweep(scene, act, how, random.Random(drawn), SAMPLE)))


@pytest.mark.soak
@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("act", ACTS)
def test_o04_o06_t06_a_fault_at_every_write_of_the_client(
    act: str, how: str, tmp_path: Path, drawn: int, record_property
) -> None:
    with staged(tmp_path) as scene:
        record_property("figure", str(sweep(scene, act, how, random.Random(drawn), None)))
