"""Sealed exercises: people write first and reveal together; before that, keys alone decide who reads (row M03)."""

from typing import Literal

import msgspec
import pytest

from securecall import entries as e
from securecall_client import content
from securecall_client.acts import exercises, mapping, on_behalf, revealing
from securecall_client.errors import RefusedError
from securecall_client.sealed_answers import held_halves
from securecall_client.sealed_kinds import AskAnswers, KeyShare, Reveal, SealedAnswer
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_keys.context import DeviceContext
from securecall_keys.errors import CannotOpenError
from securecall_keys.primitives import derive
from securecall_keys.sealed_answers import AnswerPlace, DeviceBox, open_answer, secret_by_device, secret_by_half
from securecall_keys.secret import Secret
from tests.answers import a_row, answer_of
from tests.simulator.linking import link
from tests.simulator.people import Stage, check_plain, enter, member_of
from tests.simulator.sealing import all_said, read, reveal, say, send, shown, start_sealed, state_of, voids
from tests.simulator.watchers import Hand, watching

pytestmark = pytest.mark.slow

DOES_NOT_OPEN = "a sealed answer that does not open"
KEEPERS_ALONE = "only owners and chairs may say this"


async def test_people_write_first_and_reveal_together(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    assert await send(stage, "Ann", exercise, "legal aid") in ("server", "others")
    await send(stage, "Cem", exercise, "training")
    before = await shown(stage, "Cem", exercise)
    assert (before.sealed, before.revealed, before.state) == (True, False, "open")
    assert [one.name for one in before.answered] == ["Ann", "Cem"]
    assert await read(stage, "Cem", exercise) == ["training"]
    assert await read(stage, "Sec", exercise) == await read(stage, "Bob", exercise) == ["legal aid", "training"]
    done = await reveal(stage, "Bob", exercise)
    assert (done.state, done.sealed, done.revealed) == ("open", True, True)
    for who in ("Sec", "Bob", "Ann", "Cem"):
        assert await read(stage, who, exercise) == ["legal aid", "training"]
    after = await shown(stage, "Cem", exercise)
    assert after.revealed
    assert [line.state for line in after.answers] == ["on time", "on time"]
    async with stage["Cem"].open() as session:
        listed = (await exercises.list_exercises(session, stage.call.hex())).exercises
        assert [(line.sealed, line.revealed) for line in listed] == [(False, False), (True, True)]


async def test_m03_s36_no_answer_leaves_in_the_open_and_no_key_of_a_members_opens_one(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Ann", exercise, "what Ann plans")
    await send(stage, "Cem", exercise, "training")
    [hers, _] = await all_said(stage, "Cem", SealedAnswer)
    async with stage["Cem"].open() as session:
        view = await session.synced(stage.call)
        plaintexts = [view.plaintext(step) or b"" for step in view.steps]
        assert not any(b"what Ann plans" in plaintext for plaintext in plaintexts)
        held = [name for state in (view.state, view.unsealed().state) for name in state.answers]
        assert (bytes.fromhex(exercise), member_of(view, "Ann")) not in held
        assert held_halves(view.state, view.space, bytes.fromhex(exercise), session.device) == {}
        [record] = [origin.record for origin, body in view.state.sealed[hers.exercise].answers if body == hers]
        place = AnswerPlace(view.space, hers.exercise, member_of(view, "Ann"), record)
        boxes = [hers.sealed.box, *(box.box for box in hers.sealed.boxes)]
        for step in view.steps:
            body = content.read(view.plaintext(step) or b"")[1] if view.plaintext(step) else None
            boxes += [box.box for box in body.boxes] if isinstance(body, KeyShare) else []
        for box in boxes:
            claimed = msgspec.structs.replace(hers.sealed, boxes=[DeviceBox(session.device.id, box)])
            with pytest.raises(CannotOpenError):
                secret_by_device(claimed, place, session.device)
        for key in every_key(session, view):
            with pytest.raises(CannotOpenError):
                secret_by_half(hers.sealed, place, key)
            with pytest.raises(CannotOpenError):
                open_answer(hers.sealed, place, key)


def every_key(session: Session, view: SpaceView) -> list[Secret]:
    """All that a profile holds for a space: the device's secret and what follows from it, and each epoch's keys."""
    purposes: tuple[Literal["signing", "sealing", "login", "storage"], ...] = ("signing", "sealing", "login", "storage")
    own = [derive(session.device.secret, DeviceContext(purpose)) for purpose in purposes]
    of_epochs = [
        (keys.everyone, keys.circle("allies"), keys.record_key("allies"), keys.seed) for keys in view.ring.epochs()
    ]
    return [session.device.secret, *own, *(key for keys in of_epochs for key in keys if key is not None)]


async def test_what_was_sealed_has_one_size_and_yes_no_and_empty_look_alike(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Ann", exercise, "x")
    await send(stage, "Ann", exercise, "much longer than that")
    async with stage["Ann"].open() as session:
        await exercises.withdraw_answer(session, stage.call.hex(), exercise)
    sizes = {len(body.sealed.text) for body in await all_said(stage, "Sec", SealedAnswer)}
    assert len(sizes) == 1


async def test_the_map_waits_for_the_reveal_but_for_facilitators(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Ann", exercise, "legal aid")
    async with stage["Ann"].open() as session:
        with pytest.raises(RefusedError) as caught:
            await mapping.map_exercise(session, stage.call.hex(), exercise)
        assert caught.value.code == "sealed"
        check_plain(caught.value, 1)
    for who in ("Sec", "Bob"):
        async with stage[who].open() as session:
            drawn = await mapping.map_exercise(session, stage.call.hex(), exercise)
            assert drawn.not_revealed
            assert [each.activity for each in drawn.alone] == ["legal aid"]
    await reveal(stage, "Sec", exercise)
    async with stage["Ann"].open() as session:
        drawn = await mapping.map_exercise(session, stage.call.hex(), exercise)
        assert not drawn.not_revealed
        assert [each.activity for each in drawn.alone] == ["legal aid"]


async def test_the_latest_counts_and_a_withdrawal_looks_like_any_other(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    for activity in ("food", "shelter"):
        await send(stage, "Ann", exercise, activity)
    await send(stage, "Cem", exercise, "training")
    async with stage["Cem"].open() as session:
        await exercises.withdraw_answer(session, stage.call.hex(), exercise)
        with pytest.raises(RefusedError, match="no answer"):
            await exercises.withdraw_answer(session, stage.call.hex(), exercise)
    assert [one.name for one in (await shown(stage, "Ann", exercise)).answered] == ["Ann", "Cem"]
    async with stage["Ann"].open() as session:
        mine = (await session.synced(stage.call)).unsealed().state.answers
        assert [len(given) for (of, _), given in mine.items() if of.hex() == exercise] == [2]
    assert await read(stage, "Ann", exercise) == ["shelter"]
    await reveal(stage, "Sec", exercise)
    assert await read(stage, "Bob", exercise) == ["shelter"]


async def test_what_is_entered_for_others_is_sealed_as_well(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    async with stage["Bob"].open() as session:
        given = answer_of(a_row("monitoring", "FR"))
        await on_behalf.answer_for(session, stage.call.hex(), exercise, "Harbour Watch", given)
    assert await read(stage, "Sec", exercise) == ["monitoring"]
    assert await read(stage, "Ann", exercise) == []
    await send(stage, "Ann", exercise, "legal aid")
    async with stage["Bob"].open() as session:
        with pytest.raises(RefusedError, match="Ann of Harbour Watch has answered"):
            await on_behalf.organisation_for(session, stage.call.hex(), exercise, "Harbour Watch")
    await reveal(stage, "Sec", exercise)
    assert await read(stage, "Cem", exercise) == ["legal aid"]


async def test_what_is_sealed_is_confirmed_by_who_can_read_it_and_the_others_are_told_why_not(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    for who, org in (("Bob", "Harbour Watch"), ("Sec", "Secretariat")):
        async with stage[who].open() as session:
            given = answer_of(a_row("monitoring", "FR"))
            await on_behalf.answer_for(session, stage.call.hex(), exercise, org, given)
    async with stage["Ann"].open() as session:
        with pytest.raises(RefusedError, match="is sealed") as caught:
            await on_behalf.confirm_answer(session, stage.call.hex(), exercise)
        check_plain(caught.value, 1)
    await stage.sync("Sec")
    async with stage["Sec"].open() as session:
        confirmed = await on_behalf.confirm_answer(session, stage.call.hex(), exercise)
    assert (confirmed.sealed, confirmed.saved) == (True, "server")
    await reveal(stage, "Sec", exercise)
    async with stage["Ann"].open() as session:
        await session.synced(stage.call)
    async with stage["Ann"].open() as session:
        assert not (await on_behalf.confirm_answer(session, stage.call.hex(), exercise)).sealed


async def test_an_answer_that_was_written_without_a_line_is_sealed_as_it_leaves(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await stage.sync("Ann", "Cem")
    assert await send(stage, "Ann", exercise, "legal aid", offline=True) == "here"
    assert await send(stage, "Cem", exercise, "training", offline=True) == "here"
    await stage.sync("Ann")
    assert await read(stage, "Bob", exercise) == ["legal aid"]
    await reveal(stage, "Sec", exercise)
    await stage.sync("Cem")
    assert await read(stage, "Ann", exercise) == ["legal aid", "training"]
    assert len(await all_said(stage, "Ann", SealedAnswer)) == 1


async def test_an_answer_that_is_sealed_before_and_placed_after_the_reveal_is_opened_all_the_same(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await stage.sync("Ann")

    async def revealed() -> None:
        await reveal(stage, "Sec", exercise)

    stage["Ann"].hostile.meanwhile["append"] = revealed
    await send(stage, "Ann", exercise, "legal aid")
    stage["Ann"].hostile.be_honest()
    assert len(await all_said(stage, "Ann", SealedAnswer)) == 1
    assert await read(stage, "Cem", exercise) == ["legal aid"]


async def test_a_new_epoch_in_between_seals_anew_and_loses_nothing(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await stage.sync("Ann")

    async def rotated() -> None:
        async with stage["Bob"].open() as session:
            await enter(session, stage.call, e.Rotate())

    stage["Ann"].hostile.meanwhile["append"] = rotated
    assert await send(stage, "Ann", exercise, "legal aid") in ("server", "others")
    stage["Ann"].hostile.be_honest()
    await reveal(stage, "Sec", exercise)
    assert await read(stage, "Cem", exercise) == ["legal aid"]


async def test_one_s_other_computer_reads_what_was_sent_since_it_came(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await link(stage, "Ann", "Ann two")
    await stage.sync("Ann", "Ann two")
    await send(stage, "Ann", exercise, "legal aid")
    assert await read(stage, "Ann two", exercise) == ["legal aid"]
    assert await read(stage, "Cem", exercise) == []


async def test_an_answer_that_would_be_too_long_sealed_is_refused_before_it_is_kept(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    rows = [a_row(f"{at}" + "x" * 250, "FR") for at in range(160)]
    async with stage["Ann"].open() as session:
        with pytest.raises(RefusedError) as caught:
            await exercises.answer_exercise(session, stage.call.hex(), exercise, answer_of(*rows))
        assert caught.value.code == "too-long"
        check_plain(caught.value)
        rows = [a_row(f"{at}" + "x" * 250, "FR") for at in range(140)]
        given = await exercises.answer_exercise(session, stage.call.hex(), exercise, answer_of(*rows))
        assert given.saved != "here"
    assert len(await read(stage, "Sec", exercise)) == 140


async def test_lateness_goes_by_the_place_of_the_sealed_answer(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Ann", exercise, "legal aid")
    async with stage["Sec"].open() as session:
        await exercises.close_exercise(session, stage.call.hex(), exercise)
    await send(stage, "Cem", exercise, "training")
    await reveal(stage, "Sec", exercise)
    states = {line.name: line.state for line in (await shown(stage, "Bob", exercise)).answers}
    assert states == {"Ann": "on time", "Cem": "late"}


async def test_m07_a_member_reveals_nothing(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Cem", exercise, "training")
    async with stage["Ann"].open() as session:
        with pytest.raises(RefusedError) as caught:
            await revealing.reveal_exercise(session, stage.call.hex(), exercise)
        check_plain(caught.value)
        with pytest.raises(RefusedError) as caught:
            await revealing.ask_authors(session, stage.call.hex(), exercise)
        check_plain(caught.value)
        await say(session, stage, Reveal(bytes.fromhex(exercise), [bytes(32)]))
    assert await voids(stage, "Cem") == [("Ann", KEEPERS_ALONE)]
    assert await read(stage, "Ann", exercise) == []


async def test_there_is_nothing_to_reveal_twice_or_in_the_open(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        [plain] = (await session.synced(stage.call)).state.exercises
    exercise = await start_sealed(stage)
    with pytest.raises(RefusedError) as caught:
        await reveal(stage, "Sec", plain.hex())
    assert caught.value.code == "not-sealed"
    check_plain(caught.value)
    await reveal(stage, "Sec", exercise)
    with pytest.raises(RefusedError) as caught:
        await reveal(stage, "Bob", exercise)
    assert caught.value.code == "revealed"
    check_plain(caught.value)


async def test_a_reveal_with_a_wrong_half_is_void(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Ann", exercise, "legal aid")
    async with stage["Bob"].open() as session:
        view = await session.synced(stage.call)
        [half] = held_halves(view.state, view.space, bytes.fromhex(exercise), session.device).values()
        await say(session, stage, Reveal(bytes.fromhex(exercise), [half.expose(), b"\x01" * 32]))
    assert [who for who, _ in await voids(stage, "Cem")] == ["Bob"]
    assert await read(stage, "Cem", exercise) == []
    assert (await shown(stage, "Cem", exercise)).revealed is False


async def test_two_facilitators_who_reveal_at_once_are_both_right(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Ann", exercise, "legal aid")
    await stage.sync("Sec", "Bob")

    async def other() -> None:
        await reveal(stage, "Sec", exercise)

    stage["Bob"].hostile.meanwhile["append"] = other
    await reveal(stage, "Bob", exercise)
    stage["Bob"].hostile.be_honest()
    assert len(await all_said(stage, "Cem", Reveal)) == 2
    assert await voids(stage, "Cem") == []
    assert await read(stage, "Cem", exercise) == ["legal aid"]


async def test_m03_a_rival_s_sealed_answer_is_not_copied(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Ann", exercise, "legal aid")
    [hers] = await all_said(stage, "Cem", SealedAnswer)
    async with stage["Cem"].open() as session:
        await say(session, stage, hers)
    async with stage["Ann"].open() as session:
        await say(session, stage, hers)
    assert await read(stage, "Sec", exercise) == ["legal aid"]
    assert sorted(await sighted_voids(stage, "Sec")) == [("Ann", DOES_NOT_OPEN), ("Cem", DOES_NOT_OPEN)]
    await reveal(stage, "Sec", exercise)
    assert sorted(await voids(stage, "Bob")) == [("Ann", DOES_NOT_OPEN), ("Cem", DOES_NOT_OPEN)]
    assert await read(stage, "Bob", exercise) == ["legal aid"]


async def sighted_voids(stage: Stage, who: str) -> list[tuple[str, str]]:
    async with stage[who].open() as session:
        state = (await session.synced(stage.call)).unsealed().state
        return [(state.name(void.author), void.why) for void in state.void]


async def test_m04_an_answer_has_one_reading_whoever_opens_it(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Ann", exercise, "legal aid")
    [hers] = await all_said(stage, "Ann", SealedAnswer)
    other = msgspec.structs.replace(hers.sealed, commit=bytes(32))
    async with stage["Ann"].open() as session:
        await say(session, stage, msgspec.structs.replace(hers, sealed=other))
    await reveal(stage, "Sec", exercise)
    assert await voids(stage, "Cem") == [("Ann", DOES_NOT_OPEN)]


async def test_a_swapped_box_gives_no_key(stage: Stage) -> None:
    one, other = await start_sealed(stage), await start_sealed(stage)
    shares = {body.exercise.hex(): body for body in await all_said(stage, "Sec", KeyShare)}
    first, second = shares[one], shares[other]
    async with stage["Cem"].open() as session:
        view = await session.synced(stage.call)
        assert held_halves(view.state, view.space, first.exercise, session.device) == {}
    async with stage["Bob"].open() as session:
        view = await session.synced(stage.call)
        [half] = held_halves(view.state, view.space, first.exercise, session.device).values()
        theirs = next(box for box in second.boxes if box.device == session.device.id)
        state = view.state
        swapped = {(first.exercise, first.key): (theirs,), (second.exercise, second.key): (theirs,)}
        told = type(state)(exercises=state.exercises, sealed=state.sealed, key_shares=swapped)
        assert held_halves(told, view.space, first.exercise, session.device) == {}
        assert len(held_halves(told, view.space, second.exercise, session.device)) == 1
        assert isinstance(half, Secret)


async def test_s18_a_server_that_hides_the_reveal_hides_what_follows_too(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await send(stage, "Ann", exercise, "legal aid")
    await stage.sync("Cem")
    seen = stage.places
    await reveal(stage, "Sec", exercise)
    cem = stage["Cem"]
    cem.hostile.tell(stage.call, lambda places: places[:seen])
    assert await read(stage, "Cem", exercise) == []
    assert not (await shown(stage, "Cem", exercise)).revealed
    cem.hostile.be_honest()
    assert await read(stage, "Cem", exercise) == ["legal aid"]


async def test_s11_a_server_that_replays_a_sealed_answer_adds_none(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    stage["Ann"].hostile.doubled.add("append")
    await send(stage, "Ann", exercise, "legal aid")
    stage["Ann"].hostile.be_honest()
    await reveal(stage, "Sec", exercise)
    assert len((await state_of(stage, "Cem")).sealed[bytes.fromhex(exercise)].answers) == 1
    assert await read(stage, "Cem", exercise) == ["legal aid"]


async def test_who_watches_is_told_who_sent_something_and_what_once_it_is_revealed(stage: Stage) -> None:
    exercise, hand, kinds = await start_sealed(stage), Hand(), ("sealed_answer", "revealed", "answer")
    await stage.sync("Ann")
    async with watching(stage, hand, "Ann") as (ann,):
        ann.told()
        await send(stage, "Cem", exercise, "training")
        await hand.turn(1)
        assert ann.told(*kinds) == [("sealed_answer", "Cem")]
        await reveal(stage, "Bob", exercise)
        await hand.turn(1)
        assert ann.told(*kinds) == [("revealed", None), ("answer", "Cem")]


async def test_m03_an_owner_who_asks_authors_though_the_key_is_there_is_named_to_all(stage: Stage) -> None:
    exercise, hand = await start_sealed(stage), Hand()
    await stage.sync("Ann")
    async with watching(stage, hand, "Ann") as (ann,):
        async with stage["Sec"].open() as session:
            await say(session, stage, AskAnswers(bytes.fromhex(exercise)))
        await hand.turn(1)
        assert ann.told("asked_to_reveal") == [("asked_to_reveal", "Sec")]
