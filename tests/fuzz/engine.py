"""How long decoders are fuzzed: a moment each in every run of the tests, minutes altogether with `make fuzz`.

`SECURECALL_FUZZ_SECONDS` says for how long altogether, shared evenly among the targets. Each gets rounds of new
examples until its time is up, from seeds that it counts, so that a finding comes again with the same settings.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Final

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.inputs import inputs
from tests.fuzz.target import Target

SECONDS: Final = float(os.environ.get("SECURECALL_FUZZ_SECONDS", "0"))
"""For the whole run of `make fuzz`; 0 in a run of the tests."""
WORKERS: Final = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
SAMPLE: Final = 60
"""Examples of a target in a run of the tests."""
ROUND: Final = 2_000
PATIENCE: Final = 60
"""Seconds after which one input counts as one that hangs; each takes well under one."""


class HangsError(AssertionError):
    """A decoder did not come back."""


@dataclass(slots=True)
class Tally:
    """Inputs that a target was given, and how many of them it read."""

    tried: int = 0
    taken: int = 0


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Raise HangsError in what takes longer. Only in the main thread, as tests are."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise HangsError(f"no answer within {seconds} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def fuzz(target: Target, targets: int) -> Tally:
    """Try a target, one of so many, for its share of the time."""
    tally = Tally()
    target.samples()  # what has to be set up first is no part of the target's time
    if not SECONDS:
        _round(target, tally, settings(max_examples=SAMPLE, derandomize=True, database=None))
        return tally
    until, number = time.monotonic() + SECONDS * WORKERS / targets, 0
    while time.monotonic() < until or not number:
        # The longer a round may take, the smaller it is: slow targets must not eat the others' time.
        _round(target, tally, settings(max_examples=ROUND, database=None), number, until)
        number += 1
    return tally


def _round(target: Target, tally: Tally, how: settings, number: int | None = None, until: float | None = None) -> None:
    samples = list(target.samples())
    assert samples, f"{target.name} has no good input"

    @settings(
        how,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs(samples))
    def tries(data: bytes) -> None:
        if until is not None and tally.tried and time.monotonic() > until:
            return
        tally.tried += 1
        with within(PATIENCE):
            tally.taken += target.take(data)

    (tries if number is None else seed(number)(tries))()
