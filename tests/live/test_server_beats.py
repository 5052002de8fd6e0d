"""Beats over the live socket: passed on as they came, to those in the call alone, and never kept (S32, R04, O08)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from securecall import entries as e
from securecall.errors import InvalidError, Problem
from securecall_server.beats import BEATS_A_MINUTE, Beats, Rate
from securecall_server.chains import Held
from securecall_server.errors import RefusedError
from securecall_server.relay import BEATS, QUEUE, Subscriber
from securecall_server.tokens import Caller
from tests.beats import make_beat
from tests.live.api import Api, somebody
from tests.world import Person, Space, open_call, seed


@asynccontextmanager
async def listening(api: Api, person: Person, *spaces: Space) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A live socket of somebody who is in these spaces, past the first hints."""
    async with asyncio.timeout(20), api.session.ws_connect(f"{api.server.url}/v1/live") as socket:
        await socket.send_json({"token": await api.token(person), "spaces": [space.id.hex() for space in spaces]})
        for _ in spaces:
            await socket.receive_json()
        yield socket


async def test_S32_a_beat_goes_to_the_others_as_it_came_and_leaves_no_trace(api: Api, coalition: Space) -> None:
    amina, ben = somebody(), somebody()
    call = await api.open_call(coalition, (amina, "member"), (ben, "guest"))
    beat, answer = make_beat(call, amina), make_beat(call, ben)
    async with listening(api, amina, call) as mine, listening(api, ben, call) as theirs:
        await mine.send_bytes(beat)
        assert await theirs.receive_bytes() == beat
        await theirs.send_bytes(answer)
        assert await mine.receive_bytes() == answer, "and not one's own"
    for path in api.server.folder.rglob("*"):
        assert not path.is_file() or beat[-64:] not in path.read_bytes()


async def test_who_does_not_listen_to_the_call_or_is_not_in_it_gets_none(api: Api, coalition: Space) -> None:
    amina, ben, other = somebody(), somebody(), somebody()
    call = await api.open_call(coalition, (amina, "member"), (ben, "member"))
    another = await api.open_call(coalition, (amina, "member"), (ben, "member"), (other, "member"))
    async with (
        listening(api, amina, call, another) as mine,
        listening(api, ben, another) as elsewhere,
        api.session.ws_connect(f"{api.server.url}/v1/live") as stranger,
    ):
        names = [call.id.hex(), another.id.hex()]
        await stranger.send_json({"token": await api.token(other), "spaces": names})
        await stranger.receive_json()
        await mine.send_bytes(make_beat(call, amina))
        second = make_beat(another, amina)
        await mine.send_bytes(second)
        assert await elsewhere.receive_bytes() == second
        assert await stranger.receive_bytes() == second


async def test_R04_who_was_removed_gets_no_beat_and_theirs_go_nowhere(api: Api, coalition: Space) -> None:
    amina, ben, gone = somebody(), somebody(), somebody()
    call = await api.open_call(coalition, (amina, "member"), (ben, "member"), (gone, "member"))
    old = make_beat(call, gone)
    other = await api.open_call(coalition, (amina, "member"), (gone, "member"))
    async with (
        listening(api, amina, call, other) as mine,
        listening(api, ben, call) as theirs,
        listening(api, gone, call, other) as out,
    ):
        call.remove(coalition.founder, gone)
        await api.push(await api.token(coalition.founder), call)
        for socket in (mine, theirs, out):
            assert (await socket.receive_json())["seq"] == call.chain.next_seq - 1
        await out.send_bytes(old)
        last = make_beat(other, gone)
        await out.send_bytes(last)
        assert await mine.receive_bytes() == last
        beat = make_beat(call, amina)
        await mine.send_bytes(beat)
        assert await theirs.receive_bytes() == beat
        closing = make_beat(other, amina)
        await mine.send_bytes(closing)
        assert await out.receive_bytes() == closing


def forged(call: Space, amina: Person, ben: Person) -> dict[str, bytes]:
    """Beats that go nowhere when Amina sends them."""
    good = make_beat(call, amina)
    return {
        "no beat": b"hello",
        "nothing": b"",
        "a byte more": good + b"\x00",
        "a signature that does not fit": good[:-1] + bytes([good[-1] ^ 1]),
        "somebody else's": make_beat(call, ben),
        "another history": make_beat(call, amina, seen=e.Seen(1, seed("fork"))),
        "an old epoch": make_beat(call, amina, epoch=9),
    }


async def test_what_breaks_a_rule_goes_nowhere_and_costs_the_sender_nothing_else(api: Api, coalition: Space) -> None:
    amina, ben = somebody(), somebody()
    call = await api.open_call(coalition, (amina, "member"), (ben, "member"))
    good = make_beat(call, amina)
    bad = forged(call, amina, ben)
    assert len(bad) < BEATS_A_MINUTE
    async with listening(api, amina, call) as mine, listening(api, ben, call) as theirs:
        for data in bad.values():
            await mine.send_bytes(data)
        await mine.send_bytes(good)
        assert await theirs.receive_bytes() == good


async def test_O08_a_flood_ends_its_own_socket_and_disturbs_nobody(api: Api, coalition: Space) -> None:
    amina, ben, loud = somebody(), somebody(), somebody()
    call = await api.open_call(coalition, (amina, "member"), (ben, "member"), (loud, "member"))
    beat, noise = make_beat(call, amina), make_beat(call, loud)
    async with listening(api, amina, call) as mine, listening(api, ben, call) as theirs:
        async with listening(api, loud, call) as flood:
            for _ in range(BEATS_A_MINUTE + 1):
                await flood.send_bytes(noise)
            assert (await flood.receive()).type is aiohttp.WSMsgType.CLOSE
        for _ in range(BEATS_A_MINUTE):
            assert await theirs.receive_bytes() == noise
        await mine.send_bytes(beat)
        assert await theirs.receive_bytes() == beat


async def test_words_on_the_socket_end_it(api: Api, coalition: Space) -> None:
    amina = somebody()
    call = await api.open_call(coalition, (amina, "member"))
    async with listening(api, amina, call) as socket:
        await socket.send_str("{}")
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE


def test_O08_a_device_has_its_own_measure_and_a_new_one_each_minute() -> None:
    now = [0]
    rate = Rate(lambda: now[0])
    for _ in range(BEATS_A_MINUTE):
        rate.count(b"loud")
    with pytest.raises(RefusedError):
        rate.count(b"loud")
    rate.count(b"calm")
    now[0] = 60_000
    rate.count(b"loud")


async def test_O08_beats_that_pile_up_are_left_out_and_hints_are_not() -> None:
    cut: list[bool] = []
    slow = Subscriber(Caller("device", b"d" * 32, b"m" * 32), [], lambda: cut.append(True))
    for _ in range(QUEUE):
        slow.hand(b"beat")
    for seq in range(QUEUE - BEATS):
        slow.tell(b"s" * 32, seq)
    assert cut == []
    assert [await slow.next() for _ in range(QUEUE)][BEATS:] == [(b"s" * 32, seq) for seq in range(QUEUE - BEATS)]


async def test_a_place_that_the_server_does_not_have_is_none(api: Api, coalition: Space) -> None:
    amina, ben = somebody(), somebody()
    call = await api.open_call(coalition, (amina, "member"), (ben, "member"))
    good = make_beat(call, amina)
    call.write(coalition.founder)
    async with listening(api, amina, call) as mine, listening(api, ben, call) as theirs:
        await mine.send_bytes(make_beat(call, amina))
        await mine.send_bytes(good)
        assert await theirs.receive_bytes() == good


class Chain:
    """A chain whose newest place is still on its way to the disk, in place of access, relay and store."""

    def __init__(self, held: Held) -> None:
        self.held, self.handed_on = held, 0

    async def present(self, space: bytes, caller: Caller) -> tuple["Chain", None]:
        return self, None

    def hand_on(self, *_: object) -> "Chain":
        self.handed_on += 1
        return self

    def __await__(self):
        yield from ()


async def test_S08_a_place_that_may_yet_be_lost_is_none() -> None:
    """Its author knows it before it is on disk; if it were lost, others would take the server for a liar."""
    amina = somebody()
    call = open_call(amina)
    part = Chain(Held(call.chain, durable=call.chain.next_seq - 1))
    beats = Beats(part, part, part, part)  # type: ignore[arg-type]  # one stands for all four
    sender = Subscriber(Caller("device", amina.device.id, amina.member), [call.id], lambda: None)
    with pytest.raises(InvalidError) as caught:
        await beats.take(make_beat(call, amina), sender)
    assert caught.value.problem is Problem.BAD_SEEN
    assert part.handed_on == 0
    part.held.durable += 1
    await beats.take(make_beat(call, amina), sender)
    assert part.handed_on == 2, "to the sockets here, and to other processes"
