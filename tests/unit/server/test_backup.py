"""Backups: whole or not at all, never over another file, and nothing in them that could be read."""

import asyncio
import os
import stat
from hashlib import sha256
from pathlib import Path

import pytest

from securecall_server import backup as module
from securecall_server.archive import Reader, Writer
from securecall_server.backup import LAST, Options, back_up
from securecall_server.blobs import BlobMissingError, open_blobs
from securecall_server.errors import StartError
from securecall_server.restore import Options as Back
from securecall_server.restore import restore
from securecall_server.store import open_store
from tests.unit.server.test_check import a_chunk, look, tell


async def test_a_backup_is_restored_as_it_was(folder: Path, tmp_path: Path) -> None:
    made = await back_up(Options(folder, tmp_path / "backup.tar"))
    assert stat.S_IMODE((tmp_path / "backup.tar").stat().st_mode) == 0o600
    assert (made.chunks, made.missing, made.with_key) == (3, 0, True)
    assert (folder / LAST).read_text().strip() == made.made
    back = await restore(Back(tmp_path / "backup.tar", tmp_path / "new"))
    assert (back.made, back.chunks, back.missing) == (made.made, 3, 0)
    report = await look(tmp_path / "new", read_all=True)
    assert (report.clean, report.orphans) == (True, [])
    for name in ("server.json", "server.key"):
        assert (tmp_path / "new" / name).read_bytes() == (folder / name).read_bytes()
    for chunk in folder.glob("blobs/*/*/*"):
        assert (tmp_path / "new" / chunk.relative_to(folder)).read_bytes() == chunk.read_bytes()


async def test_t10_a_backup_holds_ciphertext_alone(folder: Path, tmp_path: Path) -> None:
    await back_up(Options(folder, tmp_path / "backup.tar"))
    written = (tmp_path / "backup.tar").read_bytes()
    words = ("Harbour", "Amina", "Jonas", "Wanjiru", "Situation", "harbour master", "Legal aid", "plan.txt", "version")
    plain = [word for word in words if word.encode() in written]
    # The one word stands in the names of the database's columns and in the listing, and nowhere else.
    assert plain == ["version"]


async def test_no_file_is_written_over(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("there", "link"):
        with pytest.raises(StartError, match="not written over"):
            await back_up(Options(folder, tmp_path / name))
    assert (tmp_path / "there").read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


async def test_a_file_that_appears_meanwhile_is_not_written_over(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, finish = tmp_path / "backup.tar", Writer.finish

    def finish_late(*args: object) -> None:
        finish(*args)  # type: ignore[arg-type]  # handed on as it came
        target.write_text("somebody else's")

    monkeypatch.setattr(Writer, "finish", finish_late)
    with pytest.raises(StartError, match="No backup was made"):
        await back_up(Options(folder, target))
    assert target.read_text() == "somebody else's"


async def test_a_file_system_without_links_takes_a_backup_too(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(_source: object, _target: object) -> None:
        raise PermissionError(1, os.strerror(1))

    monkeypatch.setattr("securecall_server.backup.os.link", no_links)
    await back_up(Options(folder, tmp_path / "backup.tar"))
    assert (await restore(Back(tmp_path / "backup.tar", tmp_path / "new"))).chunks == 3
    assert [path.name for path in tmp_path.glob(".backup*")] == []


@pytest.mark.parametrize("inside", [".", "blobs"])
async def test_a_backup_in_the_folder_itself_is_refused(inside: str, folder: Path) -> None:
    with pytest.raises(StartError, match="is lost with it"):
        await back_up(Options(folder, folder / inside / "backup.tar"))


async def test_o06_a_full_disk_leaves_nothing(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("securecall_server.archive.os.fsync", full)
    (tmp_path / "backups").mkdir()
    with pytest.raises(StartError, match=r"No space left on device\. No backup was made"):
        await back_up(Options(folder, tmp_path / "backups" / "backup.tar"))
    assert list((tmp_path / "backups").iterdir()) == []
    assert not (folder / LAST).exists()


async def test_t10_without_the_key_it_is_restored_with_a_copy_of_the_key_alone(folder: Path, tmp_path: Path) -> None:
    key, file = (folder / "server.key").read_bytes(), tmp_path / "backup.tar"
    await back_up(Options(folder, file, with_key=False))
    assert key not in file.read_bytes()
    with pytest.raises(StartError, match="--key"):
        await restore(Back(file, tmp_path / "new"))
    (tmp_path / "other").write_bytes(bytes(32))
    with pytest.raises(StartError, match="not that of the server"):
        await restore(Back(file, tmp_path / "new", tmp_path / "other"))
    assert not (tmp_path / "new").exists()
    (tmp_path / "copy").write_bytes(key)
    await restore(Back(file, tmp_path / "new", tmp_path / "copy"))
    assert (tmp_path / "new" / "server.key").read_bytes() == key


async def test_o03_what_the_disk_has_lost_is_said_and_left_out_only_on_demand(folder: Path, tmp_path: Path) -> None:
    a_chunk(folder).unlink()
    file = tmp_path / "backup.tar"
    with pytest.raises(StartError, match="has lost 1 pieces"):
        await back_up(Options(folder, file))
    assert not file.exists()
    made = await back_up(Options(folder, file, despite_damage=True))
    assert (made.chunks, made.missing) == (2, 1)
    assert (await restore(Back(file, tmp_path / "new"))).missing == 1
    assert [fault.message for fault in (await look(tmp_path / "new")).faults] == [
        fault.message for fault in (await look(folder)).faults
    ]


async def test_o03_a_chunk_that_rotted_is_not_backed_up_as_if_it_were_good(folder: Path, tmp_path: Path) -> None:
    data = a_chunk(folder).read_bytes()
    blob = bytes.fromhex(a_chunk(folder).parent.name)
    tell(folder, "UPDATE chunks SET digest = ? WHERE blob = ?", sha256(data).digest(), blob)
    assert (await back_up(Options(folder, tmp_path / "good.tar"))).missing == 0
    a_chunk(folder).write_bytes(bytes([data[0] ^ 1]) + data[1:])
    with pytest.raises(StartError, match="has lost 1 pieces"):
        await back_up(Options(folder, tmp_path / "rotten.tar"))


async def test_what_is_dropped_meanwhile_is_neither_there_nor_noted(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the server does: first the notes go, then the bytes; the backup has copied the database before."""
    blobs = open_blobs(str(folder / "blobs"), beside=True)
    get, asked = blobs.get, 0
    gone = a_chunk(folder).parent
    space, blob = bytes.fromhex(gone.parent.name), bytes.fromhex(gone.name)

    async def get_late(*chunk: object) -> bytes:
        nonlocal asked
        asked += 1
        if asked == 1:
            tell(folder, "DELETE FROM chunks WHERE blob = ?", blob)
            await blobs.delete(space, blob)
        return await get(*chunk)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(blobs, "get", get_late)
    monkeypatch.setattr(module, "open_blobs", lambda *_args, **_more: blobs)
    made = await back_up(Options(folder, tmp_path / "backup.tar"))
    assert (made.chunks, made.missing) == (2, 0)
    with pytest.raises(BlobMissingError):
        await get(space, blob, 0)
    with (tmp_path / "backup.tar").open("rb") as file:
        reader = Reader(file)
        assert f"blobs/{space.hex()}/{blob.hex()}/0000" not in reader.members
        reader.copy("server.db", tmp_path / "copy.db")
    store = await open_store(f"sqlite:///{tmp_path / 'copy.db'}")
    assert await store.chunks(space, blob) == {}
    await store.close()


@pytest.mark.parametrize(
    ("more", "words"),
    [({"database": "postgresql://host/name"}, "pg_dump"), ({"blobs": "s3://bucket"}, "the bucket by its own tools")],
)
async def test_what_it_does_not_back_up_is_said_with_what_to_do(
    more: dict, words: str, folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(StartError, match=words):
        await back_up(Options(folder, tmp_path / "backup.tar", **more))


async def test_two_at_once_both_stand(folder: Path, tmp_path: Path) -> None:
    both = [back_up(Options(folder, tmp_path / f"{n}.tar")) for n in range(2)]
    assert [made.chunks for made in await asyncio.gather(*both)] == [3, 3]
