"""The pages of exercises and of the map, asked for as their script does."""

import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import ClientResponse, FormData
from openpyxl import Workbook

from securecall_client.acts import calls, committing, discussing, drafts, exercises, removing
from securecall_client.sandbox import process
from securecall_client.work.rows import MAX_ROWS
from tests.answers import a_row, answer_of
from tests.pages import Visitor, visiting
from tests.simulator.people import Stage, the_exercise

Form = Sequence[tuple[str, str]] | Mapping[str, str] | FormData
ROW = {"activity": "legal aid", "place": "France", "from": "3/2027", "to": "2027-06", "status": "planned"}


def fields(*rows: dict[str, str]) -> list[tuple[str, str]]:
    """The fields of a form with these rows."""
    return [(f"row:rows:{key}:{column}", text) for key, row in enumerate(rows) for column, text in row.items()]


async def place(stage: Stage, name: str = "Ann") -> str:
    """The path of the exercise."""
    async with stage[name].open() as session:
        return f"/call/{stage.call.hex()}/exercise/{await the_exercise(session, stage.call)}"


async def post(visitor: Visitor, path: str, form: Form = ()) -> ClientResponse:
    """What is answered to a form, whose fields may have one name; not followed to where it leads."""
    address = f"{visitor.program.loopback.by_number}{path}"
    headers = {"Host": visitor.program.loopback.origin.removeprefix("http://"), **visitor.own}
    answer = await visitor.http.post(address, headers=headers, data=form or {}, allow_redirects=False)
    await answer.read()
    return answer


async def sync(visitor: Visitor) -> None:
    """Fetch what is new by the session that is open: another one would wait for it."""
    async with visitor.program.desk.at() as session:
        await session.reach()
        await session.sync_all()


async def goes_to(reader: Visitor, path: str, form: Form, where: str) -> None:
    """Send a form, and be sent on."""
    answer = await post(reader, path, form)
    assert (answer.status, answer.headers.get("Location")) == (303, where), await answer.text()


async def test_what_is_typed_is_a_draft_and_then_an_answer(stage: Stage) -> None:
    at = await place(stage)
    async with visiting(stage["Ann"]) as ann:
        page = await ann.page(at)
        assert "Send to allies" in page
        assert "Guests see nothing of this." in page
        assert (await post(ann, f"{at}/draft", fields(ROW | {"place": "Fra"}))).status == 204
        page = await ann.page(at)
        assert 'value="Fra"' in page
        assert "not sent yet" in page
        await goes_to(ann, f"{at}/answer", fields(ROW), at)
        page = await ann.page(at)
        assert "sent " in page
        assert 'value="France"' in page
        assert "Throw the draft away" not in page
    assert await stage["Bob"].answers(stage.call) == ["legal aid"]


async def test_mistakes_are_told_with_their_cell_and_nothing_is_lost(stage: Stage) -> None:
    at = await place(stage)
    async with visiting(stage["Ann"]) as ann:
        await ann.page(at)
        answer = await post(ann, f"{at}/answer", fields({"activity": ""}, ROW | {"place": "Atlantis", "status": ""}))
        text = await answer.text()
        assert answer.status == 422
        assert re.findall(r'data-fault="([^"]+)"', text) == ["row-rows-1-place", "row-rows-1-status"]
        assert "Row 2, Place" in text
        assert "Atlantis" in await ann.page(at)
        await goes_to(ann, f"{at}/drop", {}, at)
        assert "Atlantis" not in await ann.page(at)
    assert await stage["Bob"].answers(stage.call) == []


async def test_without_a_line_an_answer_waits_here_and_the_page_says_so(stage: Stage) -> None:
    at = await place(stage)
    async with visiting(stage["Ann"]) as ann:
        await ann.page(at)
        stage["Ann"].hostile.cut = True
        await goes_to(ann, f"{at}/answer", fields(ROW), at)
        page = await ann.page(at)
        assert "on this computer" in page
        assert "it goes as soon as the line is back" in page
        assert 'value="France"' in page
        assert "Throw the draft away" not in page


async def test_an_exercise_that_closes_under_somebody_keeps_their_words(stage: Stage) -> None:
    at = await place(stage)
    async with visiting(stage["Ann"]) as ann:
        await ann.page(at)
        await post(ann, f"{at}/draft", fields(ROW))
        async with visiting(stage["Bob"]) as bob:
            await goes_to(bob, f"{at}/close", {}, at)
        await sync(ann)
        page = await ann.page(at)
        assert "closed before you sent what you typed" in page
        assert 'value="France"' in page
        await goes_to(ann, f"{at}/answer", fields(ROW), at)
        assert "late" in await ann.page(at)
    async with visiting(stage["Bob"]) as bob:
        page = await bob.page(at)
        found = re.search(r'name="answer" value="([0-9a-f]+)"', page)
        assert found is not None
        await goes_to(bob, f"{at}/decide", {"answer": found[1], "counts": "no"}, at)
        assert "set aside, does not count" in await bob.page(at)


async def test_a_sealed_exercise_shows_names_until_it_is_revealed(stage: Stage) -> None:
    listed = f"/call/{stage.call.hex()}/exercises"
    async with visiting(stage["Bob"]) as bob:
        assert "Write first, reveal together" in await bob.page(listed)
        form = {"template": "temperature", "title": "Do we go on", "circle": "allies", "sealed": "on"}
        answer = await post(bob, f"{listed}/start", form)
        at = answer.headers["Location"]
        async with visiting(stage["Ann"]) as ann:
            await sync(ann)
            assert "Do we go on" in await ann.page(at)
            await goes_to(ann, f"{at}/answer", {"one:stand": "undecided"}, at)
            assert (await post(ann, f"{at}/reveal")).status == 422
        async with stage["Cem"].open() as session:
            await session.sync_all()
        async with visiting(stage["Cem"]) as cem:
            page = await cem.page(at)
            assert "Sealed: the answers appear here" in page
            assert re.search(r'id="good-[0-9a-f]+"><bdi>Ann', page)
            assert "the one answer" not in page
        await sync(bob)
        assert "All allies will read the one answer that was sent so far" in await bob.page(at)
        await goes_to(bob, f"{at}/reveal", {}, at)
        assert "revealed" in await bob.page(at)
    async with stage["Cem"].open() as session:
        await session.sync_all()
    async with visiting(stage["Cem"]) as cem:
        assert "undecided" in (await cem.page(at)).partition("The others")[2]


async def test_a_template_of_ones_own_is_started_and_a_bad_one_is_named(stage: Stage) -> None:
    listed = f"/call/{stage.call.hex()}/exercises"
    own = 'name="own"\nversion=1\ntitle="Own"\n[[questions]]\nname="q"\ntype="points"\ntitle="Q"\nwords=["a","b"]\n'
    async with visiting(stage["Sec"]) as sec:
        for form in (
            {"template": "own", "toml": "x", "circle": "allies"},
            {"template": "/etc/x.toml", "circle": "allies"},
        ):
            assert (await post(sec, f"{listed}/start", form)).status == 422
        at = (await post(sec, f"{listed}/start", {"template": "own", "toml": own, "circle": "everyone"})).headers[
            "Location"
        ]
        page = await sec.page(at)
        assert "Send to everyone" in page
        assert "Guests see this too" in page
        await goes_to(sec, f"{at}/answer", {"part:q:0": "7", "part:q:1": "3"}, at)
        assert "What comes out" in await sec.page(at)
    async with visiting(stage["Ann"]) as ann:
        assert "Start an exercise" not in await ann.page(listed)


async def test_rows_come_out_of_a_file_and_a_bad_one_is_told(stage: Stage) -> None:
    at = await place(stage)
    async with visiting(stage["Ann"]) as ann:
        form = FormData()
        form.add_field("file", "Activity,place\nlegal aid,FR\n".encode("utf-8-sig"), filename="rows.csv")
        answer = await post(ann, f"{at}/sheet", form)
        assert (await answer.json())["rows"][0]["place"] == "France"
        form = FormData()
        form.add_field("file", b"\xff\xfe", filename="rows.csv")
        assert (await post(ann, f"{at}/sheet", form)).status == 422


async def test_f04_a_workbook_that_is_chosen_on_a_page_is_read_in_the_sandbox(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = await place(stage)
    asked: list[process.Sandbox] = []
    begin = process.Sandbox._start

    def started(sandbox: process.Sandbox) -> "subprocess.Popen[bytes]":
        asked.append(sandbox)
        return begin(sandbox)

    monkeypatch.setattr(process.Sandbox, "_start", started)
    bomb, row = BytesIO(), BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(32 << 20))
    book = Workbook()
    for line in (("Activity", "place"), ("=1+1", "FR")):
        book.worksheets[0].append(line)
    book.worksheets[0]["A2"].data_type = "s"
    book.save(row)
    async with visiting(stage["Ann"]) as ann:
        for data, status in ((row.getvalue(), 200), (bomb.getvalue(), 422)):
            form = FormData()
            form.add_field("file", data, filename="rows.xlsx")
            answer = await post(ann, f"{at}/sheet", form)
            assert answer.status == status
            said = await answer.text()
            assert ("=1+1" in said and "France" in said) == (status == 200)
    assert len(asked) == 2


async def test_t04_a_file_of_rows_is_read_in_memory_alone(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    opened: list[str] = []
    sys.addaudithook(lambda event, what: opened.append(str(what[0])) if event == "open" else None)
    at, row = await place(stage), b"legal aid,FR\n"
    async with visiting(stage["Ann"]) as ann:
        for times, status in ((900, 200), (140_000, 422), (200_000, 413)):
            form = FormData()
            form.add_field("file", BytesIO(b"Activity,place\n" + row * times), filename="rows.csv")
            assert (await post(ann, f"{at}/sheet", form)).status == status
    assert [path for path in opened if path.startswith(tempfile.gettempdir())] == []


async def test_an_answer_may_have_all_the_rows_that_are_possible(stage: Stage) -> None:
    at = await place(stage)
    async with visiting(stage["Ann"]) as ann:
        form = fields(*[{"activity": "legal aid", "place": "FR"}] * MAX_ROWS)
        assert (await post(ann, f"{at}/draft", form)).status == 204
        assert f'id="row-rows-{MAX_ROWS - 1}-place"' in await ann.page(at)


async def test_on_behalf_of_an_organisation_and_confirmed_by_it(stage: Stage) -> None:
    at = await place(stage)
    async with visiting(stage["Bob"]) as bob:
        org = re.findall(rf'href="{at}/for/([0-9a-f]+)"><bdi>Harbour Watch', await bob.page(at))
        assert org
        page = await bob.page(f"{at}/for/{org[0]}")
        assert "it says that you entered it for them" in page
        assert (await post(bob, f"{at}/for/{org[0]}/draft", fields(ROW))).status == 204
        await goes_to(bob, f"{at}/for/{org[0]}/answer", fields(ROW), at)
        assert "entered on their behalf" in await bob.page(at)
    async with stage["Ann"].open() as session:
        await session.sync_all()
    async with visiting(stage["Ann"]) as ann:
        assert "Make it our own answer" in await ann.page(at)
        await goes_to(ann, f"{at}/confirm", {}, at)
        assert "Make it our own answer" not in await ann.page(at)


async def test_from_a_finding_come_a_commitment_a_discussion_and_a_pair(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    at = await place(stage)
    async with stage["Bob"].open() as session:
        row = a_row("training", "FR", needs=("money",))
        await exercises.answer_exercise(session, stage.call.hex(), at.rpartition("/")[2], answer_of(row))
    async with stage["Ann"].open() as session:
        row = a_row("training", "FR", offers=("money",))
        await exercises.answer_exercise(session, stage.call.hex(), at.rpartition("/")[2], answer_of(row))
    async with visiting(stage["Ann"]) as ann:
        page = await ann.page(f"{at}/map")
        assert "both name “training”" not in page, "one organisation is one voice"
        mine = re.findall(r'name="row" value="([0-9a-f]+:0)"', page)
        await goes_to(ann, f"{at}/commit", {"row": mine[0], "by": "2027-05-01"}, f"{at}/map")
        on = re.findall(r'name="on" value="(finding:[^"]+)"', page)
        await goes_to(ann, f"{at}/say", {"on": on[0], "text": "Let us meet"}, f"{at}/map")
        member = re.findall(r'name="member" value="([0-9a-f]+)"', page)
        await goes_to(ann, f"{at}/pair", {"member": member[0]}, f"{at}/map")
        await goes_to(ann, f"{at}/map/csv", {}, f"{at}/map")
        await goes_to(ann, f"{at}/map/svg", {}, f"{at}/map")
        assert "<svg" in await ann.page(f"{at}/map/picture")
        answer = mine[0].partition(":")[0]
        assert "Make a commitment of it" in await ann.page(f"{at}/answer/{answer}")
    assert sorted(path.name for path in tmp_path.glob("map.*")) == ["map.csv", "map.svg"]
    async with stage["Ann"].open() as session:
        assert len((await committing.list_commitments(session, stage.call.hex())).commitments) == 1
        assert len((await discussing.list_threads(session, stage.call.hex())).threads) == 1


async def test_l02_no_page_of_an_exercise_changes_anything(stage: Stage) -> None:
    at = await place(stage)
    before = stage.places
    async with visiting(stage["Bob"]) as bob:
        for path in ("", "/map", "/map/picture"):
            await bob.page(at + path)
        for deed in ("answer", "close", "reveal", "withdraw", "commit", "say", "pair", "map/csv"):
            answer = await bob.ask("GET", f"{at}/{deed}", bob.own)
            assert answer.status in (404, 405)
    assert stage.places == before


async def test_m15_what_people_write_is_text_on_every_page(stage: Stage) -> None:
    at = await place(stage)
    evil = '"><img src=x onerror=alert(1)><b>'
    async with visiting(stage["Ann"]) as ann:
        await goes_to(ann, f"{at}/answer", fields(ROW | {"activity": evil, "offers": evil, "needs": evil}), at)
    async with stage["Bob"].open() as session:
        await session.sync_all()
        line = (await exercises.show_exercise(session, stage.call.hex(), at.rpartition("/")[2])).answers[0]
    async with visiting(stage["Bob"]) as bob:
        for path in ("", "/map", "/map/picture", f"/answer/{line.answer}"):
            page = await bob.page(at + path)
            assert "<img src=x" not in page
            assert "onerror=alert" in page


async def test_t08_no_draft_is_kept_once_the_pages_are_locked(stage: Stage) -> None:
    at = await place(stage)
    async with visiting(stage["Ann"]) as ann:
        await ann.page(at)
        await ann.program.desk.lock()
        assert (await post(ann, f"{at}/draft", fields(ROW))).status == 401
    async with stage["Ann"].open() as session:
        kept = await drafts.keeper(session, stage.call.hex(), at.rpartition("/")[2])
        assert kept.load() is None
        assert (await calls.show_call(session, stage.call.hex())).state == "open"


async def test_an_empty_sheet_goes_into_the_folder_for_downloads(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECURECALL_DOWNLOADS", str(tmp_path / "down"))
    at = await place(stage)
    async with visiting(stage["Ann"]) as ann:
        assert f'action="{at}/empty-sheet"' in await ann.page(at)
        for form in ("csv", "xlsx"):
            await goes_to(ann, f"{at}/empty-sheet", {"format": form}, at)
        assert (tmp_path / "down" / "sheet.csv").read_text("utf-8-sig").startswith('"Activity"')
        assert (tmp_path / "down" / "sheet.xlsx").read_bytes().startswith(b"PK")


async def test_r08_who_was_removed_reads_what_they_wrote_and_nothing_else(stage: Stage) -> None:
    await stage["Ann"].answer(stage.call, "strategic litigation")
    await stage["Cem"].answer(stage.call, "documentation")
    at = await place(stage)
    async with stage["Sec"].open() as session:
        await removing.remove_from_call(session, stage.call.hex(), ["Cem"])
    await stage.sync("Cem")
    async with visiting(stage["Cem"]) as cem:
        page = await cem.page(at)
        assert "You are no longer in this call." in page
        assert "documentation" in page
        for words in ("strategic litigation", "Ann", "Not yet", "as soon as the line is back"):
            assert words not in page
