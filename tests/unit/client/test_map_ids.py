"""Rows are told apart by the ids of their answers, which authors choose: on the map, and where one is typed."""

import pytest

from securecall_client.acts import exercises, mapping
from securecall_client.errors import NotFoundError
from securecall_client.exercise_kinds import Answer
from securecall_client.work.things import read_row
from tests.answers import a_row, answer_of
from tests.simulator.people import Stage
from tests.simulator.sealing import state_of


async def test_m03_m14_an_answer_under_anothers_id_takes_nothing_from_the_others_on_the_map(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        exercise = (await exercises.start_exercise(session, stage.call.hex(), "who-does-what", "allies")).exercise
    async with stage["Ann"].open() as session:
        given = answer_of(a_row("legal aid", "FR"))
        answered = await exercises.answer_exercise(session, stage.call.hex(), exercise, given)
    async with stage["Cem"].open() as session:
        await session.synced(stage.call)
        body = Answer(bytes.fromhex(exercise), answer_of(a_row("training", "KE")))
        await session.writer.write(stage.call, body, "allies", record=bytes.fromhex(answered.answer))
    async with stage["Sec"].open() as session:
        given = answer_of(a_row("training", "KE"))
        await exercises.answer_exercise(session, stage.call.hex(), exercise, given)
    assert len((await state_of(stage, "Bob")).answers) == 3
    async with stage["Bob"].open() as session:
        drawn = await mapping.map_exercise(session, stage.call.hex(), exercise)
    assert [one.activity for one in drawn.overlaps] == ["training"]
    assert [one.activity for one in drawn.alone] == ["legal aid"]
    refs = {(cell.activity, ref.answer) for cell in drawn.matrix for ref in cell.rows}
    assert len({answer for _, answer in refs}) == 3
    assert all(answer.startswith(answered.answer) for activity, answer in refs if activity == "legal aid")
    state = await state_of(stage, "Bob")
    with pytest.raises(NotFoundError, match="2 answers are called"):
        read_row(state, f"{answered.answer}:0")
    [whole] = {answer for activity, answer in refs if activity == "legal aid"}
    assert read_row(state, f"{whole}:0").author.hex() == whole.removeprefix(answered.answer)
