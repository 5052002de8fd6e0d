"""What a person types upon an alarm: the exit code of the proof, the list, the file, and whoever checks it."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
import pytest

from securecall_client import opening
from securecall_client.cli import main
from securecall_client.cli.options import Options
from securecall_client.cli.program import run
from securecall_client.results.alarms import Judged, VerdictLine
from securecall_client.results.status import AlarmLine
from tests.simulator.people import LOCK, Person, Stage

Run = Callable[..., tuple[int, "Told"]]


class Told(msgspec.Struct):
    """Of the documents, what is looked at here."""

    error: dict[str, str] | None = None
    alarms: list[AlarmLine] = []
    verdict: VerdictLine | None = None
    clean: bool = False


@pytest.fixture
def ann(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Ann, whom the server has rolled back; the line to it is in memory."""
    asyncio.run(stage.play())
    asyncio.run(stage.sync("Ann"))
    person = stage["Ann"]
    person.hostile.server.ahead += 120_000
    person.hostile.roll_back(stage.call, stage.places - 2)
    line = partial(opening.open_session, connect=person.hostile.connect)
    monkeypatch.setattr(opening, "open_session", line)
    return person


@pytest.fixture
def typed(ann: Person, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command on Ann's profile; gives exit code and document."""

    def typed(*words: str) -> tuple[int, Told]:
        capfd.readouterr()
        code = run([*words, "--json"], Options(home=ann.home, lock=LOCK))
        return code, msgspec.json.decode(capfd.readouterr().out, type=Told)

    return typed


def test_s07_from_the_proof_to_a_file_that_anybody_can_check(
    ann: Person, typed: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, told = typed("sync")
    assert code == 3
    assert told.error is not None
    assert told.error["hint"].endswith("securecall alarm list")
    code, told = typed("alarm", "list")
    assert code == 0
    [alarm] = told.alarms
    assert (alarm.grade, alarm.evidence) == ("proof", True)
    assert typed("status")[0] == 3
    ann.hostile.be_honest()
    file = tmp_path / "alarm.evidence"
    code, told = typed("alarm", "show", alarm.alarm[:6])
    assert code == 0
    assert told.verdict is not None
    assert told.verdict.convicts == "server"
    assert typed("alarm", "export", alarm.alarm, "-o", str(file))[0] == 0
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    assert typed("alarm", "export", alarm.alarm, "-o", str(file))[0] == 1
    assert file.read_bytes() == before
    capfd.readouterr()
    assert main(["evidence", "verify", str(file), "--json", "--home", str(tmp_path / "no profile here")]) == 0
    judged = msgspec.json.decode(capfd.readouterr().out, type=Judged)
    assert judged.verdict.who[0].kind == "server"
    assert main(["evidence", "verify", str(file)]) == 0
    words = capfd.readouterr().out
    assert "It convicts the server." in words
    file.write_bytes(before[:-9] + b"\x00" + before[-8:])
    assert main(["evidence", "verify", str(file)]) == 1
    assert "proves nothing" in capfd.readouterr().err


def test_audit_of_a_call_by_its_title(ann: Person, typed: Run, stage: Stage) -> None:
    ann.hostile.be_honest()
    code, told = typed("audit", stage.call.hex()[:8])
    assert (code, told.clean) == (0, True)
