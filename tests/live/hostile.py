"""The hostile server and the real one behind it, both as processes, and people who come to them."""

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from securecall_client.acts import admitting, calls, documents, exercises
from securecall_client.profile import Lock
from tests.line.command import Shell
from tests.line.scene import PACE, Somebody
from tests.live.process import ServerProcess, read_setup, run_program
from tests.simulator.people import answer, invite, open_call, the_exercise

CALL, PLAN, PLAN_SIZE = "Freedonia in March", "plan.pdf", 1_100_000
TYPED = Lock.from_passphrase("harbour violin seventeen moss", 64 * 1024 * 1024)
"""The passphrase that a `Shell` types."""


@dataclass(frozen=True)
class Scene:
    """Sec, who is told the truth, and Ann, whose commands are processes; ``ann`` opens the same profile in here."""

    url: str
    script: Path
    server: ServerProcess
    sec: Somebody
    ann: Somebody
    shell: Shell
    device: str
    call: bytes

    def lie(self, *rules: str) -> None:
        """Lie by these rules alone, each the lines of one: to Ann, unless it says to whom. CALL is the call's path."""
        about = f'client = "{self.device}"\n'
        text = "".join(f"[[rule]]\n{'' if 'client' in rule else about}{rule}\n" for rule in rules)
        made = self.script.with_suffix(".new")
        made.write_text(text.replace("CALL", f"/v1/spaces/{self.call.hex()}"))
        made.replace(self.script)

    async def news(self, *activities: str) -> int:
        """Let Sec say something; gives the place of the last."""
        async with self.sec.open() as session:
            for activity in activities:
                assert await answer(session, self.call, activity) == "server"
            return (await session.view(self.call)).chain.next_seq - 1

    def copy(self, root: Path) -> "Scene":
        """The same with a copy of Ann's profile, to be lied to; it writes nothing, or it would be found to be one."""
        shell = Shell(root, "ann")
        shutil.copytree(self.ann.home, shell.home)
        return replace(self, ann=replace(self.ann, home=shell.home), shell=shell)

    async def truth(self) -> list[str]:
        """Lie to nobody, and give the activities that Ann then reads."""
        self.lie()
        async with self.ann.open() as session:
            await session.sync_all()
            exercise = await the_exercise(session, self.call)
            shown = await exercises.show_exercise(session, self.call.hex(), exercise)
            return [str(row["activity"]) for line in shown.answers for row in line.rows]


@contextmanager
def standing(root: Path) -> Iterator[tuple[ServerProcess, str, Path]]:
    """A server, the address of the hostile one before it, and its script, which lies to nobody yet."""
    script = root / "lies.toml"
    script.write_text("")
    with socket.socket() as reserved:
        # Bound and not listening: nobody else gets the port until the proxy takes it over.
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        made = run_program("init", "--data", root / "data", "--url", url, "--json")
        assert made.returncode == 0, made.stderr
        server = ServerProcess(root / "data", read_setup(json.loads(made.stdout)["setup_code"]))
        server.start()
        try:
            with _proxy(server, url, script):
                yield server, url, script
        finally:
            server.kill()


@contextmanager
def _proxy(server: ServerProcess, url: str, script: Path) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.hostile", "--upstream", server.url, "--script", str(script),
         "--key-of", str(server.folder), "--listen", url.removeprefix("http://")],
        cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Listening on {url}\n"
        yield
    finally:
        process.kill()
        process.communicate()


async def set_up(root: Path, server: ServerProcess, url: str, script: Path) -> Scene:
    """Sec founds, Ann joins; a call with an exercise and a document of two chunks, which Ann has seen."""
    shell = Shell(root, "ann")
    sec, ann = Somebody("Sec", root / "sec"), Somebody("Ann", shell.home, PACE, TYPED)
    await sec.found(server, url)
    async with sec.open() as session:
        text = await invite(session, "Ann")
    assert await ann.join(text) == "waiting"
    plan = root / PLAN
    plan.write_bytes(bytes(PLAN_SIZE))
    async with sec.open() as session:
        await admitting.admit(session, confirmed=True)
        call = await open_call(session, CALL)
        await calls.invite_to_call(session, call.hex(), ["Ann"])
        await exercises.start_exercise(session, call.hex(), "who-does-what", "allies")
        await documents.add_documents(session, call.hex(), [plan], "allies")
        await answer(session, call, "monitoring")
    assert await ann.join(None) == "joined"
    async with ann.open() as session:
        await session.sync_all()
        opened = replace(TYPED, device=session.device)
    return Scene(url, script, server, sec, replace(ann, lock=opened), shell, session.device.id.hex(), call)
