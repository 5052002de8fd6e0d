"""What holds for SQLite alone: one process, one file for its owner alone, a full disk, damage, power cuts."""

import json
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from securecall_server.store import Append, ConflictError, StoreFaultError, StoreOpenError, open_store

from .rows import chain, id_of, place


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "server.db"


async def test_files_are_for_their_owner_alone(path, opener):
    store = await opener(f"sqlite:///{path}")
    await store.append(chain("call", 0, 3))
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["server.db", "server.db-shm", "server.db-wal", "server.db.lock"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


async def test_second_store_is_kept_out_until_the_first_is_closed(path, opener):
    first = await opener(f"sqlite:///{path}")
    with pytest.raises(StoreOpenError, match="Another SecureCall server is using"):
        await open_store(f"sqlite:///{path}")
    await first.append(chain("call", 0, 1))
    await first.close()
    await opener(f"sqlite:///{path}")


@pytest.mark.parametrize("size", [100, 40_000])
async def test_o13_what_was_destroyed_is_in_no_file(path, opener, size):
    secret = b"ciphertext of the harbour" + bytes(size)
    store = await opener(f"sqlite:///{path}")
    await store.append([Append(place("call", 0, kind=0)), *(Append(place("call", n, secret)) for n in range(1, 9))])
    assert any(secret[:25] in file.read_bytes() for file in path.parent.iterdir())
    await store.append([Append(place("call", 9, kind=0), destroys=True)])
    await store.scrub()
    assert [file.name for file in path.parent.iterdir() if secret[:25] in file.read_bytes()] == []


async def test_closed_store_leaves_one_file_to_copy(path, opener):
    store = await opener(f"sqlite:///{path}")
    await store.append(chain("call", 0, 3))
    await store.close()
    assert sorted(file.name for file in path.parent.iterdir()) == ["server.db", "server.db.lock"]


async def test_path_is_taken_as_it_stands(tmp_path, opener):
    path = tmp_path / "a b%20c?d=e#f.db"
    await opener(f"sqlite:///{path}")
    assert path.exists()


async def test_relative_path(tmp_path, opener, monkeypatch):
    monkeypatch.chdir(tmp_path)
    await opener("sqlite:///server.db")
    assert (tmp_path / "server.db").exists()


@pytest.mark.parametrize(
    "address",
    ["sqlite:///", "sqlite:////nowhere/at/all.db", "sqlite://server.db", "mysql://host/name", "server.db"],
)
async def test_address_that_is_none_is_refused(address, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreOpenError):
        await open_store(address)
    assert list(tmp_path.iterdir()) == []


async def test_file_that_is_no_database_is_refused(path):
    path.write_bytes(b"not a database, but long enough to be looked at" * 100)
    before = path.read_bytes()
    with pytest.raises(StoreOpenError, match="damaged"):
        await open_store(f"sqlite:///{path}")
    assert path.read_bytes() == before


async def test_damage_is_found(path, opener):
    store = await opener(f"sqlite:///{path}")
    await store.append([Append(place("call", 0, bytes(200_000)))])
    await store.close()
    pages = bytearray(path.read_bytes())
    pages[40_960:81_920] = b"\xa5" * 40_960
    path.write_bytes(pages)
    with pytest.raises((StoreFaultError, StoreOpenError), match="damaged"):
        await (await opener(f"sqlite:///{path}")).verify()


async def test_O10_whether_it_answers_is_told_without_reading_it_all(path, opener):
    store = await opener(f"sqlite:///{path}")
    await store.append([Append(place("call", 0, bytes(200_000)))])
    await store.close()
    pages = bytearray(path.read_bytes())
    middle = len(pages) // 8192 * 4096
    assert pages[middle + 4 : middle + 4096] == bytes(4092)  # in the midst of the large item
    pages[middle : middle + 4096] = b"\xa5" * 4096
    path.write_bytes(pages)
    store = await opener(f"sqlite:///{path}")
    await store.check()
    with pytest.raises(StoreFaultError, match="damaged"):
        await store.verify()


async def test_settings_of_the_connections(path, opener):
    """Full sync, one writer that checkpoints, deleted bytes overwritten, readers that cannot write."""
    store = await opener(f"sqlite:///{path}")
    names = ["synchronous", "secure_delete", "foreign_keys", "query_only", "wal_autocheckpoint"]

    async def settings(engine) -> list[int]:
        async with engine.connect() as connection:
            return [(await connection.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in names]

    database = store._database
    assert (await settings(database._writer))[:4] == [2, 1, 1, 0]
    assert (await settings(database._reader))[2:] == [1, 1, 0]
    assert database._writer.pool.size() == 1


FULL = """
import asyncio, json, resource, sys
from securecall_server.store import Append, PlaceRow, StoreFullError, open_store

def row(seq, size):
    return Append(PlaceRow(bytes(32), seq, 1, bytes(32), bytes(32), b"x" * size, ()))

async def main(path):
    store = await open_store(f"sqlite:///{path}")
    await store.append([row(0, 10)])
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        await store.append([row(1, 100), row(2, 5_000_000)])
    except StoreFullError as error:
        said = str(error)
    head = await store.head(bytes(32))
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    await store.append([row(1, 100), row(2, 5_000_000)])
    after = await store.head(bytes(32))
    await store.verify()
    await store.close()
    print(json.dumps([said, head.seq, after.seq]))

asyncio.run(main(sys.argv[1]))
"""


def test_full_disk_changes_nothing_and_passes(path):
    """A limit on the size of files stands for the disk: to SQLite both are a write that fails."""
    done = subprocess.run([sys.executable, "-c", FULL, path], capture_output=True, check=True)
    said, during, after = json.loads(done.stdout)
    assert "full" in said
    assert (during, after) == (0, 2)
    assert done.stderr == b""


KILLED = """
import asyncio, os, sys
from securecall_server.store import Append, PlaceRow, open_store

async def main(path):
    store = await open_store(f"sqlite:///{path}")
    for seq in range(10**6):
        await store.append([Append(PlaceRow(bytes(32), seq, 1, bytes(32), bytes(32), b"x" * 500, ()))])
        print(seq, flush=True)

asyncio.run(main(sys.argv[1]))
"""


async def test_o01_all_that_was_acknowledged_survives_a_kill(path, opener):
    process = subprocess.Popen([sys.executable, "-c", KILLED, path], stdout=subprocess.PIPE)
    assert process.stdout is not None
    for _ in range(30):
        process.stdout.readline()
    process.kill()
    acknowledged = 29 + len(process.stdout.read().splitlines())
    process.wait()
    process.stdout.close()
    store = await opener(f"sqlite:///{path}")
    await store.verify()
    places = await store.places(bytes(32), 0, 10**6, 10**9)
    assert [place.seq for place in places] == list(range(len(places)))
    assert acknowledged <= len(places) - 1 <= acknowledged + 1


async def test_newer_schema_is_refused_and_left_alone(path, opener):
    await (await opener(f"sqlite:///{path}")).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreOpenError, match=r"newer SecureCall server \(schema 9999\)"):
        await open_store(f"sqlite:///{path}")
    assert path.read_bytes() == before


async def test_item_let_go_leaves_no_bytes_in_the_file(path, opener):
    store = await opener(f"sqlite:///{path}")
    await store.put_meta("key", b"PLANTED" * 1000)
    await store.put_meta("key", b"")
    await store.close()
    assert b"PLANTED" not in path.read_bytes()


async def test_conflict_names_no_value(path, opener):
    store = await opener(f"sqlite:///{path}")
    await store.append(chain("call", 0, 1))
    with pytest.raises(ConflictError) as caught:
        await store.append(chain("call", 0, 1))
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert id_of("call").hex() not in str(caught.value)
