"""Faults at the writes of a running program, by number: strace counts its system calls and lets one of them fail.

strace counts for each thread apart. The thread that writes to the database is one, and files are otherwise written by
one thread after the other, so a call's name and number stand for one write, or for a few of different threads at once.
What was hit is read off the log. Short writes are no fault of strace's, which only feigns them: there a limit on the
size of files lets a write stop in the middle, as a disk does that fills up (`resource.prlimit`, RLIMIT_FSIZE).
"""

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from tests.faults.programs import LONGEST

How = Literal["EIO", "ENOSPC", "kill"]
WRITES = (
    "write", "pwrite64", "writev", "pwritev", "fsync", "fdatasync", "ftruncate", "fallocate", "openat",
    "mkdir", "mkdirat", "link", "linkat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir",
)  # fmt: skip
"""System calls that change what is on a disk; of `openat` those that make a file. An architecture may lack some."""
_TRACE = "trace=" + ",".join(f"?{name}" for name in WRITES)
_CALL = re.compile(r"(\d+) +(\w+)\((.*)")
_NO_FILE = re.compile(r"[012]\D|\d+<(socket|pipe|anon_inode|TCP|UNIX|/dev/)")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """``how`` the call ``name`` goes wrong whenever a thread makes it for the time ``number`` (from 1)."""

    name: str
    number: int
    how: How

    @property
    def options(self) -> list[str]:
        """As strace is told."""
        what = "signal=SIGKILL" if self.how == "kill" else f"error={self.how}"
        return ["-e", f"inject={self.name}:{what}:when={self.number}"]


class Tracer:
    """strace at a running process for the length of the block; it ends with the process or is taken off."""

    def __init__(self, process: int, log: Path, fault: Fault | None = None) -> None:
        assert shutil.which("strace"), "strace is missing; it comes with: apt-get install --yes strace"
        self._log = log
        more = fault.options if fault else []
        self._command = ["strace", "-f", "-y", "-o", str(log), "-e", _TRACE, *more, "-p", str(process)]

    def __enter__(self) -> Self:
        self._strace = subprocess.Popen(self._command, stderr=subprocess.PIPE, text=True)
        assert self._strace.stderr is not None
        said = self._strace.stderr.readline()
        assert "attached" in said, (
            f"strace may not look at other processes here, so no faults can be injected: {said}"
            "In a container it takes the capability SYS_PTRACE."
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._strace.terminate()
        self._strace.communicate(timeout=LONGEST)

    def hits(self) -> int:
        """How often the fault was met."""
        return sum("(INJECTED)" in line or "+++ killed by SIGKILL" in line for line in self._lines())

    def writes(self) -> list[tuple[str, int]]:
        """Name and number of every write to a file that was seen, each pair once, in the order of the first."""
        counted: Counter[tuple[str, str]] = Counter()
        found: dict[tuple[str, int], None] = {}
        for line in self._lines():
            call = _CALL.match(line)
            if call is None:
                continue
            thread, name, arguments = call.groups()
            counted[thread, name] += 1
            if _changes_a_file(name, arguments):
                found[name, counted[thread, name]] = None
        return list(found)

    def _lines(self) -> list[str]:
        return self._log.read_text(errors="replace").splitlines()


def _changes_a_file(name: str, arguments: str) -> bool:
    if name == "openat":
        return "O_CREAT" in arguments or "O_TMPFILE" in arguments
    return name not in {"write", "writev"} or not _NO_FILE.match(arguments)


def faults(writes: Iterable[tuple[str, int]], *ways: How) -> list[Fault]:
    """Each of these writes in each of these ways."""
    return [Fault(name, number, how) for name, number in writes for how in ways]
