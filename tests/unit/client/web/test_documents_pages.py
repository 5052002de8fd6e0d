"""Files through the pages, without a browser: what is told of them, when they go, and what the disk has of them."""

import asyncio
import io
import re
import socket
import sys
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import pikepdf
import pytest

from securecall_client.acts import documents
from securecall_client.blobs import BlobStore
from securecall_client.cleaning import Looked, look
from securecall_client.errors import OfflineError
from securecall_client.sandbox import process
from securecall_client.spool import PIECE
from securecall_client.web import incoming
from tests.pages import Visitor, visiting
from tests.simulator.people import LOCK, Stage
from tests.unit.cleaning import made, taken_over
from tests.unit.cleaning.test_taken_over import victim

WORD = b"a word that stands nowhere else"


class Files:
    """Somebody's page of documents."""

    def __init__(self, visitor: Visitor, stage: Stage) -> None:
        self.visitor, self.base = visitor, f"/call/{stage.call.hex()}"

    async def post(self, path: str, headers: dict[str, str], data: bytes = b"") -> str:
        """What our script sends; gives the answer."""
        own = {**self.visitor.own, **headers, "Host": self.visitor.program.loopback.origin.removeprefix("http://")}
        address = f"{self.visitor.program.loopback.by_number}{self.base}/documents/{path}"
        async with self.visitor.http.post(address, headers=own, data=data) as answer:
            assert answer.status in (200, 204), (answer.status, await answer.text())
            return await answer.text()

    async def drop(self, name: str, data: bytes, replaces: str = "") -> str:
        """Drop a file; gives its id."""
        headers = {"X-SecureCall-Name": quote(name), "X-SecureCall-Size": str(len(data))}
        answer = await self.post("new", {**headers, "X-SecureCall-Replaces": replaces})
        found = re.search(r"[0-9a-f]{32}", answer)
        assert found is not None
        for at in range(0, len(data), PIECE):
            await self.post(f"piece/{found[0]}", {"X-SecureCall-At": str(at)}, data[at : at + PIECE])
        await self.until(lambda page: f"in-{found[0]}" in page and "Looking into" not in page)
        return found[0]

    async def until(self, holds: Callable[[str], bool], path: str = "/documents") -> str:
        """The page, once it is as it should be."""
        async with asyncio.timeout(60), aclosing(self.visitor.program.desk.hub.listen("", "")) as words:
            while True:
                told = asyncio.ensure_future(anext(words))
                # It listens before it looks, so that nothing is missed between the two.
                await asyncio.sleep(0)
                page = await self.visitor.page(self.base + path)
                if holds(page):
                    told.cancel()
                    await asyncio.gather(told, return_exceptions=True)
                    return page
                await told

    async def send(self, do: str, circle: str = "allies", replaces: str = "") -> None:
        """Decide on files."""
        await self.visitor.do(f"{self.base}/documents/send", do=do, circle=circle, replaces=replaces)


async def had(stage: Stage, name: str, folder: Path) -> bytes:
    """What Bob gets of a document."""
    async with stage["Bob"].open() as session:
        await documents.get_document(session, stage.call.hex(), name, folder / "got")
    return (folder / "got").read_bytes()


async def test_f08_what_a_photo_hides_is_told_before_it_goes_and_is_gone_when_it_arrives(
    stage: Stage, tmp_path: Path
) -> None:
    async with visiting(stage["Ann"]) as visitor:
        files = Files(visitor, stage)
        photo = made.image("JPEG")
        file = await files.drop("photo.jpg", photo)
        page = await files.until(lambda _: True)
        assert "removed" in page
        assert "where it was taken" in page
        await files.send(f"send {file}")
        page = await files.until(lambda page: 'id="documents"' in page)
        assert f"in-{file}" not in page
    got = await had(stage, "photo.jpg", tmp_path)
    assert b"Exif" in photo
    assert b"Exif" not in got


async def test_f08_t04_a_file_is_looked_into_once_and_its_clean_copy_is_sealed_until_it_goes(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[object] = []

    async def counted(file: BinaryIO) -> Looked:
        looks.append(file)
        return await look(file)

    monkeypatch.setattr(incoming, "look", counted)
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg"><metadata>Ann</metadata><text>{WORD.decode()}</text></svg>'
    async with visiting(stage["Ann"]) as visitor:
        files = Files(visitor, stage)
        sent, dropped, locked = [await files.drop(f"{name}.svg", drawing.encode()) for name in ("a", "b", "c")]
        copies = [one.looked.copy for one in visitor.program.desk.arrivals.of(stage.call.hex()) if one.looked]
        assert [copy is not None and WORD in copy.read() for copy in copies] == [True, True, True]
        for copy in copies:
            assert copy is not None
            assert WORD not in Path(f"/proc/self/fd/{copy.fileno()}").read_bytes()
        await files.send(f"send {sent}")
        await files.until(lambda page: 'id="documents"' in page)
        await files.send(f"out {dropped}")
        assert [copy is not None and copy.closed for copy in copies] == [True, True, False]
        assert visitor.program.desk.arrivals.get(locked).looked is not None
        await visitor.program.desk.lock()
        assert [copy is not None and copy.closed for copy in copies] == [True, True, True]
    assert len(looks) == 3
    got = await had(stage, "a.svg", tmp_path)
    assert (WORD in got, b"metadata" in got) == (True, False)


async def test_f08_a_file_goes_as_it_is_only_by_a_word_of_its_own(stage: Stage, tmp_path: Path) -> None:
    async with visiting(stage["Ann"]) as visitor:
        files = Files(visitor, stage)
        rtf = await files.drop("letter.rtf", b"{\\rtf1 {\\info{\\author Ann}} Hello}")
        page = await files.until(lambda _: True)
        assert "This file cannot be cleaned:" in page
        await files.send("all")
        assert f"in-{rtf}" in await files.until(lambda _: True)
        await files.send(f"send {rtf}")
        await files.until(lambda page: f"in-{rtf}" in page and "hides cannot be removed" in page)
        await files.send(f"as-it-is {rtf}", "everyone")
        page = await files.until(lambda page: 'id="documents"' in page)
        assert "for everyone" in page
    assert b"\\author Ann" in await had(stage, "letter.rtf", tmp_path)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("photo.heic", b"\x00\x00\x00\x18ftypheic" + bytes(40), "Save it as JPEG and put that up."),
        ("letter.rtf", b"{\\rtf1 Hello}", "Save it as .docx, .odt or PDF and put that up."),
        ("plan.doc", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "Save a copy as .docx, .xlsx, .pptx or PDF"),
        ("plan.pdf", b"%PDF-1.7\nnothing behind it", "save it anew, and put that up."),
    ],
)
async def test_f08_a_file_that_cannot_be_cleaned_says_what_to_do_instead(
    stage: Stage, name: str, data: bytes, words: str
) -> None:
    async with visiting(stage["Ann"]) as visitor:
        files = Files(visitor, stage)
        await files.drop(name, data)
        assert words in await files.until(lambda _: True)


async def test_t04_no_file_on_the_disk_has_a_word_of_what_is_on_its_way(stage: Stage) -> None:
    async with visiting(stage["Ann"]) as visitor:
        files = Files(visitor, stage)
        await files.drop("plain.txt", WORD * 100_000)
        found = [path for path in stage.root.rglob("*") if path.is_file() and WORD in path.read_bytes()]
        assert found == []
        spool = visitor.program.desk.arrivals.of(stage.call.hex())[0].spool
        assert WORD not in Path(f"/proc/self/fd/{spool.fileno()}").read_bytes()
        assert spool.read(len(WORD)) == WORD
        await visitor.program.desk.lock()
        assert spool.closed
        assert visitor.program.desk.arrivals.of(stage.call.hex()) == []


async def test_f01_a_name_with_parts_of_a_path_stays_a_name(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    monkeypatch.setenv("SECURECALL_DOWNLOADS", str(downloads))
    async with visiting(stage["Ann"]) as visitor:
        files = Files(visitor, stage)
        await files.drop("../../.ssh/rc<b>.txt", b"hello")
        await files.send("all")
        page = await files.until(lambda page: 'id="documents"' in page)
        assert "rc&lt;b&gt;.txt" in page
        [document] = re.findall(r'id="document-([0-9a-f]+)"', page)
        await visitor.do(f"{files.base}/document/{document}/get", version="1")
    [path] = downloads.iterdir()
    assert path.read_bytes() == b"hello"
    assert path.parent == downloads
    assert "/" not in path.name


@pytest.mark.parametrize(("name", "data"), [("a.svg", b"<svg onload='alert(1)'/>"), ("a.html", b"<html><script>")])
async def test_l08_f07_what_could_run_is_nothing_but_a_download(stage: Stage, name: str, data: bytes) -> None:
    async with visiting(stage["Ann"]) as visitor:
        files = Files(visitor, stage)
        file = await files.drop(name, data)
        await files.send(f"as-it-is {file}")
        page = await files.until(lambda page: 'id="documents"' in page)
        [document] = re.findall(r'id="document-([0-9a-f]+)"', page)
        look = await visitor.page(f"{files.base}/document/{document}/look/1")
        assert "is not shown here" in look
        assert "alert" not in look
        answer = await visitor.ask("GET", f"{files.base}/document/{document}/page/1/1", visitor.own)
        assert answer.status == 422
        assert answer.content_type == "application/json"


@pytest.mark.skipif(sys.platform != "linux", reason="the filter of system calls is Linux's")
async def test_f04_t04_a_photo_that_takes_over_what_looks_into_it_can_do_nothing_but_answer(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_command", lambda: [sys.executable, "-E", "-P", taken_over.__file__])
    (prey := tmp_path / "prey").mkdir()
    with victim(prey) as told:
        async with visiting(stage["Ann"]) as visitor:
            files = Files(visitor, stage)
            file = await files.drop("photo.png", b"\x89PNG\r\n\x1a\n" + told)
            await files.send(f"send {file}")
            await files.until(lambda page: 'id="documents"' in page)
    assert await had(stage, "photo.png", tmp_path) == b"[]"


def reaching(port: int) -> dict[str, bytes]:
    """Files that name another computer: what cleans or draws them could ask it for something."""
    there = f"http://127.0.0.1:{port}/"
    outside = f'<!DOCTYPE a [<!ENTITY b SYSTEM "{there}">]><a>&b;</a>'.encode()
    pages = io.BytesIO()
    with pikepdf.open(io.BytesIO(made.pdf())) as document:
        elsewhere = pikepdf.Dictionary(Type=pikepdf.Name.Filespec, FS=pikepdf.Name.URL, F=pikepdf.String(there))
        document.pages[0].Contents = pikepdf.Stream(document, b"", F=elsewhere)
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(there))
        document.save(pages)
    return {
        "drawing.svg": outside.replace(b"<a>", b"<svg>").replace(b"</a>", b"</svg>"),
        "text.docx": made.docx(**{"word/document.xml": outside}),
        "text.odt": made.odt(**{"content.xml": outside}),
        "pages.pdf": pages.getvalue(),
    }


async def test_f05_m16_a_file_that_names_another_computer_reaches_nobody(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        async with visiting(stage["Ann"]) as visitor:
            files = Files(visitor, stage)
            given = reaching(listening.getsockname()[1])
            dropped = {name: await files.drop(name, data) for name, data in given.items()}
            page = await files.until(lambda _: True)
            assert page.count("<strong>This file cannot be cleaned:") == 3
            await files.send(f"as-it-is {dropped['pages.pdf']}")
            page = await files.until(lambda page: 'id="documents"' in page)
            [document] = re.findall(r'id="document-([0-9a-f]+)"', page)
            answer = await visitor.ask("GET", f"{files.base}/document/{document}/page/1/1", visitor.own)
            assert answer.content_type == "image/png"
        with pytest.raises(BlockingIOError):
            listening.accept()


async def test_a_photo_has_no_pages_to_turn(stage: Stage) -> None:
    async with visiting(stage["Bob"]) as visitor:
        for name, data, turns in (("photo.png", made.image("PNG"), 0), ("paper.pdf", made.pdf(), 2)):
            document = await stage.put_up("Bob", name, data)
            page = await visitor.page(f"/call/{stage.call.hex()}/document/{document}/look/1")
            assert "data-zoom" in page
            assert (page.count("data-turn="), page.count("Page Up")) == (turns, min(turns, 1))


async def test_f04_f05_what_cannot_be_drawn_says_so_and_the_page_goes_on(stage: Stage) -> None:
    async with visiting(stage["Ann"]) as visitor:
        files = Files(visitor, stage)
        bomb = made.image("PNG").replace(
            b"IHDR\x00\x00\x00\x18\x00\x00\x00\x10", b"IHDR\x7f\xff\xff\xff\x7f\xff\xff\xff"
        )
        file = await files.drop("bomb.png", bomb)
        assert "cannot be cleaned" in await files.until(lambda _: True)
        await files.send(f"as-it-is {file}")
        page = await files.until(lambda page: 'id="documents"' in page)
        [document] = re.findall(r'id="document-([0-9a-f]+)"', page)
        assert "This cannot be shown here" in await visitor.page(f"{files.base}/document/{document}/look/1")
        assert "bomb.png" in await visitor.page(f"{files.base}/document/{document}")


async def test_without_a_line_a_file_is_kept_here_says_so_and_goes_on_by_itself(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = asyncio.Event()
    upload = BlobStore.upload

    async def cut(self: BlobStore, *what: object) -> None:
        if not held.is_set():
            raise OfflineError("The server was not reached.")
        await upload(self, *what)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(BlobStore, "upload", cut)
    async with visiting(stage["Ann"]) as visitor:
        files = Files(visitor, stage)
        await files.drop("report.txt", b"hello")
        await files.send("all")
        page = await files.until(lambda page: "On their way" in page)
        assert "on this computer" in page
        [blob] = re.findall(r'id="leaving-([0-9a-f]+)"', page)
        await visitor.do(f"{files.base}/documents/way", do=f"pause {blob}")
        page = await files.until(lambda page: "Paused" in page)
        assert "it goes by itself" not in page
        held.set()
        assert 'id="documents"' not in await files.until(lambda _: True)
        await visitor.program.desk.lock()
        await visitor.program.desk.unlock(LOCK)
        assert "Paused" in await files.until(lambda page: "Paused" in page)
        assert 'id="documents"' not in await files.until(lambda _: True)
        await visitor.do(f"{files.base}/documents/way", do=f"resume {blob}")
        await files.until(lambda page: 'id="documents"' in page and "On their way" not in page)


async def test_t04_a_download_that_is_ended_leaves_nothing(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    monkeypatch.setattr("securecall_client.web.pages.document.downloads", lambda: downloads)
    document = await stage.put_up("Ann", "report.txt", WORD * 1000)
    asked = asyncio.Event()

    async def hang() -> None:
        asked.set()
        await asyncio.Event().wait()

    async with asyncio.timeout(60), visiting(stage["Ann"]) as visitor:
        async with visitor.program.desk.at() as session:
            await session.reach()
        stage["Ann"].hostile.meanwhile["get_chunk"] = hang
        at = f"/call/{stage.call.hex()}/document/{document}/get"
        getting = asyncio.create_task(visitor.refused(at, version="1"))
        await asked.wait()
        await visitor.ask("POST", "/line/without", visitor.own)
        assert "You ended it. Nothing of the file was kept." in await getting
        assert list(downloads.iterdir()) == []
        await visitor.do(at, version="1")
        assert [path.name for path in downloads.iterdir()] == ["report.txt"]


async def test_a_file_that_has_not_gone_is_taken_back(stage: Stage) -> None:
    async with visiting(stage["Ann"]) as visitor:
        files = Files(visitor, stage)
        carrying = visitor.program.desk.carrying
        carrying.stir = lambda: None  # type: ignore[method-assign]  # so that it stays where it is
        await files.drop("report.txt", b"hello")
        await files.send("all")
        page = await files.until(lambda page: "On their way" in page)
        [blob] = re.findall(r'id="leaving-([0-9a-f]+)"', page)
        await visitor.do(f"{files.base}/documents/way", do=f"back {blob}")
        page = await files.until(lambda page: "On their way" not in page)
        assert "There is no document yet." in page


async def test_a_version_takes_the_place_of_another_and_both_go_with_a_receipt(stage: Stage) -> None:
    async with visiting(stage["Ann"]) as visitor:
        files = Files(visitor, stage)
        await files.drop("one.txt", b"one")
        await files.send("all")
        page = await files.until(lambda page: 'id="documents"' in page)
        [document] = re.findall(r'id="document-([0-9a-f]+)"', page)
        headers = {"X-SecureCall-Name": "two.txt", "X-SecureCall-Size": "3", "X-SecureCall-Replaces": document}
        found = re.search(r"[0-9a-f]{32}", await files.post("new", headers))
        assert found is not None
        await files.post(f"piece/{found[0]}", {"X-SecureCall-At": "0"}, b"two")
        await files.until(lambda page: "send-all" in page, f"/document/{document}")
        await files.send("all", replaces=document)
        await files.until(lambda page: "version-2" in page, f"/document/{document}")
        assert "two" in await visitor.page(f"{files.base}/document/{document}/look/2")
        assert "one" in await visitor.page(f"{files.base}/document/{document}/look/1")
        await visitor.do(f"{files.base}/document/{document}/withdraw")
        page = await visitor.page(f"{files.base}/document/{document}")
        assert "Who could read it until then" in page
        assert "They held the key too" in page or "had been told of it" in page
