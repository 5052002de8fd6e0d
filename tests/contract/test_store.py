"""The contract of `Store`, sentence by sentence, over every database."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from securecall_server.store import Append, ConflictError, MailboxRow, NotedChunk, Store, StoreFullError

from .rows import blob_of, chain, device, grant, id_of, identity, join, place

Opener = Callable[[str], Awaitable[Store]]
ENOUGH = 10**9
AWKWARD = bytes(range(256)) + b"\x00\xff\x00"


async def everything(store: Store, space: str) -> list[object]:
    """All that can be read of a space and of the people in these tests."""
    return [
        await store.places(id_of(space), 0, 1000, ENOUGH),
        await store.head(id_of(space)),
        await store.grants(id_of(space), id_of("phone"), 0),
        await store.joins(id_of(space)),
        await store.identity(id_of("amina")),
        await store.device(id_of("phone")),
    ]


# Places


async def test_empty_store(store):
    assert await everything(store, "call") == [[], None, [], [], [], None]
    assert await store.find(id_of("call"), id_of("digest")) is None
    assert await store.chunks(id_of("call"), blob_of("file")) == {}
    assert await store.chunk(id_of("call"), blob_of("file"), 0) is None
    assert await store.blob_owner(id_of("call"), blob_of("file")) is None
    assert await store.meta("key") is None
    await store.check()


async def test_append_and_read_back(store):
    batch = [
        Append(place("call", 0, AWKWARD, identities=(b"second", b"", b"first"), kind=0)),
        Append(place("call", 1, b"")),
        Append(place("call", 2, kind=255)),
    ]
    await store.append(batch)
    assert await store.places(id_of("call"), 0, 1000, ENOUGH) == [item.place for item in batch]
    assert await store.head(id_of("call")) == batch[2].place


async def test_destroyed_item_is_none(store):
    gone = replace(place("call", 0), item=None)
    await store.append([Append(gone)])
    assert await store.head(id_of("call")) == gone


async def test_append_of_nothing(store):
    await store.append([])
    assert await store.head(id_of("call")) is None


async def test_append_to_several_spaces_at_once(store):
    mixed = [item for pair in zip(chain("one", 0, 3), chain("two", 0, 3), strict=True) for item in pair]
    await store.append(mixed)
    assert (await store.head(id_of("one"))).seq == 2
    assert (await store.head(id_of("two"))).seq == 2


@pytest.mark.parametrize(
    "seqs",
    [
        pytest.param([2], id="a gap"),
        pytest.param([0], id="a place that is taken"),
        pytest.param([1, 3], id="a gap inside"),
        pytest.param([1, 1], id="a place twice"),
        pytest.param([2, 1], id="out of order"),
    ],
)
async def test_place_that_is_not_the_next_conflicts(store, seqs):
    await store.append(chain("call", 0, 1))
    before = await everything(store, "call")
    with pytest.raises(ConflictError):
        await store.append([Append(place("call", seq, b"other")) for seq in seqs])
    assert await everything(store, "call") == before


async def test_new_space_begins_at_0(store):
    with pytest.raises(ConflictError):
        await store.append(chain("call", 1, 2))


CLASHES = {
    "a place": Append(place("other", 7)),
    "an identity entry": Append(place("other", 0), identities=(identity("amina", 0, b"forged"),)),
    "a grant twice": Append(place("other", 0), grants=(grant("other", 0, "phone"), grant("other", 0, "phone"))),
}


@pytest.mark.parametrize("clash", CLASHES.values(), ids=CLASHES.keys())
async def test_append_is_all_or_nothing(store, clash):
    await store.enrol([identity("amina", 0)], [device("phone", "amina")])
    await store.put_join(join("call", "key", "boris"))
    before = await everything(store, "call")
    good = Append(
        place("call", 0, identities=(b"entry",)),
        grants=(grant("call", 0, "phone"),),
        identities=(identity("amina", 1),),
        devices=(device("phone", "amina", live=False),),
        joins_done=(id_of("key"),),
    )
    with pytest.raises(ConflictError):
        await store.append([good, clash])
    assert await everything(store, "call") == before
    assert await everything(store, "other") == [[], None, [], [], *before[4:]]
    await store.append([good])
    assert await everything(store, "call") != before


async def test_append_writes_all_that_an_item_brings(store):
    await store.put_join(join("call", "answered", "boris"))
    await store.put_join(join("call", "waiting", "chloe"))
    await store.put_join(join("other", "answered", "boris"))
    item = Append(
        place("call", 0, identities=(b"amina 0",)),
        grants=(grant("call", 0, "phone"), grant("call", 0, "laptop")),
        identities=(identity("amina", 0), identity("amina", 1)),
        devices=(device("phone", "amina"), device("laptop", "amina")),
        joins_done=(id_of("answered"), id_of("never asked")),
    )
    await store.append([item])
    assert await store.grants(id_of("call"), id_of("laptop"), 0) == [grant("call", 0, "laptop")]
    assert await store.identity(id_of("amina")) == [b"amina 0", b"amina 1"]
    assert await store.device(id_of("laptop")) == device("laptop", "amina")
    assert await store.joins(id_of("call")) == [join("call", "waiting", "chloe")]
    assert await store.joins(id_of("other")) == [join("other", "answered", "boris")]


async def test_later_item_of_a_batch_overrules_the_device_of_an_earlier(store):
    entry, before, after = (
        identity("amina", 0),
        device("phone", "amina"),
        device("phone", "amina", live=False),
    )
    earlier = Append(place("call", 0), identities=(entry,), devices=(before,))
    await store.append([earlier, Append(place("call", 1), identities=(entry,), devices=(after,))])
    assert await store.device(id_of("phone")) == after


async def test_many_appends_at_once_leave_one_winner_a_place(store):
    async def attempt(number: int) -> bool:
        try:
            await store.append([Append(place("call", 0, b"writer %d" % number))])
        except ConflictError:
            return False
        return True

    won = await asyncio.gather(*map(attempt, range(20)))
    assert won.count(True) == 1
    assert (await store.head(id_of("call"))).item == b"writer %d" % won.index(True)


async def test_reads_go_on_beside_writes(store):
    async def write() -> None:
        for seq in range(20):
            await store.append(chain("call", seq, seq + 1))

    async def read() -> None:
        while (head := await store.head(id_of("call"))) is None or head.seq < 19:
            places = await store.places(id_of("call"), 0, 1000, ENOUGH)
            assert [row.seq for row in places] == list(range(len(places)))

    await asyncio.wait_for(asyncio.gather(write(), read(), read()), 30)


async def test_find(store):
    await store.append([*chain("call", 0, 3), *chain("other", 0, 1)])
    row = place("call", 1)
    assert await store.find(id_of("call"), row.digest) == row
    assert await store.find(id_of("other"), row.digest) is None


# Pages of places


async def test_places_from_first_and_no_more_than_limit(store):
    await store.append(chain("call", 0, 10))
    for first, limit, seqs in [(0, 3, [0, 1, 2]), (8, 5, [8, 9]), (9, 1, [9]), (10, 5, []), (0, 0, [])]:
        rows = await store.places(id_of("call"), first, limit, ENOUGH)
        assert [row.seq for row in rows] == seqs


async def test_places_count_bytes_of_items_and_identities(store):
    await store.append([
        Append(place("call", 0, bytes(100))),
        Append(place("call", 1, bytes(40), identities=(bytes(30), bytes(30)))),
        Append(replace(place("call", 2), item=None)),
        Append(place("call", 3, b"x")),
    ])  # fmt: skip
    for most, seqs in [(200, [0, 1, 2]), (199, [0]), (201, [0, 1, 2, 3]), (100, [0]), (1, [0]), (0, [0])]:
        rows = await store.places(id_of("call"), 0, 1000, most)
        assert [row.seq for row in rows] == seqs, most


# People


async def test_enrol(store):
    await store.enrol([identity("amina", 1, AWKWARD), identity("amina", 0)], [device("phone", "amina")])
    assert await store.identity(id_of("amina")) == [b"amina 0", AWKWARD]
    assert await store.device(id_of("phone")) == device("phone", "amina")
    assert await store.device(id_of("laptop")) is None


async def test_same_identity_entry_again_is_no_conflict(store):
    await store.enrol([identity("amina", 0)], [])
    await store.enrol([identity("amina", 0), identity("amina", 0), identity("amina", 1)], [])
    assert await store.identity(id_of("amina")) == [b"amina 0", b"amina 1"]


async def test_other_bytes_under_an_identity_entry_conflict(store):
    await store.enrol([identity("amina", 0)], [])
    with pytest.raises(ConflictError):
        await store.enrol([identity("amina", 1), identity("amina", 0, b"forged")], [device("phone", "amina")])
    assert await store.identity(id_of("amina")) == [b"amina 0"]
    assert await store.device(id_of("phone")) is None


async def test_two_identity_entries_of_one_number_in_one_go_conflict(store):
    with pytest.raises(ConflictError):
        await store.enrol([identity("amina", 0), identity("amina", 0, b"forged")], [])
    assert await store.identity(id_of("amina")) == []


async def test_enrol_writes_over_devices(store):
    await store.enrol([], [device("phone", "amina")])
    await store.enrol([], [device("phone", "amina", live=False)])
    assert await store.device(id_of("phone")) == device("phone", "amina", live=False)


async def test_many_identity_entries_at_once(store):
    rows = [identity(f"member {number}", 0) for number in range(1200)]
    await store.enrol(rows, [])
    await store.enrol(rows, [])
    with pytest.raises(ConflictError):
        await store.enrol([*rows[:-1], identity("member 1199", 0, b"forged")], [])


# Grants and joins


async def test_grants_of_one_device_from_a_place_on(store):
    for seq in range(4):
        to_phone, to_laptop = grant("call", seq, "phone"), grant("call", seq, "laptop")
        await store.append([Append(place("call", seq), grants=(to_laptop, to_phone))])
    expected = [grant("call", seq, "phone") for seq in (2, 3)]
    assert await store.grants(id_of("call"), id_of("phone"), 2) == expected
    assert await store.grants(id_of("other"), id_of("phone"), 0) == []


async def test_joins_in_order_of_key(store):
    requests = [join("call", key, member) for key, member in [("one", "amina"), ("two", "boris"), ("three", "chloe")]]
    for request in requests:
        await store.put_join(request)
    assert await store.joins(id_of("call")) == sorted(requests, key=lambda row: row.key)


async def test_join_again_replaces_and_another_member_conflicts(store):
    await store.put_join(join("call", "key", "amina", b"old"))
    await store.put_join(join("call", "key", "amina", b"new"))
    with pytest.raises(ConflictError):
        await store.put_join(join("call", "key", "mallory", b"stolen"))
    assert await store.joins(id_of("call")) == [join("call", "key", "amina", b"new")]


# Chunks and meta


async def test_chunks(store):
    space, blob, owner = id_of("call"), blob_of("file"), id_of("amina")
    for index, size in [(1, 10), (0, 4_194_344), (1, 10), (65535, 1)]:
        await store.put_chunk(space, blob, owner, index, size, now=1_800_000_000)
    assert await store.chunks(space, blob) == {0: 4_194_344, 1: 10, 65535: 1}
    assert await store.blob_owner(space, blob) == owner
    assert await store.chunks(id_of("other"), blob) == {}
    noted = [await store.chunk(space, blob, index) for index in (0, 1, 2, 65535)]
    assert [None if chunk is None else chunk.size for chunk in noted] == [4_194_344, 10, None, 1]
    assert await store.chunk(id_of("other"), blob, 0) is None


async def test_the_digest_of_a_chunk_is_the_first_that_came_for_it(store):
    space, blob, owner = id_of("call"), blob_of("file"), id_of("amina")
    for digest in (None, b"1" * 32, b"2" * 32, None):
        await store.put_chunk(space, blob, owner, 0, 10, now=1, digest=digest)
    assert await store.chunk(space, blob, 0) == NotedChunk((space, blob, 0), 10, b"1" * 32)


async def test_chunk_of_another_owner_or_size_conflicts(store):
    space, blob = id_of("call"), blob_of("file")
    await store.put_chunk(space, blob, id_of("amina"), 0, 10, now=1)
    with pytest.raises(ConflictError):
        await store.put_chunk(space, blob, id_of("mallory"), 1, 10, now=2)
    with pytest.raises(ConflictError):
        await store.put_chunk(space, blob, id_of("amina"), 0, 11, now=2)
    assert await store.chunks(space, blob) == {0: 10}
    assert await store.blob_owner(space, blob) == id_of("amina")


async def test_o13_dropped_chunks_are_noted_no_more_until_their_bytes_are_gone(store):
    for blob in ("file", "kept"):
        for index in (0, 1):
            await store.put_chunk(id_of("call"), blob_of(blob), id_of("amina"), index, 5, 1000)
    assert await store.dropped() == []
    await store.append([Append(place("call", 0), drops=(blob_of("file"), blob_of("never there")))])
    assert await store.chunks(id_of("call"), blob_of("file")) == {}
    assert await store.dropped() == [(id_of("call"), blob_of("file"))]
    await store.forget(id_of("call"), blob_of("file"))
    await store.forget(id_of("call"), blob_of("kept"))
    assert await store.dropped() == []
    assert await store.chunks(id_of("call"), blob_of("kept")) == {0: 5, 1: 5}
    assert await store.blob_owner(id_of("call"), blob_of("file")) is None
    await store.drop(id_of("call"), blob_of("kept"))
    assert await store.dropped() == [(id_of("call"), blob_of("kept"))]


async def test_o13_a_space_that_is_destroyed_keeps_entries_and_digests_alone(store):
    entry, record = place("call", 0, kind=0, identities=(b"identity",)), place("call", 1, kind=2)
    await store.append([Append(entry, (grant("call", 0, "phone"),)), Append(record)])
    await store.append(chain("other", 0, 2))
    await store.put_join(join("call", "key", "amina"))
    await store.put_chunk(id_of("call"), blob_of("file"), id_of("amina"), 0, 5, 1000)
    last = Append(place("call", 2, kind=0), destroys=True)
    await store.append([last])
    await store.scrub()
    places = await store.places(id_of("call"), 0, 1000, ENOUGH)
    assert places == [entry, replace(record, item=None), last.place]
    assert await everything(store, "call") == [places, last.place, [], [], [], None]
    assert await store.find(id_of("call"), record.digest) == replace(record, item=None)
    assert await store.dropped() == [(id_of("call"), blob_of("file"))]
    assert all(found.item for found in await store.places(id_of("other"), 0, 1000, ENOUGH))


async def test_time_of_a_blob_is_that_of_its_first_chunk(store):
    for index, now in [(3, 1_800_000_000), (0, 1_800_000_500)]:
        await store.put_chunk(id_of("call"), blob_of("file"), id_of("amina"), index, 10, now)
    async with store._database.read() as connection:
        assert (await connection.exec_driver_sql("SELECT began FROM blobs")).scalar() == 1_800_000_000


async def test_chunks_at_once(store):
    space, blob, owner = id_of("call"), blob_of("file"), id_of("amina")
    await asyncio.gather(*(store.put_chunk(space, blob, owner, index % 8, 5, now=index) for index in range(24)))
    assert await store.chunks(space, blob) == dict.fromkeys(range(8), 5)


async def test_meta(store):
    await store.put_meta("one", b"first")
    await store.put_meta("one", AWKWARD)
    await store.put_meta("two", b"")
    assert await store.meta("one") == AWKWARD
    assert await store.meta("two") == b""


async def test_of_several_claims_of_one_value_the_first_stands(store):
    stands = await asyncio.gather(*(store.claim_meta("key", b"claim %d" % number) for number in range(8)))
    assert set(stands) == {await store.meta("key")}
    assert await store.claim_meta("key", b"late") == stands[0]


async def test_S09_a_raised_value_never_falls_whoever_writes(store):
    await asyncio.gather(*(store.raise_meta("clock", number.to_bytes(8, "big")) for number in (3, 255, 256, 1, 7)))
    assert await store.meta("clock") == (256).to_bytes(8, "big")
    await store.raise_meta("clock", (255).to_bytes(8, "big"))
    assert await store.meta("clock") == (256).to_bytes(8, "big")


async def test_what_a_member_began_is_counted(store):
    space, mine = id_of("call"), [blob_of(f"file {number}") for number in range(600)]
    for blob in mine:
        await store.put_chunk(space, blob, id_of("amina"), 0, 5, now=1)
    await store.put_chunk(space, mine[0], id_of("amina"), 1, 5, now=1)
    await store.put_chunk(space, blob_of("other"), id_of("boris"), 0, 5, now=1)
    await store.put_chunk(id_of("other"), mine[0], id_of("amina"), 0, 5, now=1)
    assert await store.begun(space, id_of("amina")) == sorted(mine)
    assert await store.begun(space, id_of("chloe")) == []
    assert await store.count_chunks(space, mine) == 601
    assert await store.count_chunks(space, []) == 0
    assert await store.stored_in(space, apiece=100) == 602 * 105
    assert (await store.stored_by(id_of("amina"), 0), await store.stored_by(id_of("chloe"), 0)) == (602 * 5, 0)
    await store.drop(space, mine[0])
    assert await store.stored_by(id_of("amina"), apiece=100) == 600 * 105


# Keeping, closing, silence


async def test_all_is_there_after_reopening(url: str, opener: Opener):
    first = await opener(url)
    await first.enrol([identity("amina", 0)], [device("phone", "amina")])
    await first.put_join(join("call", "key", "boris"))
    await first.put_chunk(id_of("call"), blob_of("file"), id_of("amina"), 0, 10, now=1)
    await first.put_meta("key", AWKWARD)
    await first.append([Append(place("call", 0, AWKWARD, (AWKWARD,)), grants=(grant("call", 0, "phone"),))])
    before = await everything(first, "call")
    await first.close()
    second = await opener(url)
    await second.check()
    await second.verify()
    assert await everything(second, "call") == before
    assert await second.chunks(id_of("call"), blob_of("file")) == {0: 10}
    assert await second.meta("key") == AWKWARD


async def test_close_finishes_pending_writes(url: str, opener: Opener):
    first = await opener(url)
    writing = asyncio.gather(*(first.append(chain(f"space {number}", 0, 5)) for number in range(10)))
    await asyncio.sleep(0)  # the writes are begun, no more
    await first.close()
    await writing
    second = await opener(url)
    for number in range(10):
        assert await second.head(id_of(f"space {number}")) == place(f"space {number}", 4)


async def test_cancelled_append_is_all_or_nothing_and_harms_nobody(store):
    for number in range(10):
        writing = asyncio.create_task(store.append(chain(f"space {number}", 0, 5)))
        for _ in range(number):
            await asyncio.sleep(0)  # each time a little further
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
    await store.append(chain("call", 0, 1))
    for number in range(10):
        assert len(await store.places(id_of(f"space {number}"), 0, 1000, ENOUGH)) in {0, 5}


async def test_closed_store_says_so(store):
    await store.close()
    for attempt in (store.append(chain("call", 0, 1)), store.head(id_of("call")), store.check()):
        with pytest.raises(StoreFullError, match="closed"):
            await attempt
    await store.close()


async def test_beats_end_with_the_store_and_ones_own_are_not_among_them(store):
    beats = store.beats()
    await store.hand_on(b"beat" * 128)
    await store.close()
    assert [beat async for beat in beats] == []


async def test_watch_ends_with_its_store_and_has_no_news_of_ones_own(store):
    watch = store.watch()
    await store.append(chain("call", 0, 1))
    await store.close()
    assert [space async for space in watch] == []


async def test_nothing_is_logged(store, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    await store.append([Append(place("call", 0, b"PLANTED"), identities=(identity("amina", 0, b"PLANTED"),))])
    with pytest.raises(ConflictError) as caught:
        await store.append([Append(place("call", 0, b"PLANTED"))])
    await store.put_meta("PLANTED", b"PLANTED")
    await store.meta("PLANTED")
    for text in (caplog.text, repr(caught.value)):
        assert "PLANTED" not in text
        assert repr(id_of("call"))[2:-1] not in text
        assert id_of("call").hex() not in text


# Mailboxes


def box(key: str, member: str, opened: int = 1_000) -> MailboxRow:
    return MailboxRow(id_of(key), id_of(member), id_of(f"{member}'s device"), opened)


async def test_a_mailbox_is_read_back_with_what_was_left_in_it(store):
    await store.open_mailbox(box("key", "amina"), 0)
    assert await store.mailbox(id_of("key")) == box("key", "amina")
    for _ in range(2):
        await store.put_mail(id_of("key"), "request", AWKWARD)
        await store.put_mail(id_of("key"), "answer", b"answer")
    assert await store.mailbox(id_of("key")) == replace(box("key", "amina"), request=AWKWARD, answer=b"answer")
    assert await store.mailbox(id_of("other")) is None


async def test_a_message_in_a_mailbox_stands(store):
    await store.open_mailbox(box("key", "amina"), 0)
    await store.put_mail(id_of("key"), "request", b"first")
    for key, mail in (("key", b"second"), ("other", b"first")):
        with pytest.raises(ConflictError):
            await store.put_mail(id_of(key), "request", mail)
    assert (await store.mailbox(id_of("key"))).request == b"first"


async def test_a_member_has_one_mailbox_and_stale_ones_go(store):
    await store.open_mailbox(box("old", "bruno", 10), 0)
    await store.open_mailbox(box("first", "amina", 20), 0)
    await store.open_mailbox(box("second", "amina", 30), 11)
    assert [await store.mailbox(id_of(key)) for key in ("old", "first")] == [None, None]
    with pytest.raises(ConflictError):
        await store.open_mailbox(box("second", "bruno", 40), 0)
    assert await store.mailbox(id_of("second")) == box("second", "amina", 30)
