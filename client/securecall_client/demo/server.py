"""The demonstration's server: the real program in a process of its own, started, killed and stopped."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from securecall_client.demo.person import CommandError

PROGRAM: Final = Path(sys.executable).parent / "securecall-server"
_READY: Final = 60.0
"""Seconds that it has to begin."""
_END: Final = 30.0


class _Made(msgspec.Struct):
    setup_code: str


class Server:
    """A server in ``data``. What it prints, on either stream, is kept in the folder ``logs``.

    It is a plain child process and not one of the event loop's, so that it can outlive this program.
    """

    def __init__(self, data: Path, logs: Path, port: int) -> None:
        self.data, self.logs, self.port = data, logs, port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process. Raises: CommandError if there is none."""
        if self._process is None:
            raise CommandError("The server is not running.")
        return self._process.pid

    async def make(self, url: str) -> str:
        """Make the folder a server's, for clients that come by ``url``; return its setup code."""
        command = (PROGRAM, "init", "--data", self.data, "--url", url, "--json")
        made = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            out, err = await made.communicate()
        finally:
            if made.returncode is None:
                made.kill()
                await made.wait()
        if made.returncode != 0:
            raise CommandError(f"securecall-server init left with {made.returncode}: {err.decode().strip()}")
        return msgspec.json.decode(out, type=_Made).setup_code

    async def start(self) -> None:
        """Start, and return once it takes requests. Raises: CommandError."""
        self.logs.mkdir(exist_ok=True)
        self._process = process = self._launch()
        try:
            line = await asyncio.wait_for(asyncio.to_thread(self._first_line, process), _READY)
        except TimeoutError:
            line = b""
        if not line.startswith(b"Listening on "):
            self.kill()
            raise CommandError(f"The server did not start. What it said stands in {self.logs}.")

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """Ask it to stop, and return its exit code."""
        return await asyncio.to_thread(self._end, signal.SIGTERM)

    def _launch(self) -> subprocess.Popen[bytes]:
        command = [str(PROGRAM), "serve", "--data", str(self.data), "--listen", f"127.0.0.1:{self.port}"]
        with (self.logs / "stderr.log").open("ab") as log:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True
            )

    def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        os.kill(process.pid, how)
        try:
            code = process.wait(_END)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        self._keep_log(process)
        return code

    def _first_line(self, process: subprocess.Popen[bytes]) -> bytes:
        line = process.stdout.readline() if process.stdout is not None else b""
        self._append(line)
        return line

    def _keep_log(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdout is not None:
            self._append(process.stdout.read())
            process.stdout.close()

    def _append(self, data: bytes) -> None:
        with (self.logs / "stdout.log").open("ab") as log:
            log.write(data)


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port of this computer that is free, and nobody else's for the length of the block."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
