"""What members seal, and facilitators repeat, that is not so: judged when it is opened, and void with their name."""

import pytest
from nacl.utils import random

from securecall.wire import encode
from securecall_client import content
from securecall_client.exercise_keys import make_key
from securecall_client.exercise_kinds import Answer, AnswerFor, Exercise
from securecall_client.sealed_kinds import ExerciseKey, SealedAnswer
from securecall_client.session import Session
from securecall_keys.sealed_answers import AnswerPlace, seal_answer
from tests.answers import a_row, answer_of
from tests.simulator.people import Stage
from tests.simulator.sealing import read, reveal, say, send, start_sealed, state_of, voids

pytestmark = pytest.mark.slow

ORGANISATION = b"\x01" * 16
MINUTE = 29_000_000


async def seal(session: Session, stage: Stage, exercise: bytes, said: bytes, key: bytes | None = None) -> None:
    """Seal whatever one likes, truly, to the exercise's newest key unless to ``key``, and send it."""
    view = await session.synced(stage.call)
    key, record = key or view.state.sealed[exercise].newest[0], random(16)
    place = AnswerPlace(stage.call, exercise, session.member, record)
    sealed = seal_answer(said, place, key, list(view.own_devices().values()))
    await session.writer.write(stage.call, SealedAnswer(exercise, key, sealed), "allies", record=record)


def lies(exercise: bytes, other: bytes) -> dict[str, tuple[bytes, str]]:
    """What is sealed, and why it is void."""
    given = answer_of(a_row("legal aid", "FR"))
    bad_row = answer_of(a_row("legal aid", "FR", "2027-02", "2026-12"))
    return {
        "no answer": (content.write(content.Close(), MINUTE), "a sealed answer that is none"),
        "no content": (b"yes", "a sealed answer that does not open"),
        "a kind that is not there yet": (
            encode(content.Content("poem", 1, MINUTE, b"")),
            "a sealed answer that is none",
        ),
        "an answer to another exercise": (
            content.write(Answer(other, given), MINUTE),
            "a sealed answer to another exercise",
        ),
        "an answer for others by a member": (
            content.write(AnswerFor(exercise, ORGANISATION, given), MINUTE),
            "only owners and chairs may say this",
        ),
        "a row that is refused": (content.write(Answer(exercise, bad_row), MINUTE), ""),
    }


@pytest.mark.parametrize("name", lies(bytes(16), bytes(16)))
async def test_m03_what_is_sealed_is_judged_as_any_answer_once_it_is_opened(name: str, stage: Stage) -> None:
    exercise = bytes.fromhex(await start_sealed(stage))
    [other] = [of for of in (await state_of(stage, "Ann")).exercises if of != exercise]
    said, why = lies(exercise, other)[name]
    async with stage["Ann"].open() as session:
        await seal(session, stage, exercise, said)
    await send(stage, "Cem", exercise.hex(), "training")
    assert await voids(stage, "Bob") == []
    await reveal(stage, "Sec", exercise.hex())
    [(who, found)] = await voids(stage, "Bob")
    assert who == "Ann"
    assert not why or found == why
    assert await read(stage, "Bob", exercise.hex()) == ["training"]
    assert (await state_of(stage, "Bob")).answers_for == {}


async def test_an_answer_of_a_newer_version_is_kept_and_shown_as_such(stage: Stage) -> None:
    exercise = bytes.fromhex(await start_sealed(stage))
    async with stage["Ann"].open() as session:
        await seal(session, stage, exercise, encode(content.Content("answer", 9, MINUTE, b"")))
    await reveal(stage, "Sec", exercise.hex())
    state = await state_of(stage, "Bob")
    assert (len(state.newer), state.void) == (1, ())


async def test_an_answer_to_a_key_that_the_exercise_has_not_is_void_at_once(stage: Stage) -> None:
    exercise = bytes.fromhex(await start_sealed(stage))
    async with stage["Sec"].open() as session:
        fresh = await make_key(session, await session.synced(stage.call), exercise, "allies")
    async with stage["Ann"].open() as session:
        said = content.write(Answer(exercise, answer_of(a_row("legal aid", "FR"))), MINUTE)
        await seal(session, stage, exercise, said, fresh)
    assert await voids(stage, "Bob") == [("Ann", "an answer that is sealed to no key of its exercise")]


async def test_s30_a_key_that_is_said_again_otherwise_is_void_for_whoever_reads_the_first(stage: Stage) -> None:
    exercise = bytes.fromhex(await start_sealed(stage, circle="everyone"))
    state = await state_of(stage, "Bob")
    [(first, (key, _))] = state.sealed[exercise].keys.items()
    async with stage["Bob"].open() as session:
        view = await session.synced(stage.call)
        other = await make_key(session, view, exercise, "everyone")
        for said, at in ((ExerciseKey(exercise, other), first), (ExerciseKey(exercise, key), first - 1)):
            await say(session, stage, content.Again(at, said), "everyone")
        await say(session, stage, content.Again(first, ExerciseKey(exercise, key)), "everyone")
        origin, started = state.exercises[exercise]
        as_open = Exercise(exercise, started.template)
        await say(session, stage, content.Again(origin.seq, as_open), "everyone")
    why = "it repeats something that was not said like that"
    assert await voids(stage, "Ann") == [("Bob", why)] * 3
    assert (await state_of(stage, "Ann")).sealed[exercise].newest[0] == key
    assert (await state_of(stage, "Ann")).is_sealed(exercise)
