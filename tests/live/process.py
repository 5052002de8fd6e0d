"""A real server process on a free loopback port, started and ended as a person would."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

PROGRAM = Path(sys.executable).parent / "securecall-server"


class Setup(NamedTuple):
    """What a setup code holds."""

    seed: bytes
    server: bytes


def read_setup(code: str) -> Setup:
    """Read a setup code by the words of the program that makes it."""
    text = code.replace("-", "").upper()
    data = base64.b32decode(text + "=" * (-len(text) % 8))
    assert len(data) == 68
    assert sha256(data[:64]).digest()[:4] == data[64:]
    return Setup(data[:32], data[32:64])


def run_program(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The command, run to its end."""
    command = [str(PROGRAM), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)


@dataclass(slots=True)
class ServerProcess:
    """A server's folder and, while it runs, its process; it keeps its port from the first start on."""

    folder: Path
    setup: Setup
    before: Sequence[str] = ()
    """A command that runs the program, such as strace."""
    more: Sequence[str] = ()
    """More options of `serve`."""
    port: int = 0
    process: subprocess.Popen[str] | None = None
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.folder.parent / f"{self.folder.name}.log"

    @property
    def url(self) -> str:
        """The address that clients use."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def key(self) -> bytes:
        """The server's public key."""
        return self.setup.server

    def start(self) -> None:
        """Start, and return once it takes requests."""
        command = [*self.before, str(PROGRAM), "serve", "--data", str(self.folder)]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [*command, "--listen", f"127.0.0.1:{self.port}", *self.more],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        ready = re.fullmatch(r"Listening on http://127\.0\.0\.1:(\d+)\n", line)
        assert ready, f"the server did not start: {line}{self.log.read_text()}"
        self.port = int(ready[1])

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop, and return its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        os.kill(process.pid, how)
        code = process.wait(timeout=30)
        assert process.stdout is not None
        process.stdout.close()
        return code


def make_server(folder: Path, *before: str) -> ServerProcess:
    """A new server in ``folder``, not yet running."""
    made = run_program("init", "--data", folder, "--json")
    assert made.returncode == 0, made.stderr
    return ServerProcess(folder, read_setup(json.loads(made.stdout)["setup_code"]), before)
