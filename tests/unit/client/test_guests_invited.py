"""The invitation into a call, and who would use it for something else: rows G01 to G05, and S30 for labels."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from securecall import entries as e
from securecall.identity import begin
from securecall.rights import Role
from securecall_client import clock
from securecall_client.acts import admitting, calls, invitations, inviting, labels
from securecall_client.captions import Alias, MemberName
from securecall_client.errors import InvitationError, NotFoundError, RefusedError
from securecall_client.profile import Profile
from securecall_client.results.people import Admitted
from securecall_client.work.captioning import captions
from securecall_keys.device import DeviceKeys
from securecall_keys.invitation import InvitationKeys, fresh_invitation, read_invitation, to_text
from securecall_keys.secret import Secret
from tests.simulator import hostile
from tests.simulator.forging import forge_entry
from tests.simulator.people import Stage, check_plain, enter, invite, member_of, open_call, proven, unchanged

pytestmark = pytest.mark.slow


async def invited(stage: Stage, name: str = "Gia") -> str:
    """An invitation into the call for a guest."""
    async with stage["Sec"].open() as session:
        return await invite(session, name, "guest", "World body", inviting.Stay(stage.call.hex()))


async def let_in(stage: Stage, name: str = "Gia") -> None:
    async with stage["Sec"].open() as session:
        assert len((await admitting.admit(session, confirmed=True)).admitted) == 1
    assert await stage[name].join(None) == "joined"


def test_g01_an_invitation_s_secret_has_128_bits_and_each_counts() -> None:
    space = bytes(range(32))
    secrets = {fresh_invitation().expose() for _ in range(64)}
    assert len(secrets) == 64
    assert {len(secret) for secret in secrets} == {16}
    for secret in list(secrets)[:2]:
        keys = {InvitationKeys(space, Secret(secret)).public}
        for bit in range(128):
            guess = (int.from_bytes(secret, "big") ^ 1 << bit).to_bytes(16, "big")
            keys.add(InvitationKeys(space, Secret(guess)).public)
        assert len(keys) == 129


async def test_g01_the_server_holds_no_part_of_the_secret_and_answers_every_guess_alike(stage: Stage) -> None:
    text = await invited(stage)
    told = read_invitation(text)
    held = b"".join(place.item or b"" for place in stage.server.spaces[stage.call].places)
    letter_key = InvitationKeys(told.space, Secret(told.secret)).letter_key.expose()
    for part in (told.secret, told.secret[:8], told.secret[8:], letter_key):
        assert part not in held
    answers = set()
    for bit in (0, 64, 127):
        secret = (int.from_bytes(told.secret, "big") ^ 1 << bit).to_bytes(16, "big")
        for space, at in ((told.space, told.at), (bytes(32), e.Seen(1, bytes(32)))):
            with pytest.raises((InvitationError, RefusedError)) as caught:
                await stage["Eve"].join(to_text(type(told)(told.address, space, at, secret)))
            answers.add((str(caught.value), caught.value.code))
            assert not Profile(stage["Eve"].home).exists()
    assert len(answers) == 1
    assert await stage["Gia"].join(text) == "waiting"


async def test_g03_an_invitation_that_was_taken_back_lets_nobody_in(stage: Stage) -> None:
    for asked_before in (False, True):
        text = await invited(stage)
        name = f"Gia {asked_before}"
        if asked_before:
            assert await stage[name].join(text) == "waiting"
        told = read_invitation(text)
        key = InvitationKeys(told.space, Secret(told.secret)).public
        async with stage["Sec"].open() as session:
            await enter(session, stage.call, e.RevokeInvite([key]))
            assert (await admitting.admit(session, confirmed=True)).admitted == []
        with pytest.raises((InvitationError, RefusedError)) as caught:
            await stage[name].join(None if asked_before else text)
        check_plain(caught.value, 1)
    await stage["Gia"].join(await invited(stage))
    await let_in(stage)


async def test_g03_a_guest_s_invitation_serves_once(stage: Stage) -> None:
    text = await invited(stage)
    await stage["Gia"].join(text)
    await let_in(stage)
    with pytest.raises(InvitationError) as caught:
        await stage["Eve"].join(text)
    check_plain(caught.value, 1)
    assert not Profile(stage["Eve"].home).exists()


SCOPES: dict[str, tuple[Role, Callable[[Stage], bytes]]] = {
    "as a member": ("member", lambda stage: stage.call),
    "as an owner": ("owner", lambda stage: stage.call),
    "into the coalition": ("member", lambda stage: stage.coalition),
}


@pytest.mark.parametrize("name", SCOPES)
async def test_g04_a_guest_s_invitation_is_for_that_role_and_call_alone(name: str, stage: Stage) -> None:
    """Whoever holds it signs another request, and an owner who plays along puts that into an entry."""
    await stage.sync("Ann")
    text = await invited(stage)
    told = read_invitation(text)
    role, place_of = SCOPES[name]
    space = place_of(stage)
    keys = InvitationKeys(told.space, Secret(told.secret))
    eve = DeviceKeys.generate()
    identity = eve.begin_identity(1)
    mine = begin(identity)
    admission = e.Admission(
        mine.member, mine.head, [], role, None, e.Joining(keys.join(role, mine.member, mine.head))
    )  # fmt: skip
    async with stage["Sec"].open() as session:
        view = await session.synced(space)
        forged = forge_entry(view, session.author, e.Admit([admission]))
        assert forged.item is not None
        with pytest.raises(RefusedError) as caught:
            await session.transport.append(space, 0, forged.item, (identity,))
        assert caught.value.code == "bad-invite"
    await stage.sync("Ann")
    stage["Ann"].hostile.tell(space, hostile.extend_with(type(forged)(0, forged.digest, forged.item, (identity,))))
    with unchanged(stage["Ann"]), proven("breaks the rules"):
        async with stage["Ann"].open() as session:
            await session.synced(space)
    await stage["Gia"].join(text)
    await let_in(stage)


async def test_g05_a_guest_is_not_led_into_a_twin_call(stage: Stage) -> None:
    text = await invited(stage)
    async with stage["Sec"].open() as session:
        twin = await open_call(session, "Freedonia in March, too")
    gia = stage["Gia"]
    gia.hostile.tell(stage.call, lambda _: stage.server.spaces[twin].places)
    with proven():
        await gia.join(text)
    assert not Profile(gia.home).exists()
    gia.hostile.be_honest()
    assert await gia.join(text) == "waiting"
    gia.hostile.tell(stage.call, lambda _: [*stage.server.spaces[twin].places] * 9)
    with proven():
        await gia.join(None)
    gia.hostile.be_honest()
    await let_in(stage)


async def test_g05_a_history_cut_short_for_a_guest_is_a_rollback(stage: Stage) -> None:
    gia = await stage.receive("Gia")
    await stage.sync("Gia")
    gia.hostile.roll_back(stage.call, stage.places - 1)
    with unchanged(gia), proven():
        await stage.sync("Gia")
    gia.hostile.be_honest()
    await stage.sync("Gia")


async def test_g06_what_a_guest_is_owed_and_not_shown_is_withheld(stage: Stage) -> None:
    gia = await stage.receive("Gia")
    await stage.put_up("Sec", "all.txt", b"all", "everyone")
    seq = stage.places - 1
    gia.hostile.tell(stage.call, hostile.stub(seq))
    with unchanged(gia), proven("withholds"):
        await stage.sync("Gia")
    gia.hostile.be_honest()
    await stage.sync("Gia")


async def test_s30_a_label_is_for_whom_its_entry_names_and_by_whom_may_alone(stage: Stage) -> None:
    """Neither a call nor a person takes on another's name by an entry about somebody else, or by a member."""
    gia = await stage.receive("Gia")
    async with stage["Ann"].open() as session:
        view = await session.synced(stage.call)
        ann, bob = member_of(view, "Ann"), member_of(view, "Bob")
        names = [MemberName(who, "Mallory", bytes(16), "M") for who in (ann, bob)]
        aliases = [Alias(ann, "River"), Alias(bob, "Sec")]
        said = captions("Another call", names, aliases=aliases)
        await enter(session, stage.call, e.Relabel([ann]), said)
    async with stage["Bob"].open() as session:
        await enter(session, stage.call, e.Relabel([bob]), captions(aliases=[Alias(ann, "Ann, really")]))
        await enter(session, stage.call, e.Rotate(), captions("Another call", names, aliases=aliases))
    for person in (stage["Cem"], gia):
        async with person.open() as session:
            view = await session.synced(stage.call)
            assert view.state.title == "Freedonia in March"
            assert view.state.for_guests(ann) == "River"
            assert view.state.for_guests(bob) == "an organisation"
    async with stage["Cem"].open() as session:
        state = (await session.view(stage.call)).state
        assert (state.name(ann), state.name(bob)) == ("Ann", "Bob")


async def test_s30_a_guest_relabels_nothing_but_their_own_alias(stage: Stage) -> None:
    gia = await stage.receive("Gia")
    async with gia.open() as session:
        done = await labels.label(session, stage.call.hex(), session.member.hex(), None, "Observer")
        assert done.for_guests == "Observer"
        view = await session.view(stage.call)
        sec = next(member.member for member in view.chain.roster.members.values() if member.role == "owner")
        with pytest.raises(RefusedError) as caught:
            await enter(session, stage.call, e.Relabel([sec]), captions(aliases=[Alias(sec, "Nobody")]))
        check_plain(caught.value, 1)
    async with stage["Ann"].open() as session:
        call = await calls.show_call(session, stage.call.hex())
        assert "Gia" in [member.name for member in call.members]


async def test_s30_an_entry_of_one_call_is_no_entry_of_another(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        other = await open_call(session, "Second call")
        view = await session.view(stage.call)
        place = forge_entry(view, session.author, e.Relabel([session.member]))
        assert place.item is not None
        with pytest.raises(RefusedError):
            await session.transport.append(other, 0, place.item)


async def test_g03_made_again_a_guest_s_invitation_keeps_the_end_of_the_stay(stage: Stage) -> None:
    until = datetime.now(UTC) + timedelta(days=3)
    async with stage["Sec"].open() as session:
        old = await invite(session, "Gia", "guest", "World body", inviting.Stay(stage.call.hex(), until))
        new = await invitations.invite_again(session, "Gia", stage.call.hex(), timedelta(days=30))
        assert new.ends == new.expires
        assert new.ends == clock.iso(int(until.timestamp() // 60) * 60)
        [first, second] = (await invitations.invitations(session, stage.call.hex())).invitations
        assert (first.state, second.state, second.role) == ("revoked", "open", "guest")
    with pytest.raises(InvitationError):
        await stage["Gia"].join(old)
    assert await stage["Gia"].join(new.invitation) == "waiting"
    await let_in(stage)
    async with stage["Gia"].open() as session:
        me = (await session.view(stage.call)).chain.roster.members[session.member]
        assert me.ends == int(until.timestamp() // 60)


async def test_a_chair_of_the_call_alone_invites_with_the_organisations_that_are_known(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        ann = member_of(await session.synced(stage.call), "Ann")
        await enter(session, stage.call, e.SetRole([e.NewRole(ann, "chair", None)]))
    async with stage["Ann"].open() as session:
        text = await invite(session, "Gia", "guest", "Harbour Watch", inviting.Stay(stage.call.hex()))
        with pytest.raises(NotFoundError) as caught:
            await invite(session, "Hal", "guest", "Unheard of", inviting.Stay(stage.call.hex()))
        check_plain(caught.value, 1)
    assert await stage["Gia"].join(text) == "waiting"
    async with stage["Ann"].open() as session:
        assert len((await admitting.admit(session, confirmed=True)).admitted) == 1
    assert await stage["Gia"].join(None) == "joined"


async def test_nobody_is_let_into_a_closed_call_which_they_would_take_for_open(stage: Stage) -> None:
    assert await stage["Gia"].join(await invited(stage)) == "waiting"
    async with stage["Sec"].open() as session:
        await calls.close_call(session, stage.call.hex())
        assert await admitting.admit(session, confirmed=True) == Admitted(admitted=[], names=[], waiting=[])
    assert await stage["Gia"].join(None) == "waiting"
