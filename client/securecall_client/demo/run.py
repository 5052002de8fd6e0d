"""`securecall demo`: the whole run, from an empty folder to the table at the end."""

import asyncio
import json as jsons
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from compileall import compile_dir
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from securecall.errors import InvalidError
from securecall_client.demo import (
    answering,
    calling,
    closing,
    concluding,
    crashing,
    founding,
    keeping,
    mapping,
    removing,
    revealing,
    sharing,
)
from securecall_client.demo.checks import Checks
from securecall_client.demo.person import PROGRAM
from securecall_client.demo.report import Narrator, Report, Step
from securecall_client.demo.scene import Scene
from securecall_client.demo.server import PROGRAM as SERVER_PROGRAM
from securecall_client.errors import SecureCallError
from securecall_client.progress import Terminal
from securecall_client.text import size

Play = Callable[[Scene], Awaitable[None]]
STEPS: Final[Sequence[tuple[str, Sequence[Play]]]] = (
    (founding.TITLE, (founding.play,)),
    (calling.TITLE, (calling.play,)),
    (sharing.TITLE, (sharing.play,)),
    (answering.TITLE, (answering.play,)),
    (crashing.TITLE, (crashing.play,)),
    (revealing.TITLE, (revealing.play,)),
    (removing.TITLE, (removing.play,)),
    (mapping.TITLE, (mapping.play, concluding.play)),
    (closing.TITLE, (closing.play, closing.search)),
)
"""The steps; where one breaks off, those after it are not played, but for the search at the very end."""
_NEEDED: Final = ("sqlalchemy", "aiosqlite", "alembic", "obstore", "ahocorasick_rs")
"""What the server and the search are built on, by import name."""
_PACKAGES: Final = ("securecall", "securecall_keys", "securecall_client", "securecall_server")
_ROOM: Final = 1536 * 1024 * 1024
"""Bytes of disk: 64 MiB as file, as chunks, on the wire four times, fetched three times, and in a copy."""


def main(keep: bool, json: bool) -> int:
    """Run the demonstration; 0 only if every check held. Raises: SecureCallError if it cannot begin.

    With ``keep`` server and profiles are left standing; with ``json`` one document is printed at the end.
    """
    check_installed()
    folder = Path(tempfile.mkdtemp(prefix="securecall-demo-"))
    free = shutil.disk_usage(folder).free
    if free < _ROOM:
        folder.rmdir()
        raise SecureCallError(
            f"The demo needs {size(_ROOM)} of disk for a while, and in {folder.parent} there are {size(free)}.",
            code="disk-full",
            hint="Name another folder in TMPDIR, and try again.",
        )
    compile_once()
    report = asyncio.run(_in_folder(folder, keep=keep))
    _print(report, json=json)
    return 0 if report.held else 1


async def _in_folder(folder: Path, *, keep: bool) -> Report:
    """Play in ``folder``, and clear it away unless it is to be looked at."""
    narrator = Narrator(Terminal())
    scene = Scene(folder, Checks(narrator.check))
    left: dict[str, object] | None = None
    try:
        report = await play(scene, narrator, STEPS)
        if keep and scene.call:
            left = await keeping.stand(scene)
        elif not report.held:
            left = keeping.left_behind(scene)
    finally:
        if left is None or "pid" not in left:
            await scene.close()
        if left is None:
            shutil.rmtree(folder, ignore_errors=True)
    return Report(report.steps, report.seconds, report.replies, report.failure, left)


async def play(scene: Scene, narrator: Narrator, steps: Sequence[tuple[str, Sequence[Play]]]) -> Report:
    """Play the steps in order. What breaks one off becomes the report's failure."""
    began, done, failure = time.monotonic(), [], None
    for number, (title, parts) in enumerate(steps, start=1):
        last = number == len(steps)
        todo = parts if failure is None else parts[1:] if last and scene.canaries.strings else ()
        start, before = time.monotonic(), len(scene.checks.made)
        if todo:
            narrator.step(number, title)
        broke = await _act(scene, todo)
        failure = failure or broke
        whole = len(todo) == len(parts) and broke is None
        done.append(Step(number, title, whole, time.monotonic() - start, scene.checks.made[before:]))
    return Report(done, time.monotonic() - began, scene.commands.replies, failure, None)


async def _act(scene: Scene, parts: Iterable[Play]) -> str | None:
    """Play the parts of a step; return the sentence of what broke it off."""
    try:
        for part in parts:
            await part(scene)
    except (SecureCallError, InvalidError, OSError, sqlite3.Error) as error:
        return f"{error}"
    return None


def check_installed() -> None:
    """Raise SecureCallError where the server, or what searches it, is not installed."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    missing += [program.name for program in (PROGRAM, SERVER_PROGRAM) if not program.exists()]
    if missing:
        raise SecureCallError(
            f"The demo runs a server and searches what it stores, and here {', '.join(missing)} is missing for that.",
            code="not-installed",
            hint="Install SecureCall with its extras `server` and `demo`; in the project's folder `make install` does.",
        )


def compile_once() -> None:
    """Keep the bytecode of what dozens of processes are about to import.

    Where Python may not write it by itself (PYTHONDONTWRITEBYTECODE, as in many containers), each process would
    compile all of it anew; where it cannot be kept, they do.
    """
    for package in _PACKAGES:
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
            compile_dir(folder, quiet=2)


def _print(report: Report, *, json: bool) -> None:
    if json:
        print(jsons.dumps(report.document()))
        return
    lines = [*report.words(), *(keeping.words(report.left) if report.left else ())]
    sys.stdout.write("\n".join(lines) + "\n")
