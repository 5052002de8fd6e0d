"""Changes of mind with real processes: what is withdrawn or destroyed is gone from the disk (rows O13, R01, R08)."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.live.process import ServerProcess, run_program

PROGRAM = Path(sys.executable).parent / "securecall"
SECRET = b"what must not get about " * 40
pytestmark = pytest.mark.slow


@dataclass
class Person:
    """Somebody with a profile, and `securecall` as a process for each thing they do."""

    home: Path

    def do(self, *words: str, typed: str | None = None, code: int = 0) -> dict:
        """A command's document."""
        passphrase = self.home.parent / "passphrase"
        passphrase.write_text("harbour violin seventeen moss\n")
        passphrase.chmod(0o600)
        mine = {"SECURECALL_HOME": str(self.home), "SECURECALL_PASSPHRASE_FILE": str(passphrase)}
        done = subprocess.run(
            [PROGRAM, *words, "--json"],
            env={**os.environ, **mine},
            input=typed,
            stdin=subprocess.DEVNULL if typed is None else None,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            cwd=self.home.parent,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[ServerProcess, str]]:
    """A running server, and its setup code."""
    made = run_program("init", "--data", tmp_path / "data", "--json")
    running = ServerProcess(tmp_path / "data", None)  # type: ignore[arg-type]  # nobody asks it for its key here
    running.start()
    yield running, json.loads(made.stdout)["setup_code"]
    running.kill()


def on_disk(server: ServerProcess) -> dict[str, bytes]:
    """All that the server keeps, by path."""
    return {str(path): path.read_bytes() for path in server.folder.rglob("*") if path.is_file()}


def set_up(running: ServerProcess, code: str, tmp_path: Path) -> tuple[Person, Person, list[str]]:
    """Sec and Ann, and two calls of Sec's that Ann is in."""
    sec, ann = Person(tmp_path / "sec" / "home"), Person(tmp_path / "ann" / "home")
    for person in (sec, ann):
        person.home.parent.mkdir()
    cheap = ("--passphrase-memory", "64", "--from", "-")
    found = ("found", "Harbour", "--server", running.url, "--name", "Sec", "--org", "Secretariat", *cheap)
    sec.do(*found, typed=code)
    text = sec.do("invite", "--role", "member", "--org", "Reef", "--label", "Ann")["invitation"]
    ann.do("join", "--name", "Ann", "--no-wait", *cheap, typed=text)
    sec.do("admit")
    ann.do("join", "--name", "Ann")
    starts = ("--country", "KE", "--starts", "2026-12-01T15:00Z")
    calls = [sec.do("call", "open", title, *starts)["call"] for title in ("First", "Second")]
    for call in calls:
        sec.do("call", "invite", call, "Ann")
    return sec, ann, calls


def withdraw(running: ServerProcess, sec: Person, ann: Person, call: str) -> None:
    """Ann puts a file up, replaces it, and withdraws both versions."""
    paper, before = ann.home.parent / "paper.txt", set(on_disk(running))
    paper.write_bytes(SECRET)
    [added] = ann.do("doc", "add", call, "paper.txt")["documents"]
    paper.write_bytes(SECRET * 2)
    assert ann.do("doc", "replace", call, "paper.txt", "paper.txt")["version"] == 2
    put = {path: data for path, data in on_disk(running).items() if path not in before and "blobs" in path}
    assert len(put) == 2
    assert sec.do("doc", "get", call, added["document"], "-o", "old.txt", "--version", "1")["size"] == len(SECRET)
    receipt = ann.do("doc", "withdraw", call, "paper.txt")["receipt"]
    assert [person["name"] for person in receipt["seen_by"] + receipt["could_open"]] == ["Sec"]
    after = on_disk(running)
    assert put.keys().isdisjoint(after)
    assert not any(chunk in data for chunk in put.values() for data in after.values())
    assert sec.do("doc", "get", call, added["document"], code=1)["error"]["code"] == "withdrawn"


def expel(sec: Person, ann: Person, calls: list[str], exercise: str) -> None:
    """Sec removes Ann everywhere, and Ann keeps what she wrote."""
    removed = sec.do("member", "remove", "Ann")
    assert [space["state"] for space in removed["spaces"]] == ["done"] * 3
    assert [len(sec.do("call", "show", call)["members"]) for call in calls] == [1, 1]
    assert ann.do("sync")["alarms"] == []
    shown = ann.do("exercise", "show", calls[0], exercise)
    assert [answer["rows"][0]["activity"] for answer in shown["answers"]] == ["monitoring"]
    assert ann.do("whoami", code=1)["error"]["code"] == "not-a-member"


def destroy(running: ServerProcess, sec: Person, call: str) -> None:
    """Sec destroys a call with a file in it; the server forgets it, also across a crash."""
    (sec.home.parent / "last.txt").write_bytes(SECRET)
    sec.do("doc", "add", call, "last.txt")
    gone = sec.do("call", "destroy", call)
    assert (gone["state"], gone["until"] is not None) == ("destroyed", True)
    assert [path for path in on_disk(running) if call in path] == []
    running.kill()
    running.start()
    assert sec.do("call", "show", call)["state"] == "destroyed"


def test_o13_r01_r08_changes_of_mind(server: tuple[ServerProcess, str], tmp_path: Path) -> None:
    running, code = server
    sec, ann, calls = set_up(running, code, tmp_path)
    exercise = sec.do("exercise", "start", calls[0], "who-does-what")["exercise"]
    (tmp_path / "ann" / "rows.csv").write_text("activity,place,status\nmonitoring,KE,planned\n")
    ann.do("exercise", "answer", calls[0], exercise, "--file", "rows.csv")
    withdraw(running, sec, ann, calls[0])
    expel(sec, ann, calls, exercise)
    destroy(running, sec, calls[1])
    assert sec.do("call", "show", calls[0])["state"] == "open"
