"""A whole database as its operator reads it, beside the store that writes it."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from securecall_server.check import check
from securecall_server.purge import IN_FLIGHT
from securecall_server.store import Append, MailboxRow, NotedChunk, StoreOpenError, Survey, open_survey
from securecall_server.store.sqlite import known_fault

from .rows import blob_of, chain, device, grant, id_of, identity, join, place


@pytest.fixture
async def survey(store, url) -> AsyncIterator[Survey]:
    opened = await open_survey(url)
    yield opened
    await opened.close()


def mailbox(member: str, opened: int) -> MailboxRow:
    return MailboxRow(id_of(f"box {member}"), id_of(member), id_of(f"device {member}"), opened)


async def test_it_sees_what_is_written_beside_it(store, survey):
    assert await survey.spaces() == []
    await store.append(chain("call", 0, 3))
    await store.append([Append(place("team", 0), (grant("team", 0, "laptop"), grant("team", 0, "desk")))])
    await store.enrol([identity("amina", 0)], [device("laptop", "amina"), device("desk", "amina", live=False)])
    assert await survey.spaces() == sorted([id_of("call"), id_of("team")])
    assert {row.device for row in await survey.grants(id_of("team"))} == {id_of("laptop"), id_of("desk")}
    assert await survey.grants(id_of("call")) == []
    assert await survey.members() == [id_of("amina")]
    assert [row.live for row in await survey.devices(id_of("amina"))].count(False) == 1
    assert (await survey.store.head(id_of("call"))).seq == 2
    assert await survey.faults() == []


async def test_it_counts(store, survey):
    await store.append([Append(place("call", 0, kind=0)), Append(place("call", 1))])
    await store.enrol([identity("amina", 0), identity("amina", 1)], [device("laptop", "amina")])
    await store.put_chunk(id_of("call"), blob_of("a"), id_of("amina"), 0, 100, 5)
    await store.put_chunk(id_of("call"), blob_of("a"), id_of("amina"), 1, 23, 5)
    await store.put_join(join("call", "key", "jonas"))
    await store.open_mailbox(mailbox("amina", 5), 0)
    counts = await survey.counts()
    assert (counts.spaces, counts.places, counts.destroyed) == (1, 2, 0)
    assert (counts.members, counts.devices, counts.joins, counts.mailboxes) == (1, 1, 1, 1)
    assert (counts.blobs, counts.chunks, counts.chunk_bytes) == (1, 2, 123)
    assert (counts.most_of_space, counts.most_of_member) == (123, 123)
    assert counts.database > 0
    assert await survey.chunks() == [
        NotedChunk((id_of("call"), blob_of("a"), 0), 100, None),
        NotedChunk((id_of("call"), blob_of("a"), 1), 23, None),
    ]
    await store.append([Append(place("call", 2, kind=0), destroys=True)])
    assert (await survey.absent(id_of("call")), (await survey.counts()).destroyed) == (1, 1)


async def test_the_digest_of_a_chunk_is_noted_once_and_then_stands(store, survey):
    for digest in (None, b"\x01" * 32, b"\x02" * 32, None):
        await store.put_chunk(id_of("call"), blob_of("a"), id_of("amina"), 0, 100, 5, digest)
    assert [chunk.digest for chunk in await survey.chunks()] == [b"\x01" * 32]


async def test_blobs_are_told_by_their_age(store):
    space, owner = id_of("call"), id_of("amina")
    for day, name in enumerate(["old", "newer"]):
        await store.put_chunk(space, blob_of(name), owner, 0, 1, day)
    assert await store.begun_before(1) == [(space, blob_of("old"))]
    await store.drop(space, blob_of("old"))
    assert await store.begun_before(1) == []
    assert await store.begun_before(2) == [(space, blob_of("newer"))]


async def test_old_mailboxes_go(store):
    await store.open_mailbox(mailbox("amina", 10), 0)
    await store.open_mailbox(mailbox("jonas", 20), 0)
    await store.clear_mailboxes(20)
    assert await store.mailbox(id_of("box amina")) is None
    assert await store.mailbox(id_of("box jonas")) is not None


async def test_o13_a_compact_database_is_smaller_and_whole(store, survey):
    await store.append(
        [Append(place("call", 0, kind=0)), *(Append(place("call", n, bytes(50_000))) for n in range(1, 40))]
    )
    await store.append([Append(place("call", 40, kind=0), destroys=True)])
    before = (await survey.counts()).database
    await survey.close()
    await store.compact()
    await store.append([Append(place("team", 0, kind=0))])
    assert (await store.head(id_of("call"))).seq == 40
    await store.verify()
    assert before > 1_000_000


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_o13_compacting_gives_room_back_to_the_disk(store, url):
    path = Path(url.removeprefix("sqlite:///"))
    await store.append(
        [Append(place("call", 0, kind=0)), *(Append(place("call", n, bytes(50_000))) for n in range(1, 40))]
    )
    await store.append([Append(place("call", 40, kind=0), destroys=True)])
    await store.scrub()
    before = path.stat().st_size
    await store.compact()
    assert path.stat().st_size < before / 4
    assert path.with_name("server.db-wal").stat().st_size == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_o02_a_survey_cannot_write(survey):
    with pytest.raises(Exception, match="read-only"):
        await survey.store.put_meta("key", b"value")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_copy_is_of_one_moment_and_without_what_was_deleted(store, survey, tmp_path):
    secret = b"ciphertext of the harbour" * 10
    await store.append([Append(place("call", 0, kind=0)), Append(place("call", 1, secret))])
    await survey.copy(tmp_path / "before.db")
    await store.append([Append(place("call", 2, kind=0), destroys=True)])
    await survey.copy(tmp_path / "after.db")
    assert secret in (tmp_path / "before.db").read_bytes()
    assert secret not in (tmp_path / "after.db").read_bytes()
    copied = await open_survey(f"sqlite:///{tmp_path / 'before.db'}")
    head = await copied.store.head(id_of("call"))
    assert head is not None
    assert head.seq == 1
    await copied.close()


async def test_what_is_no_database_yet_or_an_older_one_is_said(tmp_path, opener):
    address = f"sqlite:///{tmp_path / 'server.db'}"
    with pytest.raises(StoreOpenError, match="made when the server first starts"):
        await open_survey(address)
    store = await opener(address)
    await store._database.write(lambda line: line.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(StoreOpenError, match="older"):
        await open_survey(address)


async def test_broken_references_are_faults(tmp_path, opener):
    address = f"sqlite:///{tmp_path / 'server.db'}"
    store = await opener(address)
    await store.append([Append(place("call", 0), (grant("call", 0, "laptop"),))])
    database = store._database
    await database._alone("PRAGMA foreign_keys = OFF")
    await database.write(lambda line: line.exec_driver_sql("DELETE FROM places"))
    survey = await open_survey(address)
    assert await survey.faults() == ["a row of grants refers to one of places that is not there"]
    await survey.close()


VERSIONS = {
    (3, 40, 1): True, (3, 44, 5): True, (3, 44, 6): False, (3, 45, 0): True, (3, 50, 6): True, (3, 50, 7): False,
    (3, 51, 2): True, (3, 51, 3): False, (3, 52, 0): False, (4, 0, 0): False,
}  # fmt: skip


@pytest.mark.parametrize("version", VERSIONS)
def test_o02_a_sqlite_that_can_damage_a_database_is_named(version: tuple[int, int, int]) -> None:
    assert bool(known_fault(version)) is VERSIONS[version]


async def test_a_check_runs_over_every_database_and_storage(store, survey, blobs):
    assert (await check(survey, blobs, time.time(), read_all=True)).clean
    await blobs.put(id_of("call"), blob_of("orphan"), 0, b"left over")
    await blobs.put(id_of("call"), blob_of("kept"), 0, b"kept")
    for name in ("kept", "lost"):
        await store.put_chunk(id_of("call"), blob_of(name), id_of("amina"), 0, 4, 5)
    await store.enrol([identity("amina", 0)], [device("laptop", "amina")])
    await blobs.put(id_of("call"), blob_of("kept"), 1, b"never noted")
    report = await check(survey, blobs, time.time(), read_all=True)
    assert report.orphans == []
    report = await check(survey, blobs, time.time() + 2 * IN_FLIGHT, read_all=True)
    names = {f"{blob_of('orphan').hex()}/0000", f"{blob_of('kept').hex()}/0001"}
    assert set(report.orphans) == {f"{id_of('call').hex()}/{name}" for name in names}
    assert sorted(fault.message.split()[0] for fault in report.faults) == ["Chunk", "The"]
    assert (report.chunks, report.bytes) == (2, 8)
