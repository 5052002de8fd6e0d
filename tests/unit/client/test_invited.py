"""Invitations that were mangled, used, changed or stolen, and newcomers who are led astray."""

from collections.abc import Callable

import pytest

from securecall import entries as e
from securecall.identity import begin
from securecall.wire import encode
from securecall_client import clock, content
from securecall_client.acts import admitting, invitations
from securecall_client.captions import InviterLetter
from securecall_client.errors import InvitationError, ProfileError, ProofError, RefusedError
from securecall_client.profile import Profile
from securecall_client.transport import Join
from securecall_keys.context import LetterContext
from securecall_keys.device import DeviceKeys
from securecall_keys.invitation import (
    InvitationKeys,
    InvitationText,
    fresh_invitation,
    read_invitation,
    seal_letter,
    to_text,
)
from securecall_keys.secret import Secret
from tests.simulator import hostile
from tests.simulator.forging import forge_entry
from tests.simulator.people import ADDRESS, Person, Stage, check_plain, enter, invite, member_of, proven, unchanged


async def invited(stage: Stage, name: str = "Dora") -> str:
    """An invitation for somebody."""
    async with stage["Sec"].open() as session:
        return await invite(session, name)


async def let_in(stage: Stage, name: str = "Dora") -> None:
    """The honest end of a join."""
    async with stage["Sec"].open() as session:
        assert len((await admitting.admit(session, confirmed=True)).admitted) == 1
    assert await stage[name].join(None) == "joined"


def nothing_there(person: Person) -> bool:
    return not Profile(person.home).exists()


MANGLED: dict[str, Callable[[str], str]] = {
    "a slip": lambda text: text[:20] + ("a" if text[20] != "a" else "b") + text[21:],
    "cut": lambda text: text[:-9],
    "empty": lambda _: "",
    "a strange letter": lambda text: text[:20] + "!" + text[21:],
    "twice": lambda text: text + text,
    "not one": lambda _: "harbour violin seventeen moss",
}


@pytest.mark.parametrize("name", MANGLED)
async def test_a_mangled_invitation_is_told_before_anything_is_asked(name: str, stage: Stage) -> None:
    text, dora = await invited(stage), stage["Dora"]
    with pytest.raises(InvitationError) as caught:
        await dora.join(MANGLED[name](text))
    assert caught.value.exit_code == 1
    assert dora.hostile.requests == []
    assert nothing_there(dora)
    assert await dora.join(text) == "waiting"


async def test_g03_an_expired_invitation_is_refused_at_both_ends(stage: Stage) -> None:
    secret = fresh_invitation()
    keys = InvitationKeys(stage.coalition, secret)
    async with stage["Sec"].open() as session:
        letter = encode(InviterLetter("T", [], "Dora", "O"))
        box = seal_letter(keys.letter_key, LetterContext("inviter", stage.coalition, keys.public), letter)
        change = e.Invite([e.Invitee(keys.public, "member", clock.minute() - 5, box)])
        view = await enter(session, stage.coalition, change)
        text = to_text(InvitationText(ADDRESS, stage.coalition, view.chain.seen(), secret.expose()))
    with pytest.raises(InvitationError) as caught:
        await stage["Dora"].join(text)
    assert caught.value.code == "invitation-expired"
    check_plain(caught.value)
    assert nothing_there(stage["Dora"])


async def test_g03_a_clock_a_year_wrong_acts_on_no_expiry(stage: Stage) -> None:
    """Where the two clocks disagree nobody can say what has ended: a person is asked, nothing is thrown away."""
    stage.server.ahead = 365 * 24 * 3600 * 1000
    text = await invited(stage)
    assert await stage["Dora"].join(text) == "waiting"
    async with stage["Sec"].open() as session:
        assert len((await admitting.admit(session, confirmed=True)).admitted) == 1
        assert not session.line.clock_is_trusted(await session.view(stage.coalition))
    assert any("clock" in line for line in stage["Sec"].say.lines)
    assert await stage["Dora"].join(None) == "joined"


async def test_g03_a_server_whose_clock_is_wrong_lets_nobody_in_late_without_a_person_s_word(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = await invited(stage)
    assert await stage["Dora"].join(text) == "waiting"
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + 30 * 24 * 3600)
    async with stage["Sec"].open() as session:
        unasked = await admitting.admit(session, confirmed=False)
        assert unasked.admitted == []
        assert ["ended" in waiting.why for waiting in unasked.waiting] == [True]
        assert len((await admitting.admit(session, confirmed=True)).admitted) == 1


async def test_g03_a_used_invitation_is_refused(stage: Stage) -> None:
    text = await invited(stage)
    assert await stage["Dora"].join(text) == "waiting"
    await let_in(stage)
    with pytest.raises(InvitationError) as caught:
        await stage["Eve"].join(text)
    check_plain(caught.value)
    assert nothing_there(stage["Eve"])


@pytest.mark.parametrize("role", ["member", "chair"])
async def test_g02_g04_a_join_request_is_good_for_its_joiner_and_role_alone(role: str, stage: Stage) -> None:
    """Bob, a chair, and the server have seen Dora's request; neither can use it for anything else."""
    text = await invited(stage)
    keys = InvitationKeys(stage.coalition, Secret(read_invitation(text).secret))
    await stage["Dora"].join(text)
    [asked] = stage.server.spaces[stage.coalition].joins.values()
    mallory = DeviceKeys.generate()
    identity = mallory.begin_identity(1)
    mine = begin(identity)
    async with stage["Bob"].open() as session:
        view = await session.synced(stage.coalition)
        request = asked.request if role == "member" else keys.join("chair", mine.member, mine.head)
        admission = e.Admission(mine.member, mine.head, [], "member", None, e.Joining(request))
        place = forge_entry(view, session.author, e.Admit([admission]))
        assert place.item is not None
        with pytest.raises(RefusedError) as caught:
            await session.transport.append(stage.coalition, 0, place.item, (identity,))
        assert caught.value.code == "bad-invite"
    await stage.sync("Cem")
    stage["Cem"].hostile.tell(
        stage.coalition, hostile.extend_with(type(place)(0, place.digest, place.item, (identity,)))
    )
    with unchanged(stage["Cem"]), proven("breaks the rules"):
        await stage.sync("Cem")
    await let_in(stage)


async def test_g03_a_join_request_serves_once(stage: Stage) -> None:
    text, sec = await invited(stage), stage["Sec"]
    await stage["Dora"].join(text)
    waiting: list[Join] = []

    def keep(joins: list[Join]) -> list[Join]:
        waiting.extend(joins)
        return joins

    sec.hostile.change_joins(keep)
    await let_in(stage)
    async with sec.open() as session:
        dora = member_of(await session.synced(stage.coalition), "Dora")
        await enter(session, stage.coalition, e.Remove([dora]))
    sec.hostile.change_joins(lambda _: waiting)
    with unchanged(sec):
        async with sec.open() as session:
            assert (await admitting.admit(session, confirmed=True)).admitted == []


async def test_s16_a_join_request_or_letter_with_one_bit_changed_lets_nobody_in(stage: Stage) -> None:
    text, sec = await invited(stage), stage["Sec"]
    await stage["Dora"].join(text)
    await stage.sync("Sec")
    with unchanged(sec):
        async with sec.open() as session:
            for at in range(0, 280, 31):
                sec.hostile.change_joins(spoil(at, 0))
                assert (await admitting.admit(session, confirmed=True)).admitted == []
                sec.hostile.change_joins(spoil(0, at))
                assert (await admitting.admit(session, confirmed=True)).admitted == []
    sec.hostile.be_honest()
    await let_in(stage)


def spoil(request: int, letter: int) -> Callable[[list[Join]], list[Join]]:
    """Turn over a bit of the requests, or of the letters, at that byte (0: leave them)."""

    def lie(joins: list[Join]) -> list[Join]:
        return [
            Join(
                hostile.flipped(join.request, request) if not letter else join.request,
                hostile.flipped(join.letter, letter) if letter else join.letter,
                join.identity,
            )
            for join in joins
        ]

    return lie


async def test_g05_a_newcomer_is_not_led_into_a_twin(stage: Stage) -> None:
    text, dora = await invited(stage), stage["Dora"]
    other = Stage(stage.root / "twin", type(stage.server)("server"))
    other.coalition = await other["Sec"].found(other.setup)
    await other.welcome("Bob")
    twin = other.server.spaces[other.coalition].places
    dora.hostile.tell(stage.coalition, lambda _: twin)
    with proven():
        await dora.join(text)
    assert nothing_there(dora)
    dora.hostile.be_honest()
    assert await dora.join(text) == "waiting"
    await let_in(stage)


async def test_g05_a_prefix_that_lies_is_refused(stage: Stage) -> None:
    text, dora = await invited(stage), stage["Dora"]
    last = read_invitation(text).at.seq
    for tale in (hostile.delete, hostile.swap, hostile.duplicate):
        for seq in range(last):
            dora.hostile.tell(stage.coalition, tale(seq))
            with proven():
                await dora.join(text)
            assert nothing_there(dora)
    dora.hostile.roll_back(stage.coalition, last)
    with proven():
        await dora.join(text)
    dora.hostile.be_honest()
    assert await dora.join(text) == "waiting"
    await let_in(stage)


async def test_g05_s08_another_history_up_to_the_invitation_is_refused(stage: Stage) -> None:
    """The same coalition, true by all rules, but not the one in which the invitation was made."""
    fork = stage["Ann"].hostile.fork()
    text, dora = await invited(stage), stage["Dora"]
    places = fork.spaces[stage.coalition].places
    async with stage["Ann"].open() as session:
        while len(places) <= read_invitation(text).at.seq:
            await session.writer.write(stage.coalition, content.Empty(asks=False), "allies")
    dora.hostile.tell(stage.coalition, lambda _: places)
    with proven("another space"):
        await dora.join(text)
    assert nothing_there(dora)


async def test_g05_a_server_with_another_key_is_refused(stage: Stage) -> None:
    text, dora = await invited(stage), stage["Dora"]
    dora.hostile.server = stage.server.copy("impostor")
    with proven("server"):
        await dora.join(text)
    assert nothing_there(dora)
    dora.hostile.server = stage.server
    assert await dora.join(text) == "waiting"
    dora.hostile.server = stage.server.copy("impostor")
    sent = len(dora.hostile.sent)
    with unchanged(dora), pytest.raises(ProofError):
        await dora.join(None)
    assert len(dora.hostile.sent) == sent
    dora.hostile.server = stage.server
    await let_in(stage)


async def test_g05_n01_a_server_that_passes_on_what_the_true_one_signed_is_refused(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers with a key of its own and stands between; the space names another."""
    text, dora = await invited(stage), stage["Dora"]
    between = stage.server.copy("between")
    monkeypatch.setattr(between, "statement", stage.server.statement)
    dora.hostile.server = between
    with proven("not the server"):
        await dora.join(text)
    assert nothing_there(dora)
    assert "open_member" not in dora.hostile.requests


async def test_g03_a_revoked_invitation_is_refused_even_where_the_server_lets_it_in(stage: Stage) -> None:
    text, dora = await invited(stage), stage["Dora"]
    before = stage.server.copy()
    async with stage["Sec"].open() as session:
        await invitations.revoke_invitation(session, "Dora", None)
    dora.hostile.server = before
    dora.hostile.tell(stage.coalition, lambda _: stage.server.spaces[stage.coalition].places)
    with pytest.raises(InvitationError, match="used or revoked") as caught:
        await dora.join(text)
    check_plain(caught.value, 1)
    assert nothing_there(dora)
    assert "open_member" not in dora.hostile.requests


async def test_a_profile_that_is_there_asks_nothing_and_goes_on_being_what_it_is(stage: Stage) -> None:
    text, ann = await invited(stage), stage["Ann"]
    ann.hostile.requests.clear()
    with unchanged(ann):
        for invitation in (text, None):
            with pytest.raises(ProfileError) as caught:
                await ann.join(invitation)
            check_plain(caught.value, 1)
    assert ann.hostile.requests == []


async def test_g05_a_member_meets_a_server_with_another_key(stage: Stage) -> None:
    await stage.sync("Ann")
    ann = stage["Ann"]
    ann.hostile.server = stage.server.copy("impostor")
    sent = len(ann.hostile.sent)
    with unchanged(ann), proven("server"):
        await stage.sync("Ann")
    assert len(ann.hostile.sent) == sent
    ann.hostile.server = stage.server
    await stage.sync("Ann")


async def test_an_admitting_client_that_is_raced_lets_everybody_in_once(stage: Stage) -> None:
    text = await invited(stage)
    await stage["Dora"].join(text)

    async def first() -> None:
        async with stage["Bob"].open() as session:
            await admitting.admit(session, confirmed=True)

    stage["Sec"].hostile.meanwhile["append"] = first
    async with stage["Sec"].open() as session:
        try:
            result = await admitting.admit(session, confirmed=True)
            assert result.admitted == []
        except RefusedError as error:
            check_plain(error)
    assert await stage["Dora"].join(None) == "joined"
