"""Processes of their own: a function in a fresh one, a bare server beside ours, and how much memory one takes."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
KIB = 1024
_SPAWN = get_context("spawn")


@dataclass(frozen=True, slots=True)
class BareServer:
    """A bare server that runs."""

    pid: int
    url: str


@contextmanager
def bare_server(serve: Callable[[str, Connection], None], folder: Path) -> Iterator[BareServer]:
    """Run ``serve(folder, ready)`` in its own process; it sends its port once it takes requests."""
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=serve, args=(str(folder), theirs))
    process.start()
    try:
        port = ours.recv()
        yield BareServer(process.pid or 0, f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        process.join()


def in_fresh_process(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``work`` gives when a new process does it."""
    with ProcessPoolExecutor(1, mp_context=_SPAWN) as pool:
        return pool.submit(work, *args, **kwargs).result()


class Peak:
    """The greatest resident memory of a process, above what it has now (Linux: `proc_pid_clear_refs(5)`)."""

    def __init__(self, pid: int | str = "self") -> None:
        self._folder = Path("/proc", str(pid))
        (self._folder / "clear_refs").write_text("5")
        self._before = self._read("VmRSS")

    def rise(self) -> int:
        """Bytes by which it rose since this was made."""
        return self._read("VmHWM") - self._before

    def _read(self, what: str) -> int:
        found = re.search(rf"^{what}:\s+(\d+) kB$", (self._folder / "status").read_text(), re.MULTILINE)
        if found is None:
            raise RuntimeError(f"the system does not say {what}")
        return int(found[1]) * KIB
