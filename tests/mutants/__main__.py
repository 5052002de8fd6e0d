"""`make mutants`: takes each verification out in turn; ends with 1 unless a test turns red each time."""

import argparse
import sys
import time
from pathlib import Path

import pytest

from tests.mutants.importing import install
from tests.mutants.places import MODULES, ROOT, SAME_WITHOUT
from tests.mutants.sweep import Sweep, Verdict
from tests.mutants.switches import Instrumented
from tests.mutants.watched import Watched

TESTS = ("tests/unit", "tests/vectors")


def names(path: Path, module: str) -> list[str]:
    """The switches of a module."""
    return Instrumented(module, path.read_text("utf-8")).names


def main() -> int:
    """Run the sweep and say what came of it."""
    parser = argparse.ArgumentParser("make mutants", description="Take each verification out; a test must turn red.")
    parser.add_argument("--only", action="append", help="only switches with this in their name; may be given again")
    parser.add_argument("--list", action="store_true", help="name the switches and run nothing")
    parser.add_argument("tests", nargs="*", default=TESTS, help="the tests to watch (all of units and vectors)")
    asked = parser.parse_args()
    chosen = [name for module, path in MODULES.items() for name in names(path, module)]
    chosen = [name for name in chosen if any(part in name for part in asked.only or [""])]
    if asked.list:
        sys.stdout.write("\n".join(chosen) + "\n")
        return 0
    install(MODULES)
    sweep, begun = Sweep(chosen, Watched(ROOT / "build" / "mutants")), time.perf_counter()
    code = pytest.main(["-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", *asked.tests], plugins=[sweep])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) or not sweep.verdicts:
        return 2
    return _report(sweep, time.perf_counter() - begun)


def _report(sweep: Sweep, seconds: float) -> int:
    wrong = [line for verdict in sweep.verdicts if (line := _wrong(verdict))]
    wrong += [f"red although nothing was taken out: {test}" for test in sweep.broken]
    killed = sum(verdict.red is not None for verdict in sweep.verdicts)
    sys.stdout.write("".join(f"{line}\n" for line in wrong))
    sys.stdout.write(
        f"{len(sweep.verdicts)} verifications taken out in turn: {killed} turned a test red, "
        f"{len(sweep.verdicts) - killed} did not; {seconds:.0f} s\n"
    )
    return 1 if wrong else 0


def _wrong(verdict: Verdict) -> str | None:
    if verdict.red is not None:
        return f"has a reason to be left out and needs none: {verdict.name}" if verdict.name in SAME_WITHOUT else None
    if verdict.name in SAME_WITHOUT:
        return None
    return f"{'SURVIVED ' + str(verdict.green) + ' tests' if verdict.green else 'NO TEST'}: {verdict.name}"


if __name__ == "__main__":
    sys.exit(main())
