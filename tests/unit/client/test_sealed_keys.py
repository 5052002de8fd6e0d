"""The keys of sealed exercises follow the facilitators: who comes, who goes, and if nobody is left (rows R01, T07)."""

import pytest
from nacl.utils import random

from securecall import entries as e
from securecall.rights import Role
from securecall_client.acts import devices, ending, guests, removing, roles
from securecall_client.errors import RefusedError
from securecall_client.exercise_keys import make_key
from securecall_client.sealed_answers import facilitators, held_halves, needs_key
from securecall_client.sealed_kinds import (
    AnswerSecret,
    AskAnswers,
    ExerciseKey,
    KeyShare,
    Reveal,
    RevealOwn,
    SealedAnswer,
    SealedExercise,
)
from securecall_client.work.template import load_text
from securecall_keys.primitives import fresh
from securecall_keys.sealed_answers import SECRET_BOX_BYTES, DeviceBox, public_half, share_half
from tests.simulator.linking import link
from tests.simulator.people import Stage, check_plain, enter, member_of
from tests.simulator.sealing import all_said, ask, read, reveal, say, send, shown, start_sealed, state_of, voids

pytestmark = pytest.mark.slow


async def lower(stage: Stage, who: str, *, role: Role = "member", by: str = "Sec") -> None:
    """Give somebody another role, and do nothing else yet."""
    async with stage[by].open() as session:
        member = member_of(await session.synced(stage.call), who)
        await enter(session, stage.call, e.SetRole([e.NewRole(member, role, None)]))


async def halves(stage: Stage, who: str, exercise: str) -> int:
    """How many keys of the exercise somebody's computer holds."""
    async with stage[who].open() as session:
        view = await session.synced(stage.call)
        return len(held_halves(view.state, view.space, bytes.fromhex(exercise), session.device))


async def test_r01_a_lowered_chair_opens_nothing_that_is_sent_later(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Ann", exercise, "before")
    assert await read(stage, "Bob", exercise) == ["before"]
    await lower(stage, "Bob")
    await send(stage, "Cem", exercise, "after")
    assert await read(stage, "Sec", exercise) == ["after", "before"]
    assert await read(stage, "Bob", exercise) == ["before"]
    assert await halves(stage, "Bob", exercise) == 1
    assert await halves(stage, "Sec", exercise) == 2
    await reveal(stage, "Sec", exercise)
    assert await read(stage, "Bob", exercise) == ["after", "before"]


async def test_r01_an_answer_waits_here_until_facilitators_alone_hold_the_key(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await stage.sync("Bob")
    sec = stage["Sec"]
    async with sec.open() as session:
        bob = member_of(await session.synced(stage.call), "Bob")
        await enter(session, stage.call, e.SetRole([e.NewRole(bob, "member", None)]))
        session.line.reached = False
    assert await send(stage, "Ann", exercise, "after") == "here"
    assert any("waits on this computer until an owner or chair" in line for line in stage["Ann"].say.lines)
    assert (await state_of(stage, "Bob")).sealed[bytes.fromhex(exercise)].answers == ()
    await stage.sync("Sec", "Ann")
    assert await read(stage, "Sec", exercise) == ["after"]
    assert await read(stage, "Bob", exercise) == []


async def test_r01_a_removed_chair_s_receipt_says_what_is_sealed_and_they_could_read(stage: Stage) -> None:
    exercise = await start_sealed(stage, "Bob")
    await send(stage, "Ann", exercise, "before")
    async with stage["Sec"].open() as session:
        removed = await removing.remove_from_call(session, stage.call.hex(), ["Cem"])
        assert removed.receipt.sealed == []
        removed = await removing.remove_from_call(session, stage.call.hex(), ["Bob"])
    [line] = removed.receipt.sealed
    assert (line.exercise, [name.name for name in line.of]) == (exercise, ["Ann"])
    await send(stage, "Ann", exercise, "after")
    keys = [body.key for body in await all_said(stage, "Ann", ExerciseKey)]
    assert {body.key for body in await all_said(stage, "Ann", SealedAnswer)} > set(keys)
    assert len(keys) == 1
    assert await read(stage, "Sec", exercise) == ["after"]
    await reveal(stage, "Sec", exercise)
    assert await read(stage, "Ann", exercise) == ["after"]


async def test_r01_who_is_chair_no_more_is_told_of_as_after_a_removal_and_the_key_is_new(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Ann", exercise, "before")
    async with stage["Sec"].open() as session:
        raised = await roles.give_role(session, stage.call.hex(), "Cem", "chair", None)
        lowered = await roles.give_role(session, stage.call.hex(), "Bob", "member", None)
    assert raised.sealed == []
    [line] = lowered.sealed
    assert (line.exercise, [name.name for name in line.of]) == (exercise, ["Ann"])
    assert len(await all_said(stage, "Ann", ExerciseKey)) == 1
    await send(stage, "Ann", exercise, "after")
    assert await read(stage, "Bob", exercise) == ["before"]


async def test_a_new_chair_is_given_every_key_and_reads_what_was_sent_before(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Ann", exercise, "legal aid")
    await lower(stage, "Cem", role="chair")
    await stage.sync("Bob")
    assert await read(stage, "Cem", exercise) == ["legal aid"]
    assert (await reveal(stage, "Cem", exercise)).revealed
    assert await read(stage, "Ann", exercise) == ["legal aid"]


async def test_a_facilitator_s_second_computer_is_given_the_key_and_t07_a_lost_one_makes_another(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Ann", exercise, "before")
    await link(stage, "Bob", "Bob two")
    await stage.sync("Bob", "Sec", "Bob two")
    assert await read(stage, "Bob two", exercise) == ["before"]
    async with stage["Bob"].open() as session:
        view = await session.view(stage.call)
        [other] = view.own_devices().keys() - {session.device.id}
        await devices.remove_device(session, other.hex())
    await stage.sync("Bob", "Sec", "Ann")
    assert len(await all_said(stage, "Ann", ExerciseKey)) == 1
    await send(stage, "Ann", exercise, "after")
    assert await read(stage, "Bob", exercise) == await read(stage, "Sec", exercise) == ["after"]


async def test_what_is_owed_is_done_once_and_by_facilitators_alone(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await stage.sync()
    await stage.sync()
    assert len(await all_said(stage, "Ann", KeyShare)) == 1
    assert await all_said(stage, "Ann", ExerciseKey) == []
    await lower(stage, "Bob")
    await stage.sync()
    await stage.sync()
    assert len(await all_said(stage, "Ann", KeyShare)) == 2
    assert len(await all_said(stage, "Ann", ExerciseKey)) == 1
    state = await state_of(stage, "Sec")
    async with stage["Sec"].open() as session:
        roster = (await session.view(stage.call)).chain.roster
    assert not needs_key(state, roster, bytes.fromhex(exercise))


async def test_r01_a_chair_who_goes_while_the_other_reveals_changes_nothing_of_it(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Ann", exercise, "before")
    await stage.sync("Bob")

    async def meanwhile() -> None:
        await lower(stage, "Cem", role="chair")
        await lower(stage, "Cem")
        await stage.sync("Sec")
        await send(stage, "Ann", exercise, "between")

    stage["Bob"].hostile.meanwhile["append"] = meanwhile
    await reveal(stage, "Bob", exercise)
    stage["Bob"].hostile.be_honest()
    await stage.sync("Bob", "Sec")
    assert await voids(stage, "Cem") == []
    assert await read(stage, "Cem", exercise) == ["between"]


async def test_r01_whoever_was_lowered_before_their_reveal_reveals_nothing(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Ann", exercise, "legal aid")
    await stage.sync("Bob")

    async def meanwhile() -> None:
        await lower(stage, "Bob")

    stage["Bob"].hostile.meanwhile["append"] = meanwhile
    await reveal(stage, "Bob", exercise)
    stage["Bob"].hostile.be_honest()
    assert await voids(stage, "Cem") == [("Bob", "only owners and chairs may say this")]
    assert await read(stage, "Cem", exercise) == []


async def claimed(stage: Stage) -> str:
    """Sec starts a sealed exercise whose key she alone has; Ann becomes owner by claim; gives the id."""
    async with stage["Sec"].open() as session:
        bob = member_of(await session.synced(stage.call), "Bob")
        await enter(session, stage.call, e.SetRole([e.NewRole(bob, "member", None)]))
    exercise = await start_sealed(stage)
    await send(stage, "Ann", exercise, "first thoughts")
    await send(stage, "Ann", exercise, "legal aid")
    await send(stage, "Cem", exercise, "training")
    for who in ("Ann", "Bob", "Cem"):
        async with stage[who].open() as session:
            ann = member_of(await session.synced(stage.call), "Ann").hex()
            await ending.claim_call(session, stage.call.hex(), ann)
    return exercise


async def test_where_nobody_is_left_each_author_reveals_their_own(stage: Stage) -> None:
    exercise = await claimed(stage)
    assert await halves(stage, "Ann", exercise) == 0
    with pytest.raises(RefusedError) as caught:
        await reveal(stage, "Ann", exercise)
    assert caught.value.code == "no-key"
    check_plain(caught.value)
    await ask(stage, "Ann", exercise)
    assert await read(stage, "Bob", exercise) == ["legal aid"]
    await stage.sync("Cem")
    assert any(line.startswith("Ann, an owner of ") for line in stage["Cem"].say.lines)
    assert await read(stage, "Bob", exercise) == ["legal aid", "training"]
    assert {line.state for line in (await shown(stage, "Bob", exercise)).answers} == {"on time"}
    await stage.sync("Ann", "Cem")
    assert len(await all_said(stage, "Bob", RevealOwn)) == 2
    await send(stage, "Bob", exercise, "monitoring")
    assert len(await all_said(stage, "Bob", SealedAnswer)) == 3
    assert await read(stage, "Cem", exercise) == ["legal aid", "monitoring", "training"]


async def test_a_key_that_a_cheat_gave_to_nobody_shuts_no_answer_in_for_good(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Cem", exercise, "training")
    async with stage["Bob"].open() as session:
        await say(session, stage, ExerciseKey(bytes.fromhex(exercise), public_half(fresh())))
    await send(stage, "Ann", exercise, "legal aid")
    await reveal(stage, "Sec", exercise)
    assert await read(stage, "Bob", exercise) == ["training"]
    await ask(stage, "Sec", exercise)
    await stage.sync("Ann")
    assert await read(stage, "Bob", exercise) == ["legal aid", "training"]
    for act in (ask, reveal):
        with pytest.raises(RefusedError) as caught:
            await act(stage, "Sec", exercise)
        assert caught.value.code == "revealed"


async def test_an_owner_who_has_the_key_asks_nobody_and_a_chair_never_does(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Ann", exercise, "legal aid")
    for who, code in (("Sec", "has-key"), ("Bob", "no-right")):
        with pytest.raises(RefusedError) as caught:
            await ask(stage, who, exercise)
        assert caught.value.code == code
        check_plain(caught.value)
    async with stage["Bob"].open() as session:
        await say(session, stage, AskAnswers(bytes.fromhex(exercise)))
    await stage.sync("Ann")
    assert await voids(stage, "Cem") == [("Bob", "only owners may say this")]
    assert await all_said(stage, "Cem", RevealOwn) == []


async def test_m03_nobody_reveals_the_answer_of_another(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Ann", exercise, "legal aid")
    [(origin, _)] = (await state_of(stage, "Bob")).sealed[bytes.fromhex(exercise)].answers
    async with stage["Cem"].open() as session:
        await say(session, stage, RevealOwn(bytes.fromhex(exercise), [AnswerSecret(origin.record, bytes(32))]))
    async with stage["Ann"].open() as session:
        await say(session, stage, RevealOwn(bytes.fromhex(exercise), [AnswerSecret(origin.record, bytes(32))]))
    assert await voids(stage, "Bob") == [
        ("Cem", "it reveals an answer that its author did not give"),
        ("Ann", "a sealed answer that does not open"),
    ]


async def test_an_older_answer_is_never_revealed_for_a_newer_one_that_is_sealed_to_another_computer(
    stage: Stage,
) -> None:
    exercise = await claimed(stage)
    await link(stage, "Cem", "Cem two")
    await stage.sync("Cem two")
    await ask(stage, "Ann", exercise)
    await stage.sync("Cem two")
    assert await read(stage, "Bob", exercise) == ["legal aid"]
    await stage.sync("Cem")
    assert await read(stage, "Bob", exercise) == ["legal aid", "training"]


async def test_g06_guests_answer_a_sealed_exercise_for_everyone_and_hold_no_key(stage: Stage) -> None:
    exercise = await start_sealed(stage, circle="everyone")
    await stage.receive("Gia")
    await send(stage, "Ann", exercise, "legal aid")
    assert await send(stage, "Gia", exercise, "funding") in ("server", "others")
    assert await read(stage, "Gia", exercise) == ["funding"]
    assert await halves(stage, "Gia", exercise) == 0
    assert await read(stage, "Bob", exercise) == ["funding", "legal aid"]
    await reveal(stage, "Sec", exercise)
    assert await read(stage, "Gia", exercise) == ["funding", "legal aid"]


async def test_g06_a_guest_who_comes_later_seals_to_the_newest_key(stage: Stage) -> None:
    exercise = await start_sealed(stage, circle="everyone")
    await lower(stage, "Bob")
    await stage.sync("Sec")
    await stage.receive("Gia")
    await send(stage, "Gia", exercise, "funding")
    newest = (await state_of(stage, "Gia")).sealed[bytes.fromhex(exercise)].newest[0]
    assert newest == (await state_of(stage, "Ann")).sealed[bytes.fromhex(exercise)].newest[0]
    assert await read(stage, "Sec", exercise) == ["funding"]
    assert await read(stage, "Bob", exercise) == []
    assert await voids(stage, "Ann") == []


async def test_g06_a_guest_who_comes_after_the_reveal_answers_in_the_open(stage: Stage) -> None:
    exercise = await start_sealed(stage, circle="everyone")
    await reveal(stage, "Sec", exercise)
    await stage.receive("Gia")
    await send(stage, "Gia", exercise, "funding")
    assert await all_said(stage, "Gia", SealedAnswer) == []
    for who in ("Ann", "Bob", "Gia"):
        assert await read(stage, who, exercise) == ["funding"]
    assert await voids(stage, "Ann") == []


async def test_the_call_as_a_guest_would_see_it_shows_the_sealed_exercise_and_opens_nothing(stage: Stage) -> None:
    exercise = await start_sealed(stage, circle="everyone")
    await send(stage, "Ann", exercise, "legal aid")
    async with stage["Sec"].open() as session:
        sight = await guests.as_guest(session, await session.synced(stage.call))
        assert bytes.fromhex(exercise) in sight.state.sealed
        assert sight.state.answers == {}


async def test_r08_who_goes_still_reads_what_they_sealed_themselves(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await lower(stage, "Bob")
    await stage.sync("Sec")
    await send(stage, "Ann", exercise, "legal aid")
    async with stage["Sec"].open() as session:
        await removing.remove_from_call(session, stage.call.hex(), ["Ann"])
    await stage.sync("Ann")
    assert await read(stage, "Ann", exercise) == ["legal aid"]


KEY_THAT_STANDS = "a key of an exercise that stands already"


async def test_m07_what_is_no_key_of_the_exercise_is_void(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    name = bytes.fromhex(exercise)
    async with stage["Sec"].open() as session:
        view = await session.synced(stage.call)
        [plain] = [of for of in view.state.exercises if of != name]
        [(standing, _)] = view.state.sealed[name].keys.values()
        other = await make_key(session, view, name, "allies")
        for body in (
            ExerciseKey(name, standing),
            ExerciseKey(name, b"\xff" * 1216),
            ExerciseKey(plain, other),
            ExerciseKey(bytes(16), other),
            SealedExercise(bytes(16), load_text("who-does-what"), b"\xff" * 1216),
        ):
            await say(session, stage, body)
        await say(session, stage, ExerciseKey(name, other), "everyone")
    async with stage["Cem"].open() as session:
        await say(session, stage, ExerciseKey(name, other))
    assert await voids(stage, "Ann") == [
        ("Sec", KEY_THAT_STANDS),
        ("Sec", "an exercise with a key that is not sound"),
        ("Sec", "what belongs to a sealed exercise, to one that is not sealed"),
        ("Sec", "what belongs to a sealed exercise, to no exercise"),
        ("Sec", "an exercise with a key that is not sound"),
        ("Sec", "what belongs to a sealed exercise, for another circle than its exercise"),
        ("Cem", "only owners and chairs may say this"),
    ]
    assert len((await state_of(stage, "Ann")).exercises) == 2


async def test_two_new_keys_at_once_both_stand_and_one_is_the_newest_for_all(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    name = bytes.fromhex(exercise)
    for who in ("Sec", "Bob"):
        async with stage[who].open() as session:
            view = await session.synced(stage.call)
            await say(session, stage, ExerciseKey(name, await make_key(session, view, name, "allies")))
    newest = {(await state_of(stage, who)).sealed[name].newest for who in ("Sec", "Bob", "Ann", "Cem")}
    assert len(newest) == 1
    await send(stage, "Ann", exercise, "legal aid")
    assert await read(stage, "Sec", exercise) == await read(stage, "Bob", exercise) == ["legal aid"]
    done = await reveal(stage, "Sec", exercise)
    assert done.revealed
    [said] = await all_said(stage, "Cem", Reveal)
    assert len(said.halves) == 3


async def test_m06_whoever_gives_the_others_boxes_that_do_not_open_is_answered_with_a_new_key(stage: Stage) -> None:
    exercise, half = random(16), fresh()
    async with stage["Bob"].open() as session:
        roster = (await session.synced(stage.call)).chain.roster
        [mine] = [device for device in facilitators(roster) if device == session.device.id]
        good = share_half(half, stage.call, exercise, [facilitators(roster)[mine]])
        bad = [DeviceBox(device, random(SECRET_BOX_BYTES)) for device in facilitators(roster) if device != mine]
        await say(session, stage, KeyShare(exercise, public_half(half), [*good, *bad]))
        await say(session, stage, SealedExercise(exercise, load_text("who-does-what"), public_half(half)))
    await stage.sync("Bob", "Sec", "Bob", "Sec")
    assert len(await all_said(stage, "Ann", ExerciseKey)) == 1
    await send(stage, "Ann", exercise.hex(), "legal aid")
    assert await read(stage, "Sec", exercise.hex()) == await read(stage, "Bob", exercise.hex()) == ["legal aid"]
    await reveal(stage, "Sec", exercise.hex())
    assert await read(stage, "Cem", exercise.hex()) == ["legal aid"]
