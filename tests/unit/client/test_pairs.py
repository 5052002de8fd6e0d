"""Pairs: two people of a call go on talking; who goes from the call goes from the pair, and nobody else reads along."""

import pytest

from securecall import entries as e
from securecall_client.acts import calls, discussing, ending, expelling, leaving, pairs, removing
from securecall_client.changing import Change, change
from securecall_client.errors import RefusedError
from securecall_client.results.pairs import Paired
from securecall_client.view import SpaceView
from securecall_client.work.captioning import captions
from tests.simulator.people import Stage, check_plain, member_of

pytestmark = pytest.mark.slow


async def pair(stage: Stage, who: str, other: str) -> Paired:
    async with stage[who].open() as session:
        return await pairs.open_pair(session, stage.call.hex(), other)


async def say(stage: Stage, who: str, space: str, text: str) -> str:
    async with stage[who].open() as session:
        return (await discussing.say(session, space, text, on="", circle=None)).saved


async def read(stage: Stage, who: str, space: str) -> list[tuple[str, str]]:
    async with stage[who].open() as session:
        thread = await discussing.show_thread(session, space, "")
    return [(line.name, line.text) for line in thread.messages]


async def test_two_of_a_call_talk_where_nobody_else_does(stage: Stage) -> None:
    await stage.sync()
    opened = await pair(stage, "Ann", "Cem")
    assert opened.new
    assert opened.title == "Ann and Cem"
    await say(stage, "Ann", opened.space, "shall we share the lawyer?")
    async with stage["Cem"].open() as session:
        await session.sync_all()
    await say(stage, "Cem", "Ann and Cem", "yes")
    assert await read(stage, "Ann", opened.space) == [("Ann", "shall we share the lawyer?"), ("Cem", "yes")]
    for other in ("Sec", "Bob"):
        async with stage[other].open() as session:
            await session.sync_all()
            assert bytes.fromhex(opened.space) not in session.spaces()
            assert (await pairs.list_pairs(session, stage.call.hex())).pairs == []


async def test_the_same_pair_is_found_again_from_both_sides(stage: Stage) -> None:
    await stage.sync()
    opened = await pair(stage, "Ann", "Cem")
    for who, other in (("Ann", "Cem"), ("Cem", "Ann")):
        again = await pair(stage, who, other)
        assert (again.space, again.new) == (opened.space, False)
    assert (await pair(stage, "Ann", "Bob")).space != opened.space
    async with stage["Ann"].open() as session:
        listed = (await pairs.list_pairs(session, stage.call.hex())).pairs
    assert [[other.name for other in line.others] for line in listed] == [["Cem"], ["Bob"]]


async def test_a_pair_can_be_opened_once_the_call_is_closed(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        await calls.close_call(session, stage.call.hex())
    await stage.sync()
    opened = await pair(stage, "Ann", "Cem")
    assert await say(stage, "Cem", opened.space, "late thoughts") in ("server", "others")


@pytest.mark.parametrize(("who", "other"), [("Gil", "Ann"), ("Ann", "Gil"), ("Ann", "Ann")])
async def test_guests_and_oneself_are_no_pair(stage: Stage, who: str, other: str) -> None:
    await stage.receive("Gil")
    await stage.sync()
    async with stage["Ann"].open() as session:
        named = member_of(await session.synced(stage.call), other).hex()
    async with stage[who].open() as session:
        with pytest.raises(RefusedError) as caught:
            await pairs.open_pair(session, stage.call.hex(), named)
    check_plain(caught.value, 1)


@pytest.mark.parametrize(("opens", "goes"), [("Ann", "Cem"), ("Cem", "Ann")])
async def test_r01_who_is_removed_from_the_call_is_removed_from_the_pair(stage: Stage, opens: str, goes: str) -> None:
    other = {"Ann": "Cem", "Cem": "Ann"}
    await stage.sync()
    opened = await pair(stage, opens, other[opens])
    await say(stage, opens, opened.space, "before")
    await stage.sync()
    async with stage["Sec"].open() as session:
        await removing.remove_from_call(session, stage.call.hex(), [goes])
    stays = other[goes]
    await say(stage, stays, opened.space, "after")
    async with stage[stays].open() as session:
        view = await session.synced(bytes.fromhex(opened.space))
        assert list(view.chain.roster.members) == [session.member]
    async with stage[goes].open() as session:
        await session.sync_all()
        view = await session.synced(bytes.fromhex(opened.space))
        assert view.is_wiped
        assert "after" not in [line.text for line in discussing.messages(view)]


async def test_r01_who_goes_from_the_coalition_goes_from_the_pair(stage: Stage) -> None:
    await stage.sync()
    opened = await pair(stage, "Ann", "Cem")
    await stage.sync()
    async with stage["Sec"].open() as session:
        await expelling.remove_member(session, "Cem")
    await stage.sync("Sec", "Bob", "Ann")
    async with stage["Ann"].open() as session:
        view = await session.synced(bytes.fromhex(opened.space))
        assert list(view.chain.roster.members) == [session.member]


async def test_a_pair_outlives_its_call(stage: Stage) -> None:
    await stage.sync()
    opened = await pair(stage, "Ann", "Cem")
    await stage.sync()
    async with stage["Sec"].open() as session:
        await ending.destroy_call(session, stage.call.hex())
    await say(stage, "Cem", opened.space, "still here")
    assert await read(stage, "Ann", opened.space) == [("Cem", "still here")]
    with pytest.raises(RefusedError):
        await pair(stage, "Ann", "Bob")


async def test_one_does_not_go_on_talking_once_a_third_reads_along(stage: Stage) -> None:
    await stage.sync()
    opened = await pair(stage, "Ann", "Cem")
    await stage.sync()
    async with stage["Cem"].open() as session:
        call = await session.view(stage.call)
        bob = call.chain.roster.members[member_of(call, "Bob")]
        admission = e.Admission(
            bob.member, bob.identity.head, sorted(bob.barred), "member", None, e.FromParent(call.chain.seen())
        )

        async def build(_: SpaceView) -> Change:
            return Change(e.Admit([admission]), captions(), tuple(call.identities[bob.member]))

        await change(session, bytes.fromhex(opened.space), build)
    async with stage["Ann"].open() as session:
        with pytest.raises(RefusedError, match="no longer between two") as caught:
            await discussing.say(session, opened.space, "a secret", on="", circle=None)
        check_plain(caught.value, 1)
        assert len((await pairs.list_pairs(session, stage.call.hex())).pairs[0].others) == 2
    assert (await pair(stage, "Ann", "Cem")).space != opened.space


async def test_whoever_is_left_alone_in_a_pair_can_still_leave_the_coalition(stage: Stage) -> None:
    await stage.sync()
    opened = await pair(stage, "Ann", "Cem")
    await stage.sync()
    async with stage["Cem"].open() as session:
        assert (await leaving.leave(session, "Ann and Cem")).spaces[0].state == "done"
    async with stage["Ann"].open() as session:
        assert (await session.synced(bytes.fromhex(opened.space))).is_in()
        gone = await leaving.leave(session, None)
    assert {(space.kind, space.state) for space in gone.spaces} == {("call", "done"), ("coalition", "done")}


async def test_either_ends_a_pair_for_good(stage: Stage) -> None:
    await stage.sync()
    opened = await pair(stage, "Ann", "Cem")
    await stage.sync()
    async with stage["Cem"].open() as session:
        assert (await ending.destroy_call(session, opened.space)).state == "destroyed"
    async with stage["Ann"].open() as session:
        with pytest.raises(RefusedError):
            await discussing.say(session, opened.space, "?", on="", circle=None)
    assert (await pair(stage, "Ann", "Cem")).new
