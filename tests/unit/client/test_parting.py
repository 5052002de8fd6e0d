"""Leaving, and being taken out everywhere: duties, receipts, what is held back meanwhile (rows R01, R05, R07, M18)."""

import shutil

import pytest

from securecall import entries as e
from securecall_client import duties, wishes
from securecall_client.acts import calls, documents, exercises, expelling, leaving, removing
from securecall_client.acts.status import status
from securecall_client.errors import NotFoundError, RefusedError, SecureCallError
from securecall_client.results.partings import Parting
from tests.simulator.people import (
    CALL,
    TITLE,
    Stage,
    answer,
    check_plain,
    enter,
    member_of,
    open_call,
    proven,
    unchanged,
)
from tests.simulator.server import Caller

pytestmark = pytest.mark.slow


async def leave(stage: Stage, name: str, call: bytes | None = None) -> Parting:
    async with stage[name].open() as session:
        return await leaving.leave(session, call.hex() if call else None)


async def expel(stage: Stage, by: str, who: str, *, offline: bool = False) -> Parting:
    async with stage[by].open(offline=offline) as session:
        return await expelling.remove_member(session, who)


def names_in(stage: Stage, space: bytes) -> int:
    return len(stage.server.spaces[space].chain.roster.members)


def states(parting: Parting) -> list[tuple[str, str]]:
    return [(part.name, part.state) for part in parting.spaces]


async def test_who_leaves_a_call_is_out_and_the_next_one_there_makes_the_new_key(stage: Stage) -> None:
    parting = await leave(stage, "Ann", stage.call)
    async with stage["Ann"].open() as session:
        assert [(call.inside, call.state) for call in (await calls.list_calls(session)).calls] == [(False, "open")]
    assert states(parting) == [(CALL, "done")]
    assert parting.receipt.removed[0].name == "Ann"
    assert "wiped" in parting.receipt.from_now
    chain = stage.server.spaces[stage.call].chain
    assert chain.roster.due
    await stage.sync("Cem")
    assert (chain.roster.due, chain.epoch) == (False, 1)
    assert names_in(stage, stage.call) == 3
    assert names_in(stage, stage.coalition) == 4


async def test_who_leaves_the_coalition_leaves_every_call_before_it(stage: Stage) -> None:
    await stage["Cem"].answer(stage.call, "food")
    parting = await leave(stage, "Cem")
    assert states(parting) == [(CALL, "done"), (TITLE, "done")]
    assert names_in(stage, stage.call) == names_in(stage, stage.coalition) == 3
    assert await stage["Ann"].answers(stage.call) == ["food"]
    with pytest.raises(SecureCallError) as caught:
        await leave(stage, "Cem", stage.call)
    check_plain(caught.value)


async def test_two_who_leave_one_after_the_other_do_not_wait_for_each_other(stage: Stage) -> None:
    await leave(stage, "Cem", stage.call)
    assert states(await leave(stage, "Ann", stage.call)) == [(CALL, "done")]
    assert names_in(stage, stage.call) == 2


async def test_m07_the_last_owner_cannot_leave_and_nothing_is_changed(stage: Stage) -> None:
    await stage.sync("Sec")
    places = stage.places
    for call in (stage.call, None):
        with unchanged(stage["Sec"]), pytest.raises(RefusedError) as caught:
            await leave(stage, "Sec", call)
        check_plain(caught.value)
        assert caught.value.code == "last-owner"
        assert CALL in str(caught.value)
    assert stage.places == places


async def test_to_leave_offline_waits_is_told_and_is_done_with_the_next_sync(stage: Stage) -> None:
    await stage.sync("Ann")
    await stage.sync("Sec")
    async with stage["Ann"].open(offline=True) as session:
        parting = await leaving.leave(session, None)
        assert [line.what for line in (await status(session)).waiting] == ["your leaving", "your leaving"]
    assert states(parting) == [(CALL, "waiting"), (TITLE, "waiting")]
    assert parting.saved == "here"
    assert "still in" in parting.receipt.from_now
    assert names_in(stage, stage.coalition) == names_in(stage, stage.call) == 4
    await stage.sync("Ann")
    assert names_in(stage, stage.coalition) == names_in(stage, stage.call) == 3
    async with stage["Ann"].open(offline=True) as session:
        assert await wishes.wishes(session) == []
    await stage.sync("Sec")


async def test_r05_a_wish_to_leave_ends_with_being_taken_out_and_binds_nobody_who_is_let_in_again(stage: Stage) -> None:
    await stage.sync()
    async with stage["Ann"].open(offline=True) as session:
        await leaving.leave(session, stage.call.hex())
    async with stage["Sec"].open() as session:
        await removing.remove_from_call(session, stage.call.hex(), ["Ann"])
    await stage.sync("Ann")
    async with stage["Sec"].open() as session:
        await calls.invite_to_call(session, stage.call.hex(), ["Ann"])
    await stage.sync("Ann", "Sec", "Ann")
    assert names_in(stage, stage.call) == 4
    assert await stage["Ann"].answer(stage.call, "here again") == "server"


async def test_r05_a_wish_to_remove_somebody_ends_when_somebody_else_has_done_it(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        bob = member_of(await session.synced(stage.coalition), "Bob")
        await enter(session, stage.coalition, e.SetRole([e.NewRole(bob, "owner", None)]))
    await stage.sync()
    await expel(stage, "Sec", "Cem", offline=True)
    await expel(stage, "Bob", "Cem")
    await stage.sync("Sec")
    async with stage["Sec"].open(offline=True) as session:
        assert await wishes.wishes(session) == []
        assert (await status(session)).waiting == []


async def wishes_row(stage: Stage, name: str) -> bytes:
    """What their profile keeps of wishes."""
    async with stage[name].open(offline=True) as session:
        row = await session.replica.meta("wishes")
    assert row is not None
    return row


async def replay(stage: Stage, name: str, row: bytes) -> None:
    """An older row of their profile's database is put back, and they sync."""
    async with stage[name].open(offline=True) as session:
        await session.replica.set_meta("wishes", row)
    await stage.sync(name)
    async with stage[name].open(offline=True) as session:
        assert await wishes.wishes(session) == []


async def test_m12_more_wishes_than_one_entry_can_hold_are_not_kept(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.sync("Sec")
    monkeypatch.setattr(wishes, "CHANGES_PER_ENTRY", 1)
    await expel(stage, "Sec", "Cem", offline=True)
    with pytest.raises(RefusedError) as caught:
        await expel(stage, "Sec", "Ann", offline=True)
    check_plain(caught.value, 1)
    assert caught.value.code == "too-many"
    await expel(stage, "Sec", "Cem", offline=True)


async def test_t06_a_wish_to_remove_from_an_older_copy_removes_nobody_who_was_let_in_again(stage: Stage) -> None:
    await stage.sync()
    await expel(stage, "Sec", "Cem", offline=True)
    row = await wishes_row(stage, "Sec")
    await stage.sync("Sec")
    shutil.rmtree(stage["Cem"].home)
    await stage.welcome("Cem")
    await replay(stage, "Sec", row)
    assert names_in(stage, stage.coalition) == 4


async def test_t06_a_wish_to_leave_from_an_older_copy_leaves_nothing_one_was_let_into_again(stage: Stage) -> None:
    await stage.sync()
    async with stage["Ann"].open(offline=True) as session:
        await leaving.leave(session, stage.call.hex())
    row = await wishes_row(stage, "Ann")
    await stage.sync("Ann")
    assert names_in(stage, stage.call) == 3
    async with stage["Sec"].open() as session:
        await calls.invite_to_call(session, stage.call.hex(), ["Ann"])
    await stage.sync("Ann")
    await replay(stage, "Ann", row)
    assert names_in(stage, stage.call) == 4
    assert await stage["Ann"].answer(stage.call, "here again") == "server"


async def test_m07_who_has_become_the_last_owner_meanwhile_does_not_leave_and_is_told(stage: Stage) -> None:
    call = await bob_opens(stage, "Sec", "Ann", "Cem")
    async with stage["Bob"].open() as session:
        await enter(session, call, e.SetRole([e.NewRole(member_of(await session.synced(call), "Sec"), "owner", None)]))
    await stage.sync("Sec")
    async with stage["Sec"].open(offline=True) as session:
        await leaving.leave(session, call.hex())
    await leave(stage, "Bob", call)
    async with stage["Sec"].open() as session:
        await session.sync_all()
        assert (await session.view(call)).is_in()
        assert await wishes.wishes(session) == []
    assert any("could not" in line for line in stage["Sec"].say.lines)


async def test_r01_who_is_removed_from_the_coalition_is_taken_out_of_every_call(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        other = await open_call(session, "Another call")
        await calls.invite_to_call(session, other.hex(), ["Ann"])
    await stage["Cem"].answer(stage.call)
    parting = await expel(stage, "Sec", "Cem")
    assert sorted(states(parting)) == sorted([(TITLE, "done"), (CALL, "done")])
    assert parting.saved == "server"
    assert [part.receipt is not None for part in parting.spaces] == [True, True]
    assert parting.receipt.answers == 1
    assert "copies already made" in parting.receipt.keeps
    assert names_in(stage, stage.coalition) == names_in(stage, stage.call) == 3
    assert names_in(stage, other) == 2
    assert stage.server.spaces[stage.call].chain.epoch == 1


async def bob_opens(stage: Stage, *people: str) -> bytes:
    """A call that Bob owns and Sec is not in."""
    async with stage["Bob"].open() as session:
        call = await open_call(session, "Bob's call")
        await calls.invite_to_call(session, call.hex(), list(people))
        await exercises.start_exercise(session, call.hex(), "who-does-what", "allies")
    return call


async def test_r01_where_one_has_no_right_it_waits_for_whoever_has_and_is_done_by_itself(stage: Stage) -> None:
    await stage.sync()
    async with stage["Bob"].open() as session:
        call = await open_call(session, "Bob's call")
        await calls.invite_to_call(session, call.hex(), ["Sec", "Ann", "Cem"])
        await exercises.start_exercise(session, call.hex(), "who-does-what", "allies")
    parting = await expel(stage, "Sec", "Cem")
    waiting = next(part for part in parting.spaces if part.state == "waiting")
    assert (waiting.name, waiting.receipt) == ("Bob's call", None)
    assert "Bob" in waiting.why
    assert "can still read: Bob's call" in parting.receipt.from_now
    assert names_in(stage, call) == 4
    await stage.sync("Bob")
    assert names_in(stage, call) == 3


async def test_r01_nothing_is_written_into_a_call_before_who_went_is_out_of_it(stage: Stage) -> None:
    call = await bob_opens(stage, "Ann", "Cem")
    await stage.sync("Ann", "Cem")
    await expel(stage, "Sec", "Cem")
    places = len(stage.server.spaces[call].places)
    assert await stage["Ann"].answer(call, "secret") == "here"
    assert "Cem went from the coalition" in stage["Ann"].say.lines[-1]
    assert len(stage.server.spaces[call].places) == places
    await stage.sync("Bob")
    assert names_in(stage, call) == 2
    await stage.sync("Ann")
    assert await stage["Bob"].answers(call) == ["secret"]
    async with stage["Cem"].open() as session:
        await session.sync_all()
        assert b"secret" not in repr((await session.view(call)).state.answers).encode()


async def test_who_came_by_an_invitation_of_the_calls_own_is_not_taken_out_of_it(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        view = await session.synced(stage.call)
        assert duties.came_from_parent(view) == set(view.chain.roster.members)
        assert duties.overdue(view) == []


async def test_a_removal_asked_for_offline_is_done_with_the_next_sync(stage: Stage) -> None:
    await stage.sync("Sec")
    parting = await expel(stage, "Sec", "Cem", offline=True)
    assert parting.saved == "here"
    assert {part.state for part in parting.spaces} == {"waiting"}
    assert names_in(stage, stage.coalition) == 4
    await stage.sync("Sec")
    assert names_in(stage, stage.coalition) == names_in(stage, stage.call) == 3
    async with stage["Sec"].open(offline=True) as session:
        assert await wishes.wishes(session) == []


@pytest.mark.parametrize(("by", "who"), [("Ann", "Cem"), ("Bob", "Sec"), ("Sec", "Sec")])
async def test_m07_who_may_not_remove_somebody_asks_for_nothing(by: str, who: str, stage: Stage) -> None:
    await stage.sync(by)
    with pytest.raises(RefusedError) as caught:
        await expel(stage, by, who)
    check_plain(caught.value)
    async with stage[by].open(offline=True) as session:
        assert await wishes.wishes(session) == []


async def test_of_two_owners_clients_that_do_their_duty_at_once_one_does_it(stage: Stage) -> None:
    call = await bob_opens(stage, "Sec", "Ann", "Cem")
    async with stage["Bob"].open() as session:
        sec = member_of(await session.synced(call), "Sec")
        await enter(session, call, e.SetRole([e.NewRole(sec, "owner", None)]))
    await stage.sync()
    async with stage["Sec"].open() as session:
        cem = member_of(await session.synced(stage.coalition), "Cem")
        view = await enter(session, stage.coalition, e.Remove([cem]))
        assert cem not in view.chain.roster.members

        async def first() -> None:
            await stage.sync("Bob")

        stage["Sec"].hostile.meanwhile["append"] = first
        await session.sync_all()
    assert names_in(stage, call) == 3
    assert stage.server.spaces[call].chain.epoch == 1


async def test_r05_who_was_removed_comes_back_by_no_place_of_the_parent_from_before(stage: Stage) -> None:
    """The approval of then is cached in the coalition's chain; a client and the server ask who is in it now."""
    await stage.sync()
    await expel(stage, "Sec", "Cem")
    async with stage["Bob"].open() as session:
        with pytest.raises(NotFoundError) as caught:
            await calls.invite_to_call(session, stage.call.hex(), ["Cem"])
        check_plain(caught.value)


async def test_r07_what_waits_while_somebody_is_removed_is_sealed_without_them(stage: Stage) -> None:
    await stage.sync()
    async with stage["Ann"].open(offline=True) as session:
        assert await answer(session, stage.call, "not for Cem") == "here"
    async with stage["Sec"].open() as session:
        await removing.remove_from_call(session, stage.call.hex(), ["Cem"])
    await stage.sync("Ann")
    [place] = stage.server.spaces[stage.call].places[-1:]
    assert place.item is not None
    assert await stage["Bob"].answers(stage.call) == ["not for Cem"]
    async with stage["Bob"].open() as session:
        view = await session.view(stage.call)
        [(origin, _)] = next(iter(view.state.answers.values()))
        assert origin.epoch == 1
    async with stage["Cem"].open() as session:
        view = await session.synced(stage.call)
        assert not view.ring.holds(1)


async def test_m18_who_lacks_a_key_is_sent_none_but_by_a_new_epoch(stage: Stage) -> None:
    """A complaint is a change that changes nothing; it is answered by an epoch for all, and with no key from before."""
    await stage.sync()
    async with stage["Ann"].open() as session:
        me = (await session.view(stage.call)).chain.roster.members[session.member]
        await enter(session, stage.call, e.Devices(session.member, me.identity.head, []))
    places, grants = stage.places, dict(stage.server.spaces[stage.call].grants)
    await stage.sync("Sec", "Bob", "Cem", "Ann")
    held = stage.server.spaces[stage.call]
    assert stage.places == places + 1
    assert {seq: boxes for seq, boxes in held.grants.items() if seq < places} == grants
    assert held.chain.epoch == 1
    assert held.grants[places].keys() == held.chain.roster.recipients().keys()


async def test_m13_two_entries_signed_for_one_place_are_proof_to_whoever_sees_both(stage: Stage) -> None:
    await stage.sync()
    cem = stage["Cem"]
    honest, twin = cem.hostile.server, cem.hostile.fork()
    async with stage["Bob"].open() as session:
        view = await session.synced(stage.call)
        for server in (honest, twin):
            draft = session.author.entry(view.chain, view.ring, e.Rotate(), view.chain.minute)
            me = Caller("device", session.device.id, session.member)
            server.append(me, stage.call, 0, draft.item, draft.identities, draft.grants)
    await stage.sync("Cem")
    cem.hostile.server = honest
    with proven():
        await stage.sync("Cem")


async def test_whoever_left_a_call_is_let_in_again_and_the_key_that_is_due_comes_first(stage: Stage) -> None:
    await leave(stage, "Ann", stage.call)
    async with stage["Sec"].open() as session:
        await calls.invite_to_call(session, stage.call.hex(), ["Ann"])
    await stage.sync("Ann")
    assert await stage["Ann"].answer(stage.call, "back again") == "server"
    assert stage.server.spaces[stage.call].chain.epoch == 1


async def test_what_waits_is_sent_before_one_leaves(stage: Stage) -> None:
    await stage.sync("Ann")
    async with stage["Ann"].open(offline=True) as session:
        await answer(session, stage.call, "last words")
    await leave(stage, "Ann", stage.call)
    assert await stage["Bob"].answers(stage.call) == ["last words"]
    async with stage["Ann"].open() as session:
        assert (await documents.list_documents(session, stage.call.hex())).documents == []
