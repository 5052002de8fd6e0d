"""Foreign items, chains of several pages, and statements that are not of the history that is shown."""

from collections.abc import Callable
from pathlib import Path

import pytest

from securecall.labels import Label
from securecall_client.acts import calls
from securecall_client.transport import Page, Place
from tests.simulator import hostile
from tests.simulator.people import Person, Stage, open_call, proven, pull_anew, unchanged
from tests.simulator.server import Server

pytestmark = pytest.mark.slow


async def read(person: Person, call: bytes) -> None:
    """Look at the call."""
    async with person.open() as session:
        await calls.show_call(session, call.hex())


async def test_s11_a_foreign_place_slipped_in_anywhere_is_refused(stage: Stage) -> None:
    await stage.play()
    async with stage["Sec"].open() as session:
        other = await open_call(session, "Another call")
    foreign = stage.server.spaces[other].places[1]
    cem = await stage.newcomer("Cem")
    async with cem.open(offline=True) as session:
        for seq in range(stage.places):
            cem.hostile.tell(stage.call, hostile.insert_after(seq, foreign))
            with unchanged(cem), proven():
                await pull_anew(session, stage.call)
    cem.hostile.be_honest()
    await read(cem, stage.call)


def end_with(lie: Callable[[bytes], bytes]) -> Callable[[Page], Page]:
    """Show pages with another statement at their end."""
    return lambda page: Page(page.places, lie(page.end))


async def test_s16_statements_are_signed_by_the_server_for_this_very_history(stage: Stage, tmp_path: Path) -> None:
    await stage.play()
    cem, server = stage["Cem"], stage.server
    await read(cem, stage.call)
    stranger = Server("stranger")
    lies: dict[str, Callable[[bytes], bytes]] = {
        "a bit": lambda end: hostile.flipped(end, 60),
        "another key": lambda end: (
            hostile.restate(server, end) and stranger.statement(stage.call, 0, bytes(32), newest=True)
        ),
        "another space": lambda end: hostile.restate(server, end, space=stage.coalition),
        "another head": lambda end: hostile.restate(server, end, head=bytes(32)),
        "more than there is": lambda end: hostile.restate(server, end, seq=99),
        "nothing": lambda _end: b"",
        "a hello": lambda end: server.sign(Label.HELLO, hostile.statement_of(end)),
    }
    for name, lie in lies.items():
        cem.hostile.change_pages(end_with(lie))
        with unchanged(cem), proven():
            await read(cem, stage.call)
        cem.hostile.be_honest()
        assert await cem.answers(stage.call), name
    cem.hostile.be_honest()
    await read(cem, stage.call)


async def test_a_chain_of_several_pages_is_fetched_whole_and_a_lie_on_the_last_stops_it(stage: Stage) -> None:
    await stage.play()
    cem, last = await stage.newcomer("Cem"), stage.places - 1
    stage.server.page = 2
    cem.hostile.tell(stage.call, hostile.flip(last, 300))
    async with cem.open(offline=True) as session:
        with proven():
            await pull_anew(session, stage.call)
        await session.take_part(stage.call, stage.coalition)
        pin, view = session.pins.get(stage.call), await session.view(stage.call)
    assert pin is not None
    assert pin.at == view.chain.seen()
    assert last - 2 <= pin.at.seq < last
    cem.hostile.be_honest()
    assert await cem.answers(stage.call) == ["legal aid", "monitoring"]
    assert [place.digest for place in stage.server.spaces[stage.call].places] == await digests(cem, stage.call)


async def digests(person: Person, call: bytes) -> list[bytes]:
    """The digests that somebody's replica holds."""
    async with person.open(offline=True) as session:
        places: list[Place] = await session.replica.places(call, 0)
        return [place.digest for place in places]
