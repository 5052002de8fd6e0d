"""A call in an encrypted archive: what is in it, what is said to be missing, and what is left when it fails."""

import io
import json
import os
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pyrage
import pytest

from securecall_client import archive
from securecall_client.acts import ending, evidence, exercises, exporting, withdrawing
from securecall_client.errors import FileError, OfflineError, RefusedError
from securecall_client.results.reports import Exported
from tests.simulator.people import CALL, Stage, check_plain

pytestmark = pytest.mark.slow

KEY = pyrage.x25519.Identity.generate()
SEAL = partial(archive.to_recipients, recipients=[str(KEY.to_public())])


async def export(stage: Stage, name: str, path: Path, *, proof: bool = False) -> Exported:
    async with stage[name].open() as session:
        return await exporting.export_call(session, stage.call.hex(), path, SEAL, evidence=proof)


@contextmanager
def terminal(command: list[str]) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """A program on a terminal of its own, and the end of it where a person sits."""
    keys, screen = os.openpty()
    # The terminal that a program asks for a passphrase is the one that controls its session.
    session = ["setsid", "--ctty", "--wait", *command]
    running = subprocess.Popen(session, stdin=screen, stdout=screen, stderr=screen, start_new_session=True)
    try:
        yield running, keys
    finally:
        running.kill()
        running.wait()
        os.close(keys)
        os.close(screen)


def opened(path: Path) -> dict[str, bytes]:
    """The files of an archive, by name."""
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(path.read_bytes(), [KEY]))) as tar:
        assert {(m.mode, m.uid, m.uname, m.isfile()) for m in tar} == {(0o600, 0, "", True)}
        assert len({member.name.partition("/")[0] for member in tar}) == 1
        found = {member.name.partition("/")[2]: tar.extractfile(member) for member in tar}
        return {name: file.read() for name, file in found.items() if file is not None}


async def test_t10_roster_exercises_maps_report_and_documents_are_in_it_and_nothing_is_readable(stage: Stage) -> None:
    await stage.put_up("Ann", "notes.txt", b"what was said")
    await stage.put_up("Bob", "gone.txt", b"taken back")
    async with stage["Bob"].open() as session:
        await withdrawing.withdraw_document(session, stage.call.hex(), "gone.txt")
    await stage["Ann"].answer(stage.call, "legal aid")
    path = stage.root / "kept.tar.age"
    made = await export(stage, "Cem", path)
    assert (made.title, made.missing, made.evidence) == (CALL, ["gone.txt"], False)
    assert path.stat().st_mode & 0o777 == 0o600
    assert not [word for word in (b"notes", b"legal aid", b"what was", CALL.encode()) if word in path.read_bytes()]
    files = opened(path)
    assert sorted(files) == sorted(made.files)
    assert files["documents/notes.txt"] == b"what was said"
    assert {member["name"] for member in json.loads(files["call.json"])["members"]} == {"Sec", "Bob", "Ann", "Cem"}
    assert b'"you": true' not in files["call.json"], "what is handed on does not say who took it along"
    shown = json.loads(files["exercises/1-who-does-what.json"])
    assert [row["activity"] for answer in shown["answers"] for row in answer["rows"]] == ["legal aid"]
    assert b"legal aid" in files["exercises/1-who-does-what-map.csv"]
    assert b"legal aid" in files["report.html"]
    assert "documents/notes.txt" in files["INDEX.txt"].decode()
    assert "gone.txt" in files["INDEX.txt"].decode()


async def test_an_exercise_without_a_table_has_no_map_and_no_file_of_one(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        await exercises.start_exercise(session, stage.call.hex(), "temperature", "allies")
    await export(stage, "Cem", stage.root / "kept")
    files = opened(stage.root / "kept")
    assert sorted(name for name in files if "2-temperature" in name) == ["exercises/2-temperature.json"]
    assert "<title>Who does what" in files["exercises/1-who-does-what-map.svg"].decode()


async def test_f01_f07_names_from_others_lead_nowhere_and_take_no_file_of_ours(stage: Stage) -> None:
    await stage.put_up("Ann", "call.json", b"not the call")
    await stage.put_up("Bob", "call.json", b"another")
    path = stage.root / "kept"
    await export(stage, "Cem", path)
    files = opened(path)
    assert json.loads(files["call.json"])["title"] == CALL
    assert (files["documents/call.json"], files["documents/call (2).json"]) == (b"not the call", b"another")
    assert all(not name.startswith("/") and ".." not in Path(name).parts for name in files)


async def test_of_a_destroyed_call_all_but_the_documents_can_be_kept(stage: Stage) -> None:
    await stage.put_up("Ann", "notes.txt", b"what was said")
    await stage.sync("Cem")
    async with stage["Sec"].open() as session:
        await ending.destroy_call(session, stage.call.hex())
    made = await export(stage, "Cem", stage.root / "kept")
    assert made.missing == ["notes.txt"]
    assert "exercises/1-who-does-what.json" in made.files


async def test_f02_a_file_that_is_there_is_left_as_it_is(stage: Stage) -> None:
    path = stage.root / "kept"
    path.write_text("mine")
    with pytest.raises(FileError) as caught:
        await export(stage, "Cem", path)
    check_plain(caught.value)
    assert path.read_text() == "mine"


async def test_t10_a_line_that_breaks_within_a_document_leaves_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.put_up("Ann", "long.bin", os.urandom(5 << 20))
    folder = stage.root / "here"
    folder.mkdir()
    async with stage["Cem"].open() as session:
        give = session.transport.get_chunk

        async def breaks(space: bytes, blob: bytes, index: int) -> bytes:
            if index:
                raise OfflineError("The line broke.")
            return await give(space, blob, index)

        monkeypatch.setattr(session.transport, "get_chunk", breaks)
        with pytest.raises(OfflineError):
            await exporting.export_call(session, stage.call.hex(), folder / "kept", SEAL)
    assert list(folder.iterdir()) == []


async def test_what_is_no_recipient_is_refused_and_nothing_is_written(stage: Stage) -> None:
    async with stage["Cem"].open() as session:
        for wrong in ("age1nobody", str(KEY)):
            seal = partial(archive.to_recipients, recipients=[wrong])
            with pytest.raises(RefusedError) as caught:
                await exporting.export_call(session, stage.call.hex(), stage.root / "kept", seal)
            check_plain(caught.value, 1)
            assert str(KEY) not in f"{caught.value} {caught.value.hint}"
    assert not (stage.root / "kept").exists()


def test_under_a_passphrase_too_much_is_refused_and_says_how_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MEMORY_MOST", 1000)
    out = io.BytesIO()
    with pytest.raises(RefusedError) as caught, archive.under_passphrase(out, "harbour violin moss") as sink:
        sink.write(bytes(1001))
    check_plain(caught.value, 1)
    assert not out.getvalue()


def test_whoever_cannot_write_is_told_as_such() -> None:
    class Full:
        def write(self, data: bytes) -> int:
            raise FileError("The disk is full.")

    def fill() -> None:
        with SEAL(Full()) as sink:
            for _ in range(100):
                sink.write(bytes(65536))

    with pytest.raises(FileError):
        fill()


def test_t10_a_lock_that_is_too_easy_to_guess_is_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [b"age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA %d\n" % cost for cost in (10, 16, 17)]
    monkeypatch.setattr(pyrage.passphrase, "encrypt", lambda *_: made.pop(0))
    out = io.BytesIO()
    with archive.under_passphrase(out, "harbour violin moss") as sink:
        sink.write(b"what was said")
    assert out.getvalue().endswith(b" 17\n")
    monkeypatch.setattr(pyrage.passphrase, "encrypt", lambda *_: b"age-encryption.org/v1\n")
    with pytest.raises(RefusedError) as caught, archive.under_passphrase(out, "harbour violin moss"):
        pass
    check_plain(caught.value, 1)


async def test_the_signed_items_are_there_for_others_to_check(stage: Stage, tmp_path: Path) -> None:
    await stage["Ann"].answer(stage.call, "legal aid")
    path = stage.root / "kept"
    await export(stage, "Cem", path, proof=True)
    file = tmp_path / "call.evidence"
    file.write_bytes(opened(path)["evidence/call.evidence"])
    judged = await evidence.verify([file])
    assert (judged.space, judged.verdict.convicts) == (stage.call.hex(), "nobody")
    case = evidence.read_file(file)
    assert len(case.chain) == stage.places
    assert all(place.item is not None for place in case.chain)
    spoilt = bytearray(file.read_bytes())
    spoilt[-200] ^= 1
    file.write_bytes(spoilt)
    with pytest.raises(RefusedError):
        await evidence.verify([file])


@pytest.mark.slow
async def test_debians_age_and_tar_open_it(stage: Stage, tmp_path: Path) -> None:
    data = os.urandom(64 << 20)
    await stage.put_up("Ann", "large.bin", data)
    await export(stage, "Cem", tmp_path / "kept.tar.age")
    key = tmp_path / "key.txt"
    key.write_text(str(KEY))
    subprocess.run(["age", "-d", "-i", key, "-o", tmp_path / "kept.tar", tmp_path / "kept.tar.age"], check=True)
    subprocess.run(["tar", "-x", "-f", tmp_path / "kept.tar", "-C", tmp_path], check=True)
    [large] = tmp_path.glob("call-*/documents/large.bin")
    assert large.read_bytes() == data


@pytest.mark.slow
def test_debians_age_asks_for_the_passphrase(tmp_path: Path) -> None:
    with (tmp_path / "kept.age").open("wb") as out, archive.under_passphrase(out, "harbour violin moss") as sink:
        sink.write(b"what was said")
    with terminal(["age", "-d", "-o", str(tmp_path / "kept"), str(tmp_path / "kept.age")]) as (age, keys):
        said = b""
        while b"assphrase" not in said:
            said += os.read(keys, 1024)
        os.write(keys, b"harbour violin moss\n")
        assert age.wait(120) == 0
    assert (tmp_path / "kept").read_bytes() == b"what was said"
