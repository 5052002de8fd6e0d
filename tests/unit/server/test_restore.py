"""Restoring: a marked and whole server, or nothing at all (rows O12, F03)."""

import stat
from pathlib import Path

import msgspec
import pytest

from securecall_server.archive import Listing, Member, Writer
from securecall_server.backup import Options as Out
from securecall_server.backup import back_up
from securecall_server.cli.serve import warn_of_restored
from securecall_server.errors import StartError
from securecall_server.restore import Options, restore
from securecall_server.restored import RESTORED, is_restored, lifted, mark_restored
from securecall_server.settings import load
from tests.unit.server.test_check import a_chunk, tell


@pytest.fixture
async def file(folder: Path, tmp_path: Path) -> Path:
    await back_up(Out(folder, tmp_path / "backup.tar"))
    return tmp_path / "backup.tar"


async def test_o12_a_restored_folder_is_marked_and_closed_to_others(file: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    await restore(Options(file, new))
    assert is_restored(new)
    assert lifted(new) == frozenset()
    load(new)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in new.rglob("*") if path.is_file()}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in (new, *new.rglob("*")) if path.is_dir()}
    assert (modes, folders) == ({0o600}, {0o700})
    assert not (new / "restoring").exists()


async def test_an_empty_folder_will_do_and_no_other(file: Path, folder: Path, tmp_path: Path) -> None:
    empty, full, open_to_all = tmp_path / "empty", tmp_path / "full", tmp_path / "open"
    for path in (empty, full):
        path.mkdir(mode=0o700)
    open_to_all.mkdir(mode=0o755)
    (full / "something").touch(0o600)
    await restore(Options(file, empty))
    load(empty)
    for target, words in ((full, "is not empty"), (folder, "is not empty"), (open_to_all, "other users")):
        before = sorted(target.rglob("*"))
        with pytest.raises(StartError, match=words):
            await restore(Options(file, target))
        assert sorted(target.rglob("*")) == before


async def test_f03_a_backup_that_was_spoilt_leaves_nothing(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    (tmp_path / "empty").mkdir(mode=0o700)
    for target in (tmp_path / "new", tmp_path / "empty"):
        for spoilt in (whole[: len(whole) // 2], whole.replace(b"places", b"plices", 1), b""):
            file.write_bytes(spoilt)
            with pytest.raises(StartError):
                await restore(Options(file, target))
    assert not (tmp_path / "new").exists()
    assert list((tmp_path / "empty").iterdir()) == []


def forged(file: Path, parts: dict[str, bytes], server: str) -> None:
    """A backup whose listing fits what is in it."""
    with file.open("wb") as target:
        writer = Writer(target)
        files: list[Member] = [writer.add(name, data) for name, data in parts.items()]
        writer.finish(Listing(1, "2026-11-22T20:00:00+00:00", server, files, []))


async def test_f10_what_fits_its_listing_is_still_checked(folder: Path, tmp_path: Path) -> None:
    file, (settings, key) = tmp_path / "forged.tar", load(folder)
    tell(folder, "PRAGMA wal_checkpoint")
    good = {name: (folder / name).read_bytes() for name in ("server.db", "server.json", "server.key")}
    good |= {str(path.relative_to(folder)): path.read_bytes() for path in folder.glob("blobs/*/*/*")}
    chunk = str(a_chunk(folder).relative_to(folder))
    cases = {
        "lacks the database": {name: data for name, data in good.items() if name != "server.db"},
        "cannot be opened": {**good, "server.db": b"no database" * 1000},
        "is damaged. Nothing": {name: data for name, data in good.items() if name != chunk},
        "cannot be read": {**good, "server.json": b"{}"},
        "are damaged": {**good, "server.key": b"short"},
        "not that of the server": {**good, "server.key": bytes(32)},
        "newer SecureCall": {
            **good,
            "server.json": msgspec.json.encode({**msgspec.to_builtins(settings), "version": 2}),
        },
    }
    for words, parts in cases.items():
        forged(file, parts, key.public.hex())
        with pytest.raises(StartError, match=words):
            await restore(Options(file, tmp_path / "new"))
        assert not (tmp_path / "new").exists()
    forged(file, good, key.public.hex())
    await restore(Options(file, tmp_path / "new"))


async def test_a_disk_without_room_is_said_before_anything_is_written(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("securecall_server.restore.shutil.disk_usage", lambda _path: usage)
    with pytest.raises(StartError, match="has 1000"):
        await restore(Options(file, tmp_path / "new"))
    assert not (tmp_path / "new").exists()


async def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"There is no .*nowhere\. Nothing"):
        await restore(Options(tmp_path / "nowhere", tmp_path / "new"))


def test_o12_whoever_starts_a_restored_server_is_told_what_it_waits_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    warn_of_restored(tmp_path)
    assert capsys.readouterr().err == ""
    mark_restored(tmp_path)
    warn_of_restored(tmp_path)
    assert "securecall heal --finish" in capsys.readouterr().err


def test_the_mark_names_the_spaces_that_go_on(tmp_path: Path) -> None:
    assert (is_restored(tmp_path), lifted(tmp_path)) == (False, frozenset())
    mark_restored(tmp_path)
    (tmp_path / RESTORED).write_text(f"\n{'ab' * 32}\n")
    assert (is_restored(tmp_path), lifted(tmp_path)) == (True, frozenset([b"\xab" * 32]))
