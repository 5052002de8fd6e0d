"""Who is in, and who may say what: ghosts, forged rights, removed members, racing chairs."""

from collections.abc import Callable

import pytest

from securecall import entries as e
from securecall.labels import Label
from securecall.wire import item_digest
from securecall_client import clock, content
from securecall_client.acts import admitting, calls, named, people, removing, status
from securecall_client.errors import NotFoundError, RefusedError, SecureCallError
from securecall_client.transport import Join, Place
from securecall_client.view import SpaceView
from securecall_keys.author import Author
from securecall_keys.device import DeviceKeys
from tests.simulator import hostile
from tests.simulator.forging import forge_entry, forge_record
from tests.simulator.people import Stage, answer, check_plain, enter, invite, member_of, proven, pull_anew, unchanged

MEMBER, CHAIR = "Ann", "Bob"


def invitee(role: str) -> e.Invitee:
    return e.Invitee(DeviceKeys.generate().id, role, clock.minute() + 60, b"")  # type: ignore[arg-type]  # a role's name


Forgery = Callable[[SpaceView], e.Change]
FORGERIES: dict[str, tuple[str, Forgery]] = {
    "a member invites": (MEMBER, lambda _: e.Invite([invitee("member")])),
    "a chair invites an owner": (CHAIR, lambda _: e.Invite([invitee("owner")])),
    "a member promotes herself": (MEMBER, lambda v: e.SetRole([e.NewRole(member_of(v, MEMBER), "owner", None)])),
    "a chair promotes himself": (CHAIR, lambda v: e.SetRole([e.NewRole(member_of(v, CHAIR), "owner", None)])),
    "a member removes the chair": (MEMBER, lambda v: e.Remove([member_of(v, CHAIR)])),
    "a chair removes the owner": (CHAIR, lambda v: e.Remove([member_of(v, "Sec")])),
    "a member removes a member": (MEMBER, lambda v: e.Remove([member_of(v, "Cem")])),
    "a member destroys": (MEMBER, lambda _: e.Destroy()),
    "a chair moves to another server": (CHAIR, lambda _: e.Server(DeviceKeys.generate().id)),
    "a member bars a device": (MEMBER, lambda v: e.Devices(member_of(v, "Cem"), bytes(32), [])),
}


@pytest.mark.parametrize("name", FORGERIES)
async def test_m07_a_change_without_the_right_is_refused_by_server_and_clients(name: str, stage: Stage) -> None:
    await stage.sync("Cem")
    who, make = FORGERIES[name]
    async with stage[who].open() as session:
        view = await session.synced(stage.coalition)
        place = forge_entry(view, session.author, make(view))
        assert place.item is not None
        with pytest.raises(RefusedError) as caught:
            await session.transport.append(stage.coalition, 0, place.item)
        check_plain(caught.value)
    cem = stage["Cem"]
    cem.hostile.tell(stage.coalition, hostile.extend_with(place))
    with unchanged(cem), proven("breaks the rules"):
        async with cem.open() as session:
            await people.members(session)
    cem.hostile.be_honest()
    async with cem.open() as session:
        assert len((await people.members(session)).members) == 4


async def test_s02_a_ghost_with_a_join_request_of_its_own_is_refused(stage: Stage) -> None:
    await stage.sync("Cem")
    ghost = DeviceKeys.generate()
    identity = ghost.begin_identity(1)
    async with stage["Cem"].open() as session:
        view = await session.view(stage.coalition)
        ghosts = [
            forge_entry(view, Author(bytes(32), ghost), e.Rotate()),
            forge_entry(view, Author(session.member, ghost), e.Rotate()),
            forge_entry(view, Author(session.member, ghost), e.Rotate(), device=session.device.id),
        ]
    for place in ghosts:
        assert place.item is not None
        stage["Cem"].hostile.tell(
            stage.coalition, hostile.extend_with(place, Place(0, place.digest, place.item, (identity,)))
        )
        with unchanged(stage["Cem"]), proven("breaks the rules"):
            await stage.sync("Cem")
    stage["Cem"].hostile.be_honest()
    await stage.sync("Cem")


async def test_s01_a_sealing_key_substituted_in_identities_that_travel_is_refused(stage: Stage) -> None:
    mallory = DeviceKeys.generate()
    places = stage.server.spaces[stage.call].places
    seq = next(seq for seq, place in enumerate(places) if seq and place.identities)
    first, *rest = places[seq].identities
    lies = {
        "another identity": (mallory.begin_identity(1), *rest),
        "one key changed": (hostile.flipped(first, 400), *rest),
        "none": (),
        "one too many": (first, *rest, mallory.begin_identity(1)),
        "twice": (first, first, *rest),
    }
    cem = await stage.newcomer("Cem")
    async with cem.open(offline=True) as session:
        for identities in lies.values():
            cem.hostile.tell(stage.call, hostile.change(seq, identities=identities))
            with unchanged(cem), proven("breaks the rules"):
                await pull_anew(session, stage.call)
    cem.hostile.be_honest()
    assert await cem.answer(stage.call) == "server"


def substitute(identity: tuple[bytes, ...]) -> Callable[[list[Join]], list[Join]]:
    """Hand out requests to join with another identity beside them."""
    return lambda joins: [Join(join.request, join.letter, identity) for join in joins]


async def test_s01_what_is_sealed_goes_to_the_keys_of_the_verified_chain_alone(stage: Stage) -> None:
    """The server keeps another identity for Dora than she announced; nobody is let in with it."""
    async with stage["Sec"].open() as session:
        text = await invite(session, "Dora")
    await stage["Dora"].join(text)
    mallory = DeviceKeys.generate()
    sec = stage["Sec"]
    for identity in ((mallory.begin_identity(1),), (), (b"garbage",)):
        sec.hostile.change_joins(substitute(identity))
        async with sec.open() as session:
            await session.synced(stage.coalition)
        with unchanged(sec):
            async with sec.open() as session:
                assert (await admitting.admit(session, confirmed=True)).admitted == []
    sec.hostile.be_honest()
    async with sec.open() as session:
        assert len((await admitting.admit(session, confirmed=True)).admitted) == 1
    assert await stage["Dora"].join(None) == "joined"


async def test_m01_nobody_writes_in_anothers_name(stage: Stage) -> None:
    await stage.sync("Cem")
    async with stage["Ann"].open() as session:
        view = await session.view(stage.call)
        bob = member_of(await session.view(stage.coalition), "Bob")
        [device] = view.chain.roster.members[bob].devices()
        said = content.write(content.Empty(asks=False), clock.minute())
        forged = [
            forge_record(view, Author(bob, session.device), said),
            forge_record(view, Author(bob, session.device), said, device=device.device),
            forge_record(view, session.author, said, author=bob),
        ]
        for place in forged:
            assert place.item is not None
            with pytest.raises(RefusedError):
                await session.transport.append(stage.call, place.kind, place.item)
    cem = stage["Cem"]
    for place in forged:
        cem.hostile.tell(stage.call, hostile.extend_with(place))
        with unchanged(cem), proven("device"):
            await stage.sync("Cem")
    cem.hostile.be_honest()
    await stage.sync("Cem")


async def remove(stage: Stage, who: str, by: str = "Sec") -> None:
    async with stage[by].open() as session:
        await removing.remove_from_call(session, stage.call.hex(), [who])


async def test_r01_r02_what_a_removed_member_writes_is_refused_by_all_and_their_view_ends(stage: Stage) -> None:
    await stage["Ann"].answer(stage.call, "training")
    async with stage["Ann"].open(offline=True) as session:
        view = await session.view(stage.call)
        said = content.write(content.Empty(asks=False), clock.minute())
        late, keys = forge_record(view, session.author, said), view.ring
    await remove(stage, "Ann")
    end = stage.places
    await stage["Bob"].answer(stage.call, "secret after")
    ann, cem = stage["Ann"], stage["Cem"]
    async with ann.open() as session:
        view = await session.synced(stage.call)
        assert view.chain.next_seq == end
        assert not view.ring.holds(view.chain.epoch)
        view.ring = keys
        now = forge_record(view, session.author, said, epoch=0, seen=view.chain.seen())
        for place in (late, now):
            assert place.item is not None
            with pytest.raises(RefusedError):
                await session.transport.append(stage.call, place.kind, place.item)
        with pytest.raises(SecureCallError) as caught:
            await answer(session, stage.call, "back-dated")
        check_plain(caught.value)
        assert caught.value.exit_code == 1
    await stage.sync("Cem")
    for place in (late, now):
        cem.hostile.tell(stage.call, hostile.extend_with(place))
        with unchanged(cem), proven("breaks the rules"):
            await stage.sync("Cem")
    cem.hostile.be_honest()
    assert await cem.answers(stage.call) == ["secret after", "training"]
    assert await ann.answers(stage.call) == ["training"]


async def test_r02_what_a_removed_member_wrote_offline_waits_and_nobody_takes_it(stage: Stage) -> None:
    await stage.sync("Cem")
    async with stage["Ann"].open(offline=True) as session:
        assert await answer(session, stage.call, "too late") == "here"
    await remove(stage, "Ann")
    await stage.sync("Ann")
    assert "You are no longer in" in stage["Ann"].say.lines[-1]
    async with stage["Ann"].open(offline=True) as session:
        [line] = (await status.status(session)).alarms
        assert "cannot be sent" in line.message
        assert "It is kept here" in line.message
    assert await stage["Cem"].answers(stage.call) == []


async def test_m08_of_two_chairs_who_race_one_wins_and_the_other_is_made_anew(stage: Stage) -> None:
    await stage.sync("Cem")
    bob, sec = stage["Bob"], stage["Sec"]

    async def first() -> None:
        async with sec.open() as session:
            await calls.rotate_call(session, stage.call.hex())

    bob.hostile.meanwhile["append"] = first
    async with bob.open() as session:
        removed = await removing.remove_from_call(session, stage.call.hex(), ["Cem"])
    assert removed.epoch == 2
    assert stage.server.spaces[stage.call].chain.epoch == 2
    assert bob.hostile.requests.count("append") == 2
    assert await stage["Ann"].answer(stage.call) == "server"


async def test_m08_of_two_owners_who_remove_each_other_the_first_stays(stage: Stage) -> None:
    await stage.sync("Cem")
    async with stage["Sec"].open() as session:
        bob = member_of(await session.synced(stage.coalition), "Bob")
        await enter(session, stage.call, e.SetRole([e.NewRole(bob, "owner", None)]))

    async def first() -> None:
        await remove(stage, "Bob")

    stage["Bob"].hostile.meanwhile["append"] = first
    with pytest.raises(SecureCallError) as caught:
        await remove(stage, "Sec", by="Bob")
    assert caught.value.exit_code == 1
    check_plain(caught.value)
    inside = stage.server.spaces[stage.call].chain.roster.members
    assert bob not in inside
    assert len(inside) == 3
    await stage["Sec"].answer(stage.call)


async def test_m08_whoever_was_removed_first_is_not_removed_twice(stage: Stage) -> None:
    await stage.sync("Cem")

    async def first() -> None:
        await remove(stage, "Ann", by="Sec")

    stage["Bob"].hostile.meanwhile["append"] = first
    with pytest.raises(NotFoundError) as caught:
        await remove(stage, "Ann", by="Bob")
    check_plain(caught.value)
    assert stage.server.spaces[stage.call].chain.epoch == 1


async def test_an_entry_twice_signed_for_one_place_counts_once(stage: Stage) -> None:
    """Re-sending an entry is answered with its receipt; the server showing it twice is refused."""
    await stage.sync("Cem")
    async with stage["Sec"].open() as session:
        view = await named.the_call(session, stage.call.hex())
        draft = session.author.entry(view.chain, view.ring, e.Rotate(), clock.minute())
        first = await session.transport.append(stage.call, 0, draft.item, (), draft.grants)
        again = await session.transport.append(stage.call, 0, draft.item, (), draft.grants)
    assert (first.seq, first.before) == (again.seq, again.before)
    cem = stage["Cem"]
    twice = Place(0, item_digest(draft.item, Label.ENTRY), draft.item, ())
    cem.hostile.tell(stage.call, hostile.extend_with(twice))
    with unchanged(cem), proven("breaks the rules"):
        await stage.sync("Cem")
