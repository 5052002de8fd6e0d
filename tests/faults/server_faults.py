"""A fault at a write of the server: what is kept afterwards, and that it goes on without hand work (rows O03, O06)."""

import asyncio
import json
import random
import resource
import shutil
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from securecall_server import settings
from tests.faults.history import History
from tests.faults.inject import Fault, Tracer
from tests.faults.load import GoneError, Load, Writer, begin
from tests.faults.programs import Nursery, Server, make_server
from tests.faults.whole import assert_whole, leftovers
from tests.live.process import read_setup
from tests.world import Person, Space

TRIES = 6
Write = tuple[str, int]
"""A system call's name and number (`tests.faults.inject`)."""


@dataclass(slots=True)
class Tally:
    """What was tried, and what came of it."""

    what: str
    faults: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    unable: int = 0

    def __str__(self) -> str:
        ways = ", ".join(f"{count} {how}" for how, count in sorted(self.faults.items()))
        return (
            f"{self.faults.total()} faults at writes of {self.what} ({ways}): {self.acknowledged} items acknowledged, "
            f"0 lost, 0 doubled; {self.unable} times it said that it cannot now, and went on by itself"
        )


@dataclass(frozen=True, slots=True)
class Template:
    """A server that was stopped, with a call of two, to be broken again and again."""

    server: Server
    call: Space
    people: list[Person]
    begun: list[bytes]


async def prepare(nursery: Nursery, root: Path) -> Template:
    """Make one."""
    server = make_server(nursery, root / "template")
    server.start()
    async with aiohttp.ClientSession() as session:
        load = await begin(server, session, 0, 2)
    assert server.stop() == 0
    return Template(server, load.call, load.people, assert_whole(server.folder)[load.call.id])


async def break_serving(template: Template, root: Path, fault: Fault | int | None, tally: Tally) -> list[Write]:
    """Serve, with this fault or this limit on the size of files, and stop; the writes that were made.

    Whoever writes tries again, and gets through; nothing is started anew but a server that was killed.
    """
    server = _copy(template, root / "broken")
    server.start()
    assert server.child is not None
    async with aiohttp.ClientSession() as session:
        load = Load(server, random.Random(0), session, template.call, template.people, History(template.begun))
        load.up.set()
        if isinstance(fault, int):
            writes = []
            with limited(server.child.pid, fault):
                await _write_all(load, 1)
            await _write_all(load, TRIES)
            code = server.stop()
            tally.faults["short write, then full"] += 1
        else:
            with Tracer(server.child.pid, root / "log", fault) as tracer:
                await _write_all(load, TRIES)
                code = await asyncio.to_thread(server.stop)
            writes = tracer.writes()
            if fault is not None and tracer.hits():
                tally.faults[fault.how] += 1
        assert code == 0 or (isinstance(fault, Fault) and fault.how == "kill")
        await _check(load)
    tally.acknowledged += load.acknowledged
    tally.unable += load.unable
    shutil.rmtree(server.folder)
    return writes


_DYING = 1.0
"""Seconds."""


async def _write_all(load: Load, tries: int) -> None:
    """Two records, a file put up and let go, an entry; each until it is done, or ``tries`` times."""
    writer = Writer(load, load.people[1])
    await _until_done(load, writer, writer.say, tries)
    await _until_done(load, writer, writer.put_up, tries)
    await _until_done(load, writer, writer.let_go, tries)
    await _until_done(load, writer, writer.relabel, tries)
    await _until_done(load, writer, writer.put_up, tries)


async def _until_done(load: Load, writer: Writer, act: Callable[[], Awaitable[object]], tries: int) -> None:
    for left in reversed(range(tries)):
        try:
            await writer.follow()
            await act()
        except GoneError:
            # Only what was killed is started anew; whoever lives goes on by itself.
            # A traced process that is killed takes a moment to be gone, in which it answers nobody.
            if await asyncio.to_thread(load.server.has_died, _DYING):
                load.server.start()
            assert left or tries == 1, "the server does not take anything any more"
        else:
            return


async def _check(load: Load) -> None:
    """After one more start all is there, and whole."""
    server = load.server
    server.start()
    assert leftovers(server.folder) == []
    reader = Writer(load, load.people[0])
    await reader.follow()
    assert server.stop() == 0
    items = assert_whole(server.folder)[load.call.id]
    load.check_kept(items)
    load.history.check(items)


def break_starting(template: Template, root: Path, fault: Fault | None, tally: Tally, *, new: bool) -> list[Write]:
    """Start a ``new`` server, or one that was killed, with this fault; the next start needs no hand work."""
    server = _copy(template, root / "broken")
    if new:
        for path in server.folder.iterdir():
            if path.name not in {settings.KEY, settings.SETTINGS}:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    else:
        server.start()
        server.kill()
    child = server.begin(wait=True)
    with Tracer(child.pid, root / "log", fault) as tracer:
        child.go_on()
        began = server.is_ready()
        code = server.stop()
    assert began or code == -signal.SIGKILL or (code == 1 and is_plain(server.log[-1])), (code, server.log[-1])
    server.start()
    assert server.stop() == 0
    kept = assert_whole(server.folder)
    assert kept == {} if new else kept[template.call.id] == template.begun
    if fault is not None and tracer.hits():
        tally.faults[fault.how] += 1
    shutil.rmtree(server.folder)
    return tracer.writes()


def break_making(template: Template, root: Path, fault: Fault | None, tally: Tally) -> list[Write]:
    """Make a server, with this fault; then the same command makes it, or says that it is made.

    One that was killed when all was made and the code not said yet says what to do about it, and that helps.
    """
    folder, nursery = root / "made", template.server.nursery
    child = nursery.start("init", "--data", folder, "--json", cwd=root, wait=True)
    with Tracer(child.pid, root / "log", fault) as tracer:
        child.go_on()
        code = child.wait()
    out, err = child.said()
    assert code in {0, -signal.SIGKILL} or (code == 1 and is_plain(err)), (code, err)
    told = json.loads(out).get("setup_code") if out else None
    code_again, said_again = _make(nursery, folder)
    if code == -signal.SIGKILL and not told and code_again == 1:
        assert "If you never saw its setup code, nobody can use it: then remove the folder first." in said_again[1]
        shutil.rmtree(folder)
        code_again, said_again = _make(nursery, folder)
    assert code_again == (1 if told else 0), (code, out, err, said_again)
    setup = read_setup(told or json.loads(said_again[0])["setup_code"])
    server = Server(nursery, folder, setup)
    server.start()
    assert server.stop() == 0
    if fault is not None and tracer.hits():
        tally.faults[fault.how] += 1
    shutil.rmtree(folder)
    return tracer.writes()


def _make(nursery: Nursery, folder: Path) -> tuple[int, tuple[str, str]]:
    child = nursery.start("init", "--data", folder, "--json", cwd=folder.parent)
    return child.wait(), child.said()


def clear(template: Template, root: Path) -> None:
    """Take away what a failure has left behind."""
    template.server.nursery.clear()
    for folder in (root / "broken", root / "made"):
        shutil.rmtree(folder, ignore_errors=True)


def is_plain(said: str) -> bool:
    """Whether it is a sentence, and no trace of a mistake."""
    return said.rstrip().endswith(".") and "Traceback" not in said and "Error" not in said


def _copy(template: Template, folder: Path) -> Server:
    shutil.copytree(template.server.folder, folder)
    return Server(template.server.nursery, folder, template.server.setup)


@contextmanager
def limited(process: int, size: int, *, lift: bool = True) -> Iterator[None]:
    """No file of the process grows past ``size`` bytes: the write that would is cut short, and those after it fail.

    It is not to be lifted from a process that has ended by then.
    """
    _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        if lift:
            resource.prlimit(process, resource.RLIMIT_FSIZE, (hard, hard))
