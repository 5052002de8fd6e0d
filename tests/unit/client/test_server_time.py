"""A server whose signed time is far ahead, or goes back, is told of and remembered (rows S07, O14)."""

import pytest

from securecall_client.acts import status
from securecall_client.server_time import AHEAD, BACK
from tests.simulator.people import Stage

HOUR = 3_600_000
pytestmark = pytest.mark.slow


async def odd(stage: Stage, name: str) -> list[str]:
    """What is odd by what somebody's computer keeps; nothing else may be kept."""
    async with stage[name].open() as session:
        await session.sync_all()
        alarms = await session.alarms.listing()
    assert {alarm.grade for alarm in alarms} <= {"odd"}
    return sorted(alarm.message for alarm in alarms)


async def test_s07_o14_a_server_far_ahead_is_odd_and_proves_nothing(stage: Stage) -> None:
    stage.server.ahead = HOUR - 600_000
    assert await odd(stage, "Ann") == []
    stage.server.ahead = 2 * HOUR
    assert await odd(stage, "Ann") == [AHEAD]
    assert await stage["Ann"].answer(stage.call, "food") == "server", "and nothing is held up by it"
    async with stage["Ann"].open(offline=True) as session:
        assert AHEAD in {alarm.message for alarm in (await status.status(session)).alarms}


async def test_s07_o14_a_server_whose_time_goes_back_is_odd_and_that_is_remembered(stage: Stage) -> None:
    stage.server.ahead = 50 * 365 * 24 * HOUR
    await stage["Bob"].answer(stage.call, "food")
    assert await odd(stage, "Ann") == [AHEAD]
    stage.server.ahead = stage.server._time = 0
    assert await odd(stage, "Ann") == sorted([AHEAD, BACK])
    assert await odd(stage, "Cem") == []
