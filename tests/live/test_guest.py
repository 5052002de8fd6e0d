"""A guest of a call, from the invitation to the end, through the commands and a real server (rows G06 to G08)."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.live.process import ServerProcess, make_server

PROGRAM = Path(sys.executable).parent / "securecall"
CALL = "Situation in spring"
ROWS = "activity,place,status\nmonitoring,KE,planned\n"
CANARIES = ("Amina of the River", "River Watch", "Secretariat of the Harbour", "Sana Secretary", "plans-of-allies")


@dataclass
class Commands:
    """Somebody at a terminal, with a profile of their own."""

    home: Path
    passphrase: Path

    def run(self, *words: str, typed: str = "", code: int = 0) -> dict[str, object]:
        """Run a command with --json; gives its document."""
        ended = subprocess.run(
            [str(PROGRAM), *words, "--json"],
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={
                **os.environ,
                "SECURECALL_HOME": str(self.home),
                "SECURECALL_PASSPHRASE_FILE": str(self.passphrase),
            },
        )
        assert ended.returncode == code, (words, ended.stdout, ended.stderr)
        told: dict[str, object] = json.loads(ended.stdout)
        return told

    def refused(self, *words: str) -> str:
        """Run a command that is refused; gives the sentence."""
        error = self.run(*words, code=1)["error"]
        assert isinstance(error, dict)
        return str(error["message"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("guest")
    made = make_server(folder / "data")
    made.start()
    yield made
    made.stop()


def people(folder: Path) -> Iterator[Commands]:
    passphrase = folder / "passphrase"
    passphrase.write_text("harbour violin seventeen moss\n")
    passphrase.chmod(0o600)
    for name in ("sana", "amina", "gia"):
        yield Commands(folder / name, passphrase)


def setup_text(server: ServerProcess) -> str:
    from securecall_server.codes import setup_code

    return setup_code(server.setup.seed, server.setup.server)


def field(told: object, name: str) -> list[str]:
    assert isinstance(told, list)
    return [str(each[name]) for each in told]


@dataclass
class Scene:
    """A call with an exercise for everyone; Amina is in it as an ally, and Gia, with her invitation, as a guest."""

    folder: Path
    sana: Commands
    amina: Commands
    gia: Commands
    call: str
    exercise: str
    invitation: str

    def file(self, name: str, text: str = "") -> str:
        """Write a file; gives its path."""
        path = self.folder / name
        path.write_text(text or f"this is {name}")
        return str(path)


@pytest.fixture(scope="module")
def scene(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("people")
    sana, amina, gia = people(folder)
    cheap = ("--passphrase-memory", "64")
    sana.run(
        "found", "Harbour", "--server", server.url, "--name", "Sana Secretary", "--org", "Secretariat of the Harbour",
        "--from", "-", *cheap, typed=setup_text(server),
    )  # fmt: skip
    text = str(sana.run("invite", "--role", "member", "--org", "River Watch")["invitation"])
    amina.run("join", "--name", "Amina of the River", "--no-wait", "--from", "-", *cheap, typed=text)
    sana.run("admit")
    amina.run("join")
    call = str(sana.run("call", "open", CALL, "--country", "KE", "--starts", "2027-03-01T15:00Z")["call"])
    sana.run("call", "invite", call, "Amina of the River")
    exercise = str(sana.run("exercise", "start", call, "who-does-what", "--circle", "everyone")["exercise"])
    made = Scene(folder, sana, amina, gia, call, exercise, "")
    sana.run("doc", "add", call, made.file("before.txt"), "--circle", "everyone")
    invited = sana.run("invite", "--call", call, "--role", "guest", "--org", "UN", "--label", "Gia")
    assert invited["ends"]
    made.invitation = str(invited["invitation"])
    asked = gia.run("join", "--name", "Gia", "--no-wait", "--from", "-", *cheap, typed=made.invitation)
    assert asked["state"] == "waiting"
    assert not any(canary in json.dumps(asked) for canary in CANARIES)
    sana.run("admit")
    assert gia.run("join")["state"] == "joined"
    return made


def unmarked(call: dict[str, object]) -> dict[str, object]:
    """A call as it is shown, but for which of its people the reader is."""
    assert isinstance(call["members"], list)
    return call | {"members": [{**member, "you": None} for member in call["members"]]}


@pytest.mark.slow
def test_g06_g07_a_guest_joins_reads_puts_up_and_answers(scene: Scene, server: ServerProcess) -> None:
    call, exercise, gia, amina = scene.call, scene.exercise, scene.gia, scene.amina
    amina.run("doc", "add", call, scene.file("plans-of-allies.txt"))
    added = amina.run("doc", "add", call, scene.file("for-everyone.txt"), "--circle", "everyone")["documents"]
    gia.run("doc", "get", call, field(added, "document")[0], "-o", str(scene.folder / "got"))
    assert (scene.folder / "got").read_text() == "this is for-everyone.txt"
    gia.run("doc", "add", call, scene.file("from-gia.txt"), "--circle", "everyone")
    for person in (gia, amina):
        person.run("exercise", "answer", call, exercise, "--file", scene.file("rows.csv", ROWS))
    answers = scene.sana.run("exercise", "show", call, exercise)["answers"]
    assert sorted(field(answers, "name")) == ["Amina of the River", "Gia"]
    screens = [
        gia.run(*words)
        for words in (("call", "show", call), ("exercise", "show", call, exercise), ("exercise", "map", call, exercise))
    ]
    assert not any(canary in json.dumps(screens) for canary in CANARIES)
    assert screens[0]["documents"] == ["for-everyone.txt", "from-gia.txt"]
    assert len(field(screens[2]["overlaps"], "activity")) == 1
    assert unmarked(screens[0]) == unmarked(amina.run("call", "show", call, "--as-guest"))
    log = server.log.read_text()
    assert not any(part in log for part in scene.invitation.split("-")[:-1])  # the last is two letters


@pytest.mark.slow
def test_g06_what_a_guest_may_not_is_refused_and_nothing_waits(scene: Scene) -> None:
    call, gia = scene.call, scene.gia
    for words in (
        ("exercise", "start", call, "who-does-what"),
        ("doc", "add", call, scene.file("mine.txt"), "--circle", "allies"),
        ("call", "invite", call, "Amina of the River"),
        ("call", "close", call),
        ("member", "list"),
    ):
        assert gia.refused(*words).endswith(".")
    assert gia.run("status")["outbox"] == 0
