"""What holds for PostgreSQL alone: several processes on one database, and lines that break."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import asyncpg
import pytest

from securecall_server.store import Append, ConflictError, StoreFullError, StoreOpenError, open_store

from .rows import chain, device, grant, id_of, identity, join, place


@pytest.fixture
async def admin(database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection past the store."""
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


async def cut_lines(admin: asyncpg.Connection, only: str = "%") -> None:
    """End the stores' connections whose last statement is like ``only``."""
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = 'securecall-server' AND query LIKE $1",
        only,
    )


async def news(watch: AsyncIterator[bytes]) -> bytes:
    """The next space with news; so long that only a fault runs into it."""
    return await asyncio.wait_for(anext(watch), 20)


async def test_m08_second_writer_conflicts_and_nothing_changes(database, opener):
    first, second = await opener(database), await opener(database)
    await first.append(chain("call", 0, 1))
    await second.append(chain("call", 1, 2))
    late = Append(place("call", 1, b"late"), identities=(identity("amina", 0),), joins_done=(id_of("key"),))
    await first.put_join(join("call", "key", "boris"))
    with pytest.raises(ConflictError):
        await first.append([late])
    assert await second.identity(id_of("amina")) == []
    assert len(await second.joins(id_of("call"))) == 1
    assert (await first.head(id_of("call"))) == place("call", 1)


async def test_m08_two_writers_at_once_leave_one_winner_a_place(database, opener):
    stores = [await opener(database), await opener(database)]

    async def race(number: int, seq: int) -> bool:
        batch = [Append(place(space, seq, b"%d" % number), grants=(grant(space, seq, "phone"),)) for space in "ba"]
        try:
            await stores[number].append(batch if number else batch[::-1])
        except ConflictError:
            return False
        return True

    for seq in range(15):
        won = await asyncio.gather(race(0, seq), race(1, seq))
        assert won.count(True) == 1
        for space in "ab":
            assert (await stores[0].head(id_of(space))).item == b"%d" % won.index(True)


async def test_identity_entry_and_join_are_written_once_by_two(database, opener):
    stores = [await opener(database), await opener(database)]
    results = await asyncio.gather(
        *(stores[n].enrol([identity("amina", 0, b"by %d" % n)], [device("phone", "amina")]) for n in (0, 1)),
        *(stores[n].put_join(join("call", "key", f"member {n}")) for n in (0, 1)),
        return_exceptions=True,
    )
    assert [type(result) for result in results].count(ConflictError) == 2
    assert [type(result) for result in results[:2]].count(ConflictError) == 1
    assert len(await stores[0].identity(id_of("amina"))) == len(await stores[0].joins(id_of("call"))) == 1


async def test_same_identity_entry_by_two_at_once_is_no_conflict(database, opener):
    stores = [await opener(database), await opener(database)]
    rows = [identity(f"member {number}", 0) for number in range(50)]
    await asyncio.gather(stores[0].enrol(rows, []), stores[1].enrol(rows[::-1], []))
    assert await stores[0].identity(id_of("member 49")) == [b"member 49 0"]


async def test_watch_yields_what_others_append(database, opener):
    here, there = await opener(database), await opener(database)
    watch, second = here.watch(), here.watch()
    await here.append(chain("mine", 0, 1))
    await there.append([*chain("one", 0, 2), *chain("two", 0, 1)])
    assert {await news(watch), await news(watch)} == {id_of("one"), id_of("two")}
    await there.append(chain("mine", 1, 2))
    assert await news(watch) == id_of("mine")
    assert await news(second) in {id_of("one"), id_of("two")}


async def test_beats_reach_the_other_processes_whole(database, opener):
    here, there = await opener(database), await opener(database)
    beats, watch = here.beats(), here.watch()
    sent = [bytes([number]) * 512 for number in range(3)]
    for beat in sent:
        await there.hand_on(beat)
    assert [await news(beats) for _ in sent] == sent
    await there.append(chain("call", 0, 1))
    assert await news(watch) == id_of("call")


async def test_failed_append_is_no_news(database, opener):
    here, there = await opener(database), await opener(database)
    watch = here.watch()
    with pytest.raises(ConflictError):
        await there.append([*chain("refused", 0, 1), *chain("other", 7, 8)])
    await there.append(chain("call", 0, 1))
    assert await news(watch) == id_of("call")


async def test_watch_outlives_its_line_and_makes_up_for_what_it_missed(database, opener, admin):
    here, there = await opener(database), await opener(database)
    watch = here.watch()
    await there.append(chain("before", 0, 1))
    assert await news(watch) == id_of("before")
    await cut_lines(admin, "LISTEN%")
    await there.append(chain("missed", 0, 1))
    seen: set[bytes] = set()
    while id_of("missed") not in seen:
        seen.add(await news(watch))
    await there.append(chain("after", 0, 1))
    while id_of("after") not in seen:
        seen.add(await news(watch))


async def test_watch_outlives_a_line_that_breaks_anew_while_it_asks_what_it_missed(
    database, opener, admin, monkeypatch
):
    broken = []

    async def breaks(_line, query):
        broken.append(query)
        monkeypatch.undo()
        raise asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress")

    first, second = await opener(database), await opener(database)
    await first.append(chain("call", 0, 1))
    watch = second.watch()
    monkeypatch.setattr(asyncpg.Connection, "fetch", breaks)
    await cut_lines(admin, "LISTEN%")
    while not broken:
        assert await news(watch) == id_of("call")


async def test_store_goes_on_after_its_lines_were_cut(database, opener, admin):
    store = await opener(database)
    await store.append(chain("call", 0, 1))
    await cut_lines(admin)
    await store.append(chain("call", 1, 2))
    assert (await store.head(id_of("call"))).seq == 1


def name_of(address: str) -> str:
    return urlsplit(address).path[1:]


async def test_read_only_database_changes_nothing(own_database, opener):
    store = await opener(own_database)
    admin = await asyncpg.connect(own_database)
    await admin.execute(f"ALTER DATABASE {name_of(own_database)} SET default_transaction_read_only = on")
    await cut_lines(admin)
    with pytest.raises(StoreFullError, match="read-only"):
        await store.append(chain("call", 0, 1))
    await admin.execute(f"ALTER DATABASE {name_of(own_database)} RESET default_transaction_read_only")
    await cut_lines(admin)
    await admin.close()
    assert await store.head(id_of("call")) is None
    await store.append(chain("call", 0, 1))


async def test_database_that_is_gone(own_database, database, opener, admin):
    store = await opener(own_database)
    await admin.execute(f"DROP DATABASE {name_of(own_database)} WITH (FORCE)")
    for attempt in (store.append(chain("call", 0, 1)), store.head(id_of("call")), store.check()):
        with pytest.raises(StoreFullError, match="no database of that name"):
            await attempt


async def test_commits_reach_the_disk(database, opener):
    store = await opener(database)
    async with store._database.read() as connection:
        assert (await connection.exec_driver_sql("SHOW synchronous_commit")).scalar() == "on"


async def test_two_processes_migrate_one_after_the_other(database, opener):
    first, second = await asyncio.gather(opener(database), opener(database))
    await first.append(chain("call", 0, 1))
    assert (await second.head(id_of("call"))).seq == 0


async def test_newer_schema_is_refused(database, opener, admin):
    await (await opener(database)).close()
    await admin.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreOpenError, match=r"newer SecureCall server \(schema 9999\)"):
        await open_store(database)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("postgresql://user:PLANTED@127.0.0.1:1/name", id="nobody there"),
        pytest.param("postgresql://user:PLANTED@127.0.0.1:port/name", id="no address"),
        pytest.param("postgresql://user:PLANTED@127.0.0.1:1/name?sslmode=nonsense", id="no option"),
    ],
)
async def test_database_out_of_reach_is_a_sentence_without_the_password(address):
    with pytest.raises(StoreOpenError, match="database") as caught:
        await open_store(address)
    assert "PLANTED" not in str(caught.value)
