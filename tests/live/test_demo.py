"""`securecall demo` as a person runs it: the whole call, and Ctrl-C in its middle."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).parent / "securecall"

pytestmark = pytest.mark.slow


def start(temporary: Path, *words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "TMPDIR": str(temporary)}
    return subprocess.Popen(
        [PROGRAM, "demo", *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_every_check_holds_and_nothing_is_left(tmp_path: Path) -> None:
    demo = start(tmp_path, "--json")
    out, err = demo.communicate(timeout=300)
    assert demo.returncode == 0, err
    document = json.loads(out)
    assert [step["step"] for step in document["steps"]] == list(range(1, 10))
    assert all(step["held"] and step["checks"] for step in document["steps"])
    assert (document["held"], document["failure"], document["left"]) == (True, None, None)
    assert document["passphrase_mib"] == 64
    assert document["seconds"] >= sum(step["seconds"] for step in document["steps"]) - 0.1
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_it_and_clears_away(tmp_path: Path) -> None:
    demo = start(tmp_path)
    assert demo.stderr is not None
    assert "1. " in demo.stderr.readline()
    (folder,) = tmp_path.iterdir()
    demo.send_signal(signal.SIGINT)
    _, err = demo.communicate(timeout=60)
    assert demo.returncode == 130, err
    assert not folder.exists()
    running = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [line for line in running if str(folder).encode() in line]
