"""What earlier versions left on disk is opened by this one: servers and profiles of `tests/fixtures/`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.kept import FIXTURES, KEPT, unpack
from tests.line.command import Shell
from tests.line.socks import Socks
from tests.live.process import ServerProcess, Setup, run_program

pytestmark = pytest.mark.slow

CALL = "Situation in spring"
UPDATE = "The harbour master has closed the eastern gate.\n"
PASSPHRASE = "seven harbours under one lamp\n"


@dataclass
class Kept:
    """A fixture at work: its server runs on a port of its own, which everybody's proxy takes for the one they know."""

    server: ServerProcess
    proxy: str
    root: Path

    def person(self, name: str) -> Shell:
        shell = Shell(self.root, name, {"SECURECALL_PROXY": self.proxy, "SECURECALL_HOME": str(self.root / name)})
        (self.root / f"{name}-passphrase").write_text(PASSPHRASE, "utf-8")
        return shell


@asynccontextmanager
async def opened(name: str, root: Path) -> AsyncIterator[Kept]:
    unpack(name, root)
    server = ServerProcess(root / "server", Setup(b"", b""))
    server.start()
    try:
        async with Socks({"127.0.0.1": server.port}) as proxy:
            yield Kept(server, proxy.url, root)
    finally:
        server.kill()


def test_a_fixture_is_kept_of_each_version_and_is_small() -> None:
    assert KEPT == ["35b9cb3", "48bb9f9", "9783817"]
    assert all((FIXTURES / f"{name}.tar.xz").stat().st_size < 200 * 1024 for name in KEPT)


@pytest.mark.parametrize("name", KEPT)
async def test_what_an_earlier_version_wrote_is_read_and_gone_on_with(name: str, tmp_path: Path) -> None:
    async with opened(name, tmp_path) as kept:
        amina, jonas = kept.person("amina"), kept.person("jonas")
        status = await amina.done("status")
        assert {space["name"] for space in status["spaces"]} == {"Harbour Coalition", CALL}
        assert (status["alarms"], status["outbox"], status["reached"]) == ([], 0, True)
        assert {one["label"] for one in (await amina.done("invite", "list"))["invitations"]} >= {"Zawadi"}
        shown = await amina.done("call", "show", CALL)
        assert (shown["title"], shown["country"], shown["state"]) == (CALL, "KE", "open")
        assert {"Amina", "Jonas"} <= {member["name"] for member in shown["members"]}
        await amina.done("doc", "get", CALL, "update.txt", "-o", "update.txt")
        assert (amina.files / "update.txt").read_text() == UPDATE
        exercise = (await jonas.done("exercise", "list", CALL))["exercises"][0]
        answers = (await jonas.done("exercise", "show", CALL, exercise["exercise"]))["answers"]
        assert {answer["name"] for answer in answers} == {"Amina", "Jonas"}

        (jonas.files / "new.txt").write_text("Written after the upgrade.\n")
        [added] = (await jonas.done("doc", "add", CALL, "new.txt", "--circle", "everyone", "--unconfirmed"))[
            "documents"
        ]
        assert added["saved"] == "server"
        await amina.done("doc", "get", CALL, "new.txt", "-o", "new.txt")
        assert (amina.files / "new.txt").read_text() == "Written after the upgrade.\n"
        assert (await amina.done("call", "rotate", CALL, "--unconfirmed"))["epoch"] == shown["epoch"] + 1
        assert (await jonas.done("status"))["alarms"] == []
        checked = run_program("check", "--data", kept.server.folder, "--read-all", "--json")
        assert checked.returncode == 0, checked.stdout


async def test_a_guest_of_an_earlier_version_reads_on(tmp_path: Path) -> None:
    async with opened("9783817", tmp_path) as kept:
        guest = kept.person("wanjiru")
        await guest.done("doc", "get", CALL, "plan.txt", "-o", "plan.txt")
        assert (guest.files / "plan.txt").read_text() == "A second version.\n"
        assert [one["withdrawn"] for one in (await guest.done("doc", "list", CALL))["documents"]].count(True) <= 1
        assert (await guest.done("status"))["alarms"] == []


async def test_what_was_sealed_drafted_and_decided_before_is_whole(tmp_path: Path) -> None:
    async with opened("48bb9f9", tmp_path) as kept:
        amina, jonas = kept.person("amina"), kept.person("jonas")
        sealed = (await amina.done("exercise", "list", CALL))["exercises"][1]["exercise"]
        assert (await amina.done("exercise", "draft", "show", CALL, sealed))["questions"] == {"stand": "undecided"}
        await amina.done("exercise", "draft", "send", CALL, sealed, "--unconfirmed")
        answers = (await jonas.done("exercise", "show", CALL, sealed))["answers"]
        assert [answer["name"] for answer in answers] == ["Jonas"]
        await amina.done("exercise", "reveal", CALL, sealed, "--unconfirmed")
        answers = (await jonas.done("exercise", "show", CALL, sealed))["answers"]
        assert {answer["name"] for answer in answers} == {"Amina", "Jonas"}
        [decision] = (await jonas.done("decision", "list", CALL))["decisions"]
        assert decision["text"] == "We write to the harbour master."
        [commitment] = (await amina.done("commit", "list", CALL))["commitments"]
        assert (commitment["what"], commitment["by"]) == ("Ask two lawyers.", "2036-12-24")
