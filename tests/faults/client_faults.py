"""A client that is killed, or whose disk fails, at some write: what its profile holds then (rows O04, O06, T03)."""

import json
import random
import shutil
import signal
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from securecall_client.errors import ProfileError
from securecall_client.pins import Pins
from securecall_client.profile import Lock, Profile
from tests.faults.inject import Fault, Tracer
from tests.faults.programs import Child, Nursery, Server, make_server
from tests.faults.server_faults import Write, limited
from tests.faults.whole import assert_whole
from tests.line.command import Shell

CALL, EXERCISE = "Call", "who-does-what"
FILE = 3_000_000
GOT = "got.mp4"
_ANSWER = {"activity": "training", "place": "FR", "status": "planned"}
_HERE = 4


class Outcome(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass(slots=True)
class Told:
    """What a person was told about what they wrote, and what was done to them meanwhile."""

    what: str
    faults: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    """Where answers were said to be saved; "untold" if that was lost, "refused" and "killed" if they were not."""
    old_copies: int = 0

    def __str__(self) -> str:
        ways = ", ".join(f"{count} {how}" for how, count in sorted(self.faults.items()))
        saved = ", ".join(f"{count} {where}" for where, count in sorted(self.answers.items()))
        return (
            f"{self.faults.total()} faults at writes of {self.what} ({ways}); what it said of what was written: "
            f"{saved}; 0 lost, 0 doubled, {self.old_copies} of {self.old_copies} older copies of a profile noticed"
        )


@dataclass(slots=True)
class Scene:
    """A server, and somebody in a call with an exercise whose profile is broken again and again."""

    root: Path
    clients: Nursery
    server: Server
    shell: Shell
    good: Path
    """A copy of the profile as it was in the beginning."""
    spaces: Sequence[bytes] = ()
    """The spaces that there are."""

    def run(self, *words: object) -> Outcome:
        """A command to its end."""
        return outcome(self.start(*words))

    def start(self, *words: object, wait: bool = False) -> Child:
        """Begin a command."""
        return self.clients.start(*words, cwd=self.shell.files, environment=self.shell.environment, wait=wait)

    def done(self, *words: object) -> dict:
        """The document of a command that must succeed."""
        ended = self.run(*words, "--json")
        assert ended.code == 0, ended
        return json.loads(ended.out)

    def restore(self) -> None:
        """Begin with the good profile again, on a server that knows of nothing newer, whatever failed before."""
        self.clients.clear()
        (self.shell.files / GOT).unlink(missing_ok=True)
        shutil.rmtree(self.shell.home, ignore_errors=True)
        shutil.copytree(self.good, self.shell.home)
        self.server.kill()
        shutil.rmtree(self.server.folder)
        shutil.copytree(self.root / "good-data", self.server.folder)
        self.server.start()


def outcome(child: Child) -> Outcome:
    """How a command ends."""
    code = child.wait()
    return Outcome(code, *child.said())


def set_up(root: Path, clients: Nursery, servers: Nursery) -> Scene:
    """Sec founds, opens a call and starts an exercise."""
    from securecall_server.codes import setup_code

    server = make_server(servers, root / "data")
    server.start()
    scene = Scene(root, clients, server, Shell(root, "sec"), root / "good")
    code = scene.shell.hand_over("code.txt", setup_code(server.setup.seed, server.setup.server))
    scene.done(
        "found", "C", "--server", server.url, "--name", "S", "--org", "O", "--from", code, "--passphrase-memory", "64"
    )
    scene.done("call", "open", CALL, "--country", "KE", "--starts", "2027-01-15T14:00+03:00")
    scene.done("exercise", "start", CALL, EXERCISE)
    (scene.shell.files / "film.mp4").write_bytes(random.Random(0).randbytes(FILE))
    (scene.shell.files / "rows.json").write_text(json.dumps({"rows": [_ANSWER]}))
    assert server.stop() == 0
    shutil.copytree(scene.shell.home, scene.good)
    shutil.copytree(server.folder, root / "good-data")
    scene.spaces = list(assert_whole(server.folder))
    server.start()
    return scene


ACTS: Mapping[str, Sequence[str]] = {
    "answer": ("exercise", "answer", CALL, EXERCISE, "--file", "rows.json", "--json"),
    "document": ("doc", "add", CALL, "film.mp4", "--json"),
}


def break_client(scene: Scene, act: str, fault: Fault | int | None, told: Told) -> list[Write]:
    """Write with this fault, or this limit on the size of files; then sync, and look at everything."""
    scene.restore()
    child = scene.start(*ACTS[act], wait=True)
    with ExitStack() as held:
        tracer = None
        if isinstance(fault, int):
            held.enter_context(limited(child.pid, fault, lift=False))
        else:
            tracer = held.enter_context(Tracer(child.pid, scene.root / "log", fault))
        child.go_on()
        ended = outcome(child)
    if tracer is None:
        told.faults["short write, then full"] += 1
    elif isinstance(fault, Fault) and tracer.hits():
        told.faults[fault.how] += 1
    saved = said(act, ended)
    told.answers[saved] += 1
    check_profile(scene)
    settle(scene, act, saved)
    return tracer.writes() if tracer else []


def said(act: str, ended: Outcome) -> str:
    """Where a person was told that it is saved; "refused" with a plain sentence, "killed" with no word at all,
    or "untold" where that could not be printed.
    """
    if ended.code == -signal.SIGKILL:
        # The document may have been printed before the kill came.
        return _saved(act, json.loads(ended.out)) if ended.out.endswith("}\n") else "killed"
    if ended.code == 1 and "What you asked for is done" in ended.err:
        return "untold"
    document = json.loads(ended.out)
    if ended.code == 1:
        error = document["error"]
        assert error["message"].endswith("."), error
        assert error["code"] != "internal", error
        return "refused"
    saved = _saved(act, document)
    assert ended.code == (_HERE if saved == "here" else 0), ended
    return saved


def _saved(act: str, document: dict) -> str:
    return document["saved"] if act == "answer" else document["documents"][0]["saved"]


def settle(scene: Scene, act: str, saved: str) -> None:
    """With the disk in order a sync sends what waits, once; what was said to be saved is there, whole."""
    state = scene.done("sync")
    assert (state["outbox"], state["alarms"]) == (0, []), state
    count = _written(scene, act)
    # Of what was killed nothing was said; what was refused is nowhere, so that to write it again doubles nothing.
    assert count in {"killed": (0, 1), "refused": (0,)}.get(saved, (1,)), (saved, count)
    if act == "document" and count:
        scene.done("doc", "get", CALL, "film.mp4", "-o", GOT)
        got = scene.shell.files / GOT
        assert got.read_bytes() == (scene.shell.files / "film.mp4").read_bytes()
        got.unlink()
    chunks = Profile(scene.shell.home).chunks
    assert list(chunks.iterdir()) == [], "chunks stay in the profile that nothing waits for"


def _written(scene: Scene, act: str) -> int:
    if act == "answer":
        return len(scene.done("exercise", "show", CALL, EXERCISE)["answers"])
    return len(scene.done("doc", "list", CALL)["documents"])


def check_profile(scene: Scene) -> None:
    """The keystore opens, and the pins stand nowhere lower than they did."""
    passphrase = Path(scene.shell.environment["SECURECALL_PASSPHRASE_FILE"]).read_text().strip()
    profile = Profile(scene.shell.home)
    storage = profile.unlock(Lock.from_passphrase(passphrase)).storage
    now, before = Pins(profile.pins, storage), Pins(scene.good / "pins", storage)
    try:
        now.load()
    except ProfileError as error:
        raise AssertionError("the pins were lost") from error
    before.load()
    for space in scene.spaces:
        old, new = before.get(space), now.get(space)
        assert old is None or (new is not None and new.at.seq >= old.at.seq), "a pin fell"


def check_old_copy(scene: Scene, told: Told) -> None:
    """The profile as it was before something was written, put back: it is noticed, with proof."""
    shutil.rmtree(scene.shell.home)
    shutil.copytree(scene.good, scene.shell.home)
    ended = scene.run("sync", "--json")
    assert ended.code == 3, ended
    assert json.loads(ended.out)["error"]["code"] == "cloned"
    told.old_copies += 1
