"""The ledger and the quota in this process, where a test decides what meets in one batch and how much is there."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nacl.utils import random

from securecall.errors import InvalidError, Problem
from securecall_server import quota
from securecall_server.blobs import open_blobs
from securecall_server.errors import Code, RefusedError
from securecall_server.offers import Offer
from securecall_server.service import Service
from securecall_server.signing import ServerKey
from securecall_server.store import PlaceRow, open_store
from tests.live.api import draft_space, somebody
from tests.world import Place, Space

KEY = ServerKey(bytes(range(32)))


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """A service that does not write yet."""
    store = await open_store(f"sqlite:///{tmp_path / 'server.db'}")
    blobs = open_blobs(str(tmp_path / "blobs"))
    opened = await Service.open(KEY, bytes(32), ["http://127.0.0.1:1"], store, blobs, shared=False)
    yield opened
    await opened.close()
    await store.close()


def offer(space: bytes, place: Place) -> Offer:
    """A place as it is offered."""
    return Offer(space, place.kind, place.item, place.identities, place.grants)


async def found(service: Service) -> Space:
    """The coalition; the service writes from here on."""
    owner = somebody()
    await service.ledger.enrol(owner.items)
    await service.doors.note_founder(owner.member)
    coalition = draft_space(owner, KEY.public)
    appended = asyncio.create_task(service.ledger.append(offer(coalition.id, coalition.places[0])))
    service.start()
    await appended
    return coalition


async def test_the_identities_of_a_refused_item_are_not_taken_for_written(service: Service) -> None:
    coalition = await found(service)
    newcomer = somebody()
    refused = draft_space(newcomer, KEY.public)
    coalition.admit(coalition.founder, newcomer, "member", coalition.invite(coalition.founder))
    offers = [offer(refused.id, refused.places[0]), *(offer(coalition.id, place) for place in coalition.places[1:])]
    results = await asyncio.gather(*(service.ledger.append(one) for one in offers), return_exceptions=True)
    assert isinstance(results[0], InvalidError)
    assert results[0].problem == Problem.NO_RIGHT
    assert [isinstance(result, Exception) for result in results[1:]] == [False, False]
    assert await service.store.identity(newcomer.member) == newcomer.items
    row = await service.store.device(newcomer.device.id)
    assert row is not None
    assert row.member == newcomer.member


async def test_a_removal_in_the_same_batch_counts_for_what_hangs_on_the_parent(service: Service) -> None:
    coalition = await found(service)
    owner, gone = coalition.founder, somebody()
    coalition.welcome(gone)
    pair = draft_space(gone, KEY.public, "pair", coalition)
    coalition.remove(owner, gone)
    offers = [*(offer(coalition.id, place) for place in coalition.places[1:]), offer(pair.id, pair.places[0])]
    results = await asyncio.gather(*(service.ledger.append(one) for one in offers), return_exceptions=True)
    assert [isinstance(result, Exception) for result in results] == [False, False, False, True]
    assert isinstance(results[3], InvalidError)
    assert results[3].problem == Problem.BAD_PARENT


async def test_o05_whoever_waited_for_a_chain_to_be_read_does_not_meet_what_is_being_written(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a start two ask for one chain; while the second looks again at what the disk has, an item is written."""
    coalition = await found(service)
    end, written, asked = coalition.chain.next_seq, asyncio.Event(), 0
    places = service.store.places

    async def late(space: bytes, first: int, limit: int, most_bytes: int) -> list[PlaceRow]:
        nonlocal asked
        asked += first == end
        if asked > 1:
            await written.wait()
        return await places(space, first, limit, most_bytes)

    monkeypatch.setattr(service.store, "places", late)
    service.chains.drop(coalition.id)
    first, second = (asyncio.create_task(service.chains.get(coalition.id)) for _ in range(2))
    await first
    coalition.write(coalition.founder)
    await service.ledger.append(offer(coalition.id, coalition.places[-1]))
    written.set()
    held = await second
    assert held is not None
    assert held is service.chains.at_hand(coalition.id)
    assert (held.durable, held.pins) == (end + 1, 0)


async def test_O07_chunks_of_unlisted_blobs_are_bounded(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    coalition = await found(service)
    monkeypatch.setattr(quota, "UNLISTED_CHUNKS", 3)
    held = await service.chains.get(coalition.id)
    assert held is not None
    member, blob = coalition.founder.member, random(16)
    for index in range(2):
        async with service.quota.room(held, member, blob, 5):
            await service.store.put_chunk(coalition.id, blob, member, index, 5, 1)
    async with service.quota.room(held, member, blob, 5):
        with pytest.raises(RefusedError) as caught:
            await service.quota.room(held, member, random(16), 5).__aenter__()
        assert caught.value.code == Code.FULL
        await service.store.put_chunk(coalition.id, blob, member, 2, 5, 1)
    with pytest.raises(RefusedError):
        await service.quota.room(held, member, blob, 5).__aenter__()
    async with service.quota.room(held, somebody().member, random(16), 5):
        pass
