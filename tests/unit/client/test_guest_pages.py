"""Sealed pages: what is in them, what comes back, and what is refused."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from securecall.rights import Circle
from securecall_client import clock
from securecall_client.acts import (
    agenda,
    calls,
    deciding,
    documents,
    exercises,
    guest_pages,
    mapping,
    minutes,
    removing,
    revealing,
    taking_pages,
    withdrawing,
)
from securecall_client.acts.page_rules import Wanted
from securecall_client.errors import ClosedError, FileError, NotFoundError, RefusedError, SecureCallError
from securecall_client.guest_page import reply
from securecall_client.guest_page.kept import Pages
from securecall_client.results.exercises import AnswerLine
from securecall_client.results.guest_pages import GuestPage, TakenPage
from securecall_client.session import Session
from securecall_keys.pages import read_code
from tests.answers import a_row, answer_of
from tests.replies import ROW, armoured, keys_of, laid_out, reply_text, sealed_in, told_by
from tests.simulator.people import Person, Stage, check_plain, open_call

pytestmark = pytest.mark.slow

WHOM = "World body"
SAID: dict[Circle, str] = {"allies": "for allies alone", "everyone": "for everybody's eyes"}


@dataclass
class Page:
    """A page that was made, and its file."""

    made: GuestPage
    exercise: str

    @property
    def told(self) -> dict[str, object]:
        return told_by(Path(self.made.path), self.made.page, self.made.code)[0]

    def reply(self, *rows: dict[str, object], exercise: str = "", name: str | None = None, file: bytes = b"") -> str:
        answers = {exercise or self.exercise: {"rows": list(rows)}} if rows else {}
        return reply_text(self.made.page, self.made.code, answers, name, file)


async def start(stage: Stage, *, sealed: bool = False) -> str:
    """Start an exercise for everyone."""
    async with stage["Sec"].open() as session:
        return (
            await exercises.start_exercise(session, stage.call.hex(), "who-does-what", "everyone", sealed=sealed)
        ).exercise


async def make(
    stage: Stage, by: str = "Sec", whom: str = WHOM, name: str = "page.html", until: datetime | None = None
) -> GuestPage:
    async with stage[by].open() as session:
        return await guest_pages.make_page(session, stage.call.hex(), whom, stage.root / name, until)


async def the_page(stage: Stage, *, sealed: bool = False) -> Page:
    exercise = await start(stage, sealed=sealed)
    return Page(await make(stage), exercise)


async def decide(session: Session, call: str, text: str, circle: Circle, supersedes: str = "") -> str:
    """Put a decision down; gives its id."""
    votes = {"in_favour": "", "against": "", "abstained": ""}
    return (await deciding.decide(session, call, text, **votes, supersedes=supersedes, circle=circle)).decision


async def take(person: Person, text: str, code: str | None = None, **how: object) -> TakenPage:
    async with person.open() as session:
        wanted = Wanted(**how)  # type: ignore[arg-type]  # the test's own words, by name
        return await taking_pages.take_page(session, text, wanted, None if code is None else read_code(code))


async def refused(stage: Stage, text: str, who: str = "Sec", code: str | None = None, **how: object) -> SecureCallError:
    """What is said of a text that is refused; nothing was written or waits to be sent."""
    places = stage.places
    with pytest.raises(SecureCallError) as caught:
        await take(stage[who], text, code, **how)
    assert stage.places == places
    async with stage[who].open() as session:
        assert await session.replica.waiting(stage.call) == []
        assert not session.blobs.any()
    check_plain(caught.value, 1)
    return caught.value


async def seen(stage: Stage, exercise: str, who: str = "Ann") -> list[AnswerLine]:
    async with stage[who].open() as session:
        return (await exercises.show_exercise(session, stage.call.hex(), exercise)).answers


async def test_g06_nothing_that_is_for_allies_is_in_a_page(stage: Stage) -> None:
    call = stage.call.hex()
    await start(stage)
    await stage.put_up("Ann", "for-allies-alone.txt", b"for allies alone")
    await stage.put_up("Ann", "for-all.txt", b"for everyone, and not more", "everyone")
    async with stage["Sec"].open() as session:
        for circle, words in SAID.items():
            await agenda.set_agenda(session, call, [{"title": f"agenda {words}"}], circle)
            await minutes.write_minutes(session, call, f"minutes {words}", circle, take=True)
            await decide(session, call, f"decision {words}", circle)
    made = await make(stage)
    told, files = told_by(Path(made.path), made.page, made.code)
    assert files == b"for everyone, and not more"
    whole = json.dumps(told)
    assert SAID["allies"] not in whole
    assert "for-allies" not in whole
    # The exercise of the scene is for allies, and so are its people's names and organisations.
    assert len(made.exercises) == 1
    for name in ("Ann", "Bob", "Cem", "Harbour Watch", "Secretariat"):
        assert name not in whole
    for part in ("agenda", "minutes", "decision"):
        assert f"{part} for everybody's eyes" in whole
    assert [one["name"] for one in told["documents"]] == ["for-all.txt"]  # type: ignore[attr-defined]


async def test_g06_a_page_has_no_answers_and_nothing_that_was_withdrawn_closed_or_superseded(stage: Stage) -> None:
    exercise, call = await start(stage), stage.call.hex()
    await start(stage)
    document = await stage.put_up("Ann", "gone.txt", b"gone by now", "everyone")
    async with stage["Ann"].open() as session:
        await withdrawing.withdraw_document(session, call, document)
        await exercises.answer_exercise(session, call, exercise, answer_of(a_row("what Ann plans", "FR")))
    async with stage["Sec"].open() as session:
        await exercises.close_exercise(session, call, exercise)
        first = await decide(session, call, "what was decided first", "everyone")
        await decide(session, call, "what holds", "everyone", first)
    made = await make(stage)
    told, files = told_by(Path(made.path), made.page, made.code)
    assert (files, told["documents"], told["decisions"]) == (b"", [], ["what holds"])
    assert len(made.exercises) == 1
    assert exercise not in json.dumps(told)
    assert "what Ann plans" not in json.dumps(told)


async def test_t10_the_file_says_nothing_in_the_clear(stage: Stage) -> None:
    await stage.put_up("Ann", "plans.txt", b"for everyone", "everyone")
    page = await the_page(stage)
    text = Path(page.made.path).read_text("utf-8")
    for word in (WHOM, "Freedonia", "harbour", "Harbour", "plans", page.made.code, page.exercise, stage.call.hex()):
        assert word not in text


async def test_m14_what_people_wrote_is_text_without_hidden_marks(stage: Stage) -> None:
    call = stage.call.hex()
    async with stage["Sec"].open() as session:
        await agenda.set_agenda(session, call, [{"title": "<b>bold</b>"}], "everyone")
    await stage.put_up("Ann", "a\u202egpj.exe.txt", b"x", "everyone")
    page = await the_page(stage)
    assert [one["name"] for one in page.told["documents"]] == ["agpj.exe.txt"]  # type: ignore[attr-defined]
    assert [one["title"] for one in page.told["agenda"]] == ["<b>bold</b>"]  # type: ignore[attr-defined]


async def test_who_keeps_the_call_alone_makes_pages(stage: Stage) -> None:
    for who in ("Ann", "Cem"):
        with pytest.raises(RefusedError, match="make pages for guests"):
            await make(stage, who)
    with pytest.raises(RefusedError, match="past"):
        await make(stage, until=datetime(2020, 1, 1, tzinfo=UTC))
    async with stage["Sec"].open() as session:
        await calls.close_call(session, stage.call.hex())
    with pytest.raises(ClosedError):
        await make(stage)


async def test_a_page_overwrites_nothing_and_one_that_was_not_written_is_not_remembered(stage: Stage) -> None:
    (stage.root / "page.html").write_text("mine")
    with pytest.raises(FileError):
        await make(stage)
    async with stage["Sec"].open() as session:
        assert await session.replica.meta("guest pages") is None
    assert (stage.root / "page.html").read_text() == "mine"


async def test_what_comes_back_goes_in_and_is_marked(stage: Stage) -> None:
    page = await the_page(stage)
    text = page.reply(
        dict(ROW), {**ROW, "activity": "training", "needs": ["vans"]}, name="note.txt", file=b"by a guest"
    )
    taken = await take(stage["Sec"], text)
    assert (taken.org, taken.saved, taken.late, taken.again) == (WHOM, "server", False, False)
    [line] = await seen(stage, page.exercise)
    assert (line.org, line.name, line.on_behalf, line.by_page) == (WHOM, "Sec", True, True)
    assert [row["activity"] for row in line.rows] == ["shelter", "training"]
    async with stage["Ann"].open() as session:
        [listed] = (await documents.list_documents(session, stage.call.hex())).documents
        drawn = await mapping.map_exercise(session, stage.call.hex(), page.exercise)
        await documents.get_document(session, stage.call.hex(), "note.txt", stage.root / "got.txt")
    assert (listed.name, listed.circle, listed.author, listed.by_page_of) == ("note.txt", "everyone", "Sec", WHOM)
    assert drawn.on_behalf == (WHOM,)
    assert (stage.root / "got.txt").read_bytes() == b"by a guest"


async def test_g06_m14_other_guests_learn_no_name_of_whose_it_is(stage: Stage) -> None:
    gia = await stage.receive("Gia")
    page = await the_page(stage)
    await take(stage["Sec"], page.reply(dict(ROW), name="note.txt", file=b"x"))
    [line] = await seen(stage, page.exercise, "Gia")
    assert line.by_page
    assert line.org.startswith("an organisation (")
    async with gia.open() as session:
        [listed] = (await documents.list_documents(session, stage.call.hex())).documents
    assert listed.by_page_of is not None
    assert listed.by_page_of.startswith("an organisation (")


async def test_f01_the_name_of_a_guest_s_file_leads_nowhere(stage: Stage) -> None:
    page = await the_page(stage)
    taken = await take(stage["Sec"], page.reply(name="../../.ssh/\u202eauthorized_keys", file=b"x"))
    assert taken.document is not None
    assert taken.document.name == "_.._.ssh_authorized_keys"


async def test_it_is_taken_once_unless_somebody_says_so(stage: Stage) -> None:
    page = await the_page(stage)
    text = page.reply(dict(ROW))
    await take(stage["Sec"], text)
    for who, code in (("Sec", None), ("Bob", page.made.code)):
        error = await refused(stage, text, who, code, call=stage.call.hex(), whom=WHOM)
        assert error.code == "taken-already"
    newer = page.reply({**ROW, "activity": "legal aid"})
    taken = await take(stage["Sec"], newer, again=True)
    assert taken.again
    [line] = await seen(stage, page.exercise)
    assert line.rows[0]["activity"] == "legal aid"


async def test_what_waits_here_counts_as_taken(stage: Stage) -> None:
    page = await the_page(stage)
    text = page.reply(dict(ROW))
    async with stage["Sec"].open(offline=True) as session:
        taken = await taking_pages.take_page(session, text, Wanted())
    assert taken.saved == "here"
    async with stage["Sec"].open(offline=True) as session:
        with pytest.raises(RefusedError, match="already"):
            await taking_pages.take_page(session, text, Wanted())


async def test_another_computer_takes_it_with_the_code(stage: Stage) -> None:
    page = await the_page(stage)
    text = page.reply(dict(ROW))
    assert (await refused(stage, text, "Bob")).code == taking_pages.UNKNOWN
    assert (await refused(stage, text, "Bob", page.made.code)).code == taking_pages.UNKNOWN
    other = await make(stage, name="other.html")
    known = {"call": stage.call.hex(), "whom": WHOM}
    assert (await refused(stage, text, "Bob", other.code, **known)).code == "does-not-open"
    taken = await take(stage["Bob"], text, page.made.code, **known)
    assert taken.org == WHOM
    assert [(line.name, line.by_page) for line in await seen(stage, page.exercise)] == [("Bob", True)]


async def test_m02_it_is_of_one_page_call_and_name(stage: Stage) -> None:
    page = await the_page(stage)
    async with stage["Sec"].open() as session:
        other = await open_call(session, "Sylvania in April")
    text = page.reply(dict(ROW))
    assert "another call" in str(await refused(stage, text, call=other.hex()))
    assert "somebody else" in str(await refused(stage, text, whom="Harbour Watch"))
    second = await make(stage, name="second.html")
    crossed = keys_of(second.page, page.made.code).seal("reply", b"anything")
    assert (await refused(stage, armoured(crossed))).code == "does-not-open"
    # Whoever has the code of one page says nothing in another exercise, or in one that is for allies.
    async with stage["Sec"].open() as session:
        listed = (await exercises.list_exercises(session, stage.call.hex())).exercises
    for_allies = next(line.exercise for line in listed if line.circle == "allies")
    assert "not for everyone" in str(await refused(stage, page.reply(dict(ROW), exercise=for_allies)))
    with pytest.raises(NotFoundError):
        await take(stage["Sec"], page.reply(dict(ROW), exercise="ab" * 16))


async def test_s16_f09_what_was_changed_on_its_way_is_refused_before_anything_in_it_is_read(stage: Stage) -> None:
    page = await the_page(stage)
    text = page.reply(dict(ROW), name="note.txt", file=b"x")
    lines = text.splitlines()
    changed = "A" if lines[1][400] != "A" else "B"
    for bad, code in (
        ("", "not-a-reply"),
        (lines[0], "not-a-reply"),
        (text[:-30], "not-a-reply"),
        (text + text, "not-a-reply"),
        (text.replace(lines[1], lines[1][:-5]), "not-a-reply"),
        (text.replace(lines[1], lines[1][:-8]), "does-not-open"),
        (text.replace(lines[1], lines[1][:400] + changed + lines[1][401:]), "does-not-open"),
        (text.replace(lines[1], lines[1][:400] + "\u00e4" + lines[1][401:]), "not-a-reply"),
        (armoured(sealed_in(Path(page.made.path))), "does-not-open"),
    ):
        assert (await refused(stage, bad)).code == code
    quoted = "On Monday somebody wrote:\n" + "".join(
        f"> {part}\r\n"
        for part in (lines[0], *(lines[1][at : at + 70] for at in range(0, len(lines[1]), 70)), lines[2])
    )
    assert (await take(stage["Sec"], quoted)).org == WHOM


async def test_s16_f09_a_text_of_beginnings_alone_holds_nobody_up() -> None:
    """The time for it grows with the text, not with its square: this would otherwise take most of a day."""
    with pytest.raises(RefusedError) as caught:
        reply.from_armour(f"{reply.BEGIN} " * (reply.TEXT_MOST // 20))
    assert caught.value.code == "not-a-reply"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xff\xff\xff",
        laid_out({}),
        laid_out({"version": 2, "answers": [], "file": None}),
        laid_out({"version": 1, "answers": [], "file": None}),
        laid_out({"version": 1, "answers": [], "file": None, "more": 1}),
        laid_out({"version": 1, "answers": [], "file": {"name": "a", "size": 2}}, b"x"),
        laid_out({"version": 1, "answers": [], "file": {"name": "a", "size": 1 << 30}}, b"x"),
        laid_out({"version": 1, "answers": [{"exercise": "ab" * 16, "questions": {}}] * 2, "file": None}),
        laid_out({"version": 1, "answers": [{"exercise": "../..", "questions": {}}], "file": None}),
        laid_out({"version": 1, "answers": [{"exercise": "ab" * 16, "questions": []}], "file": None}),
    ],
)
async def test_f09_what_opens_and_is_none_of_ours_is_refused(stage: Stage, content: bytes) -> None:
    made = await make(stage)
    sealed = keys_of(made.page, made.code).seal("reply", content)
    assert (await refused(stage, armoured(sealed))).code in ("odd-reply", "empty-reply")


async def test_rows_that_do_not_answer_the_exercise_are_refused_whole(stage: Stage) -> None:
    page = await the_page(stage)
    changes: list[dict[str, object]] = [{"status": None}, {"place": "Nowhere"}, {"colour": "red"}, {"activity": 7}]
    for row in ({**ROW, **change} for change in changes):
        await refused(stage, page.reply(dict(ROW), row, name="note.txt", file=b"x"))


async def test_its_own_people_speak_for_themselves(stage: Stage) -> None:
    exercise = await start(stage)
    page = Page(await make(stage, whom="Harbour Watch"), exercise)
    async with stage["Ann"].open() as session:
        await exercises.answer_exercise(session, stage.call.hex(), exercise, answer_of(a_row("training", "FR")))
    assert (await refused(stage, page.reply(dict(ROW)))).code == "answered-already"


async def test_s19_late_is_what_the_exercise_says_and_a_page_ends_by_itself(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await the_page(stage)
    text = page.reply(dict(ROW))
    ends = datetime.fromisoformat(page.made.ends).timestamp()
    with monkeypatch.context() as later:
        later.setattr(clock, "now", lambda: ends + 120)
        assert (await refused(stage, text)).code == "page-over"
    async with stage["Sec"].open() as session:
        await calls.close_call(session, stage.call.hex())
    taken = await take(stage["Sec"], text)
    assert [answer.state for answer in taken.answers] == ["late"]


async def test_into_a_closed_call_goes_no_file_and_none_is_lost(stage: Stage) -> None:
    page = await the_page(stage)
    text = page.reply(dict(ROW), name="note.txt", file=b"by a guest")
    async with stage["Sec"].open() as session:
        await calls.close_call(session, stage.call.hex())
    assert (await refused(stage, text)).code == "call-closed"
    taken = await take(stage["Sec"], text, output=stage.root / "out.txt")
    assert (taken.document, taken.path) == (None, str(stage.root / "out.txt"))
    assert (stage.root / "out.txt").read_bytes() == b"by a guest"


async def test_m03_in_a_sealed_exercise_it_is_sealed_until_the_reveal(stage: Stage) -> None:
    page = await the_page(stage, sealed=True)
    await take(stage["Sec"], page.reply(dict(ROW)))
    assert await seen(stage, page.exercise) == []
    assert [line.by_page for line in await seen(stage, page.exercise, "Bob")] == [True]
    async with stage["Sec"].open() as session:
        await revealing.reveal_exercise(session, stage.call.hex(), page.exercise)
    assert [(line.org, line.by_page) for line in await seen(stage, page.exercise)] == [(WHOM, True)]


async def test_r08_who_goes_from_the_call_keeps_no_code(stage: Stage) -> None:
    exercise = await start(stage)
    made = await make(stage, "Bob")
    async with stage["Bob"].open() as session:
        pages = Pages(session.replica, session.device.storage)
        assert await pages.find(bytes.fromhex(made.page)) is not None
    async with stage["Sec"].open() as session:
        await removing.remove_from_call(session, stage.call.hex(), ["Bob"])
    await stage.sync("Bob")
    async with stage["Bob"].open() as session:
        assert await Pages(session.replica, session.device.storage).find(bytes.fromhex(made.page)) is None
    assert exercise


async def test_t04_the_code_is_sealed_in_the_profile(stage: Stage) -> None:
    made = await make(stage)
    code, page = read_code(made.code).expose(), bytes.fromhex(made.page)
    for path in stage["Sec"].home.rglob("*"):
        if path.is_file():
            assert code not in path.read_bytes()
            assert page not in path.read_bytes()


async def test_f08_a_guest_s_file_that_cannot_be_cleaned_is_not_put_up(stage: Stage) -> None:
    page = await the_page(stage)
    text = page.reply(dict(ROW), name="voice.mp3", file=b"ID3\x04\x00\x00\x00\x00\x00\x00")
    assert (await refused(stage, text)).code == "not-cleaned"
    taken = await take(stage["Sec"], text, output=stage.root / "voice.mp3")
    assert taken.path == str(stage.root / "voice.mp3")
