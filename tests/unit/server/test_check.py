"""`securecall-server check`: what is whole passes, and each damage is named for what it is."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from securecall_server.blobs import BlobFullError, FolderBlobs, open_blobs
from securecall_server.check import Lack, check
from securecall_server.faults import Damage, Report
from securecall_server.purge import IN_FLIGHT
from securecall_server.store import open_survey


async def look(folder: Path, *, read_all: bool = False, after: float = 0, lack: Lack = Lack.NOTHING) -> Report:
    """``after`` so many seconds, at spaces that may ``lack`` so much."""
    survey = await open_survey(f"sqlite:///{folder / 'server.db'}")
    try:
        blobs = open_blobs(str(folder / "blobs"), beside=True)
        return await check(survey, blobs, time.time() + after, read_all=read_all, lacks=lambda _: lack)
    finally:
        await survey.close()


def tell(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / "server.db", isolation_level=None)) as line:
        assert line.execute(statement, values).rowcount != 0


def a_chunk(folder: Path) -> Path:
    return min(folder.glob("blobs/*/*/*"))


async def test_what_is_whole_is_clean(folder: Path) -> None:
    report = await look(folder, read_all=True)
    assert (report.clean, report.faults, report.orphans) == (True, [], [])
    assert (report.spaces, report.chunks) == (2, 3)
    assert report.items > 20
    assert report.bytes == sum(path.stat().st_size for path in folder.glob("blobs/*/*/*"))


def cut(path: Path) -> None:
    path.write_bytes(b"cut")


def sql(statement: str) -> Callable[[Path], None]:
    return lambda folder: tell(folder, statement)


ROWS: dict[str, tuple[Callable[[Path], None], Damage, str]] = {
    "a record's bytes": (
        sql("UPDATE places SET item = CAST(item || x'00' AS BLOB) WHERE kind = 2 AND seq = 3"),
        Damage.CHAIN,
        "The chain of space",
    ),
    "a record gone": (
        sql("UPDATE places SET item = NULL WHERE kind = 2 AND seq = 3"), Damage.CHAIN, "The chain of space",
    ),
    "the newest record gone": (
        sql("UPDATE places SET item = NULL WHERE kind = 2 AND seq = "
            "(SELECT max(seq) FROM places AS p WHERE p.space = places.space)"), Damage.CHAIN, "1 items are missing",
    ),
    "a head": (sql("UPDATE places SET head = zeroblob(32) WHERE seq = "
            "(SELECT max(seq) FROM places AS p WHERE p.space = places.space)"), Damage.CHAIN, "head"),
    "a gap": (sql("DELETE FROM places WHERE kind = 2 AND seq = 3"), Damage.CHAIN, "The chain of space"),
    "a beginning": (sql("UPDATE places SET seq = 1000 WHERE seq = 0"), Damage.CHAIN, "The chain of space"),
    "a grant": (sql("UPDATE grants SET box = zeroblob(100) "
            "WHERE rowid = (SELECT min(rowid) FROM grants)"), Damage.CHAIN, "Grants"),
    "a grant gone": (sql("DELETE FROM grants "
            "WHERE rowid = (SELECT min(rowid) FROM grants)"), Damage.CHAIN, "Grants"),
    "a grant of nobody": (
        sql("INSERT INTO grants SELECT space, zeroblob(32), seq, box FROM grants LIMIT 1"), Damage.CHAIN, "Grants",
    ),
    "an identity": (sql("DELETE FROM identities"), Damage.CHAIN, "The identity or the devices of member"),
    "a device": (sql("UPDATE devices SET live = NOT live"), Damage.CHAIN, "The identity or the devices of member"),
    "a device's login": (sql("UPDATE devices SET login = zeroblob(32)"), Damage.CHAIN, "The identity or the devices"),
    "a reference": (sql("DELETE FROM blobs"), Damage.DATABASE, "a row of chunks refers to one of blobs"),
    "a note of a chunk": (sql("DELETE FROM chunks"), Damage.FILE, "is listed by a record and not complete"),
    "the size of a chunk": (sql("UPDATE chunks SET size = size + 1"), Damage.FILE, "has 1052 bytes and not 1053"),
    "a file": (lambda folder: a_chunk(folder).unlink(), Damage.FILE, "is missing"),
    "the end of a file": (lambda folder: cut(a_chunk(folder)), Damage.FILE, "has 3 bytes and not 1052"),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
async def test_o03_damage_is_named(name: str, folder: Path) -> None:
    harm, kind, words = ROWS[name]
    harm(folder)
    report = await look(folder)
    assert not report.clean
    found = [fault for fault in report.faults if fault.kind is kind and words in fault.message]
    assert found, report.faults
    assert all(fault.message.endswith(".") and fault.hint for fault in report.faults)


def lose_document(folder: Path) -> None:
    blob = a_chunk(folder).parent
    for path in blob.iterdir():
        path.unlink()
    tell(folder, "DELETE FROM chunks WHERE blob = ?", bytes.fromhex(blob.name))


def lose_grants(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "server.db")) as line:
        [*_, (space, seq)] = line.execute(
            "SELECT space, min(seq) FROM grants GROUP BY space ORDER BY max(seq) - min(seq)"
        )
    tell(folder, "DELETE FROM grants WHERE space = ? AND seq = ?", space, seq)


GONE: dict[str, tuple[Callable[[Path], None], Damage, str]] = {
    "the grants of an older epoch": (lose_grants, Damage.CHAIN, "have no grants"),
    "a document": (lose_document, Damage.FILE, "is not here"),
}


@pytest.mark.parametrize("name", GONE)
async def test_o03_what_is_gone_whole_is_damage_where_nothing_was_put_back(name: str, folder: Path) -> None:
    harm, kind, words = GONE[name]
    harm(folder)
    report = await look(folder)
    assert (report.clean, report.absent, {fault.kind for fault in report.faults}) == (False, [], {kind})
    report = await look(folder, lack=Lack.OLDER)
    assert (report.clean, [words in one for one in report.absent]) == (True, [True])


async def test_o02_damaged_pages_are_named(folder: Path) -> None:
    path = folder / "server.db"
    pages = bytearray(path.read_bytes())
    pages[20_480:61_440] = b"\xa5" * 40_960
    path.write_bytes(pages)
    report = await look(folder)
    assert {fault.kind for fault in report.faults} >= {Damage.DATABASE}


async def test_bytes_that_the_disk_lost_are_found_by_reading(folder: Path) -> None:
    chunk = a_chunk(folder)
    size = 20_000
    chunk.write_bytes(b"\x17" * 8192 + bytes(4096) + b"\x17" * (size - 12_288))
    tell(folder, "UPDATE chunks SET size = ? WHERE blob = ?", size, bytes.fromhex(chunk.parent.name))
    assert not any("holes" in fault.message for fault in (await look(folder)).faults)
    assert any("holes" in fault.message for fault in (await look(folder, read_all=True)).faults)


async def test_o03_one_flipped_bit_is_found_by_reading_where_the_digest_was_noted(folder: Path) -> None:
    chunk = a_chunk(folder)
    data = bytearray(chunk.read_bytes())
    tell(folder, "UPDATE chunks SET digest = ? WHERE blob = ?", sha256(data).digest(), bytes.fromhex(chunk.parent.name))
    assert (await look(folder, read_all=True)).clean
    data[700] ^= 0x10
    chunk.write_bytes(data)
    assert (await look(folder)).clean
    [fault] = (await look(folder, read_all=True)).faults
    assert (fault.kind, fault.message.endswith("has other bytes than were put there.")) == (Damage.FILE, True)


async def test_o03_what_the_disk_does_not_give_is_damaged_and_not_the_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_chunk: object) -> bytes:
        raise BlobFullError("The disk of the blobs fails (Input/output error).")

    monkeypatch.setattr(FolderBlobs, "get", fails)
    report = await look(folder, read_all=True)
    assert [fault.message.endswith("cannot be read.") for fault in report.faults] == [True] * 3


async def test_o03_orphans_are_named_and_are_no_damage(folder: Path) -> None:
    orphan = folder / "blobs" / ("ab" * 32) / ("cd" * 16)
    orphan.mkdir(parents=True)
    (orphan / "0000").write_bytes(b"left over")
    (orphan / "note.txt").write_bytes(b"no chunk")
    report = await look(folder, after=2 * IN_FLIGHT)
    assert (report.clean, report.orphans) == (True, [f"{'ab' * 32}/{'cd' * 16}/0000"])


async def test_o03_a_chunk_that_was_never_noted_is_an_orphan_but_not_on_its_way(folder: Path) -> None:
    (unnoted := a_chunk(folder).with_name("0007")).write_bytes(b"written, and killed before it was noted")
    assert (await look(folder)).orphans == []
    report = await look(folder, after=2 * IN_FLIGHT)
    assert (report.clean, report.orphans) == (True, ["/".join(unnoted.parts[-3:])])


async def test_o03_what_was_dropped_and_goes_with_the_next_sweep_is_no_orphan(folder: Path) -> None:
    tell(folder, "DELETE FROM chunks")
    assert (await look(folder, after=2 * IN_FLIGHT)).orphans == []


async def test_a_check_changes_nothing(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (part := a_chunk(folder).with_name("leftover.part")).write_bytes(b"half")
    await look(folder, read_all=True)
    assert {path: path.read_bytes() for path in before} == before
    assert part.exists()
