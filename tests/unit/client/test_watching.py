"""Who is there, who writes and who confirms, as people watch a call (S08, S09, S32, R04)."""

import os

import msgspec
import pytest

from securecall import entries as e
from securecall.beats import BeatHeader
from securecall_client import clock
from securecall_client.acts import calls, status
from securecall_client.acts.removing import remove_from_call
from securecall_client.acts.taking_part import participation
from securecall_client.confirming import is_unconfirmed, saved
from securecall_client.drafts import Place
from securecall_client.errors import ProofError
from securecall_client.refusals import refused
from securecall_client.session import Session
from securecall_client.transport import Hint
from securecall_keys.beats import BeatText, seal_beat
from tests.simulator.people import Person, Stage, answer, enter, member_of, proven
from tests.simulator.watchers import PRESENCE, Hand, Watcher, sent_beats, watching

pytestmark = pytest.mark.slow

MEET = 60
"""Seconds after which two who watch have answered each other; a first beat may come before the other listens."""
AWAY = 80
"""Seconds after which silence is absence: two paces and a half, and a little."""


@pytest.fixture
def hand() -> Hand:
    return Hand()


async def alarms(session: Session) -> list[str]:
    return [line.grade for line in await session.alarms.listing()]


async def test_people_who_watch_see_each_other_come_and_go(stage: Stage, hand: Hand) -> None:
    async with watching(stage, hand, "Ann", "Bob") as (ann, bob):
        await hand.turn(MEET)
        assert ann.told(*PRESENCE) == [("present", "Bob"), ("confirmed", None)]
        assert bob.told(*PRESENCE) == [("present", "Ann"), ("confirmed", None)]
        await bob.stop()
        await hand.turn(60)
        assert ann.told(*PRESENCE) == [], "a beat or two may be lost"
        await hand.turn(AWAY - 60)
        assert ann.told(*PRESENCE) == [("away", "Bob"), ("unconfirmed", None)]
        assert await alarms(ann.session) == [], "silence is no proof of anything"


async def test_s32_whoever_types_an_answer_in_another_program_is_writing(stage: Stage, hand: Hand) -> None:
    async with watching(stage, hand, "Ann", "Bob") as (ann, bob):
        await hand.turn(MEET)
        ann.told()
        view = await ann.session.view(stage.call)
        [exercise] = view.state.exercises
        bob.session.drafts.save(Place(stage.call, exercise), "{}")
        await hand.turn(30)
        assert ann.told(*PRESENCE) == [("writing", "Bob")]
        answered, writing, waiting = participation(ann.session, view, "allies", exercise)
        assert [person.name for person in writing] == ["Bob"]
        assert (answered, len(waiting)) == ([], 4)
        [draft] = (stage["Bob"].home / "drafts").iterdir()
        os.utime(draft, (0, 0))
        await hand.turn(30)
        assert ann.told(*PRESENCE) == [("not_writing", "Bob")]
        assert participation(ann.session, view, "allies", exercise)[1] == []
        assert len({len(beat) for beat in sent_beats(stage["Bob"])}) == 1


async def test_s32_who_writes_is_shown_and_neither_size_nor_pace_tells_it(stage: Stage, hand: Hand) -> None:
    async with watching(stage, hand, "Ann", "Bob") as (ann, bob):
        await hand.turn(MEET)
        ann.told()
        bob.beating.writing = True
        await hand.turn(30)
        assert ann.told(*PRESENCE) == [("writing", "Bob")]
        bob.beating.writing = False
        await hand.turn(30)
        assert ann.told(*PRESENCE) == [("not_writing", "Bob")]
        bob.beating.here = False
        await hand.turn(30)
        assert ann.told(*PRESENCE) == [("away", "Bob")]
        mine, theirs = sent_beats(stage["Ann"]), sent_beats(stage["Bob"])
        assert len(mine) == len(theirs) == 6
        assert {len(beat) for beat in (*mine, *theirs)} == {512}
        assert len(set(theirs)) == 6


async def test_no_beats_where_there_is_nothing_open_to_watch(stage: Stage, hand: Hand) -> None:
    async with watching(stage, hand, "Ann") as (ann,):
        async with stage["Sec"].open() as sec:
            await calls.close_call(sec, stage.call.hex())
        await hand.settle()
        assert ("closed", None) in ann.told("closed")
        await hand.turn(120)
        assert len(sent_beats(stage["Ann"])) == 1
    assert sent_beats(stage["Sec"]) == [], "other commands make none"


async def test_no_beats_while_a_rotation_is_due(stage: Stage, hand: Hand) -> None:
    async with watching(stage, hand, "Ann", "Bob") as (ann, _):
        for name in ("Ann", "Bob"):
            stage[name].hostile.refuse("append", refused("busy"))
        async with stage["Cem"].open() as cem:
            await enter(cem, stage.call, e.Leave())
        await hand.turn(60)
        assert len(sent_beats(stage["Ann"])) == len(sent_beats(stage["Bob"])) == 1
        async with stage["Sec"].open() as sec:
            await calls.rotate_call(sec, stage.call.hex())
        await hand.turn(90)
        assert len(sent_beats(stage["Ann"])) >= 2
        assert ("present", "Bob") in ann.told("present")


async def test_s10_who_watches_makes_a_rotation_that_is_due_and_one_of_them_is_enough(stage: Stage, hand: Hand) -> None:
    async with watching(stage, hand, "Ann", "Bob") as (ann, _):
        async with stage["Cem"].open() as cem:
            await enter(cem, stage.call, e.Leave())
        await hand.turn(60)
        chain = stage.server.spaces[stage.call].chain
        assert (chain.epoch, chain.roster.due) == (1, False)
        assert await answer(ann.session, stage.call) == "server"


async def test_a_beat_confirms_and_others_have_what_it_has_seen(stage: Stage, hand: Hand) -> None:
    async with watching(stage, hand, "Ann", "Bob") as (ann, _):
        assert await answer(ann.session, stage.call) == "server"
        await hand.turn(MEET)
        view = await ann.session.view(stage.call)
        [record] = [name for author, name in view.chain.ids if author == ann.session.member]
        assert saved(view, ann.session.member, record) == "others"
    async with stage["Ann"].open() as session:
        [line] = [line for line in (await status.status(session)).spaces if line.kind == "call"]
        [bob] = [one for one in line.confirmed_by if one.name == "Bob"]
        assert (bob.seq, bob.confirmed) == (line.seq, line.confirmed)
        assert line.others == 3
        view = await session.view(stage.call)
        assert saved(view, session.member, record) == "others", "it is kept for the next program"


async def test_s09_who_watches_together_after_days_need_not_wait(
    stage: Stage, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 2 * 24 * 3600)
    async with watching(stage, hand, "Ann", "Bob") as (ann, _):
        assert is_unconfirmed(await ann.session.view(stage.call), ann.session.member)
        await hand.turn(MEET)
        assert not is_unconfirmed(await ann.session.view(stage.call), ann.session.member)
        assert await answer(ann.session, stage.call) == "server"


async def test_s09_withheld_beats_are_told_as_lateness(stage: Stage, hand: Hand) -> None:
    async with watching(stage, hand, "Ann", "Bob") as (ann, _):
        await hand.turn(MEET)
        ann.told()
        stage["Ann"].hostile.beats = lambda _: []
        await hand.turn(AWAY)
        assert ann.told(*PRESENCE) == [("away", "Bob"), ("unconfirmed", None)]
        assert await alarms(ann.session) == []


async def test_s09_recorded_beats_confirm_nothing_and_show_nobody(stage: Stage, hand: Hand) -> None:
    async with watching(stage, hand, "Ann", "Bob") as (ann, bob):
        await hand.turn(60)
        recorded = sent_beats(stage["Bob"])
        assert len(recorded) == 3
        await bob.stop()
        await hand.turn(AWAY)
        ann.told()
        for beat in recorded:
            stage["Ann"].hostile.relay(beat)
        await hand.turn(30)
        assert ann.told(*PRESENCE) == []
    async with watching(stage, hand, "Ann") as (ann,):
        before = (await status.status(ann.session)).spaces
        for beat in (*recorded, *recorded, *sent_beats(stage["Ann"])):
            stage["Ann"].hostile.relay(beat)
            await hand.turn(10)
        assert ann.told(*PRESENCE) == []
        assert (await status.status(ann.session)).spaces == before


async def freeze(stage: Stage, person: Person, hand: Hand) -> None:
    """Show somebody the call as it is now for ever, while Sec adds to it, and pass the others' beats on."""
    person.hostile.roll_back(stage.call, stage.places)
    await stage["Sec"].answer(stage.call)
    await hand.turn(40)


async def test_s09_a_frozen_chain_is_found_out_by_the_first_beat(stage: Stage, hand: Hand) -> None:
    async with watching(stage, hand, "Ann", "Bob") as (ann, _):
        await freeze(stage, stage["Ann"], hand)
        with proven("Bob", "the server"):
            await ann.task
        assert await alarms(ann.session) == ["proof"]
    with proven("Bob", "the server"):
        await stage["Ann"].answer(stage.call)
    stage["Ann"].hostile.be_honest()
    assert await stage["Ann"].answer(stage.call, "monitoring") == "server", "the place is shown, so it goes on"


async def test_s08_a_fork_is_found_out_by_the_first_beat_that_crosses(stage: Stage, hand: Hand) -> None:
    """Both branches have grown, and one has an epoch of its own."""
    twin = stage["Ann"].hostile.fork()
    await stage["Ann"].answer(stage.call)
    async with stage["Sec"].open() as sec:
        await calls.rotate_call(sec, stage.call.hex())
    async with watching(stage, hand, "Ann", "Bob") as (ann, bob):
        await hand.turn(MEET)
        assert ann.told(*PRESENCE) == bob.told(*PRESENCE) == [], "they are on two servers, as it were"
        stage["Ann"].hostile.relay(sent_beats(stage["Bob"])[-1])
        await hand.settle()
        with proven("Bob", "the server"):
            await ann.task
        assert await alarms(ann.session) == ["proof"]
        assert not bob.task.done()
    assert stage["Ann"].hostile.server is twin
    with pytest.raises(ProofError):
        await stage["Ann"].answer(stage.call)


async def test_a_line_that_breaks_does_not_quicken_the_pace(stage: Stage, hand: Hand) -> None:
    async with watching(stage, hand, "Ann", "Bob") as (ann, _):
        for _ in range(3):
            stage["Ann"].hostile.relay(None)
            await hand.settle()
        assert [kind for kind, _ in ann.told("line_lost")] == ["line_lost"] * 3
        assert len(sent_beats(stage["Ann"])) == 1
        await hand.turn(30)
        assert len(sent_beats(stage["Ann"])) == 2


async def test_r04_who_is_removed_beats_no_more_and_is_not_shown(stage: Stage, hand: Hand) -> None:
    async with watching(stage, hand, "Ann", "Bob") as (ann, bob):
        await hand.turn(MEET)
        old = sent_beats(stage["Bob"])[-1]
        ann.told()
        async with stage["Sec"].open() as sec:
            await remove_from_call(sec, stage.call.hex(), ["Bob"])
        await hand.turn(30)
        assert bob.told("removed")
        assert bob.task.done()
        assert len(sent_beats(stage["Bob"])) == 3
        stage["Ann"].hostile.relay(old)
        await hand.turn(AWAY)
        assert {kind for kind, _ in ann.told("present", "away", "left")} == {"left"}
        assert await alarms(ann.session) == []


async def forge(watcher: Watcher, person: Watcher, echo: bytes, **fields: object) -> bytes:
    """A beat of ``watcher`` that answers ``person``'s last one, with other fields in its header."""
    view = await watcher.session.view(watcher.call)
    device = watcher.session.device
    header = BeatHeader(view.space, view.chain.epoch, watcher.session.member, device.id, view.chain.seen())
    text = BeatText(b"n" * 16, [echo], clock.minute(), here=True, writing=True)
    made = msgspec.structs.replace(header, **fields)
    return seal_beat(made, text, view.ring.epoch(view.chain.epoch), device)


async def test_what_is_no_good_beat_is_passed_over(stage: Stage, hand: Hand) -> None:
    """Of another call, of another epoch, by nobody, changed on the way: even if it echoes a nonce of ours."""
    async with watching(stage, hand, "Ann", "Bob") as (ann, bob):
        await hand.turn(10)
        hostile, nonce = stage["Ann"].hostile, next(iter(ann.beating._nonces))
        ann.told()
        hostile.beats = lambda beat: [beat] if beat in passed else []
        passed = [
            await forge(bob, ann, nonce, epoch=1),
            await forge(bob, ann, nonce, space=stage.coalition),
            await forge(bob, ann, nonce, author=b"x" * 32),
            await forge(bob, ann, nonce, device=stage.server.public),
            b"hello",
            b"",
        ]
        good = await forge(bob, ann, nonce)
        passed.append(good[:200] + bytes([good[200] ^ 1]) + good[201:])
        for beat in passed:
            hostile.relay(beat)
            await hand.settle()
        assert ann.told(*PRESENCE) == []
        hostile.relay(Hint(stage.call, 9_999))
        await hand.settle()
        passed.append(good)
        hostile.relay(good)
        await hand.settle()
        assert ann.told(*PRESENCE) == [("present", "Bob"), ("writing", "Bob"), ("confirmed", None)]
        assert await alarms(ann.session) == []
        view = await ann.session.view(stage.call)
        assert member_of(view, "Bob") in view.echoes
