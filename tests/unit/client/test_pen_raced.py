"""Two reach for the pen of the minutes, and the server lies to one of them about who was first (rows S08, S18)."""

import pytest

from securecall_client.acts import minutes
from securecall_client.results.minutes import MinutesSaid, MinutesShown
from securecall_client.transport import Place
from tests.simulator import hostile
from tests.simulator.people import Stage, proven
from tests.simulator.server import Caller, Server

pytestmark = pytest.mark.slow


async def write(stage: Stage, who: str, text: str) -> MinutesSaid:
    """Write the minutes."""
    async with stage[who].open() as session:
        return await minutes.write_minutes(session, stage.call.hex(), text, None, take=False)


async def shown(stage: Stage, who: str, version: int | None = None) -> MinutesShown:
    """What somebody sees as the minutes."""
    async with stage[who].open() as session:
        return await minutes.show_minutes(session, stage.call.hex(), None, version)


async def carry(stage: Stage, who: str, place: Place, to: Server) -> None:
    """Let what somebody placed on one branch stand on another as well, naming no head of either."""
    async with stage[who].open(offline=True) as session:
        me = Caller("device", session.device.id, session.member)
    assert place.item is not None
    to.append(me, stage.call, place.kind, place.item, (), {})


async def test_s18_a_server_that_hides_who_took_the_pen_is_convicted_by_its_own_receipt(stage: Stage) -> None:
    await stage.sync("Ann", "Cem")
    before = stage.places
    await write(stage, "Ann", "Ann's minutes")
    stage["Cem"].hostile.roll_back(stage.call, before)
    with proven("signed that it had saved an item, and it is not there"):
        await write(stage, "Cem", "Cem's minutes")
    stage["Cem"].hostile.be_honest()
    for who in ("Ann", "Cem"):
        assert (await shown(stage, who)).text == "Ann's minutes"
        beside = await shown(stage, who, 2)
        assert (beside.text, beside.name, beside.with_pen) == ("Cem's minutes", "Cem", False), (
            "kept, and not the minutes"
        )


async def test_s18_what_is_held_back_waits_and_is_told_as_written_without_the_pen(stage: Stage) -> None:
    await stage.sync("Ann", "Cem")
    stage["Cem"].hostile.cut = True
    assert (await write(stage, "Cem", "Cem's minutes")).saved == "here"
    stage["Cem"].hostile.be_honest()
    await write(stage, "Ann", "Ann's minutes")
    await stage.sync("Cem")
    for who in ("Ann", "Cem", "Bob"):
        now = await shown(stage, who)
        assert (now.text, now.pen_name) == ("Ann's minutes", "Ann")
        assert not (await shown(stage, who, 2)).with_pen


async def test_s08_two_who_are_each_shown_to_be_first_lose_nothing_and_the_next_word_convicts(stage: Stage) -> None:
    await stage.sync("Ann", "Cem")
    honest, twin = stage.server, stage["Cem"].hostile.fork()
    for who in ("Ann", "Cem"):
        assert (await write(stage, who, f"{who}'s minutes")).pen_name == who
    anns, cems = honest.spaces[stage.call].places[-1], twin.spaces[stage.call].places[-1]
    await carry(stage, "Ann", anns, twin)
    await carry(stage, "Cem", cems, honest)
    for who, other in (("Ann", "Cem"), ("Cem", "Ann")):
        now, beside = await shown(stage, who), await shown(stage, who, 2)
        assert (now.text, now.pen_name) == (f"{who}'s minutes", who)
        assert (beside.text, beside.with_pen) == (f"{other}'s minutes", False)
    await write(stage, "Ann", "Ann's second")
    crossed = honest.spaces[stage.call].places[-1]
    stage["Cem"].hostile.tell(stage.call, hostile.extend_with(crossed))
    with proven("history"):
        await shown(stage, "Cem")
