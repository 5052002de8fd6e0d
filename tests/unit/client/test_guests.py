"""A guest of a call: let in by a person, told what they must know, shown what is for everyone, and nothing else."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from securecall import entries as e
from securecall.errors import Problem
from securecall.rights import Circle
from securecall_client import clock, content
from securecall_client.acts import (
    admitting,
    calls,
    documents,
    exercises,
    inviting,
    labels,
    leaving,
    mapping,
    people,
    removing,
    roles,
    watching,
)
from securecall_client.acts.guests import UNKNOWN_KIND, usual_end
from securecall_client.acts.status import status
from securecall_client.captions import InviterLetter
from securecall_client.errors import NotFoundError, RefusedError, SecureCallError
from securecall_client.exercise_kinds import Exercise
from securecall_client.results.calls import Call
from securecall_client.session import Session
from securecall_client.work.state import Void
from securecall_keys.context import LetterContext
from securecall_keys.invitation import InvitationKeys, open_letter, read_invitation
from securecall_keys.secret import Secret
from tests.answers import answer_of
from tests.simulator.people import (
    Person,
    Stage,
    answer,
    check_plain,
    enter,
    invite,
    member_of,
    the_exercise,
    unchanged,
)

pytestmark = pytest.mark.slow

NAMES = ("Sec", "Bob", "Ann", "Cem", "Harbour Watch", "Secretariat")


async def start(stage: Stage, circle: Circle = "everyone", by: str = "Sec") -> str:
    """Start another exercise."""
    async with stage[by].open() as session:
        started = await exercises.start_exercise(session, stage.call.hex(), "who-does-what", circle)
    return started.exercise


async def shown(person: Person, call: bytes, *, guests: bool = False) -> Call:
    async with person.open() as session:
        return await calls.show_call(session, call.hex(), guests=guests)


def to_nobody(call: Call) -> Call:
    """The same, without whom it is shown to."""
    return replace(call, members=[replace(member, you=False) for member in call.members])


async def give_kinds(stage: Stage) -> None:
    """Say of what kind the organisations are."""
    kinds = {"Secretariat": "network", "Harbour Watch": "women's rights group", "World body": "UN agency"}
    async with stage["Sec"].open() as session:
        await session.writer.write(
            stage.coalition, content.Organisation(bytes(15) + b"w", "World body", "", ""), "allies"
        )
        for known in (await session.synced(stage.coalition)).state.organisations.values():
            said = content.Organisation(known.organisation, known.name, kinds[known.name], "")
            await session.writer.write(stage.coalition, said, "allies")


async def test_a_guest_joins_without_a_coalition_and_is_told_what_they_must_know(stage: Stage) -> None:
    exercise = await start(stage)
    await stage.put_up("Sec", "before.txt", b"before", "everyone")
    gia = await stage.receive("Gia")
    async with gia.open() as session:
        assert session.spaces() == [stage.call]
        call = await calls.show_call(session, stage.call.hex())
        assert (call.title, call.country, call.starts) == ("Freedonia in March", "FR", "2027-03-01T00:00:00+00:00")
        assert [line.exercise for line in (await exercises.list_exercises(session, stage.call.hex())).exercises] == [
            exercise
        ]
        assert (await documents.list_documents(session, stage.call.hex())).documents == []
        me = await people.whoami(session)
        assert (me.name, me.org, me.role) == ("Gia", "World body", "guest")
        assert [line.name for line in (await status(session)).spaces] == ["Freedonia in March"]
        assert [line.title for line in (await calls.list_calls(session)).calls] == ["Freedonia in March"]


async def test_a_guest_reads_puts_up_and_answers_what_is_for_everyone(stage: Stage) -> None:
    await start(stage)
    gia = await stage.receive("Gia")
    theirs = await stage.put_up("Sec", "for-all.txt", b"for all", "everyone")
    hers = await stage.put_up("Gia", "from-gia.txt", b"from a guest", "everyone")
    assert await gia.answer(stage.call) in ("server", "others")
    async with gia.open() as session:
        got = await documents.get_document(session, stage.call.hex(), theirs, stage.root / "got")
        assert Path(got.path).read_bytes() == b"for all"
        await mapping.map_exercise(session, stage.call.hex(), await the_exercise(session, stage.call))
    async with stage["Ann"].open() as session:
        assert {line.document for line in (await documents.list_documents(session, stage.call.hex())).documents} == {
            theirs,
            hers,
        }
        everyone = (await exercises.list_exercises(session, stage.call.hex())).exercises[1]
        [line] = (await exercises.show_exercise(session, stage.call.hex(), everyone.exercise)).answers
        assert (line.name, line.org, line.state) == ("Gia", "World body", "on time")
        assert (await session.view(stage.call)).state.void == ()


async def test_g06_no_key_and_no_bytes_of_anything_else_reach_a_guest(stage: Stage) -> None:
    await stage.play()
    await start(stage)
    await stage.put_up("Sec", "before.txt", b"before", "everyone")
    gia = await stage.receive("Gia")
    await stage.put_up("Ann", "secret.txt", b"for allies", "allies")
    await stage.sync("Gia", "Sec")
    async with gia.open(offline=True) as session, stage["Sec"].open(offline=True) as other:
        view, whole = await session.view(stage.call), await other.view(stage.call)
        came = view.chain.roster.members[session.member].since
        assert {keys.epoch for keys in view.ring.epochs()} == set(range(came, view.chain.epoch + 1))
        assert all(keys.seed is None for keys in view.ring.epochs())
        start_of_stay = view.chain.starts[came]
        here = {step.seq for step in view.steps if step.body is not None and step.kind != 0}
        may = {step.seq for step in whole.steps if step.kind == 1 and step.seq > start_of_stay}
        assert here == may
        assert set(view.chain.absent) == {step.seq for step in whole.steps if step.kind != 0} - may
        assert view.state.names == {}
        assert view.state.void == ()


async def test_g06_a_guest_sees_others_by_alias_or_kind_of_organisation_alone(stage: Stage) -> None:
    await give_kinds(stage)
    async with stage["Ann"].open() as session:
        await labels.label(session, stage.call.hex(), "Ann", None, "River")
    gia = await stage.receive("Gia")
    call = await shown(gia, stage.call)
    called = sorted(member.name for member in call.members)
    assert called == ["River", "UN agency", "network", "women's rights group", "women's rights group"]
    assert {member.org for member in call.members} == {""}
    async with stage["Cem"].open() as session:
        await labels.label(session, stage.call.hex(), "Cem", None, "Delta")
    await stage.welcome("Dan")
    async with stage["Sec"].open() as session:
        await calls.invite_to_call(session, stage.call.hex(), ["Dan"])
    call = await shown(gia, stage.call)
    called = sorted(member.name for member in call.members)
    assert called == ["Delta", "River", "UN agency", "network", "women's rights group", "women's rights group"]


async def test_an_alias_given_before_a_guest_came_back_is_the_newest(stage: Stage) -> None:
    async with stage["Ann"].open() as session:
        await labels.label(session, stage.call.hex(), "Ann", None, "River")
    for name in ("Gia", "Hal"):
        await stage.receive(name)
        async with stage["Ann"].open() as session:
            await labels.label(session, stage.call.hex(), "Ann", None, f"Seen by {name}")
        assert f"Seen by {name}" in [member.name for member in (await shown(stage[name], stage.call)).members]
    assert "Seen by Hal" in [member.name for member in (await shown(stage["Gia"], stage.call)).members]


async def test_g06_nothing_that_a_guest_is_shown_or_sent_holds_a_name(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        text = await invite(session, "Gia", "guest", "World body", inviting.Stay(stage.call.hex()))
        view = await session.view(stage.call)
        told = read_invitation(text)
        keys = InvitationKeys(told.space, Secret(told.secret))
        [invitee] = [
            invitee
            for step in view.steps
            if isinstance(step.body, e.Entry) and isinstance(step.body.body.change, e.Invite)
            for invitee in step.body.body.change.invitees
        ]
    context = LetterContext("inviter", told.space, keys.public)
    letter = open_letter(keys.letter_key, context, invitee.letter)
    assert UNKNOWN_KIND.encode() in letter
    assert not any(name.encode() in letter for name in NAMES)
    assert InviterLetter.__struct_fields__ == ("title", "admitters", "label", "org")


async def test_as_guest_shows_what_the_guest_s_own_screen_shows(stage: Stage) -> None:
    await start(stage)
    await stage.put_up("Sec", "before.txt", b"before", "everyone")
    await stage.put_up("Sec", "allies.txt", b"for allies", "allies")
    told = await shown(stage["Ann"], stage.call, guests=True)
    assert any("no guest" in line for line in stage["Ann"].say.lines)
    gia = await stage.receive("Gia")
    first = await shown(gia, stage.call)
    assert (told.title, told.starts, told.documents, told.exercises) == (
        first.title,
        first.starts,
        first.documents,
        first.exercises,
    )
    assert first.documents == []
    assert len(first.exercises) == 1
    await stage.put_up("Sec", "after.txt", b"after", "everyone")
    await stage.put_up("Gia", "hers.txt", b"hers", "everyone")
    hers, anns = await shown(gia, stage.call), await shown(stage["Ann"], stage.call, guests=True)
    assert to_nobody(anns) == to_nobody(hers)
    assert [member.role for member in hers.members if member.you] == ["guest"]
    assert [member.role for member in anns.members if member.you] == ["member"]
    whole = await shown(stage["Ann"], stage.call)
    assert {"before.txt", "allies.txt", "after.txt", "hers.txt"} == set(whole.documents)
    assert "Ann" in [member.name for member in whole.members]


async def test_a_second_guest_is_told_again_and_the_first_is_not_told_twice(stage: Stage) -> None:
    exercise = await start(stage)
    for name in ("Gia", "Hal"):
        guest = await stage.receive(name)
        assert await guest.answer(stage.call) in ("server", "others")
    async with stage["Ann"].open() as session:
        given = await exercises.show_exercise(session, stage.call.hex(), exercise)
        assert sorted(line.name for line in given.answers) == ["Gia", "Hal"]
        assert (await session.view(stage.call)).state.void == ()
    for name in ("Gia", "Hal"):
        async with stage[name].open() as session:
            assert len((await exercises.list_exercises(session, stage.call.hex())).exercises) == 1
            assert (await session.view(stage.call)).state.void == ()
    places = stage.places
    async with stage["Sec"].open() as session:
        await admitting.admit(session, confirmed=True)
    assert stage.places == places


async def test_what_was_not_said_again_since_the_line_was_lost_is_at_the_next_admit(stage: Stage) -> None:
    exercise = await start(stage)
    async with stage["Sec"].open() as session:
        text = await invite(session, "Gia", "guest", "World body", inviting.Stay(stage.call.hex()))
    await stage["Gia"].join(text)
    sec = stage["Sec"]

    async def admitted() -> None:
        sec.hostile.lose(2, "request")

    sec.hostile.meanwhile["append"] = admitted
    async with sec.open() as session:
        try:
            await admitting.admit(session, confirmed=True)
        except SecureCallError as error:
            check_plain(error)
    sec.hostile.be_honest()
    async with sec.open() as session:
        try:
            await admitting.admit(session, confirmed=True)
        except SecureCallError as error:
            check_plain(error)
    assert await stage["Gia"].join(None) == "joined"
    async with stage["Gia"].open() as session:
        found = (await exercises.list_exercises(session, stage.call.hex())).exercises
        assert [line.exercise for line in found] == [exercise]


Again = Callable[[content.CallInfo, Exercise, int, int], content.Again]
LIES: dict[str, Again] = {
    "another link": lambda call, _, at, __: content.Again(at, content.CallInfo(call.title, "FR", 0, "", "http://evil")),
    "another question": lambda _, ex, __, at: content.Again(at, Exercise(ex.exercise, ex.template + "\n")),
    "another place": lambda _, ex, __, at: content.Again(at - 1, ex),
    "a new exercise": lambda _, ex, __, at: content.Again(at, Exercise(bytes(16), ex.template)),
    "one for allies": lambda _, ex, __, at: content.Again(at, ex),
}


@pytest.mark.parametrize("name", LIES)
async def test_s30_what_is_said_again_otherwise_is_void_for_whoever_reads_the_first(name: str, stage: Stage) -> None:
    await start(stage)
    async with stage["Bob"].open() as session:
        view = await session.synced(stage.call)
        wanted = "allies" if name == "one for allies" else "everyone"
        [(origin, exercise)] = [pair for pair in view.state.exercises.values() if pair[0].circle == wanted]
        assert view.state.call is not None
        assert isinstance(exercise, Exercise)
        lie = LIES[name](view.state.call, exercise, view.state.call_at, origin.seq)
        await session.writer.write(stage.call, lie, "everyone")
    async with stage["Ann"].open() as session:
        state = (await session.synced(stage.call)).state
        [void] = state.void
        assert isinstance(void, Void)
        assert len(state.exercises) == 2
        assert state.call is not None
        assert state.call.link == ""


Act = Callable[[Session, str], Awaitable[object]]
ROWS: dict[str, Act] = {
    "start an exercise": lambda s, c: exercises.start_exercise(s, c, "who-does-what", "everyone"),
    "let people in": lambda s, c: calls.invite_to_call(s, c, ["Dan"]),
    "close": calls.close_call,
    "rotate": calls.rotate_call,
    "call the roll": lambda s, c: calls.code(s, c, roll_call=True),
    "put up for allies": lambda s, c: documents.add_documents(s, c, [s.settings.home.parent / "paper.txt"], "allies"),
    "open a call": lambda s, _: calls.open_call(
        s, title="Mine", country="FR", starts=datetime(2027, 1, 1, tzinfo=UTC), civic_space="", link=""
    ),
    "invite into the coalition": lambda s, _: invite(s, "Eve"),
    "invite into the call": lambda s, c: invite(s, "Eve", "guest", "O", inviting.Stay(c)),
    "admit": lambda s, _: admitting.admit(s, confirmed=True),
    "list the coalition": lambda s, _: people.members(s),
    "relabel somebody": lambda s, c: labels.label(s, c, _of(s, "owner"), None, "Me"),
    "set one's own name": lambda s, c: labels.label(s, c, s.member.hex(), "Sec", None),
    "give a role": lambda s, c: roles.give_role(s, c, s.member.hex(), "owner", None),
    "remove somebody": lambda s, c: removing.remove_from_call(s, c, [_of(s, "owner")]),
    "answer for allies": lambda s, c: exercises.answer_exercise(s, c, "who-does-what", answer_of()),
}


def _of(session: Session, role: str) -> str:
    [view] = session._spaces.at_hand()
    return next(member.member.hex() for member in view.chain.roster.members.values() if member.role == role)


@pytest.mark.parametrize("name", ROWS)
async def test_g06_what_a_guest_may_not_is_refused_and_changes_nothing(name: str, stage: Stage) -> None:
    gia = await stage.receive("Gia")
    await stage.sync("Gia")
    (stage.root / "paper.txt").write_bytes(b"paper")
    places = {space: len(held.places) for space, held in stage.server.spaces.items()}
    with unchanged(gia):
        async with gia.open() as session:
            await calls.show_call(session, stage.call.hex())
            with pytest.raises((RefusedError, NotFoundError)) as caught:
                await ROWS[name](session, stage.call.hex())
            check_plain(caught.value, 1)
            assert "server refused" not in str(caught.value)
    assert places == {space: len(held.places) for space, held in stage.server.spaces.items()}


async def test_only_a_person_lets_a_guest_in(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        text = await invite(session, "Gia", "guest", "World body", inviting.Stay(stage.call.hex()))
    await stage["Gia"].join(text)
    async with stage["Sec"].open() as session:
        unattended = await admitting.admit(session, confirmed=False)
        assert unattended.admitted == []
        [waiting] = unattended.waiting
        assert (waiting.name, waiting.role, waiting.into) == ("Gia", "guest", "Freedonia in March")
        assert len((await admitting.admit(session, confirmed=True)).admitted) == 1


async def test_somebody_from_outside_comes_as_a_member_too_and_reads_back_to_the_beginning(stage: Stage) -> None:
    await stage.play()
    dora = await stage.receive("Dora", "member")
    assert await dora.answers(stage.call) == ["legal aid", "monitoring"]
    async with dora.open() as session:
        assert session.spaces() == [stage.call]
        with pytest.raises(RefusedError):
            await people.members(session)


async def test_a_stay_ends_with_the_day_after_the_call_unless_said_otherwise(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        view = await session.synced(stage.call)
        last = datetime.fromtimestamp(usual_end(view) * 60).astimezone()
        begins = datetime(2027, 3, 1, tzinfo=UTC).astimezone().date()
        assert (last.date() - begins, last.hour, last.minute) == (timedelta(days=1), 23, 59)
        made = await inviting.invite(
            session, role="guest", org="O", label="G", expires=timedelta(days=7), stay=inviting.Stay(stage.call.hex())
        )
        assert made.ends == clock.iso(usual_end(view) * 60)
        until = datetime.now(UTC) + timedelta(hours=2)
        short = await inviting.invite(
            session,
            role="guest",
            org="O",
            label="G",
            expires=timedelta(days=7),
            stay=inviting.Stay(stage.call.hex(), until),
        )
        assert short.ends == short.expires
        past = inviting.Stay(stage.call.hex(), datetime.now(UTC) - timedelta(minutes=2))
        with pytest.raises(RefusedError) as caught:
            await invite(session, "G", "guest", "O", past)
        check_plain(caught.value, 1)
    gia = await stage.receive("Gia", until=until)
    async with gia.open() as session:
        me = (await session.view(stage.call)).chain.roster.members[session.member]
        assert me.ends == int(until.timestamp() // 60)


async def test_an_invitation_that_is_refused_leaves_no_organisation_behind(stage: Stage) -> None:
    async with stage["Ann"].open() as session:
        await session.sync_all()
    places = {space: len(held.places) for space, held in stage.server.spaces.items()}
    async with stage["Ann"].open() as session:
        for stay in (None, inviting.Stay(stage.call.hex())):
            with pytest.raises(RefusedError) as caught:
                await invite(session, "Eve", "member", "A new one", stay)
            check_plain(caught.value, 1)
    assert places == {space: len(held.places) for space, held in stage.server.spaces.items()}


async def test_g06_a_guest_who_meets_a_key_that_is_due_is_told_so_and_makes_none(stage: Stage) -> None:
    gia = await stage.receive("Gia")
    async with stage["Cem"].open() as session:
        await leaving.leave(session, stage.call.hex())
    places = stage.places
    async with gia.open() as session:
        with pytest.raises(RefusedError) as caught:
            await enter(session, stage.call, e.Relabel([session.member]))
    check_plain(caught.value, 1)
    assert caught.value.code == Problem.ROTATION_DUE
    assert stage.places == places


async def test_a_guest_watches(stage: Stage) -> None:
    gia = await stage.receive("Gia")
    async with gia.open() as session:
        events = watching.watch(session, stage.call.hex())
        assert (await anext(events))["event"] == "started"
        await events.aclose()


async def test_g06_who_is_lowered_to_guest_goes_on_as_one_and_raised_reads_all(stage: Stage) -> None:
    exercise = await start(stage)
    async with stage["Sec"].open() as session:
        lowered = await roles.give_role(session, stage.call.hex(), "Cem", "guest", None)
        assert lowered.ends is not None
    await stage.put_up("Ann", "allies.txt", b"allies", "allies")
    async with stage["Cem"].open() as session:
        assert (await documents.list_documents(session, stage.call.hex())).documents == []
        await answer_everyone(session, stage.call, exercise)
    async with stage["Sec"].open() as session:
        raised = await roles.give_role(session, stage.call.hex(), "Cem", "member", None)
        assert (raised.role, raised.ends) == ("member", None)
    async with stage["Cem"].open() as session:
        [line] = (await documents.list_documents(session, stage.call.hex())).documents
        assert line.name == "allies.txt"
        assert (await session.view(stage.call)).state.void == ()


async def answer_everyone(session: Session, call: bytes, exercise: str) -> None:
    given = await exercises.answer_exercise(session, call.hex(), exercise, answer_of())
    assert given.saved in ("server", "others")


async def test_a_receipt_counts_what_the_guest_could_read_and_no_more(stage: Stage) -> None:
    await stage.put_up("Sec", "before.txt", b"before", "everyone")
    await stage.receive("Gia")
    await stage.put_up("Sec", "allies.txt", b"allies", "allies")
    await stage.put_up("Sec", "all.txt", b"all", "everyone")
    await stage["Ann"].answer(stage.call)
    async with stage["Sec"].open() as session:
        removed = await removing.remove_from_call(session, stage.call.hex(), ["Gia"])
        assert (removed.receipt.documents, removed.receipt.answers) == (1, 0)


async def test_a_guest_leaves(stage: Stage) -> None:
    gia = await stage.receive("Gia")
    await stage.put_up("Sec", "all.txt", b"all", "everyone")
    async with gia.open() as session:
        parting = await leaving.leave(session, None)
        assert [(part.name, part.state) for part in parting.spaces] == [("Freedonia in March", "done")]
        assert parting.receipt.documents == 1
    await stage.sync("Ann")
    async with gia.open() as session:
        with pytest.raises(RefusedError) as caught:
            await people.whoami(session)
        check_plain(caught.value, 1)
        assert await session.replica.grants(stage.call) == {}


async def test_labels_are_set_by_those_who_may_and_cannot_be_taken_for_another_s(stage: Stage) -> None:
    call = stage.call.hex()
    async with stage["Sec"].open() as session:
        done = await labels.label(session, call, "Cem", "Cem (focal point)", "Focal point")
        assert (done.name, done.for_guests) == ("Cem (focal point)", "Focal point")
    async with stage["Ann"].open() as session:
        for who, name, alias in (("Bob", None, "X"), ("Ann", "Boss", None), ("Ann", None, "Sec")):
            with pytest.raises(RefusedError) as caught:
                await labels.label(session, call, who, name, alias)
            check_plain(caught.value, 1)
        done = await labels.label(session, call, "Ann", "Ann", "River")
        assert (done.name, done.for_guests) == ("Ann", "River")
        assert member_of(await session.view(stage.call), "Cem (focal point)")


IMPOSSIBLE = [
    ("Bob", "Ann", "guest"),
    ("Ann", "Ann", "owner"),
    ("Sec", "Ann", "member"),
    ("Sec", "Sec", "guest"),
    ("Sec", "Sec", "member"),
]


@pytest.mark.parametrize(("by", "who", "role"), IMPOSSIBLE)
async def test_a_role_that_cannot_be_given_is_refused_in_words(by: str, who: str, role: str, stage: Stage) -> None:
    async with stage[by].open() as session:
        epoch = (await session.synced(stage.call)).chain.epoch
        with pytest.raises(RefusedError) as caught:
            await roles.give_role(session, stage.call.hex(), who, role, None)  # type: ignore[arg-type]  # a role's name
        check_plain(caught.value, 1)
        assert (await session.synced(stage.call)).chain.epoch == epoch


async def test_answers_of_others_are_shown_by_alias(stage: Stage) -> None:
    await start(stage)
    gia = await stage.receive("Gia")
    async with gia.open() as session, stage["Ann"].open() as other:
        exercise = await the_exercise(session, stage.call)
        await exercises.answer_exercise(other, stage.call.hex(), exercise, answer_of())
        [line] = (await exercises.show_exercise(session, stage.call.hex(), exercise)).answers
        assert (line.name, line.org) == (UNKNOWN_KIND, "")
        assert await answer(session, stage.call) in ("server", "others")
