"""`make model`: every run of the model, two at a time. Ends with 1 unless each comes out as it must."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.model.runs import SWEEP, Outcome, Run, check


def main() -> int:
    """Run the sweep and say how each run came out."""
    with TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        outcomes = pool.map(check, SWEEP, (Path(folder, str(number)) for number in range(len(SWEEP))))
        sound = [_say(run, outcome) for run, outcome in zip(SWEEP, outcomes, strict=True)]
    return 0 if all(sound) else 1


def _say(run: Run, outcome: Outcome) -> bool:
    sound = (outcome.violated is not None) == run.broken
    found = "an error, as there must be" if outcome.violated else "no error"
    verdict = found if sound else f"WRONG: {outcome.violated or 'no error, and there must be one'}"
    sys.stdout.write(f"{run.name:<48} {outcome.states:>11,} states {outcome.seconds:6.1f} s  {verdict}\n")
    sys.stdout.flush()
    return sound


if __name__ == "__main__":
    sys.exit(main())
