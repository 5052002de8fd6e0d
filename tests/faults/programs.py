"""The real programs, started in no time and killed at will (`tests.faults.nursery`)."""

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tests.live.process import Setup, read_setup, run_program

ROOT = Path(__file__).parents[2]
LONGEST = 60.0
"""Seconds after which something hangs."""
_ASKED = 6
"""Times that a program is asked to stop, until then."""


@dataclass(slots=True)
class Child:
    """A running program; ``out`` is the reading end of its stdout, ``err`` the file of its stderr."""

    pid: int
    out: int
    err: IO[bytes]
    _orders: socket.socket
    _ended: int | None = None

    def kill(self) -> int:
        """End it as a power cut would; its exit code, which is that of one that was quicker.

        Its process id is its own until `wait` has read its end, but for the moment in which it ends by itself.
        """
        if self._ended is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        return self.wait()

    def stop(self) -> int:
        """Ask it to stop, and again: a fault may meet the write by which a signal is noted; its exit code."""
        for _ in range(_ASKED):
            if self.has_ended():
                break
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
            if self.has_ended(LONGEST / _ASKED):
                break
        return self.wait()

    def go_on(self) -> None:
        """Let one that was started to ``wait`` go on."""
        os.kill(self.pid, signal.SIGCONT)

    def wait(self) -> int:
        """Its exit code; the negative number of the signal that ended it."""
        if self._ended is None:
            self._ended = int(_line(self._orders))
        return self._ended

    def has_ended(self, within: float = 0) -> bool:
        """Whether it has ended, or ends ``within`` so many seconds."""
        if self._ended is None and select.select([self._orders], [], [], within)[0]:
            self.wait()
        return self._ended is not None

    def said(self) -> tuple[str, str]:
        """All that it said on stdout and stderr, once it has ended."""
        with os.fdopen(self.out, "rb") as out, self.err as err:
            err.seek(0)
            return out.read().decode(), err.read().decode()


class Nursery:
    """Starts one program again and again, one child at a time."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._child: Child | None = None

    def __enter__(self) -> Self:
        self._orders, theirs = socket.socketpair()
        self._orders.settimeout(LONGEST)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery", self._name, str(theirs.fileno())],
                cwd=ROOT,
                pass_fds=[theirs.fileno()],
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()
        self._orders.close()
        self._process.kill()
        self._process.wait()

    def clear(self) -> None:
        """End the child that a failure has left behind, if there is one."""
        if self._child is not None and not self._child.err.closed:
            self._child.kill()
            os.close(self._child.out)
            self._child.err.close()

    def start(
        self, *words: object, cwd: Path, environment: Mapping[str, str] | None = None, wait: bool = False
    ) -> Child:
        """Start the program with these arguments; one that is to ``wait`` does nothing before `Child.go_on`."""
        order = {
            "words": [self._name, *map(str, words)], "cwd": str(cwd),
            "environment": dict(os.environ if environment is None else environment), "wait": wait,
        }  # fmt: skip
        (out, their_out), err = os.pipe(), tempfile.TemporaryFile()  # noqa: SIM115  `Child.said` closes it
        try:
            socket.send_fds(self._orders, [json.dumps(order).encode()], [their_out, err.fileno()])
        finally:
            os.close(their_out)
        self._child = Child(int(_line(self._orders)), out, err, self._orders)
        return self._child


def _line(source: socket.socket) -> bytes:
    """Up to the end of the line; lines are short and few, so byte by byte will do."""
    line = b""
    while not line.endswith(b"\n"):
        byte = source.recv(1)
        assert byte, "the nursery is gone"
        line += byte
    return line


@dataclass(slots=True)
class Server:
    """A server's folder and, while it runs, its process; it keeps its port from the first start on."""

    nursery: Nursery
    folder: Path
    setup: Setup
    address: str = ""
    port: int = 0
    child: Child | None = None
    starts: int = 0
    log: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address that clients use: that of a line in between, if there is one."""
        return self.address or f"http://127.0.0.1:{self.port}"

    @property
    def key(self) -> bytes:
        """The server's public key."""
        return self.setup.server

    def begin(self, *, wait: bool = False) -> Child:
        """Start, and do not wait; with ``wait`` it does nothing before `Child.go_on`."""
        self.starts += 1
        words = ("serve", "--data", self.folder, "--listen", f"127.0.0.1:{self.port}")
        self.child = self.nursery.start(*words, cwd=self.folder, wait=wait)
        return self.child

    def start(self) -> None:
        """Start, and return once it takes requests."""
        self.begin()
        if not self.is_ready():
            code = self.stop()
            raise AssertionError(f"the server did not start ({code}): {self.log[-1]}")

    def is_ready(self) -> bool:
        """Wait until it takes requests; False if it ended instead."""
        assert self.child is not None
        line = b""
        while not line.endswith(b"\n") and (more := os.read(self.child.out, 256)):
            line += more
        ready = re.fullmatch(r"Listening on http://127\.0\.0\.1:(\d+)\n", line.decode())
        self.port = int(ready[1]) if ready else self.port
        return ready is not None

    def has_died(self, within: float = 0) -> bool:
        """Whether it was killed from elsewhere, or is being so (``within`` seconds); then it may be started again."""
        assert self.child is not None
        died = self.child.has_ended(within)
        if died:
            self.stop()
        return died

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop, and return its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        child, self.child = self.child, None
        if child is None:
            return 0
        code = child.kill() if how == signal.SIGKILL else child.stop()
        self.log.append(child.said()[1])
        return code


def make_server(nursery: Nursery, folder: Path, *urls: str) -> Server:
    """A new server in ``folder``, not yet running; ``urls`` are addresses by which clients come, if not its own."""
    options = [word for url in urls for word in ("--url", url)]
    made = run_program("init", "--data", folder, *options, "--json")
    assert made.returncode == 0, made.stderr
    return Server(nursery, folder, read_setup(json.loads(made.stdout)["setup_code"]), urls[0] if urls else "")
