"""When an answer came, against the closing: by what was seen, never by a clock (row S19)."""

import inspect

import pytest

from securecall_client import clock, content
from securecall_client.acts import calls, exercises, named
from securecall_client.outgoing import Outgoing
from securecall_client.results.common import AnswerState
from securecall_client.work import lateness
from tests.simulator.people import Stage, answer, the_exercise


async def state_of(stage: Stage, name: str) -> AnswerState:
    """How Bob's screen shows somebody's answer."""
    async with stage["Bob"].open() as session:
        shown = await exercises.show_exercise(session, stage.call.hex(), await the_exercise(session, stage.call))
        [line] = [line for line in shown.answers if line.name == name]
        return line.state


async def close(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        await calls.close_call(session, stage.call.hex())


async def test_s19_placed_before_the_closing_is_on_time(stage: Stage) -> None:
    await stage["Ann"].answer(stage.call)
    await close(stage)
    assert await state_of(stage, "Ann") == "on time"


async def test_s19_sent_before_and_arrived_after(stage: Stage) -> None:
    await stage.sync("Cem")
    async with stage["Ann"].open(offline=True) as session:
        await answer(session, stage.call)
    await close(stage)
    await stage.sync("Ann")
    assert await state_of(stage, "Ann") == "arrived after"


async def test_s19_written_after_the_closing_was_seen_is_late(stage: Stage) -> None:
    await close(stage)
    await stage["Ann"].answer(stage.call)
    assert await state_of(stage, "Ann") == "late"


@pytest.mark.parametrize("seen", ["the closing", "only what was before it"])
async def test_s19_a_device_that_wrote_in_between_shows_what_it_knew(seen: str, stage: Stage) -> None:
    """An old answer sent late counts as late where its device had shown in the meantime that it knew better."""
    await stage.sync("Cem")
    async with stage["Ann"].open(offline=True) as session:
        await answer(session, stage.call)
        [waiting] = await session.replica.waiting()
        old = (await session.view(stage.call)).chain.seen()
    await close(stage)
    async with stage["Ann"].open() as session:
        await session.replica.done(waiting.record)
        view = await named.the_call(session, stage.call.hex())
        between = view.chain.seen() if seen == "the closing" else old
        said = content.write(content.Empty(asks=False), clock.minute())
        await session.outbox.put(stage.call, b"b" * 16, Outgoing("allies", between, [], [], said))
        await session.replica.enqueue(stage.call, waiting.record, waiting.body)
        await session.writer.flush(stage.call)
    assert await state_of(stage, "Ann") == ("late" if seen == "the closing" else "arrived after")


def test_s19_no_clock_decides() -> None:
    assert "clock" not in inspect.getsource(lateness).replace("no clock decides", "")
    assert "minute" not in inspect.getsource(lateness)
