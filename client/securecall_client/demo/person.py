"""A person of the demonstration: a profile, and `securecall` as a process of its own for each thing they do."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from securecall_client.errors import SecureCallError
from securecall_client.results.common import Result
from securecall_client.work.map_findings import Map

PROGRAM: Final = Path(sys.executable).parent / "securecall"
PASSPHRASE_MIB: Final = 64
"""The floor for the cost of a passphrase; `securecall` proposes 256."""
LONGEST: Final = 120.0
"""Seconds after which a command counts as stuck."""
_ENDED: Final = 10.0
"""Seconds that a process has to end once it is asked to."""

T = TypeVar("T", bound=Result | Map)
Event = dict[str, object]


class CommandError(SecureCallError):
    """A command did not do what the play needs."""

    code = "demo-command"


@dataclass(frozen=True, slots=True)
class Reply:
    """How a command ended."""

    command: str
    code: int
    out: bytes
    err: str
    seconds: float

    def read(self, kind: type[T]) -> T:
        """The document it printed. Raises: CommandError if it is of another form."""
        try:
            return msgspec.json.decode(self.out, type=kind)
        except msgspec.MsgspecError as error:
            raise CommandError(f"{self.command} printed something else than a {kind.__name__}: {error}.") from None

    def refusal(self) -> str:
        """The stable code of the failure it printed, empty if it printed none."""
        try:
            return msgspec.json.decode(self.out, type=_Failure).error.code
        except msgspec.MsgspecError:
            return ""


class _Error(msgspec.Struct):
    code: str
    message: str


class _Failure(msgspec.Struct):
    error: _Error


class Commands:
    """All commands of a run: how long each took, and which processes still run."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self._running: set[asyncio.subprocess.Process] = set()

    async def start(
        self, environment: dict[str, str], words: Collection[str], stdin: int = asyncio.subprocess.DEVNULL
    ) -> asyncio.subprocess.Process:
        """Start `securecall` with ``words``."""
        process = await asyncio.create_subprocess_exec(
            PROGRAM,
            *words,
            env=environment,
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        self._running.add(process)
        return process

    def ended(self, process: asyncio.subprocess.Process) -> None:
        """The process is over."""
        self._running.discard(process)

    def running(self) -> list[asyncio.subprocess.Process]:
        """What still runs."""
        return [process for process in self._running if process.returncode is None]

    async def all_ended(self) -> None:
        """Wait until nothing runs any more."""
        await asyncio.gather(*(process.wait() for process in self._running))

    async def end_all(self) -> None:
        """End what still runs, at once."""
        for process in self._running:
            if process.returncode is None:
                process.kill()
        await asyncio.gather(*(process.wait() for process in self._running))
        self._running.clear()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a profile in ``home``, whose passphrase stands in a file."""

    name: str
    org: str
    label: str
    home: Path
    passphrase_file: Path
    commands: Commands

    @property
    def environment(self) -> dict[str, str]:
        """What the person's shell would hold."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SECURECALL_")}
        mine = {"SECURECALL_HOME": str(self.home), "SECURECALL_PASSPHRASE_FILE": str(self.passphrase_file)}
        # Plain HTTP on loopback needs no certificates, and to read the system's takes each process a while.
        return kept | mine | {"SSL_CERT_FILE": os.devnull, "SSL_CERT_DIR": os.devnull}

    async def get(self, kind: type[T], *words: str, codes: Collection[int] = (0,)) -> T:
        """Do something and read its document. Raises: CommandError if it leaves with another code."""
        return (await self.run(*words, codes=codes)).read(kind)

    async def run(self, *words: str, codes: Collection[int] = (0,)) -> Reply:
        """Do something. Raises: CommandError if it leaves with another code, or never."""
        return await (await self.begin(*words)).end(codes)

    async def begin(self, *words: str) -> "Running":
        """Begin something that takes its time."""
        return Running(self, words, await self.commands.start(self.environment, [*words, "--json"]))

    async def watch(self, *words: str) -> "Watch":
        """Begin to watch something."""
        return Watch(self, await self.commands.start(self.environment, [*words, "--json"]))


class Running:
    """A command under way."""

    def __init__(self, person: Person, words: Collection[str], process: asyncio.subprocess.Process) -> None:
        self._person, self._process, self._began = person, process, time.monotonic()
        self._command = shown(person, words)
        self._said: list[bytes] = []
        self._spoke = asyncio.Event()
        self._err = asyncio.create_task(self._listen())
        self._out = asyncio.create_task(stream(process.stdout).read())

    async def spoke(self) -> None:
        """Wait until it has said something to the person, or is over."""
        await self._spoke.wait()

    async def end(self, codes: Collection[int] = (0,)) -> Reply:
        """Wait for its end. Raises: CommandError if it leaves with another code, or never."""
        try:
            async with asyncio.timeout(LONGEST):
                out, _, code = await asyncio.gather(self._out, self._err, self._process.wait())
        except TimeoutError:
            raise CommandError(f"{self._command} did not end within {LONGEST:.0f} seconds.") from None
        self._person.commands.ended(self._process)
        err = b"".join(self._said).decode(errors="replace")
        reply = Reply(self._command, code, out, err, time.monotonic() - self._began)
        self._person.commands.replies.append(reply)
        if code not in codes:
            said = (out.decode(errors="replace") or err).strip()
            raise CommandError(f"{self._command} left with {code}: {said}")
        return reply

    async def kill(self) -> int:
        """End it as a power cut would; gives how it ended."""
        if self._process.returncode is None:
            self._process.kill()
        *_, code = await asyncio.gather(self._out, self._err, self._process.wait())
        self._person.commands.ended(self._process)
        return code

    async def _listen(self) -> None:
        async for line in stream(self._process.stderr):
            self._said.append(line)
            self._spoke.set()
        self._spoke.set()


class Watch:
    """`call watch` under way: the events so far."""

    def __init__(self, person: Person, process: asyncio.subprocess.Process) -> None:
        self.events: list[Event] = []
        self._person, self._process = person, process
        self._news = asyncio.Condition()
        self._over = False
        self._reading = asyncio.create_task(self._read())
        self._err = asyncio.create_task(stream(process.stderr).read())

    async def until(self, what: str, seen: Callable[[list[Event]], bool], seconds: float = LONGEST) -> None:
        """Wait until the events satisfy ``seen``. Raises: CommandError if they never do; ``what`` says what."""
        try:
            async with asyncio.timeout(seconds), self._news:
                await self._news.wait_for(lambda: seen(self.events) or self._over)
        except TimeoutError:
            raise CommandError(f"{self._person.name}: call watch did not show {what}.") from None
        if not seen(self.events):
            said = (await self._err).decode(errors="replace").strip()
            raise CommandError(f"{self._person.name}: call watch ended before it showed {what}. {said}")

    def named(self, event: str) -> list[Event]:
        """The events of one name."""
        return [one for one in self.events if one.get("event") == event]

    async def stop(self) -> None:
        """End it as Ctrl-C does; if it does not listen, at once."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(_ENDED):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
        await asyncio.gather(self._reading, self._err, self._process.wait())
        self._person.commands.ended(self._process)

    async def _read(self) -> None:
        async for line in stream(self._process.stdout):
            async with self._news:
                self.events.append(msgspec.json.decode(line, type=Event))
                self._news.notify_all()
        async with self._news:
            self._over = True
            self._news.notify_all()


def stream(pipe: asyncio.StreamReader | None) -> asyncio.StreamReader:
    """A pipe of a process that was started with pipes."""
    if pipe is None:
        raise RuntimeError("a command is started with pipes")
    return pipe


def shown(person: Person, words: Collection[str]) -> str:
    """Who gives a command, and its words; ids and paths cut short."""
    return f"{person.name}: securecall " + " ".join(Path(word).name[:24] for word in words)
