"""A server that was put back from a backup gets back what its people hold, and excuses nothing by that (row O12)."""

from dataclasses import replace

import pytest

from securecall import entries as e
from securecall_client.acts import calls, documents, healing, removing, status
from securecall_client.errors import OfflineError, RefusedError, RestoredError
from securecall_client.results.healing import Healed
from tests.simulator.forging import forge_entry, forge_record
from tests.simulator.hostile import restate
from tests.simulator.people import Person, Stage, answer, check_plain, enter, member_of, open_call, proven, unchanged
from tests.simulator.server import Server

pytestmark = pytest.mark.slow


def put_in(stage: Stage, server: Server) -> None:
    """From now on everybody meets this server."""
    stage.server = server
    for person in stage.people.values():
        person.hostile.server = server


async def heal(person: Person, *, finish: bool = False) -> Healed:
    """Put back what the server lacks."""
    async with person.open() as session:
        return await healing.heal(session, finish=finish)


async def lose_a_while(stage: Stage) -> int:
    """A backup, then an answer by Ann and an epoch by Bob, and the backup put back. Gives the places there were."""
    backup = stage.server.restore()
    await stage.play()
    await stage.sync("Sec", "Ann", "Bob")
    places = stage.places
    put_in(stage, backup)
    assert stage.places < places
    return places


async def test_o12_what_a_restored_server_lacks_is_put_back_and_everybody_goes_on(stage: Stage) -> None:
    places = await lose_a_while(stage)
    healed = await heal(stage["Ann"])
    assert [(one.kind, one.state) for one in healed.spaces] == [("coalition", "whole"), ("call", "whole")]
    assert (healed.lifted, stage.places) == (False, places)
    _, call = healed.spaces
    assert (call.put_back, call.entries, call.again) == (4, 1, False), "a roll call and two answers, and a new epoch"
    assert [(owner.name, owner.you) for owner in call.owners] == [("Sec", False)]
    assert [one.put_back for one in (await heal(stage["Ann"])).spaces] == [0, 0], "each run tells what it did itself"
    healed = await heal(stage["Sec"], finish=True)
    assert healed.lifted
    assert [one.put_back for one in healed.spaces] == [0, 0]
    assert [one.again for one in healed.spaces] == [True, True]
    assert [one.again for one in (await heal(stage["Sec"])).spaces] == [False, False]
    held = stage.server.spaces[stage.call]
    assert held.chain.starts[held.chain.epoch] >= places, "a new epoch follows, since nobody holds others' grants"
    places = stage.places
    await heal(stage["Sec"], finish=True)
    assert stage.places == places, "what goes on already needs no other epoch"
    for name in ("Ann", "Bob", "Cem"):
        await stage.sync(name)
        assert await stage[name].answers(stage.call) == ["legal aid", "monitoring"]
    async with stage["Ann"].open() as session:
        assert await answer(session, stage.call, "training") == "server"
        shown = await status.status(session)
        assert (shown.alarms, shown.lacking) == ([], False)


async def test_o12_s26_more_that_a_restored_server_shows_is_taken_in_by_healing_alone(stage: Stage) -> None:
    """It may lack what came after, so nobody takes it for how the space stands."""
    await stage.sync("Cem")
    await stage.play()
    put_in(stage, stage.server.restore())
    cem = stage["Cem"]
    with unchanged(cem):
        async with cem.open() as session:
            await session.sync_all()
    await heal(cem)
    assert await cem.answers(stage.call) == ["legal aid", "monitoring"]


async def test_o12_s12_what_a_restored_server_signs_for_another_space_counts_for_nothing(stage: Stage) -> None:
    """Taken for this space's, it would lead to what is put back."""
    await lose_a_while(stage)
    ann = stage["Ann"]
    ann.hostile.change_pages(lambda page: replace(page, end=restate(stage.server, page.end, space=bytes(32))))
    with proven("signed for another space"):
        await heal(ann)
    assert "put_back" not in ann.hostile.requests
    ann.hostile.be_honest()
    assert [one.state for one in (await heal(ann)).spaces] == ["whole", "whole"]


@pytest.mark.parametrize("name", ["Ann", "Bob"])
async def test_o12_s26_a_server_that_says_it_was_put_back_makes_nobody_forget(stage: Stage, name: str) -> None:
    await lose_a_while(stage)
    person = stage[name]
    with unchanged(person):
        async with person.open() as session:
            shown = await status.status(session)
            assert {alarm.grade for alarm in shown.alarms} == {"odd"}
            assert shown.lacking
            with pytest.raises(OfflineError) as caught:
                await calls.rotate_call(session, stage.call.hex())
            check_plain(caught.value, 1)
            await session.sync_all()
    assert any("securecall heal" in line for line in person.say.lines)
    assert not {"append", "put_chunk", "create_space"} & set(person.hostile.requests[-12:])


async def test_o12_what_is_written_meanwhile_waits_and_goes_afterwards(stage: Stage) -> None:
    await lose_a_while(stage)
    async with stage["Ann"].open() as session:
        assert await answer(session, stage.call, "training") == "here"
    await heal(stage["Ann"])
    async with stage["Ann"].open() as session:
        assert len(await session.replica.waiting()) == 1
    await heal(stage["Sec"], finish=True)
    await stage.sync("Ann", "Sec")
    assert "training" in await stage["Sec"].answers(stage.call)


async def test_o12_a_server_takes_nothing_new_before_it_is_lifted(stage: Stage) -> None:
    async with stage["Bob"].open() as session:
        view = await session.synced(stage.call)
        item = forge_record(view, session.author, b"")
        put_in(stage, stage.server.restore())
        with pytest.raises(RestoredError):
            await session.transport.append(stage.call, item.kind, item.item or b"")
        with pytest.raises(RestoredError):
            await session.transport.put_chunk(stage.call, bytes(16), 0, b"x")


async def test_o12_s07_only_saying_so_keeps_a_shorter_chain_from_being_proof(stage: Stage) -> None:
    await lose_a_while(stage)
    stage.server.restored = False
    with unchanged(stage["Ann"]), proven("gone back"):
        await stage.sync("Ann")


async def test_o12_s08_a_restored_server_with_another_history_is_caught(stage: Stage) -> None:
    backup = stage.server.restore()
    fork = stage.server.copy()
    await stage["Ann"].answer(stage.call, "legal aid")
    put_in(stage, fork)
    await stage["Cem"].answer(stage.call, "other")
    fork.restored = True
    assert backup.restored
    with unchanged(stage["Ann"]), proven("another history"):
        await heal(stage["Ann"])


async def test_o12_spaces_and_people_that_the_backup_did_not_know_come_back(stage: Stage) -> None:
    backup = stage.server.restore()
    await stage.welcome("Dora")
    async with stage["Bob"].open() as session:
        call = await open_call(session, "A newer call")
        await calls.invite_to_call(session, call.hex(), ["Dora"])
    await stage.sync("Dora")
    put_in(stage, backup)
    async with stage["Dora"].open() as session:
        assert not session.reached
        assert "put back" in session.line.why
    await heal(stage["Bob"])
    await heal(stage["Dora"])
    assert call in stage.server.spaces
    assert not (await heal(stage["Sec"], finish=True)).spaces[0].put_back
    assert not stage.server.is_read_only(stage.coalition)
    assert (await heal(stage["Bob"], finish=True)).lifted
    async with stage["Dora"].open() as session:
        await session.synced(call)
        assert call not in session.line.read_only


async def test_o12_what_others_hold_is_waited_for(stage: Stage) -> None:
    backup = stage.server.restore()
    await stage["Ann"].answer(stage.call, "legal aid")
    await stage.sync("Sec")
    put_in(stage, backup)
    async with stage["Sec"].open() as session:
        # What Sec has by now is all but the last place, of which the pin tells.
        database = session.replica.database
        await database.do("DELETE FROM places WHERE space = ? AND seq = ?", (stage.call, backup_end(stage)))
        await database.do("DELETE FROM meta WHERE key = ?", (f"signed {stage.call.hex()}",))
    healed = await heal(stage["Sec"])
    assert [(one.state, one.lacks) for one in healed.spaces] == [("whole", 0), ("lacking", 1)]
    assert not stage.server.lifted
    healed = await heal(stage["Sec"], finish=True)
    assert [one.state for one in healed.spaces] == ["open", "lacking"]
    with pytest.raises(RefusedError) as caught:
        await heal(stage["Sec"], finish=True)
    check_plain(caught.value, 1)
    assert caught.value.code == "lacking"
    await heal(stage["Ann"])
    assert (await heal(stage["Sec"], finish=True)).lifted


def backup_end(stage: Stage) -> int:
    """The first place that the server lacks."""
    return stage.places


async def test_o12_m07_only_an_owner_lifts(stage: Stage) -> None:
    await lose_a_while(stage)
    with pytest.raises(RefusedError) as caught:
        await heal(stage["Ann"], finish=True)
    check_plain(caught.value, 1)
    assert caught.value.code == "no-right"
    assert "lift" not in stage["Ann"].hostile.requests
    async with stage["Ann"].open() as session:
        for space in (stage.coalition, stage.call):
            with pytest.raises(RefusedError):
                await session.transport.lift(space, (await session.view(space)).chain.seen())
    assert not stage.server.lifted


@pytest.mark.parametrize("how", ["removed", "barred"])
async def test_o12_m07_an_owner_who_was_shut_out_meanwhile_lifts_the_rest_and_not_that(stage: Stage, how: str) -> None:
    """Who owns the coalition may let its calls go on, and yet none that they, or this very computer, are not in."""
    sec = stage["Sec"]
    async with sec.open() as session:
        bob = member_of(await session.synced(stage.coalition), "Bob")
        view = await enter(session, stage.call, e.SetRole([e.NewRole(bob, "owner", None)]))
        me, device = view.chain.roster.members[session.member], session.device.id
    async with stage["Bob"].open() as session:
        barred = e.Devices(me.member, me.identity.head, [device])
        await enter(session, stage.call, e.Remove([me.member]) if how == "removed" else barred)
    put_in(stage, stage.server.restore())
    healed = await heal(sec, finish=True)
    assert [(one.kind, one.state) for one in healed.spaces] == [("coalition", "open"), ("call", "whole")]
    assert stage.server.lifted == {stage.coalition}
    assert (await heal(stage["Bob"], finish=True)).lifted


async def test_o12_an_owner_lifts_what_they_know_and_nothing_else(stage: Stage) -> None:
    backup = stage.server.restore()
    async with stage["Sec"].open() as session:
        at = (await session.synced(stage.call)).chain.seen()
    await stage["Ann"].answer(stage.call, "legal aid")
    put_in(stage, backup)
    await heal(stage["Ann"])
    async with stage["Sec"].open() as session:
        with pytest.raises(RefusedError):
            await session.transport.lift(stage.call, at)
    assert stage.call not in stage.server.lifted


@pytest.mark.parametrize("kind", ["own record", "own entry", "old statement", "own statement", "own server"])
async def test_o12_m07_s08_nobody_puts_back_what_the_server_never_signed(stage: Stage, kind: str) -> None:
    """A member with the right to write at the place where the backup ends makes new items there, truly signed."""
    backup = stage.server.restore()
    first = stage.places
    async with stage["Bob"].open() as session:
        view = await session.synced(stage.call)
        record = forge_record(view, session.author, b"another history")
        entry = forge_entry(view, session.author, e.Relabel([session.member]))
        _, old = await session.replica.signed(stage.call) or (0, b"")
        await stage["Ann"].answer(stage.call, "legal aid")
        put_in(stage, backup)
        item = entry if kind == "own entry" else record
        end = old
        if kind in ("own statement", "own server"):
            twin = Server("twin")
            end = twin.statement(stage.call, first, view.chain.head, newest=True)
        with pytest.raises(RefusedError) as caught:
            await session.transport.put_back(stage.call, first, [item], b"", end)
    check_plain(caught.value, 1)
    assert stage.places == first
    await heal(stage["Ann"])
    assert (await heal(stage["Sec"], finish=True)).lifted


async def test_o12_r04_who_was_removed_since_puts_back_what_was_and_nothing_else(stage: Stage) -> None:
    backup = stage.server.restore()
    await stage["Ann"].answer(stage.call, "legal aid")
    await stage.sync("Cem")
    async with stage["Sec"].open() as session:
        await removing.remove_from_call(session, stage.call.hex(), ["Cem"])
    places = stage.places
    put_in(stage, backup)
    await heal(stage["Cem"])
    await heal(stage["Sec"])
    assert stage.places == places
    assert (await heal(stage["Sec"], finish=True)).lifted
    view = stage.server.spaces[stage.call].chain
    async with stage["Sec"].open() as session:
        cem = member_of(await session.view(stage.coalition), "Cem")
    assert cem not in view.roster.members


async def test_o12_a_file_that_is_gone_is_named_and_can_be_put_up_again(stage: Stage) -> None:
    backup = stage.server.restore()
    document = await stage.put_up("Ann", "plan.txt", b"content")
    put_in(stage, backup)
    [lost] = (await heal(stage["Ann"])).lost
    assert (lost.document, lost.name, lost.author) == (document, "plan.txt", "Ann")
    await heal(stage["Sec"], finish=True)
    async with stage["Ann"].open() as session:
        replaced = await documents.replace_document(session, stage.call.hex(), document, stage.root / "plan.txt")
    assert replaced.saved == "server"
    assert (await heal(stage["Ann"])).lost == []


async def test_o12_healing_a_server_that_lacks_nothing_changes_nothing(stage: Stage) -> None:
    await stage.sync()
    places = stage.places
    healed = await heal(stage["Sec"])
    assert (healed.lifted, healed.lost, stage.places) == (True, [], places)
