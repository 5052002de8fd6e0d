"""What a benchmark gives, and what becomes of it: rounds of samples, a row for each sample's name.

Ours and the floor are measured in turns within the same round, so that whatever else the machine does meanwhile
falls on both; what counts is the ratio.
"""

import gc
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeVar

import msgspec

T = TypeVar("T")
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement of ours and of the floor beside it, in the same unit."""

    name: str
    unit: str
    floor: str
    """What the floor is, in words."""
    value: float
    baseline: float


class Row(msgspec.Struct, frozen=True):
    """What came of a name's samples.

    ``value`` and ``baseline`` (the floor's) are medians, ``ratio`` the median of each round's ``value / baseline``, and
    ``spread`` the greatest of these less the least. ``rounds`` are the rounds' values and baselines.
    """

    name: str
    value: float
    unit: str
    baseline: float
    ratio: float
    spread: float
    floor: str
    quick: bool
    rounds: list[tuple[float, float]]

    def ratios(self) -> list[float]:
        """The rounds' ratios, ascending."""
        return sorted(value / baseline for value, baseline in self.rounds)


@dataclass(slots=True)
class Plan:
    """How a run is made: ``quick`` is for trying; ``folder`` is on a disk that a server's data could lie on."""

    folder: Path
    quick: bool
    left_out: list[str] = field(default_factory=list)
    """Sentences about what could not be measured here."""

    @property
    def rounds(self) -> int:
        """How often everything is measured."""
        return 3 if self.quick else 5

    def pick(self, full: T, quick: T) -> T:
        """A size: of the full run, or of a quick one."""
        return quick if self.quick else full

    def leave_out(self, why: str) -> None:
        """Say, once, that something is not measured."""
        if why not in self.left_out:
            self.left_out.append(why)


Rounds = AsyncGenerator[list[Sample], None]
"""A benchmark: one list of samples a round, always of the same names, for as long as it is asked."""
Benchmark = Callable[[Plan], Rounds]


def make_rows(rounds: Sequence[Sequence[Sample]], *, quick: bool) -> list[Row]:
    """The rows of a benchmark's rounds."""
    return [_row(samples, quick=quick) for samples in zip(*rounds, strict=True)]


def _row(samples: Sequence[Sample], *, quick: bool) -> Row:
    first = samples[0]
    values, baselines = [sample.value for sample in samples], [sample.baseline for sample in samples]
    ratios = [value / baseline for value, baseline in zip(values, baselines, strict=True)]
    return Row(
        name=first.name,
        value=median(values),
        unit=first.unit,
        baseline=median(baselines),
        ratio=median(ratios),
        spread=max(ratios) - min(ratios),
        floor=first.floor,
        quick=quick,
        rounds=list(zip(values, baselines, strict=True)),
    )


def seconds(work: Callable[[], object]) -> float:
    """How long ``work`` takes; what lay about before is swept up first."""
    gc.collect()
    start = perf_counter()
    work()
    return perf_counter() - start


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which ``part`` (0 to 1) of ``values`` lie, by nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def shown_size(size: int) -> str:
    """A size as names have it."""
    return f"{size // (1024 * MIB)} GiB" if size % (1024 * MIB) == 0 else f"{size // MIB} MiB"
