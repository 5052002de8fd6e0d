"""In one deed a server is asked for a space once, and what others did meanwhile is never passed over."""

import pytest

from securecall import entries as e
from securecall_client import deed
from securecall_client.acts import answering, calls, discussing, exercises, named, removing
from securecall_client.errors import OfflineError, ProofError
from securecall_client.work.answers import given_in
from tests.answers import a_row, answer_of
from tests.simulator.hostile import flip
from tests.simulator.people import Person, Stage, enter, member_of, the_exercise
from tests.simulator.sealing import read, start_sealed

TYPED = {"rows": [{"activity": "training", "place": "FR", "status": "planned"}]}


def asked_by(person: Person) -> list[bytes]:
    """The spaces that somebody's program asks for from now on, as it goes."""
    asked: list[bytes] = []

    def note(what: tuple) -> tuple:
        asked.append(what[0])
        return what

    person.hostile.turn("items", note)
    return asked


async def test_an_answer_asks_for_its_call_once_and_for_the_coalition_once_more_as_it_goes(stage: Stage) -> None:
    async with stage["Ann"].open() as session:
        exercise = await the_exercise(session, stage.call)
        asked = asked_by(stage["Ann"])
        with session.deed.begun():
            given = await answering.send(session, stage.call.hex(), exercise, TYPED)
        assert given.saved == "server"
        assert asked == [session.home, stage.call, session.home]


async def test_a_title_is_looked_up_among_all_that_there_are_by_now(stage: Stage) -> None:
    async with stage["Ann"].open() as session:
        asked = asked_by(stage["Ann"])
        with session.deed.begun():
            await calls.show_call(session, "Freedonia in March")
            assert asked[0] == session.home


async def test_what_others_do_is_there_in_the_next_deed(stage: Stage) -> None:
    async with stage["Ann"].open() as session, stage["Bob"].open() as other:
        with session.deed.begun():
            before = (await named.the_call(session, stage.call.hex())).chain.next_seq
            await discussing.say(other, stage.call.hex(), "I am here.", on="", circle="allies")
            assert (await named.the_call(session, stage.call.hex())).chain.next_seq == before
        with session.deed.begun():
            assert (await named.the_call(session, stage.call.hex())).chain.next_seq == before + 1


@pytest.mark.parametrize("how", ["a rest", "some seconds"])
async def test_what_was_up_to_date_is_asked_for_again(stage: Stage, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage["Ann"].open() as session:
        with session.deed.begun():
            await named.the_call(session, stage.call.hex())
            asked = asked_by(stage["Ann"])
            await named.the_call(session, stage.call.hex())
            assert asked == []
            if how == "a rest":
                async with session.resting():
                    pass
            else:
                monkeypatch.setattr(deed, "FRESH", 0.0)
            await named.the_call(session, stage.call.hex())
            assert stage.call in asked


async def test_r01_whoever_was_removed_during_a_deed_reads_nothing_that_it_sends(stage: Stage) -> None:
    await stage.sync("Cem")
    async with stage["Sec"].open() as owner, stage["Ann"].open() as session:
        exercise = await the_exercise(session, stage.call)
        with session.deed.begun():
            before = (await named.the_call(session, stage.call.hex())).chain.epoch
            await removing.remove_from_call(owner, stage.call.hex(), ["Cem"])
            assert (await answering.send(session, stage.call.hex(), exercise, TYPED)).saved == "server"
        view = await session.view(stage.call)
        [(origin, _)] = given_in(view.state, bytes.fromhex(exercise))
        assert origin.epoch == view.chain.epoch > before


async def test_whoever_asked_a_server_for_nothing_leaves_the_next_one_to_ask(stage: Stage) -> None:
    async with stage["Ann"].open() as session:
        session.rest()
        async with session.working():
            session.line.asked = False
        asked = asked_by(stage["Ann"])
        async with session.working():
            await named.the_call(session, stage.call.hex())
        assert stage.call in asked


async def test_what_was_here_while_there_was_no_line_is_asked_for_once_there_is_one(stage: Stage) -> None:
    async with stage["Ann"].open() as session:
        with session.deed.begun():
            session.line.lost(OfflineError("No line."))
            await named.the_call(session, stage.call.hex())
            asked = asked_by(stage["Ann"])
            assert await session.reach()
            await named.the_call(session, stage.call.hex())
            assert stage.call in asked


async def test_whatever_was_asked_of_one_server_is_asked_of_the_next(stage: Stage) -> None:
    async with stage["Ann"].open() as session:
        with session.deed.begun():
            await named.the_call(session, stage.call.hex())
            asked = asked_by(stage["Ann"])
            await session.turn_to(session.straight, stage.server.public)
            await named.the_call(session, stage.call.hex())
            assert stage.call in asked


async def test_a_call_whose_server_was_caught_lying_in_a_deed_does_not_pass_for_up_to_date(stage: Stage) -> None:
    async with stage["Ann"].open() as session, stage["Bob"].open() as other:
        with session.deed.begun():
            await named.the_call(session, stage.call.hex())
            await discussing.say(other, stage.call.hex(), "I am here.", on="", circle="allies")
            stage["Ann"].hostile.tell(stage.call, flip((await other.view(stage.call)).chain.next_seq - 1, 40))
            for _ in range(2):
                with pytest.raises(ProofError):
                    await session.synced(stage.call)
            with pytest.raises(ProofError):
                await named.the_call(session, stage.call.hex())


async def test_r01_a_chair_who_was_lowered_during_a_deed_opens_no_sealed_answer_that_it_sends(stage: Stage) -> None:
    exercise = await start_sealed(stage)
    await stage.sync("Bob")
    async with stage["Sec"].open() as owner, stage["Ann"].open() as session:
        bob = member_of(await owner.synced(stage.call), "Bob")
        with session.deed.begun():
            await named.the_call(session, stage.call.hex())
            # No epoch begins by that, so a server takes what was made before.
            await enter(owner, stage.call, e.SetRole([e.NewRole(bob, "member", None)]))
            given = await exercises.answer_exercise(
                session, stage.call.hex(), exercise, answer_of(a_row("training", "FR"))
            )
        assert given.saved == "here"
    await stage.sync("Sec", "Ann")
    assert (await read(stage, "Sec", exercise), await read(stage, "Bob", exercise)) == (["training"], [])


async def test_r01_whoever_was_removed_from_the_coalition_during_a_deed_reads_nothing_that_it_sends(
    stage: Stage,
) -> None:
    await stage.sync("Cem")
    async with stage["Sec"].open() as owner, stage["Ann"].open() as session:
        cem = member_of(await owner.synced(stage.coalition), "Cem")
        with session.deed.begun():
            await named.the_call(session, stage.call.hex())
            await enter(owner, stage.coalition, e.Remove([cem]))
            said = await discussing.say(session, stage.call.hex(), "Between us.", on="", circle="allies")
        assert said.saved == "here"
    await stage.sync("Sec", "Ann")
    async with stage["Ann"].open() as session:
        view = await session.view(stage.call)
        [versions] = view.state.messages.values()
        [gone] = [at for at, roster in view.chain.rosters if cem not in roster.members][:1]
        assert versions[-1][0].seq > gone
