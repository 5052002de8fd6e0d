"""An answer on its way from one whole client to the screens of 29 others, beside a bare WebSocket relay."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from statistics import median
from time import perf_counter

import aiohttp
from nacl.utils import random

from securecall_client.acts.watching import watch
from securecall_client.exercise_kinds import Answer
from securecall_client.session import Session
from tests.answers import a_row, answer_of
from tests.bench.bare import serve_relay
from tests.bench.children import bare_server
from tests.bench.measure import Plan, Rounds, Sample
from tests.bench.room import Room, open_room

PEOPLE = 30
FLOOR = "aiohttp's WebSocket, nothing kept"
ITEM_BYTES = 1_500
"""About as long as an answer is once it is sealed and signed."""
TIMES = 5
"""Answers of a round; their median counts."""


async def screens(plan: Plan) -> Rounds:
    """Rounds of answers, one at a time."""
    async with (
        open_room(plan.folder, PEOPLE) as room,
        room.at_work() as sessions,
        _watched(sessions[1:], room.call) as shown,
    ):
        await _all(shown, "connected")
        with bare_server(serve_relay, plan.folder) as relay:
            while True:
                ours = [await _answer(sessions[0], room, shown) for _ in range(TIMES)]
                bare = await relayed_to(relay.url, PEOPLE, TIMES)
                yield [Sample("an answer to 29 screens", "ms", FLOOR, median(ours) * 1000, median(bare) * 1000)]


@asynccontextmanager
async def _watched(sessions: Sequence[Session], call: bytes) -> AsyncIterator["asyncio.Queue[str]"]:
    """Do in each session what `call watch` does; what events are shown comes out of the queue."""
    shown: asyncio.Queue[str] = asyncio.Queue()

    async def look(session: Session) -> None:
        async with aclosing(watch(session, call.hex())) as events:
            async for event in events:
                shown.put_nowait(str(event["event"]))

    watchers = [asyncio.create_task(look(session)) for session in sessions]
    try:
        yield shown
    finally:
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)


async def _all(shown: "asyncio.Queue[str]", event: str) -> None:
    """Wait until each of the others was shown such an event."""
    count = 0
    while count < PEOPLE - 1:
        count += await shown.get() == event


async def _answer(session: Session, room: Room, shown: "asyncio.Queue[str]") -> float:
    row = a_row("training", "FR", "2026-12", "2027-02", "planned", (), ("legal aid",), ("money",))
    answer = Answer(room.exercise, answer_of(row))
    start = perf_counter()
    await session.writer.write(room.call, answer, "allies")
    await _all(shown, "answer")
    return perf_counter() - start


async def relayed_to(url: str, people: int, times: int) -> list[float]:
    """Seconds in which the bare relay hands an item to ``people``, again and again."""
    async with AsyncExitStack() as held:
        session = await held.enter_async_context(aiohttp.ClientSession())
        sockets = [await held.enter_async_context(session.ws_connect(url, compress=0)) for _ in range(people)]
        return [await _relayed(sockets) for _ in range(times)]


async def _relayed(sockets: Sequence[aiohttp.ClientWebSocketResponse]) -> float:
    start = perf_counter()
    await sockets[0].send_bytes(random(ITEM_BYTES))
    await asyncio.gather(*(socket.receive_bytes() for socket in sockets))
    return perf_counter() - start
