"""Durable records through a room of 30, beside a bare WebSocket relay that keeps nothing."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from time import perf_counter

import aiohttp
from nacl.utils import random

from securecall.labels import Label
from securecall.records import Header
from securecall.state import ALLIES
from securecall.wire import item_digest
from securecall_client import clock, content
from securecall_client.session import Session
from securecall_client.transport import Hint
from securecall_keys.records import seal_record
from tests.bench.bare import serve_relay
from tests.bench.children import bare_server
from tests.bench.measure import Plan, Rounds, Sample, percentile
from tests.bench.room import open_room

PEOPLE = 30
FLOOR = "aiohttp's WebSocket, nothing kept"


@dataclass(slots=True)
class Told:
    """How long each message took from being sent to its receipt, and all of them together; seconds."""

    each: list[float] = field(default_factory=list)
    all: float = 0.0

    @property
    def rate(self) -> float:
        """Messages a second."""
        return len(self.each) / self.all


async def records(plan: Plan) -> Rounds:
    """Rounds in which 30 devices send at once, each its next upon the receipt, and all 30 read along."""
    times = plan.pick(20, 5)
    async with open_room(plan.folder, PEOPLE) as room, room.at_work() as sessions:
        with bare_server(serve_relay, plan.folder) as relay:
            while True:
                batches = [await seal(session, room.call, times) for session in sessions]
                ours = await _ours(sessions, room.call, batches)
                bare = await _bare(relay.url, batches)
                yield [
                    Sample(f"records of {PEOPLE} at once", "a second", FLOOR, ours.rate, bare.rate),
                    *(
                        Sample(f"a record's receipt, {name}", "ms", FLOOR, _ms(ours, part), _ms(bare, part))
                        for name, part in (("median", 0.5), ("99 of 100", 0.99))
                    ),
                ]


def _ms(told: Told, part: float) -> float:
    return percentile(told.each, part) * 1000


async def seal(session: Session, call: bytes, times: int) -> list[bytes]:
    """The next ``times`` records of a device, signed and sealed, and noted as made here."""
    view = await session.synced(call)
    chain, device = view.chain, session.device
    said = content.write(content.Empty(asks=False), clock.minute())
    first = chain.counts.get((device.id, "allies"), 0)
    items = [
        seal_record(
            Header(call, chain.epoch, "allies", random(16), session.member, device.id, first + n, chain.seen(), [], []),
            said,
            view.ring.epoch(chain.epoch),
            device,
        )
        for n in range(times)
    ]
    for item in items:
        await session.replica.make(item_digest(item, Label.RECORD))
    return items


async def _ours(sessions: Sequence[Session], call: bytes, batches: Sequence[Sequence[bytes]]) -> Told:
    told, last = Told(), (await sessions[0].view(call)).chain.next_seq - 1 + sum(map(len, batches))
    listening = [asyncio.Event() for _ in sessions]
    readers = [
        asyncio.create_task(_read_along(session, call, last, ready))
        for session, ready in zip(sessions, listening, strict=True)
    ]
    for ready in listening:
        await ready.wait()

    async def send(session: Session, items: Sequence[bytes]) -> None:
        for item in items:
            begun = perf_counter()
            await session.transport.append(call, ALLIES, item)
            told.each.append(perf_counter() - begun)

    start = perf_counter()
    await asyncio.gather(*map(send, sessions, batches))
    told.all = perf_counter() - start
    await asyncio.gather(*readers)
    return told


async def _read_along(session: Session, call: bytes, last: int, ready: asyncio.Event) -> None:
    """Fetch what the live line tells of, until the place ``last`` is here."""
    have = -1
    async with aclosing(session.transport.live([call])) as live:
        async for hint in live:
            seq = hint.seq if isinstance(hint, Hint) else have
            if not ready.is_set():
                have = seq
                ready.set()
            while have < seq:
                have += len((await session.transport.items(call, have + 1)).places)
            if have >= last:
                return


async def _bare(url: str, batches: Sequence[Sequence[bytes]]) -> Told:
    told, everything = Told(), sum(map(len, batches))
    async with AsyncExitStack() as held:
        session = await held.enter_async_context(aiohttp.ClientSession())
        sockets = [await held.enter_async_context(session.ws_connect(url, compress=0)) for _ in batches]

        async def talk(socket: aiohttp.ClientWebSocketResponse, items: Sequence[bytes]) -> None:
            heard = 0
            for item in items:
                begun = perf_counter()
                await socket.send_bytes(item)
                heard += 1
                while await socket.receive_bytes() != item:
                    heard += 1
                told.each.append(perf_counter() - begun)
            told.all = max(told.all, perf_counter() - start)
            while heard < everything:
                await socket.receive_bytes()
                heard += 1

        start = perf_counter()
        await asyncio.gather(*map(talk, sockets, batches))
    return told
