"""What holds for blobs in a folder alone: order of writing, leftovers, a full disk, modes."""

import fcntl
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from securecall_server.blobs import BlobOpenError, open_blobs

from .rows import blob_of, id_of

SPACE, BLOB = id_of("call"), blob_of("file")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


async def test_names_and_modes(folder):
    old = os.umask(0)
    try:
        await open_blobs(str(folder)).put(SPACE, BLOB, 255, b"chunk")
    finally:
        os.umask(old)
    chunk = folder / SPACE.hex() / BLOB.hex() / "00ff"
    assert tree(folder)[-1] == str(chunk.relative_to(folder))
    assert stat.S_IMODE(chunk.stat().st_mode) == 0o600
    assert {stat.S_IMODE(path.stat().st_mode) for path in list(chunk.parents)[:3]} == {0o700}


async def test_leftovers_go_at_opening_and_what_is_being_written_stays(folder):
    await open_blobs(str(folder)).put(SPACE, BLOB, 0, b"chunk")
    blob = folder / SPACE.hex() / BLOB.hex()
    left, busy = blob / "left.part", blob / "busy.part"
    left.write_bytes(b"half a chu")
    with busy.open("wb") as writing:
        fcntl.flock(writing, fcntl.LOCK_EX)
        blobs = open_blobs(str(folder))
        assert sorted(path.name for path in blob.iterdir()) == ["0000", "busy.part"]
    assert [(item.id, item.size) async for item in blobs.listing()] == [((SPACE, BLOB, 0), 5)]
    open_blobs(str(folder))
    assert [path.name for path in blob.iterdir()] == ["0000"]


async def test_O10_a_check_writes_nothing(folder):
    blobs = open_blobs(str(folder))
    os.utime(folder, ns=(1, 1))
    await blobs.check()
    assert folder.stat().st_mtime_ns == 1


async def test_foreign_files_are_passed_over(folder):
    blobs = open_blobs(str(folder))
    await blobs.put(SPACE, BLOB, 0, b"chunk")
    blob = folder / SPACE.hex() / BLOB.hex()
    for name in ("00000", "000G", "0X00", "+001", " 001", "00FF", ".hidden"):
        (blob / name).write_bytes(b"foreign")
    (folder / "lost+found" / "file").mkdir(parents=True)
    (folder / "readme").write_bytes(b"foreign")
    assert [(item.id, item.size) async for item in blobs.listing()] == [((SPACE, BLOB, 0), 5)]


async def test_conflict_leaves_nothing_behind(folder):
    blobs = open_blobs(str(folder))
    await blobs.put(SPACE, BLOB, 0, b"chunk")
    before = tree(folder)
    with pytest.raises(Exception, match="Other bytes"):
        await blobs.put(SPACE, BLOB, 0, b"other")
    assert tree(folder) == before


FULL = """
import asyncio, json, resource, sys
from securecall_server.blobs import BlobFullError, open_blobs

async def main(path):
    blobs = open_blobs(path)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        await blobs.put(bytes(32), bytes(16), 0, bytes(1_000_000))
    except BlobFullError as error:
        said = str(error)
    there = [item async for item in blobs.listing()]
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    await blobs.put(bytes(32), bytes(16), 1, bytes(1_000_000))
    print(json.dumps([said, len(there)]))

asyncio.run(main(sys.argv[1]))
"""


def test_full_disk_leaves_nothing_behind(folder):
    """A limit on the size of files stands for the disk: after some bytes, a write fails."""
    done = subprocess.run([sys.executable, "-c", FULL, folder], capture_output=True, check=True)
    said, there = json.loads(done.stdout)
    assert "full" in said
    assert there == 0
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["0001"]


PUT = """
import asyncio, sys
from securecall_server.blobs import open_blobs

blobs = open_blobs(sys.argv[1])
print("READY", flush=True)
asyncio.run(blobs.put(bytes(32), bytes(16), 0, b"PLANTED"))
print("DONE", flush=True)
"""


@pytest.mark.slow
def test_o01_put_reaches_the_disk_before_it_returns(folder, tmp_path):
    """Write, fsync of the file, its name, fsync of the folder, in this order, and only then the answer."""
    log = tmp_path / "trace"
    calls = "trace=write,fsync,link,linkat,mkdir,unlink"
    subprocess.run(
        ["strace", "-f", "-y", "-e", calls, "-o", log, sys.executable, "-c", PUT, folder],
        capture_output=True,
        check=True,
    )
    blob = folder / ("00" * 32) / ("00" * 16)
    steps = [
        (r"write\(1<", '"READY'),
        (r"mkdir\(", f'"{blob.parent}"'),
        (r"fsync\(", f"<{folder}>"),
        (r"mkdir\(", f'"{blob}"'),
        (r"fsync\(", f"<{blob.parent}>"),
        (r"write\(", '"PLANTED"'),
        (r"fsync\(", ".part>"),
        (r"link(at)?\(", f'"{blob}/0000"'),
        (r"fsync\(", f"<{blob}>"),
        (r"write\(1<", '"DONE'),
    ]
    lines = iter(log.read_text().splitlines())
    for call, what in steps:
        assert any(re.search(call, line) and what in line for line in lines), (call, what)


@pytest.mark.parametrize("scheme", ["file", "memory", "http", "https", "ftp"])
def test_storage_that_keeps_no_promise_is_refused(scheme):
    with pytest.raises(BlobOpenError, match=r"Give a folder, .* s3://, gs:// or az://"):
        open_blobs(f"{scheme}:///blobs")


def test_credentials_in_the_address_are_refused():
    with pytest.raises(BlobOpenError, match="Credentials belong in the environment") as caught:
        open_blobs("s3://bucket?secret_access_key=PLANTED")
    assert "PLANTED" not in str(caught.value)


def test_folder_that_cannot_be_is_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "file", tmp_path / "file" / "blobs", tmp_path / "nowhere" / "blobs"):
        with pytest.raises(BlobOpenError, match="cannot be used for blobs"):
            open_blobs(str(path))
