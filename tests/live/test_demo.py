"""`securecall demo` as a person runs it: the whole call, and Ctrl-C in its middle."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from securecall_client.demo.windows import PARTS

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


def test_the_pages_of_four_people_open_with_what_unlocks_them_again(tmp_path: Path) -> None:
    demo = start(tmp_path, "--web", "--no-browser")
    assert demo.stdout is not None
    said = ""
    try:
        for line in demo.stdout:
            said += line
            if "people are in this call" in line:
                break
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.communicate(timeout=60)
    assert len(
        re.findall(
            r"^  http://\S+/call/[0-9a-f]+#enter=\S+\n  passphrase, if you lock it: lagoon \w+$", said, re.MULTILINE
        )
    ) == len(PARTS), said
    assert (demo.returncode, list(tmp_path.iterdir())) == (0, [])
