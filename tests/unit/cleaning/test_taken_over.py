"""A sandbox that a file took over can do nothing to whoever runs it (rows F04, F05, T04)."""

import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from securecall_client import seccomp
from securecall_client.posix import not_limited
from securecall_client.sandbox import process
from securecall_client.sandbox.messages import Clean, Cleaned, Draw, Lines, Picture, Read
from securecall_client.sandbox.process import Sandbox
from tests.unit.cleaning import taken_over

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the filter of system calls is Linux's")


@contextmanager
def victim(folder: Path) -> Iterator[bytes]:
    """What an attack can aim at, as it is told of it; nothing of it may have changed at the end."""
    (folder / "victim").write_text("precious")
    (folder / "empty").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port, allowed = listening.getsockname()[1], sorted(seccomp.MACHINES[os.uname().machine].allowed)
        yield json.dumps({"folder": str(folder), "port": port, "parent": os.getpid(), "allowed": allowed}).encode()
    assert sorted(path.name for path in folder.iterdir()) == ["empty", "victim"]
    assert (folder / "victim").read_text() == "precious"


@pytest.mark.slow
def test_f04_f05_t04_a_sandbox_that_a_file_took_over_can_do_nothing_to_its_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not_limited() is None
    monkeypatch.setattr(process, "_command", lambda: [sys.executable, "-E", "-P", taken_over.__file__])
    with victim(tmp_path) as data:
        assert could_do(lambda sandbox: sandbox.ask(Clean(), Cleaned), data) == []
        assert could_do(lambda sandbox: sandbox.ask(Draw(0, 9), Picture), data) == []
        assert could_do(lambda sandbox: sandbox.ask(Read(), Lines), data) == []


def could_do(ask: Callable[[Sandbox], tuple[object, bytes]], data: bytes) -> object:
    """What a sandbox could do that was taken over by what it was asked."""
    with Sandbox(data) as sandbox:
        return json.loads(ask(sandbox)[1])


def test_f04_the_filter_is_of_this_machine_s_calls_alone() -> None:
    """The instructions, followed by hand: whatever they are asked, they end, and answer by the list."""
    for machine in seccomp.MACHINES.values():
        for architecture in (machine.audit, 0x40000003, 0):
            for number in range(700):
                may = architecture == machine.audit and number in machine.allowed
                assert answer(seccomp._filter(machine), architecture, number) == (
                    seccomp._ALLOW if may else seccomp._REFUSE
                )


def answer(program: bytes, architecture: int, number: int) -> int:
    """What a filter answers."""
    at, loaded = 0, -1
    while True:
        code, value = (
            int.from_bytes(program[8 * at + cut : 8 * at + end], sys.byteorder) for cut, end in ((0, 2), (4, 8))
        )
        so, other = program[8 * at + 2], program[8 * at + 3]
        if code == seccomp._RETURN:
            return value
        if code == seccomp._LOAD:
            loaded = {0: number, 4: architecture}[value]
        at += 1 + (0 if code == seccomp._LOAD else so if loaded == value else other)
