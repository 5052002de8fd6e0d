"""`make bench`: everything measured beside its floor, in turns. `--quick` tries it out with less; see `--help`."""

import argparse
import asyncio
import sys
from contextlib import aclosing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.bench.mapping import mapping
from tests.bench.measure import Benchmark, Plan, Row, make_rows
from tests.bench.pages import pages
from tests.bench.records import records
from tests.bench.report import PAGE, ROWS, page, read_rows, table, write_rows
from tests.bench.rotation import rotation
from tests.bench.screens import screens
from tests.bench.sealing import sealing
from tests.bench.transfer import transfer
from tests.bench.verifying import verifying

BENCHMARKS: dict[str, Benchmark] = {
    "sealing": sealing,
    "transfer": transfer,
    "rotation": rotation,
    "verifying": verifying,
    "records": records,
    "screens": screens,
    "pages": pages,
    "mapping": mapping,
}


def main() -> None:
    """Run the benchmarks that were asked for."""
    parser = argparse.ArgumentParser("make bench", description="Measure SecureCall beside the least that is needed.")
    parser.add_argument("--quick", action="store_true", help="smaller sizes and three rounds, for trying")
    parser.add_argument("--only", action="append", choices=BENCHMARKS, help="this one alone (may be given again)")
    asked = parser.parse_args()
    if not Path("/proc/self/clear_refs").exists():
        parser.error("this needs Linux, which alone says how much memory a process took at most")
    chosen = {name: BENCHMARKS[name] for name in asked.only or BENCHMARKS}
    left_out: list[str] = []
    rows = [row for name, benchmark in chosen.items() for row in _run(name, benchmark, asked.quick, left_out)]
    write_rows(rows)
    _say(f"\n{table(read_rows())}")
    for why in left_out:
        _say(f"Left out: {why}")
    _say(f"Every measurement is in {ROWS.name}.")
    if asked.quick or asked.only:
        _say(f"{PAGE.name} was left as it is: only a whole run makes it.")
    else:
        PAGE.write_text(page(read_rows(), left_out), "utf-8")


def _run(name: str, benchmark: Benchmark, quick: bool, left_out: list[str]) -> list[Row]:
    ROWS.parent.mkdir(exist_ok=True)
    _say(f"{name}: getting ready")
    with TemporaryDirectory(dir=ROWS.parent, prefix="bench-") as folder:
        return asyncio.run(_rounds(name, benchmark, Plan(Path(folder), quick, left_out)))


async def _rounds(name: str, benchmark: Benchmark, plan: Plan) -> list[Row]:
    begun, rounds = perf_counter(), []
    async with aclosing(benchmark(plan)) as source:
        async for samples in source:
            rounds.append(samples)
            _say(f"{name}: round {len(rounds)} of {plan.rounds}, {perf_counter() - begun:.0f} s so far")
            if len(rounds) == plan.rounds:
                break
    return make_rows(rounds, quick=plan.quick)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
