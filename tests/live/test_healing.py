"""A real server is put back from an old copy of its folder, and its people heal it with the command (row O12)."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from securecall_client.errors import RefusedError, RestoredError
from securecall_client.http import HttpTransport
from securecall_client.opening import open_session
from securecall_client.profile import Lock
from securecall_client.session import Session
from securecall_client.settings import Settings
from securecall_server.codes import setup_code
from securecall_server.restored import mark_restored
from tests.live.process import ServerProcess, make_server
from tests.live.seat import PASSPHRASE, Seat
from tests.simulator.forging import forge_record
from tests.simulator.people import Spoken

pytestmark = pytest.mark.slow
PROGRAM = Path(sys.executable).parent / "securecall-server"
CALL = ("--country", "FR", "--starts", "2027-03-01T10:00:00Z")


def gather(server: ServerProcess, folder: Path) -> tuple[Seat, Seat]:
    """Sec and Ann in a coalition with a call."""
    server.start()
    sec, ann = Seat(folder / "sec"), Seat(folder / "ann")
    sec.found(server.url, setup_code(server.setup.seed, server.key))
    text = sec.told("invite", "--role", "member", "--org", "O", "--label", "Ann")["invitation"]
    ann.join("Ann", text)
    sec.told("admit")
    assert ann.told("join", "--name", "Ann", "--no-wait")["state"] == "joined"
    sec.told("call", "open", "Spring", *CALL)
    sec.told("call", "invite", "Spring", "Ann")
    ann.told("sync")
    return sec, ann


def put_back(server: ServerProcess, backup: Path) -> None:
    """Stop the server, and start it again from an older copy of its folder."""
    assert server.stop() == 0
    shutil.rmtree(server.folder)
    shutil.copytree(backup, server.folder)
    mark_restored(server.folder)
    server.start()


async def try_to_begin_another_history(seat: Seat) -> None:
    """A member puts back a record that the server never signed, in the place that the backup ends with."""
    lock = Lock.from_passphrase(PASSPHRASE)
    async with open_session(Settings(seat.home), lock, Spoken(), HttpTransport) as session:
        for space in session.spaces():
            await _try(session, space)


async def _try(session: Session, space: bytes) -> None:
    view = await session.view(space)
    item = forge_record(view, session.author, b"another history")
    _, signed = await session.replica.signed(space) or (0, b"")
    for end in (signed, b"\x93\xc4\x00"):
        with pytest.raises(RefusedError) as caught:
            await session.transport.put_back(space, view.chain.next_seq, [item], b"", end)
        assert caught.value.code in ("bad-seen", "malformed", "conflict")
    with pytest.raises((RefusedError, RestoredError)) as lifted:
        await session.transport.lift(space, view.chain.seen())
    assert lifted.value.code in ("no-right", "restored")


async def test_o12_a_restored_server_is_healed_over_real_lines(new_server: ServerProcess, tmp_path: Path) -> None:
    sec, ann = gather(new_server, tmp_path)
    assert new_server.stop() == 0
    backup = shutil.copytree(new_server.folder, tmp_path / "backup")
    new_server.start()

    (ann.folder / "plan.txt").write_text("what we plan", "utf-8")
    ann.told("doc", "add", "Spring", "plan.txt")
    sec.told("call", "open", "Later", *CALL)
    sec.told("call", "invite", "Later", "Ann")
    ann.told("sync")
    before = {space for space, _, _ in ann.stands()}
    assert len(before) == 3
    put_back(new_server, backup)

    shown = ann.told("status")
    assert {alarm["grade"] for alarm in shown["alarms"]} == {"odd"}
    written = ann.run("doc", "add", "Spring", "plan.txt", "--json")
    assert written.returncode == 4, written.stdout + written.stderr
    refused = sec.run("call", "rotate", "Spring")
    assert (refused.returncode, "securecall heal" in refused.stderr) == (1, True), refused.stderr
    await try_to_begin_another_history(ann)

    healed = ann.told("heal")
    assert {space["state"] for space in healed["spaces"]} == {"whole"}
    assert sum(space["put_back"] for space in healed["spaces"]) > 0
    assert [lost["name"] for lost in healed["lost"]] == ["plan.txt"]
    assert sec.told("heal", "--finish")["lifted"]
    ann.told("sync")
    assert sec.stands() == ann.stands()
    assert {space for space, _, _ in ann.stands()} == before
    assert ann.told("status")["alarms"] == []
    assert [len(seat.told("doc", "list", "Spring")["documents"]) for seat in (sec, ann)] == [2, 2]
    assert ann.told("heal")["lifted"]
    assert new_server.stop() == 0
    operated(new_server.folder, tmp_path / "kept.tar", tmp_path / "restored")


def operated(folder: Path, file: Path, again: Path) -> None:
    """A server that was healed is whole by its own account, and so is what is restored from its backup."""

    def run(*words: object) -> str:
        ended = subprocess.run(
            [str(PROGRAM), *map(str, words)], capture_output=True, text=True, check=False, timeout=60
        )
        assert ended.returncode == 0, (words, ended.stdout, ended.stderr)
        return ended.stdout

    run("backup", file, "--data", folder)
    run("restore", file, "--data", again)
    absent = json.loads(run("check", "--read-all", "--json", "--data", again))["absent"]
    assert any("grants" in one for one in absent)
    assert any("Blob" in one for one in absent)


async def test_s20_a_coalition_moves_over_real_lines(new_server: ServerProcess, tmp_path: Path) -> None:
    sec, ann = gather(new_server, tmp_path)
    ann.told("sync")
    new_server.kill()
    new = make_server(tmp_path / "new")
    try:
        new.start()
        code = setup_code(new.setup.seed, new.key)
        moved = sec.told("server", "move", "--to", new.url, "--from", "-", given=code)
        assert moved["address"] == new.url
        followed = ann.told("server", "use", "--from", "-", given=moved["text"])
        assert followed["by"] == "Sec"
        assert ann.run("server", "use", "--from", "-", given=moved["text"][:-9]).returncode == 1
        assert sec.told("heal", "--finish")["lifted"]
        assert sec.stands() == ann.stands()
        (ann.folder / "plan.txt").write_text("what we plan", "utf-8")
        assert ann.told("doc", "add", "Spring", "plan.txt")["documents"][0]["saved"] == "server"
        text = sec.told("invite", "--role", "member", "--org", "O", "--label", "Bob")["invitation"]
        bob = Seat(tmp_path / "bob")
        bob.join("Bob", text)
        sec.told("admit")
        assert bob.told("join", "--name", "Bob", "--no-wait")["state"] == "joined"
    finally:
        new.kill()
