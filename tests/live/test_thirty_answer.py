"""Thirty clients answer one exercise while all that can happen to a call happens: nothing is lost (rows S18, S19, O07).

*Sent* are the answers that a person was told are saved, wherever; *received* those that the chain has at the end;
*readable* those that each of the others reads. The three are equal.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from securecall_client.acts import calls, exercises, removing, roles
from securecall_client.opening import open_session
from securecall_client.session import Session
from securecall_client.settings import Settings
from tests.answers import a_row, answer_of
from tests.bench.room import LOCK, Quiet, Room, at_work, open_room

PEOPLE = 30


async def answer(room: Room, session: Session, number: int) -> str:
    """Answer with an activity of one's own; gives where it is safe."""
    given = answer_of(a_row(f"activity {number}", "FR"))
    return (await exercises.answer_exercise(session, room.call.hex(), room.exercise.hex(), given)).saved


async def answer_at_once(room: Room, numbers: Sequence[int]) -> None:
    for number in numbers:
        async with at_work(room.homes[number]) as session:
            assert await answer(room, session, number) in ("server", "others")


async def answer_offline(room: Room, numbers: Sequence[int]) -> None:
    for number in numbers:
        async with at_work(room.homes[number]) as session:
            await session.sync_all()
        async with open_session(Settings(room.homes[number], offline=True), LOCK, Quiet()) as session:
            assert await answer(room, session, number) == "here"


async def answer_on_a_line_that_dies(room: Room, numbers: Sequence[int]) -> None:
    """The first has answered when the server is killed; the others are anywhere on their way, or have not begun."""
    begun, dead = asyncio.Event(), asyncio.Event()

    async def one(number: int) -> str:
        async with at_work(room.homes[number]) as session:
            await session.sync_all()
            if number == numbers[-1]:
                begun.set()
            await (begun if number < numbers[len(numbers) // 2] else dead).wait()
            return await answer(room, session, number)

    answers = [asyncio.create_task(one(number)) for number in numbers]
    await begun.wait()
    await asyncio.wait(answers, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.to_thread(room.server.kill)
    dead.set()
    assert "here" in await asyncio.gather(*answers)
    await asyncio.to_thread(room.server.start)


async def readable(room: Room, number: int) -> dict[str, object]:
    """Whose answer somebody reads, and what it says."""
    async with at_work(room.homes[number]) as session:
        await session.sync_all()
        shown = await exercises.show_exercise(session, room.call.hex(), room.exercise.hex())
        state = (await session.view(room.call)).state
        assert (state.void, state.unreadable) == ((), ())
        assert await session.replica.waiting() == []
        return {line.name: line.rows[0]["activity"] for line in shown.answers}


@pytest.mark.slow
async def test_s18_thirty_answers_through_all_that_can_happen_are_sent_received_and_readable(tmp_path: Path) -> None:
    async with open_room(tmp_path, PEOPLE) as room:
        await answer_at_once(room, range(6))
        async with at_work(room.homes[0]) as owner:
            await calls.rotate_call(owner, room.call.hex())
        await answer_at_once(room, range(6, 10))
        await answer_offline(room, range(10, 15))
        await answer_on_a_line_that_dies(room, range(15, 23))
        async with at_work(room.homes[0]) as owner:
            await removing.remove_from_call(owner, room.call.hex(), [room.homes[5].name])
            await roles.give_role(owner, room.call.hex(), room.homes[24].name, "chair", None)
        await answer_at_once(room, range(23, 27))
        async with at_work(room.homes[24]) as chair:
            await exercises.close_exercise(chair, room.call.hex(), room.exercise.hex())
        await answer_at_once(room, range(27, PEOPLE))
        for home in room.homes:
            async with at_work(home) as session:
                await session.sync_all()

        sent = {home.name: f"activity {number}" for number, home in enumerate(room.homes)}
        async with at_work(room.homes[0]) as owner:
            states = await exercises.show_exercise(owner, room.call.hex(), room.exercise.hex())
            received = (await owner.view(room.call)).state.answers
        assert len(sent) == len(received) == sum(map(len, received.values())) == PEOPLE
        for number in set(range(PEOPLE)) - {5}:
            assert await readable(room, number) == sent
        late = {line.name: line.state for line in states.answers if line.state != "on time"}
        assert {late.pop(room.homes[number].name) for number in range(27, PEOPLE)} == {"late"}
        assert {late.pop(room.homes[number].name) for number in range(10, 15)} == {"arrived after"}
        assert set(late.values()) <= {"arrived after"}
        assert states.waiting == []
