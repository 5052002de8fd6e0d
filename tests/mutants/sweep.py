"""The sweep: which tests see a verification refuse, and whether one of them turns red once it refuses no more.

A plug-in of pytest. Tests are collected once; everything then runs in forks of that process, so each run begins with
the same clean modules. A test in which a verification refuses nothing cannot tell whether it is there, so only those
in which it does are run without it, the quickest first; `watched` spares looking twice.
"""

import json
import os
import signal
import sys
import tempfile
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any  # what a fork hands back has gone through JSON

import pytest
from _pytest.runner import runtestprotocol

from tests.mutants import probe
from tests.mutants.watched import Found, Watched

WORKERS = 2
BROKEN = 70
"""How a fork ends that could not do what it was for."""
PATIENCE = 60, 5
"""How long the tests of a switch may take: seconds, and times that they took with every switch on. What never ends has
turned red too.
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the tests without a verification: the one that turned red, or how many stayed green."""

    name: str
    red: str | None
    green: int


@dataclass
class Sweep:
    """The plug-in. ``verdicts`` are there once pytest has come to its end; ``broken`` are tests red with every switch
    on.
    """

    names: Sequence[str]
    watched: Watched
    verdicts: list[Verdict] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests in this way, in the place of pytest's own."""
        files: dict[Path, list[pytest.Item]] = defaultdict(list)
        for item in session.items:
            files[item.path].append(item)
        seen: dict[str, list[tuple[float, pytest.Item]]] = defaultdict(list)
        items = {item.nodeid: item for item in session.items}
        begun = time.perf_counter()
        for found in self._watched(list(files.values())):
            for test, seconds, red, refused in found:
                self.broken += [test] if red else []
                for name in refused:
                    seen[name].append((seconds, items[test]))
        _say(f"{len(items)} tests watched in {time.perf_counter() - begun:.0f} s")
        chosen = [[item for _, item in sorted(seen[name], key=_quickest)] for name in self.names]
        least, times = PATIENCE
        jobs = [
            partial(_without, name, tests, least + round(times * sum(seconds for seconds, _ in seen[name])))
            for name, tests in zip(self.names, chosen, strict=True)
        ]
        for number, red in _forked(jobs):
            verdict = Verdict(self.names[number], "no end" if red is None else red or None, len(chosen[number]))
            self.verdicts.append(verdict)
            if verdict.red is None:
                _say(f"green without {verdict.name} ({verdict.green} tests)")
            elif red is None:
                _say(f"no end without {verdict.name}")
        return True

    def _watched(self, groups: Sequence[Sequence[pytest.Item]]) -> Iterator[Found]:
        """What is seen of each file of tests: as it was last time, or now."""
        known = [(group, self.watched.get(group)) for group in groups]
        yield from (found for _, found in known if found is not None)
        anew = [group for group, found in known if found is None]
        for number, found in _forked([partial(_watch, group) for group in anew]):
            if found is None:
                self.broken.append(f"{anew[number][0].path.name} as a whole")
                continue
            self.watched.keep(anew[number], found)
            yield found


def _quickest(seen: tuple[float, pytest.Item]) -> tuple[float, str]:
    return seen[0], seen[1].nodeid


def _watch(items: Sequence[pytest.Item]) -> Found:
    found = []
    for item, following in zip(items, [*items[1:], None], strict=True):
        probe.refused.clear()
        begun = time.perf_counter()
        red = _is_red(item, following)
        found.append((item.nodeid, time.perf_counter() - begun, red, sorted(probe.refused)))
    return found


def _without(name: str, items: Sequence[pytest.Item], patience: int) -> str:
    """The first test that turns red without a verification; empty if none does. It ends after ``patience`` seconds.

    What a whole session shares is set up once for all of them, and without that verification too.
    """
    signal.alarm(patience)
    probe.off = name
    pairs = zip_longest(items, items[1:])
    return next((item.nodeid for item, following in pairs if _is_red(item, following)), "")


def _is_red(item: pytest.Item, following: pytest.Item | None) -> bool:
    return any(report.failed for report in runtestprotocol(item, nextitem=following, log=False))


def _forked(jobs: Sequence[Callable[[], Any]]) -> Iterator[tuple[int, Any]]:
    """What each job returns, with its number, as they end; None for one that came to no end. `WORKERS` run at a time,
    each in a fork.
    """
    running: dict[int, tuple[int, Path]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, job in enumerate(jobs):
            if len(running) == WORKERS:
                yield _gather(running)
            answer = Path(folder, str(number))
            running[_fork(job, answer)] = number, answer
        while running:
            yield _gather(running)


def _fork(job: Callable[[], Any], answer: Path) -> int:
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    status = BROKEN
    try:
        answer.with_suffix(".part").write_text(json.dumps(job()), "utf-8")
        answer.with_suffix(".part").rename(answer)
        status = 0
    except BaseException:  # whatever it is, a fork must not go on as if it were the sweep itself
        traceback.print_exc()
    finally:
        os._exit(status)


def _gather(running: dict[int, tuple[int, Path]]) -> tuple[int, Any]:
    child, status = os.wait()
    if os.waitstatus_to_exitcode(status) == BROKEN:
        raise RuntimeError("a fork of the sweep broke off: see above")
    number, answer = running.pop(child)
    return number, json.loads(answer.read_text("utf-8")) if answer.exists() else None


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
