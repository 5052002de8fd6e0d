"""The client as a folder that needs no Python (`make folder`), made on this system and used like the other."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from threading import Timer

import aiohttp
import pytest
from PyInstaller.archive.readers import CArchiveReader

from securecall_client.sandbox.messages import Clean, Cleaned, Count, Draw, Lines, Pages, Picture, Read
from securecall_client.sandbox.process import Sandbox
from securecall_server.codes import setup_code
from tests.live.process import ServerProcess
from tests.live.seat import Seat
from tests.unit.cleaning import made

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "build" / "folder" / "securecall"
NOT_IN_IT = {"securecall_server", "sqlalchemy", "alembic", "asyncpg", "obstore", "tests", "pytest", "hypothesis"}
CALL = "Situation in spring"
DEADLINE = 60
"""Seconds for the pages to be there."""
BROWSER = """#!/bin/sh
printf '%s' "${LD_LIBRARY_PATH-nothing}" >"$0.told"
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="made and tried on Linux; docs/folder.md says more")


@pytest.fixture(scope="module")
def program() -> Path:
    """The folder's program, made anew only when something that goes into it has changed."""
    subprocess.run([str(ROOT / ".ci" / "folder")], cwd=ROOT, check=True, timeout=1200)
    return PLACE / "securecall"


@pytest.fixture(scope="module")
def seats(program: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Seat, Seat]:
    """Two people whose computers have no Python, nor any other program, to be found."""
    folder = tmp_path_factory.mktemp("seats")
    both = Seat(folder / "sana", program), Seat(folder / "amina", program)
    for seat in both:
        seat.environment |= {"PATH": str(seat.folder), "HOME": str(seat.folder)}
    return both


@contextmanager
def pages(seat: Seat, *words: str) -> Iterator[str]:
    """Somebody's pages; gives where they are."""
    line = [str(seat.program), "web", *words, "--json"]
    with subprocess.Popen(line, cwd=seat.folder, env=seat.environment, stdout=subprocess.PIPE, text=True) as process:
        watch = Timer(DEADLINE, process.kill)
        watch.start()
        try:
            assert process.stdout is not None
            yield str(json.loads(process.stdout.readline())["address"]).partition("/#enter=")[0]
        finally:
            watch.cancel()
            process.kill()


async def fetch(origin: str, path: str, **headers: str) -> str:
    """What is answered there, asked as a browser does that knows every name under localhost."""
    host = origin.removeprefix("http://")
    url = f"http://127.0.0.1:{host.rpartition(':')[2]}{path}"
    sent = {"Host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    async with aiohttp.ClientSession() as http, http.get(url, headers=sent) as answer:
        assert answer.status == 200
        return await answer.text()


def test_o15_it_holds_the_client_and_neither_server_nor_tests_nor_where_it_was_made(program: Path) -> None:
    inside = CArchiveReader(str(program)).open_embedded_archive("PYZ.pyz").toc
    tops = {name.partition(".")[0] for name in inside} | {path.name for path in (PLACE / "_internal").iterdir()}
    assert {"securecall", "securecall_client", "securecall_keys"} <= tops
    assert tops & NOT_IN_IT == set()
    files = [path for path in PLACE.rglob("*") if path.is_file()]
    assert [path for path in files if str(ROOT).encode() in path.read_bytes()] == []
    assert [path.name for path in files if path.suffix == ".ts"] == []


def test_it_runs_where_there_is_no_python(seats: tuple[Seat, Seat]) -> None:
    sana, _ = seats
    assert sana.run("--version").stdout == f"securecall {version('securecall')}\n"
    told = sana.told("doctor", "--offline")
    assert told["ok"]
    assert {"version", "sqlite", "openssl"} <= {check["check"] for check in told["checks"] if check["state"] == "ok"}
    assert "a server" in sana.run("demo").stderr


def test_people_found_join_and_report(seats: tuple[Seat, Seat], new_server: ServerProcess) -> None:
    new_server.start()
    sana, amina = seats
    sana.found(new_server.url, setup_code(new_server.setup.seed, new_server.setup.server))
    amina.join("Amina", sana.told("invite", "--role", "member", "--org", "River Watch")["invitation"])
    sana.told("admit")
    assert amina.told("join")["state"] == "joined"
    call = sana.told("call", "open", CALL, "--country", "KE", "--starts", "2027-03-01T15:00Z")["call"]
    sana.told("call", "invite", call, "Amina")
    sana.told("exercise", "start", call, "who-does-what", "--circle", "allies")
    amina.told("sync")
    (sana.folder / "report.odt").write_bytes(made.odt())
    added = sana.told("doc", "add", call, "report.odt")["documents"]
    assert added[0]["metadata"] == "removed", added
    for kind, begin in (("pdf", b"%PDF-"), ("docx", b"PK"), ("html", b"<!doctype html>")):
        sana.told("call", "report", call, "-o", f"report.{kind}")
        assert (sana.folder / f"report.{kind}").read_bytes().startswith(begin)


def test_f04_files_are_taken_apart_in_a_process_of_the_folder(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    with Sandbox(made.pdf(attached=True)) as sandbox:
        counted, _ = sandbox.ask(Count(), Pages)
        assert counted.pages >= 1
        assert sandbox.ask(Draw(0, 400), Picture)[1].startswith(b"\x89PNG")
    for data in (made.image("JPEG", 6), made.image("WEBP", 3), made.pdf(attached=True), made.docx(), made.xlsx()):
        with Sandbox(data) as sandbox:
            answer, cleaned = sandbox.ask(Clean(), Cleaned)
            assert answer.findings
            assert cleaned
    with Sandbox(made.xlsx()) as sandbox:
        assert made.SHOWN.encode() in sandbox.ask(Read(), Lines)[1]


async def test_the_pages_are_in_it(seats: tuple[Seat, Seat]) -> None:
    with pages(seats[0], "--no-browser") as origin:
        shell = await fetch(origin, "/", Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="document")
        parts = re.findall(r'(?:href|src)="(/static/[^"]+)"', shell)
        assert {"/static/bundle.js", "/static/css/base.css"} <= {*parts}
        for part in (*parts, "/static/bundle.licenses.txt"):
            assert await fetch(origin, part, Sec_Fetch_Site="same-origin")


async def test_a_browser_that_it_opens_has_the_libraries_of_the_system(seats: tuple[Seat, Seat]) -> None:
    sana, _ = seats
    browser = sana.folder / "browser"
    browser.write_text(BROWSER, "utf-8")
    browser.chmod(0o755)
    for before, told in ((None, "nothing"), ("/opt/own", "/opt/own")):
        sana.environment |= {"BROWSER": str(browser)} | ({} if before is None else {"LD_LIBRARY_PATH": before})
        with pages(sana) as origin:
            # Nothing is answered before the browser has come back.
            await fetch(origin, "/", Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="document")
        assert (sana.folder / "browser.told").read_text("utf-8") == told
    sana.environment.pop("LD_LIBRARY_PATH")
