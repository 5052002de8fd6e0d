"""Purging: what was deleted is in no file any more, what is in use stays, and no record is left without its file."""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from nacl.utils import random

from securecall_server import settings
from securecall_server.app import make_app
from securecall_server.blobs import open_blobs
from securecall_server.chains import Chains
from securecall_server.clock import Clock
from securecall_server.connections import Connections
from securecall_server.doors import Doors
from securecall_server.errors import StartError
from securecall_server.housekeeping import Housekeeping
from securecall_server.ledger import Ledger
from securecall_server.mailboxes import LIFE
from securecall_server.purge import UNLISTED_FOR, Purge, purge_all
from securecall_server.restored import RESTORED, Mark, mark_restored
from securecall_server.service import Service
from securecall_server.signing import ServerKey
from securecall_server.sources import Sources
from securecall_server.store import Append, MailboxRow, PlaceRow, Store, StoreFaultError, open_store
from tests.unit.server.test_check import look

OWNER, KEY = b"\x01" * 32, b"\x02" * 32


def canary(name: str) -> bytes:
    return f"canary of {name} ".encode() * 400


def where(folder: Path, name: str) -> list[str]:
    """The files of the folder in whose raw bytes a canary is."""
    found = [path for path in folder.rglob("*") if path.is_file() and canary(name)[:40] in path.read_bytes()]
    return sorted(path.relative_to(folder).parts[0] for path in found)


async def opened(folder: Path) -> Store:
    return await open_store(f"sqlite:///{folder / 'server.db'}")


async def put(folder: Path, store: Store, space: bytes, name: str, began: int) -> bytes:
    """A blob of one chunk."""
    blob = random(16)
    await open_blobs(str(folder / "blobs")).put(space, blob, 0, canary(name))
    await store.put_chunk(space, blob, OWNER, 0, len(canary(name)), began)
    return blob


async def space_with(store: Store, *names: str) -> bytes:
    """A space (of no valid chain) with a record for each name."""
    space = random(32)
    items = [b"entry", *map(canary, names)]
    rows = [PlaceRow(space, n, 2 if n else 0, random(32), random(32), item, ()) for n, item in enumerate(items)]
    await store.append([Append(row) for row in rows])
    return space


async def test_o13_what_was_deleted_is_in_no_file_after_a_purge(folder: Path) -> None:
    now, store = int(time.time()), await opened(folder)
    space = await space_with(store, "a record that was destroyed", "another")
    await put(folder, store, space, "a file of what was destroyed", now)
    dropped = await put(folder, store, random(32), "a file that was dropped", now)
    await put(folder, store, random(32), "a file that nobody listed", now - UNLISTED_FOR - 60)
    await put(folder, store, random(32), "a file that may yet be listed", now - UNLISTED_FOR + 3600)
    orphan = random(32), random(16)
    await open_blobs(str(folder / "blobs")).put(*orphan, 0, canary("an orphan"))
    (folder / "blobs" / orphan[0].hex() / orphan[1].hex() / "cut.part").write_bytes(canary("an upload that was cut"))
    mail = MailboxRow(KEY, OWNER, KEY, now * 1000 - LIFE - 60_000)
    await store.open_mailbox(mail, 0)
    await store.put_mail(KEY, "request", canary("old mail"))
    names = (
        "a record that was destroyed", "another", "a file of what was destroyed", "a file that was dropped",
        "a file that nobody listed", "a file that may yet be listed", "an orphan", "an upload that was cut", "old mail",
    )  # fmt: skip
    assert all(where(folder, name) for name in names)
    await store.append([Append(PlaceRow(space, 3, 0, random(32), random(32), b"the end", ()), destroys=True)])
    [(of, _)] = [one for one in await store.begun_before(now + 1) if one[1] == dropped]
    await store.drop(of, dropped)
    await store.close()

    purged = await purge_all(folder)
    assert (purged.blobs, purged.orphans, purged.kept) == (3, 1, 0)
    assert [name for name in names if where(folder, name)] == ["a file that may yet be listed"]
    log = folder / "server.db-wal"
    assert not log.exists() or log.stat().st_size == 0
    with closing(sqlite3.connect(folder / "server.db")) as line:
        assert line.execute("PRAGMA freelist_count").fetchone() == (0,)
    assert (await purge_all(folder)).blobs == 0


async def test_o03_o13_a_chunk_that_was_never_noted_goes_and_the_others_of_its_blob_stay(folder: Path) -> None:
    """A kill between the chunk's file and its note, in a blob that is known by its other chunks."""
    before = {path: path.read_bytes() for path in folder.glob("blobs/*/*/*")}
    (unnoted := min(before).with_name("0007")).write_bytes(canary("a chunk that was never noted"))
    purged = await purge_all(folder)
    assert (purged.blobs, purged.orphans, purged.kept) == (0, 1, 0)
    assert not unnoted.exists()
    assert {path: path.read_bytes() for path in folder.glob("blobs/*/*/*")} == before


async def test_what_is_in_use_stays(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.glob("blobs/*/*/*")}
    with closing(sqlite3.connect(folder / "server.db", isolation_level=None)) as line:
        line.execute("UPDATE blobs SET began = 0")
    assert (await purge_all(folder)).blobs == 0
    assert {path: path.read_bytes() for path in folder.glob("blobs/*/*/*")} == before
    assert (await look(folder, read_all=True)).clean


async def test_a_server_that_runs_is_not_purged_beside_it(folder: Path) -> None:
    handle = settings.lock(folder)
    try:
        with pytest.raises(StartError, match="Stop it first"):
            await purge_all(folder)
    finally:
        os.close(handle)


async def test_o12_what_clients_may_yet_put_back_a_record_for_stays(folder: Path) -> None:
    """A folder from a backup: the record that lists a file may have come after it."""
    store = await opened(folder)
    lifted, other = random(32), random(32)
    for space in (lifted, other):
        await put(folder, store, space, "a file that nobody lists yet", 0)
        await open_blobs(str(folder / "blobs")).put(space, random(16), 0, canary("an orphan"))
    await store.close()
    mark_restored(folder)
    with (folder / RESTORED).open("a") as mark:
        mark.write(f"\n{lifted.hex()}\n")
    purged = await purge_all(folder)
    assert (purged.blobs, purged.orphans, purged.kept) == (1, 1, 1)
    left = [path for path in folder.glob("blobs/*/*/*") if path.parent.parent.name in (lifted.hex(), other.hex())]
    assert {path.parent.parent.name for path in left} == {other.hex()}


def keeper(folder: Path, store: Store, *, shared: bool = False) -> Housekeeping:
    chains = Chains(store, shared=shared)
    ledger = Ledger(store, chains, Clock(store, 0), ServerKey(bytes(32)), Doors(store, chains, KEY), Mark(folder))
    purge = Purge(store, open_blobs(str(folder / "blobs")))
    return Housekeeping(store, chains, ledger, purge, shared=shared, mark=Mark(folder))


async def test_o13_a_server_lets_go_of_what_has_had_its_time(folder: Path) -> None:
    store, now = await opened(folder), 40 * 86_400
    for name, began in (("old", 0), ("young", now - 86_400)):
        await put(folder, store, random(32), name, began)
    await store.open_mailbox(MailboxRow(KEY, OWNER, KEY, 0), 0)
    await keeper(folder, store, shared=True).round(now)
    assert where(folder, "old") == ["blobs"]  # another process could be about to list it
    house = keeper(folder, store)
    await house.round(now)
    assert (where(folder, "old"), where(folder, "young")) == ([], ["blobs"])
    assert await store.mailbox(KEY) is None
    assert not house.damaged
    await store.close()
    assert len(list(folder.glob("blobs/*/*/*"))) == 4


async def test_o02_damage_that_comes_while_it_runs_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = await opened(folder)
    house = keeper(folder, store)

    async def damaged() -> None:
        raise StoreFaultError("The database is damaged.")

    found = []
    for verify in (damaged, store.verify):
        monkeypatch.setattr(store, "verify", verify)
        await house.round(0)
        found.append(house.damaged)
    assert found == [True, False]
    await store.close()


async def test_o02_a_damaged_server_says_it_is_not_well(folder: Path) -> None:
    store = await opened(folder)
    service = await Service.open(
        ServerKey(bytes(32)), KEY, [], store, open_blobs(str(folder / "blobs")), shared=False, folder=folder
    )
    sources = Sources(behind_proxy=False)
    async with TestClient(TestServer(make_app(service, sources, Connections(sources)))) as client:
        told = []
        for damaged in (False, True):
            service.housekeeping.damaged, service.healthy_until = damaged, 0
            told.append((await client.get("/healthz")).status)
    assert told == [200, 503]
    await store.close()
