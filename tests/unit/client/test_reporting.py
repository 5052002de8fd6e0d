"""The report of a call: what stands in it, whom it names, and what it says is missing."""

import io
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from docx import Document

from securecall_client.acts import (
    agenda,
    calls,
    committing,
    deciding,
    discussing,
    exercises,
    minutes,
    reporting,
    withdrawing,
)
from securecall_client.errors import FileError, RefusedError
from securecall_client.results.reports import Reported, ReportForm
from securecall_client.work.report_who import Who
from securecall_client.work.rows import QuestionAnswer
from tests.answers import a_row, answer_of
from tests.simulator.people import CALL, Stage, check_plain, the_exercise

pytestmark = pytest.mark.slow

TITLE = '#import "x": * $y$ <b>'
DECIDED = "The coalition asks for a meeting."


async def played(stage: Stage) -> Stage:
    """A call with something of every part in it."""
    call = stage.call.hex()
    update = await stage.put_up("Ann", "update.pdf", b"x" * 3000)
    await stage.put_up("Bob", "gone.txt", b"y")
    async with stage["Bob"].open() as session:
        await withdrawing.withdraw_document(session, call, "gone.txt")
        exercise = await the_exercise(session, stage.call)
    async with stage["Ann"].open() as session:
        given = answer_of(a_row(TITLE, "FR", "2027-01", "2027-03", needs=("interpreters",)))
        await exercises.answer_exercise(session, call, exercise, given)
        await discussing.say(session, call, "Two offices were searched.", on=f"doc:{update}", circle=None)
        await discussing.say(session, call, "Who has a safe flat?", on="", circle=None)
        asked = await discussing.say(session, call, "Who speaks first?", on="", circle=None)
    async with stage["Sec"].open() as session:
        await exercises.answer_exercise(session, call, exercise, answer_of(a_row(TITLE, "FR", "2026-12", "2027-02")))
        await discussing.reply(session, call, "Bob does.", asked.message)
        await agenda.set_agenda(session, call, [{"title": "What happened", "minutes": 20, "speaker": "Ann"}], None)
        await minutes.write_minutes(session, call, "The map was read.", None, take=True)
        await deciding.decide(
            session, call, DECIDED, in_favour="all but one", against="", abstained="", supersedes="", circle=None
        )
        await committing.commit(
            session, call, "Write the letter", by="2020-01-01", who="Ann", org="", row="", circle=None
        )
        await exercises.close_exercise(session, call, exercise)
    await stage["Cem"].answer(stage.call, "monitoring")
    return stage


async def report(
    stage: Stage, path: Path, form: ReportForm, who: Who = "named", *, name: str = "Sec", anyway: bool = False
) -> Reported:
    async with stage[name].open() as session:
        return await reporting.report_call(session, stage.call.hex(), path, form, who, anyway=anyway)


def read_pdf(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as pdf:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())


def read_docx(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [cell.text for one in document.tables for row in one.rows for cell in row.cells]
    return " ".join(" ".join([*(line.text for line in document.paragraphs), *cells]).split())


STANDS = (
    f"Report: {CALL}",
    "update.pdf",
    "Two offices were searched.",
    TITLE,
    "interpreters",
    "Overlaps: 1",
    "Gaps: ",
    DECIDED,
    "all but one",
    "Write the letter",
    "2020-01-01",
    "Who has a safe flat?",
    "The map was read.",
    "The document gone.txt, put up by Bob, Harbour Watch, was withdrawn.",
    "the answer of Cem, Harbour Watch came late",
)


async def test_every_part_of_a_call_stands_in_each_form_of_its_report(stage: Stage, tmp_path: Path) -> None:
    await played(stage)
    for form in ("pdf", "docx", "html"):
        made = await report(stage, tmp_path / f"report.{form}", form)
        data = (tmp_path / f"report.{form}").read_bytes()
        assert (made.form, made.size, made.names_left, made.not_shown) == (form, len(data), [], [])
        assert (tmp_path / f"report.{form}").stat().st_mode & 0o777 == 0o600
    pdf = read_pdf((tmp_path / "report.pdf").read_bytes())
    docx = read_docx((tmp_path / "report.docx").read_bytes())
    for words in STANDS:
        assert words.replace(" ", "") in pdf.replace(" ", ""), words
        assert words in docx, words
    open_questions = docx[docx.index("Open questions") : docx.index("What was withheld")]
    assert "safe flat" in open_questions
    assert "speaks first" not in open_questions


@pytest.mark.parametrize("who", ["kind", "nobody"])
async def test_a_report_without_names_has_them_nowhere_but_in_what_people_wrote(
    stage: Stage, tmp_path: Path, who: Who
) -> None:
    await played(stage)
    made = await report(stage, tmp_path / "report.docx", "docx", who)
    text = read_docx((tmp_path / "report.docx").read_bytes())
    assert made.names_left == ["Bob"]
    for name in ("Ann", "Cem", "Harbour Watch", "Secretariat"):
        assert name not in text, name
    assert "Bob does." in text
    assert "4 people of 2 organisations." in text
    assert "all but one" not in text


async def test_what_is_counted_stands_with_how_and_one_voice_for_each_organisation(
    stage: Stage, tmp_path: Path
) -> None:
    async with stage["Sec"].open() as session:
        started = await exercises.start_exercise(session, stage.call.hex(), "temperature", "allies")
    for name, stand in (("Sec", "against it"), ("Ann", "for it"), ("Bob", "undecided")):
        async with stage[name].open() as session:
            given = (QuestionAnswer("stand", (((stand,),),)),)
            await exercises.answer_exercise(session, stage.call.hex(), started.exercise, given)
    await report(stage, tmp_path / "report.docx", "docx", "nobody")
    text = read_docx((tmp_path / "report.docx").read_bytes())
    assert "How it is counted: each organisation gives 1 to its choice." in text
    assert "1 against it 1 2 for it 0.5 2 undecided 0.5" in text


async def test_a_sealed_exercise_stands_in_no_report_before_it_is_revealed(stage: Stage, tmp_path: Path) -> None:
    async with stage["Sec"].open() as session:
        call = stage.call.hex()
        started = await exercises.start_exercise(session, call, "who-does-what", "allies", title="Hush", sealed=True)
        await exercises.answer_exercise(session, call, started.exercise, answer_of(a_row("whispering", "FR")))
    await report(stage, tmp_path / "report.html", "html")
    page = (tmp_path / "report.html").read_text()
    assert "Hush" in page
    assert "whispering" not in page


async def test_letters_that_cannot_be_shown_are_named_before_anything_is_written(stage: Stage, tmp_path: Path) -> None:
    async with stage["Ann"].open() as session:
        await discussing.say(session, stage.call.hex(), "日本", on="", circle=None)
    with pytest.raises(RefusedError, match=r"日 \(U\+65E5\), 本") as caught:
        await report(stage, tmp_path / "report.pdf", "pdf")
    check_plain(caught.value, 1)
    assert caught.value.hint is not None
    assert "--anyway" in caught.value.hint
    assert not (tmp_path / "report.pdf").exists()
    made = await report(stage, tmp_path / "report.pdf", "pdf", anyway=True)
    assert made.not_shown == ["日", "本"]
    assert (await report(stage, tmp_path / "report.html", "html")).not_shown == []
    assert (await report(stage, tmp_path / "report.docx", "docx")).not_shown == []


async def test_f02_a_report_takes_the_place_of_nothing(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("mine")
    with pytest.raises(FileError):
        await report(stage, tmp_path / "report.html", "html")
    assert (tmp_path / "report.html").read_text() == "mine"


async def test_a_call_in_which_nothing_happened_has_a_report_too(stage: Stage, tmp_path: Path) -> None:
    async with stage["Bob"].open() as session:
        starts = datetime.now(UTC) + timedelta(days=1)
        opened = await calls.open_call(
            session, title="Nothing yet", country="KE", starts=starts, civic_space="", link=""
        )
        made = await reporting.report_call(session, opened.call, tmp_path / "report.pdf", "pdf", "named")
    assert made.title == "Nothing yet"
    assert "None were put down." in read_pdf((tmp_path / "report.pdf").read_bytes())


async def test_a_guest_s_report_holds_what_guests_read(stage: Stage, tmp_path: Path) -> None:
    await played(stage)
    await stage.receive("Gus")
    async with stage["Gus"].open() as session:
        await reporting.report_call(session, stage.call.hex(), tmp_path / "report.html", "html", "named")
    page = (tmp_path / "report.html").read_text()
    for words in ("searched", DECIDED, "letter", "Harbour Watch", "Ann"):
        assert words not in page, words


@pytest.mark.slow
async def test_libreoffice_reads_the_same_as_stands_in_it(stage: Stage, tmp_path: Path) -> None:
    await played(stage)
    await report(stage, tmp_path / "report.docx", "docx")
    profile = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    paths = ["--outdir", str(tmp_path), str(tmp_path / "report.docx")]
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", *paths]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    read = read_pdf((tmp_path / "report.pdf").read_bytes()).replace(" ", "")
    for words in STANDS:
        assert words.replace(" ", "") in read, words
