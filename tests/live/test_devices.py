"""Real programs over a real server: a second computer is linked and removed, and paper brings one back (T07, S25)."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from securecall_server.codes import setup_code
from tests.live.process import ServerProcess

PROGRAM = Path(sys.executable).parent / "securecall"
ROWS = '[[rows]]\nactivity = "{}"\nplace = "KE"\nstatus = "planned"\n'


class Computer:
    """A computer with a profile in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "passphrase").write_text("harbour violin seventeen moss\n", "utf-8")
        (folder / "passphrase").chmod(0o600)
        home, passphrase = str(folder / "home"), str(folder / "passphrase")
        self.environment = {**os.environ, "SECURECALL_HOME": home, "SECURECALL_PASSPHRASE_FILE": passphrase}

    def start(self, *words: str) -> subprocess.Popen[str]:
        """A command, begun."""
        return subprocess.Popen(
            [str(PROGRAM), *words, "--json"], env=self.environment, cwd=self.folder, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *words: str, given: str = "", code: int = 0) -> Any:
        """A command, run to its end; gives its document."""
        process = self.start(*words)
        out, err = process.communicate(given, timeout=120)
        assert process.returncode == code, (words, out, err)
        return json.loads(out)

    def answer(self, activity: str) -> str:
        """Answer the only exercise of the only call; gives where the answer is safe."""
        (self.folder / "rows.toml").write_text(ROWS.format(activity), "utf-8")
        exercise = self.run("exercise", "list", "Spring")["exercises"][0]["exercise"]
        return str(self.run("exercise", "answer", "Spring", exercise, "--file", "rows.toml")["saved"])

    def answers(self) -> list[str]:
        """The activities in the newest answers."""
        exercise = self.run("exercise", "list", "Spring")["exercises"][0]["exercise"]
        shown = self.run("exercise", "show", "Spring", exercise)["answers"]
        return sorted(row["activity"] for answer in shown for row in answer["rows"])


@pytest.fixture
def founder(new_server: ServerProcess, tmp_path: Path) -> Computer:
    """The secretariat's computer, with a call and an exercise in it."""
    new_server.start()
    computer = Computer(tmp_path / "old")
    arguments = ("--server", new_server.url, "--name", "Amina", "--org", "Secretariat", "--passphrase-memory", "64")
    computer.run("found", "Harbour", *arguments, "--from", "-", given=setup_code(new_server.setup.seed, new_server.key))
    computer.run("call", "open", "Spring", "--country", "KE", "--starts", "2027-03-01T15:00Z")
    computer.run("exercise", "start", "Spring", "who-does-what")
    return computer


def link(old: Computer, new: Computer) -> str:
    """Link a new computer; gives its device."""
    adding = old.start("device", "add", "--name", "Laptop")
    assert adding.stderr is not None
    text = next(line for line in adding.stderr if re.fullmatch(r"([a-z2-7]{8}-)+[a-z2-7]+\n", line))
    linked = new.run("device", "link", "--passphrase-memory", "64", "--from", "-", given=text)
    out, err = adding.communicate(timeout=60)
    assert adding.returncode == 0, err
    assert json.loads(out)["device"] == linked["device"]
    return str(linked["device"])


def test_t07_s25_link_both_write_remove_recover_by_sheet(founder: Computer, tmp_path: Path) -> None:
    began, laptop = time.monotonic(), Computer(tmp_path / "laptop")
    assert founder.answer("food") == "server"
    device = link(founder, laptop)
    assert laptop.answers() == ["food"]
    assert laptop.answer("shelter") == "server"
    assert founder.answer("water") == "server"
    assert laptop.answers() == ["water"]
    devices = founder.run("device", "list")["devices"]
    assert [(each["name"], each["kind"], each["this"]) for each in devices] == [
        ("", "computer", True),
        ("Laptop", "computer", False),
    ]
    removed = founder.run("device", "remove", "Laptop")
    assert [each["state"] for each in removed["spaces"]] == ["done", "done"]
    assert removed["receipt"]["device"] == device
    assert laptop.run("call", "list", code=1)["error"]["code"] == "unauthorized"
    assert founder.run("call", "show", "Spring")["epoch"] == 1
    founder.run("device", "recovery", "-o", "sheet.txt")
    sheet = founder.folder / "sheet.txt"
    assert sheet.stat().st_mode & 0o777 == 0o600
    again = Computer(tmp_path / "again")
    linking = ("device", "link", "--recovery", "--passphrase-memory", "64", "--from", "-", "-o", "new sheet.txt")
    back = again.run(*linking, given=sheet.read_text("utf-8"))
    assert again.answers() == ["water"]
    assert again.answer("seeds") == "server"
    kinds = [each["kind"] for each in again.run("device", "list")["devices"]]
    assert kinds == ["computer", "computer", "sheet"]
    assert back["member"] == founder.run("whoami")["member"]
    late = Computer(tmp_path / "late")
    assert late.run(*linking, given=sheet.read_text("utf-8"), code=1)["error"]["code"] == "sheet-refused"
    assert time.monotonic() - began < 120
