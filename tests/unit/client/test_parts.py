"""The other written parts of a call as people use them: who sees what, what changes under their hands, what stays."""

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from securecall import entries as e
from securecall.records import Record
from securecall.rights import Circle
from securecall_client import parts
from securecall_client.acts import (
    agenda,
    announcing,
    calls,
    committing,
    deciding,
    discussing,
    exercises,
    exporting,
    minutes,
    removing,
    status,
)
from securecall_client.acts.news import news
from securecall_client.archive import Out
from securecall_client.errors import ClosedError, NotFoundError, RefusedError, TextError
from securecall_client.session import Session
from securecall_client.work.agenda import parse_agenda
from tests.simulator.people import Stage, answer, check_plain, enter, member_of, the_exercise
from tests.simulator.sealing import send, start_sealed

pytestmark = pytest.mark.slow

POINTS = """
[[points]]
title = "Updates"
minutes = 20
speaker = "Ann"
[[points]]
title = "What next"
[[points]]
title = "Letter"
starts = 2027-03-01T01:00:00+00:00
"""


async def say(session: Session, stage: Stage, text: str, on: str = "", circle: Circle | None = None) -> str:
    return (await discussing.say(session, stage.call.hex(), text, on=on, circle=circle)).message


async def texts(session: Session, stage: Stage, on: str = "") -> list[str]:
    return [line.text for line in (await discussing.show_thread(session, stage.call.hex(), on)).messages]


async def decide(session: Session, stage: Stage, text: str, supersedes: str = "", circle: Circle | None = None) -> str:
    made = await deciding.decide(
        session,
        stage.call.hex(),
        text,
        in_favour="all",
        against="",
        abstained="",
        supersedes=supersedes,
        circle=circle,
    )
    return made.decision


async def commit(session: Session, stage: Stage, what: str, by: str, *, who: str = "", row: str = "") -> str:
    made = await committing.commit(session, stage.call.hex(), what, by=by, who=who, org="", row=row, circle=None)
    return made.commitment


async def test_an_agenda_with_its_times_and_the_point_the_call_is_at(stage: Stage) -> None:
    call = stage.call.hex()
    async with stage["Bob"].open() as session:
        points = parse_agenda(POINTS)
        await agenda.set_agenda(session, call, points, None)
        await agenda.go_to_point(session, call, "2", None)
        await agenda.add_point(session, call, {"title": "Welcome", "minutes": 5}, "Updates", None)
        said = await agenda.set_agenda(session, call, [{"title": "Welcome"}, *points], None)
        assert [(p.title, p.now) for p in said.agenda.points][2] == ("What next", True)
        await agenda.remove_point(session, call, "1", None)
    async with stage["Ann"].open() as session:
        [shown] = (await agenda.show_agenda(session, call)).agendas
        starts = [(p.title, p.starts and p.starts[11:16], p.speaker) for p in shown.points]
        assert starts == [("Updates", "00:00", "Ann"), ("What next", "00:20", ""), ("Letter", "01:00", "")]
        assert (await calls.show_call(session, call)).now == ["What next"]
        with pytest.raises(RefusedError) as caught:
            await agenda.go_to_point(session, call, "", None)
        check_plain(caught.value, 1)
    async with stage["Sec"].open() as session:
        for now in ("Letter", None):
            moved = (await agenda.go_to_point(session, call, "", None)).agenda
            assert next((p.title for p in moved.points if p.now), None) == now
        await calls.close_call(session, call)
        with pytest.raises(ClosedError):
            await agenda.go_to_point(session, call, "1", None)


BAD_AGENDAS = (
    "x",
    "points = 1",
    "[[points]]\nminutes = 5",
    "[[points]]\ntitle = 'a'\nwho = 'b'",
    "[[points]]\ntitle = 'a'\nminutes = 0",
    "[[points]]\ntitle = 'a'\nstarts = 2027-03-01T01:00:00",
    "[[points]]\ntitle = 'a'\n" * 65,
)


async def test_a_bad_agenda_changes_nothing(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        for text in BAD_AGENDAS:
            with pytest.raises(TextError) as caught:
                await agenda.set_agenda(session, stage.call.hex(), parse_agenda(text), None)
            assert str(caught.value)[0].isupper()
        assert (await agenda.show_agenda(session, stage.call.hex())).agendas == []


async def test_threads_on_each_thing_go_on_after_the_call(stage: Stage) -> None:
    document = await stage.put_up("Ann", "plan.pdf", b"plan")
    async with stage["Ann"].open() as session:
        await answer(session, stage.call, "training")
        shown = await exercises.show_exercise(session, stage.call.hex(), await the_exercise(session, stage.call))
    row, finding = f"row:{shown.answers[0].answer}:0", "finding:alone:TRAINING:FR"
    async with stage["Sec"].open() as session:
        decision = await decide(session, stage, "We train together.")
        await calls.close_call(session, stage.call.hex())
    things = ("", f"doc:{document}", row, finding, f"decision:{decision}")
    async with stage["Cem"].open() as session:
        for thing in things:
            await say(session, stage, f"about {thing or None}", thing)
        with pytest.raises(NotFoundError) as caught:
            await say(session, stage, "?", "finding:gap:training:FR")
        check_plain(caught.value, 1)
    async with stage["Ann"].open() as session:
        assert (await status.status(session)).spaces[1].unread == 5
        answered = (await discussing.show_thread(session, stage.call.hex(), finding)).messages[0]
        assert answered.about == "the alone training in FR"
        await answer(session, stage.call, "monitoring")
        await discussing.reply(session, stage.call.hex(), "found again", answered.message)
        assert len(await texts(session, stage, finding)) == 2
        threads = (await discussing.list_threads(session, stage.call.hex())).threads
        assert sorted(line.messages for line in threads) == [1, 1, 1, 1, 2]
        assert {line.about for line in threads} >= {"the call", "the document plan.pdf"}
        assert (await status.status(session)).spaces[1].unread == 0
    async with stage["Bob"].open() as session:
        for thing in things[:3]:
            assert await texts(session, stage, thing) == [f"about {thing or None}"]


async def test_a_finding_is_talked_about_beside_a_sealed_exercise_and_none_of_a_sealed_one_is(stage: Stage) -> None:
    async with stage["Ann"].open() as session:
        await answer(session, stage.call, "training")
    sealed = await start_sealed(stage)
    await send(stage, "Cem", sealed, "relocation")
    async with stage["Ann"].open() as session:
        assert await say(session, stage, "me too", "finding:alone:training:FR")
    async with stage["Sec"].open() as session:
        with pytest.raises(NotFoundError):
            await say(session, stage, "look", "finding:alone:relocation:FR")


async def test_one_changes_and_takes_back_what_one_said_oneself(stage: Stage) -> None:
    call = stage.call.hex()
    async with stage["Ann"].open() as session:
        message = await say(session, stage, "one")
        await discussing.change(session, call, "two", message)
        await discussing.change(session, call, "", message)
    async with stage["Sec"].open() as session:
        [line] = (await discussing.show_thread(session, call, "")).messages
        assert (line.text, line.earlier) == ("", ["one", "two"])
        with pytest.raises(RefusedError) as caught:
            await discussing.change(session, call, "mine", message)
        check_plain(caught.value, 1)
        for text in ("", "  ", "x" * (parts.LONG + 1), "hidden \u202e"):
            with pytest.raises(TextError) as refused:
                await say(session, stage, text)
            check_plain(refused.value, 1)


async def test_g06_guests_read_what_is_for_everyone_and_write_nothing(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        await deciding.list_decisions(session, stage.call.hex())
    gil = await stage.receive("Gil")
    call = stage.call.hex()
    async with stage["Sec"].open() as session:
        for circle in ("allies", "everyone"):
            await agenda.set_agenda(session, call, [{"title": f"for {circle}"}], circle)
            await say(session, stage, f"for {circle}", circle=circle)
            await decide(session, stage, f"for {circle}", circle=circle)
            await minutes.write_minutes(session, call, f"for {circle}", circle, take=False)
            await committing.commit(
                session, call, f"for {circle}", by="2027-01-31", who="", org="", row="", circle=circle
            )
    async with gil.open() as session:
        view = await session.synced(stage.call)
        assert not view.state.void
        assert [point.title for line in agenda.agendas(view) for point in line.points] == ["for everyone"]
        assert await texts(session, stage) == ["for everyone"]
        assert [line.text for line in deciding.decisions(view)] == ["for everyone"]
        assert (await minutes.show_minutes(session, call, None, None)).text == "for everyone"
        [line] = committing.commitments(view)
        assert (line.what, line.org) == ("for everyone", "")
        for act in (
            lambda: say(session, stage, "hello", circle="everyone"),
            lambda: minutes.write_minutes(session, call, "mine", "everyone", take=False),
            lambda: committing.commit(session, call, "x", by="2027-01-31", who="", org="", row="", circle="everyone"),
            lambda: decide(session, stage, "x", circle="everyone"),
            lambda: agenda.go_to_point(session, call, "1", "everyone"),
        ):
            with pytest.raises(RefusedError) as caught:
                await act()
            check_plain(caught.value, 1)
        # What a client without these manners sends is void for all.
        body = parts.Message(bytes(16), parts.OnSpace(), parts.NOTHING, "all the same")
        await session.writer.write(stage.call, body, "everyone")
    async with stage["Ann"].open() as session:
        view = await session.synced(stage.call)
        assert [void.why for void in view.state.void] == ["guests do not say this"]
        assert await texts(session, stage) == ["for allies", "for everyone"]


async def test_two_who_write_the_minutes_at_once_lose_nothing(stage: Stage) -> None:
    call = stage.call.hex()
    await stage.sync("Ann", "Cem")
    for name in ("Cem", "Ann"):
        async with stage[name].open(offline=True) as session:
            said = await minutes.write_minutes(session, call, f"{name}'s minutes", None, take=False)
            assert said.saved == "here"
    await stage.sync("Ann", "Cem")
    async with stage["Bob"].open() as session:
        shown = await minutes.show_minutes(session, call, None, None)
        assert (shown.text, shown.pen_name) == ("Ann's minutes", "Ann")
        beside = await minutes.show_minutes(session, call, None, 2)
        assert (beside.text, beside.with_pen) == ("Cem's minutes", False)
        with pytest.raises(RefusedError) as caught:
            await minutes.write_minutes(session, call, "Bob's", None, take=False)
        assert "Ann has the pen" in str(caught.value)
        check_plain(caught.value, 1)
        taken = await minutes.write_minutes(session, call, "Bob's minutes", None, take=True)
        assert (taken.version, taken.pen_name) == (3, "Bob")
        assert (await minutes.hand_pen(session, call, None, "Cem")).pen_name == "Cem"
    async with stage["Cem"].open() as session:
        assert (await minutes.write_minutes(session, call, "Cem's at last", None, take=False)).with_pen
        events = (await minutes.minutes_history(session, call, None)).events
    assert [(event.name, event.version, event.pen_name) for event in events] == [
        ("Ann", None, "Ann"),
        ("Ann", 1, None),
        ("Cem", 2, None),
        ("Bob", None, "Bob"),
        ("Bob", 3, None),
        ("Bob", None, "Cem"),
        ("Cem", 4, None),
    ]


@pytest.mark.parametrize("how", ["removed", "guest", "laid down"])
async def test_a_pen_whose_holder_is_gone_is_free(stage: Stage, how: str) -> None:
    call = stage.call.hex()
    async with stage["Ann"].open() as session:
        await minutes.take_pen(session, call, None, take=False)
        if how == "laid down":
            await minutes.hand_pen(session, call, None, "")
    async with stage["Sec"].open() as session:
        if how == "removed":
            await removing.remove_from_call(session, call, ["Ann"])
        elif how == "guest":
            ann = member_of(await session.synced(stage.call), "Ann")
            await enter(session, stage.call, e.SetRole([e.NewRole(ann, "guest", 40_000_000)]))
    async with stage["Cem"].open() as session:
        assert (await minutes.take_pen(session, call, None, take=False)).pen_name == "Cem"


async def test_decisions_are_superseded_and_never_removed(stage: Stage) -> None:
    async with stage["Bob"].open() as session:
        first = await decide(session, stage, "We wait.")
        second = await decide(session, stage, "We go.", supersedes=first[:8])
        with pytest.raises(RefusedError) as caught:
            await decide(session, stage, "We stay.", supersedes=second, circle="everyone")
        check_plain(caught.value, 1)
    async with stage["Ann"].open() as session:
        lines = (await deciding.list_decisions(session, stage.call.hex())).decisions
        assert [(line.text, line.superseded_by) for line in lines] == [("We wait.", second), ("We go.", None)]
        with pytest.raises(RefusedError) as caught:
            await decide(session, stage, "mine")
        check_plain(caught.value, 1)


async def test_commitments_from_a_row_and_by_hand_are_due_done_and_late(stage: Stage) -> None:
    call, soon, past = stage.call.hex(), date.today() + timedelta(days=2), date.today() - timedelta(days=2)  # noqa: DTZ011  the day here
    async with stage["Ann"].open() as session:
        await answer(session, stage.call, "legal aid")
        shown = await exercises.show_exercise(session, call, await the_exercise(session, stage.call))
        mine = await commit(session, stage, "", soon.isoformat(), row=f"{shown.answers[0].answer[:8]}:0")
        with pytest.raises(RefusedError) as caught:
            await commit(session, stage, "x", soon.isoformat(), who="Cem")
        check_plain(caught.value, 1)
        with pytest.raises(TextError) as refused:
            await commit(session, stage, "x", "next week")
        check_plain(refused.value, 1)
    async with stage["Bob"].open() as session:
        cems = await commit(session, stage, "write the letter", past.isoformat(), who="Cem")
    async with stage["Cem"].open() as session:
        lines = (await committing.list_commitments(session, call)).commitments
        assert [(line.what, line.who, line.state) for line in lines] == [
            ("write the letter", "Cem", "late"),
            ("legal aid, FR", "Ann", "due"),
        ]
        with pytest.raises(RefusedError):
            await committing.say_state(session, call, mine, "done")
        assert (await committing.say_state(session, call, cems, "done")).state == "done"
        assert (await committing.say_state(session, call, cems, "open")).state == "late"
    async with stage["Sec"].open() as session:
        assert (await committing.say_state(session, call, "legal aid, FR", "dropped")).state == "dropped"
        assert (await calls.show_call(session, call)).commitments == 1


async def test_what_is_said_while_the_key_changes_arrives(stage: Stage) -> None:
    await stage.sync("Ann")
    async with stage["Ann"].open(offline=True) as session:
        await say(session, stage, "written before the rotation")
        await minutes.write_minutes(session, stage.call.hex(), "We met.", None, take=False)
    async with stage["Sec"].open() as session:
        await calls.rotate_call(session, stage.call.hex())
        await removing.remove_from_call(session, stage.call.hex(), ["Cem"])
        await calls.close_call(session, stage.call.hex())
    await stage.sync("Ann")
    async with stage["Bob"].open() as session:
        assert await texts(session, stage) == ["written before the rotation"]
        assert (await minutes.show_minutes(session, stage.call.hex(), None, None)).text == "We met."


async def test_short_words_and_long_ones_look_alike_to_the_server(stage: Stage) -> None:
    async with stage["Ann"].open() as session:
        for text in ("yes", "no", "x" * 600):
            await say(session, stage, text)
        await commit(session, stage, "yes", "2027-01-31")
        await minutes.write_minutes(session, stage.call.hex(), "yes", None, take=False)
        view = await session.view(stage.call)
        own = [step.body for step in view.steps[-5:]]
        assert len({len(body.box) for body in own if isinstance(body, Record)}) == 1


async def test_whoever_watches_is_told_and_an_export_holds_it(stage: Stage, tmp_path: Path) -> None:
    call = stage.call.hex()
    async with stage["Sec"].open() as session:
        before = (await session.synced(stage.call)).state
        await agenda.add_point(session, call, {"title": "Updates"}, "", None)
        await agenda.go_to_point(session, call, "", None)
        message = await say(session, stage, "hello")
        await discussing.change(session, call, "", message)
        await minutes.write_minutes(session, call, "We met.\nTwice.", None, take=False)
        await decide(session, stage, "We go.")
        commitment = await commit(session, stage, "go", "2027-01-31")
        await announcing.set_link(session, call, "https://voice.example.org/r")
        view = await session.view(stage.call)
        told = [event["event"] for event in news(before, view)]
        assert told == [
            "link", "agenda", "agenda_now", "message_withdrawn", "pen", "minutes", "decision", "commitment",
        ]  # fmt: skip
        middle = view.state
        await committing.say_state(session, call, commitment, "done")
        assert [event["event"] for event in news(middle, await session.view(stage.call))] == ["commitment_state"]
        assert (await announcing.show_link(session, call)).link == "https://voice.example.org/r"
        made = await exporting.export_call(session, call, tmp_path / "kept", _unsealed)
    names = {"agenda.json", "discussion.json", "decisions.json", "commitments.json", "minutes-allies.json"}
    assert names <= set(made.files)
    with tarfile.open(tmp_path / "kept") as tar:
        text = tar.extractfile(f"call-{call[:8]}/minutes-allies.txt")
        assert text is not None
        assert text.read() == b"We met.\nTwice."


@contextmanager
def _unsealed(out: Out) -> Iterator[Out]:
    """An archive as it is before it is encrypted."""
    yield out


async def test_what_tells_of_the_call_outside_gives_nothing_of_it_away(stage: Stage, tmp_path: Path) -> None:
    async with stage["Sec"].open() as session:
        await announcing.set_link(session, stage.call.hex(), "https://voice.example.org/r")
        told = await announcing.announce(session, stage.call.hex(), ["Africa/Nairobi"])
        uids = set()
        for name in ("one.ics", "two.ics"):
            await announcing.save_calendar(session, stage.call.hex(), tmp_path / name, 60, "Call")
            uids.add(next(line for line in (tmp_path / name).read_text().splitlines() if line.startswith("UID:")))
    assert len(uids) == 2
    for text in (told.text, (tmp_path / "one.ics").read_text()):
        for secret in ("Freedonia", "FR", "voice.example", stage.call.hex()[:8], "Nairobi"):
            assert secret not in text
