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
SAMPLE = 4
SIZES = range(0, 160_000, 1_000)


@contextmanager
def staged(root: Path) -> Iterator[Scene]:
    with Nursery("client") as clients, Nursery("server") as servers:
        yield set_up(root, clients, servers)


def sweep(scene: Scene, act: str, dice: random.Random, sample: int | None) -> Told:
    """A fault at each write of one act, or at ``sample`` of them, and short writes; then an older copy put back."""
    told, trials = Told(f"a client ({act})"), Sweep()
    every: list[Fault | int] = [*faults(break_client(scene, act, None, told), *WAYS)]
    print(len(every), "faults", flush=True)
    every = [*every, *(size + dice.randrange(1_000) for size in SIZES)]
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
        record_property("figure", str(sweep(scene, act, random.Random(drawn), SAMPLE)))


@pytest.mark.soak
@pytest.mark.parametrize("act", ACTS)
def test_o04_o06_t06_a_fault_at_every_write_of_the_client(
    act: str, tmp_path: Path, drawn: int, record_property
) -> None:
    with staged(tmp_path) as scene:
        record_property("figure", str(sweep(scene, act, random.Random(drawn), None)))
