"""What others made is taken apart where it can do nothing (rows F04, F05, T04), and what comes back is not believed."""

import asyncio
import io
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from securecall_client.cleaning import UncleanableError, look
from securecall_client.sandbox import process
from securecall_client.sandbox.messages import Clean, Cleaned, Count, Draw, Pages, Picture
from securecall_client.sandbox.process import Sandbox, SandboxError
from securecall_client.sandboxed.cannot import CannotError
from securecall_client.sandboxed.cleaning import markup, zips
from tests.unit.cleaning import made

GOOD = {
    "jpeg": lambda: made.image("JPEG", 6),
    "png": lambda: made.image("PNG", 8),
    "gif": lambda: made.image("GIF"),
    "webp": lambda: made.image("WEBP", 3),
    "tiff": lambda: made.image("TIFF"),
    "pdf": lambda: made.pdf(attached=True),
    "docx": made.docx,
    "xlsx": made.xlsx,
    "odt": made.odt,
}


def asked(data: bytes) -> str | None:
    """Why the sandbox does not clean a file; nothing if it does."""
    return refusal(lambda sandbox: sandbox.ask(Clean(), Cleaned), data)


def refusal(ask: Callable[[Sandbox], object], data: bytes) -> str | None:
    """Why the sandbox does not do it with a file; nothing if it does."""
    with Sandbox(data) as sandbox:
        try:
            ask(sandbox)
        except SandboxError as error:
            return error.why
    return None


@pytest.mark.slow
@pytest.mark.parametrize("kind", GOOD)
def test_f04_f08_the_sandbox_cleans_as_well_with_nothing_to_open(kind: str) -> None:
    data = GOOD[kind]()
    here, found = made.cleaned(data)
    with Sandbox(data) as sandbox:
        answer, there = sandbox.ask(Clean(), Cleaned)
    assert {finding.what: finding for finding in answer.findings} == found
    assert len(there) == len(here)


@pytest.mark.skipif(sys.platform == "win32", reason="only its time is limited there")
def test_f04_f05_t04_in_the_sandbox_nothing_can_be_opened_written_or_reached(tmp_path: Path) -> None:
    code = (
        "import os, socket, subprocess, sys\n"
        "from securecall_client import posix\n"
        "file = open(sys.argv[1], 'wb', buffering=0)\n"
        "posix.limit_process(1 << 30, 60)\n"
        "posix.close_doors()\n"
        "for what in (lambda: file.write(b'plain'), lambda: open('/dev/null'), lambda: socket.socket(),\n"
        "             lambda: os.memfd_create('x'), lambda: subprocess.run(['true']), lambda: bytearray(2 << 30)):\n"
        "    try:\n        what()\n        print('done')\n"
        "    except (OSError, MemoryError):\n        print('refused')\n"
    )
    path = tmp_path / "file"
    answer = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["refused"] * 6
    assert path.read_bytes() == b""


def bomb(name: str) -> bytes:
    """An office file with a part that unpacks to more than a computer has room for."""
    parts = made.unpacked(made.docx())
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
        with archive.open(name, "w", force_zip64=True) as large:
            for _ in range(zips.BYTES_MOST // (4 << 20) + 1):
                large.write(bytes(4 << 20))
    return data.getvalue()


def wide_png(orientation: int) -> bytes:
    """A picture of 40,000 by 40,000 pixels in a few kilobytes, lying on its side."""
    rows = zlib.compressobj(1)
    packed = b"".join(rows.compress(bytes(5001) * 1000) for _ in range(40)) + rows.flush()

    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)

    head = chunk(b"IHDR", (40_000).to_bytes(4) * 2 + b"\x01\x00\x00\x00\x00")
    exif = chunk(b"eXIf", made.tags(orientation).tobytes()[6:])
    return b"\x89PNG\r\n\x1a\n" + head + exif + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.slow
def test_f04_a_bomb_in_an_office_file_is_refused() -> None:
    assert asked(bomb("word/media/large.bin")) == "too-large"


@pytest.mark.slow
def test_f04_a_picture_that_is_too_large_to_be_drawn_is_refused() -> None:
    data = wide_png(6)
    assert asked(data) == "too-large"
    with Sandbox(data) as sandbox, pytest.raises(SandboxError) as caught:
        sandbox.ask(Draw(0, 100), Picture)
    assert caught.value.why == "too-large"


@pytest.mark.slow
def test_f04_a_pdf_that_unpacks_without_end_ends_in_a_refusal_or_a_picture() -> None:
    inner = zlib.compress(zlib.compress(bytes(1 << 29), 1), 9)
    body = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        (b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9000000 9000000]/Contents 4 0 R>>"),
        b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%s\nendstream" % (len(inner), inner),
    )
    data = b"%PDF-1.7\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % pair for pair in enumerate(body, start=1))
    data += b"trailer\n<</Root 1 0 R/Size 5>>\n%%EOF\n"
    assert refusal(lambda sandbox: sandbox.ask(Draw(0, 200), Picture), data) in (
        None,
        "too-large",
        "damaged",
        "gave-up",
    )
    assert asked(data) in (None, "too-large", "damaged", "gave-up")


def test_f04_archives_in_archives_share_one_room_and_end() -> None:
    nested = made.docx()
    for _ in range(5):
        nested = made.docx(**{"word/embeddings/deeper.docx": nested})
    with pytest.raises(CannotError) as caught:
        made.cleaned(nested)
    assert caught.value.why == "too-large"
    with pytest.raises(CannotError) as caught:
        zips.read(made.packed({"one": bytes(700), "two": bytes(700)}), zips.Room(1000))
    assert caught.value.why == "too-large"


LAUGHS = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
TYPES = {
    "billion laughs": LAUGHS + "<w>&b;</w>",
    "a file from outside": '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><w>&a;</w>',
    "parameters from outside": '<!DOCTYPE w [<!ENTITY % a SYSTEM "http://127.0.0.1/x"> %a;]><w/>',
    "a type from outside": '<!DOCTYPE w SYSTEM "http://127.0.0.1/x"><w/>',
    "any type": "<!DOCTYPE w><w/>",
    "depth": "<w>" * 5000 + "</w>" * 5000,
}


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("part", ["word/document.xml", "docProps/core.xml", "[Content_Types].xml", "_rels/.rels"])
def test_f05_nothing_is_expanded_or_fetched(name: str, part: str) -> None:
    for data in (TYPES[name].encode(), TYPES[name].encode("utf-16")):
        with pytest.raises(CannotError) as caught:
            made.cleaned(made.docx(**{part: data}))
        assert caught.value.why in ("damaged", "too-large")


def test_f05_markup_is_written_as_it_was_read() -> None:
    class All(markup.Rules):
        def element(self, tag: markup.Tag) -> markup.Verdict:
            return "keep"

    text = '<a:x xmlns:a="u" xmlns="v" a:b="1 &lt; &quot;2&quot;&#10;" xml:space="preserve"> &amp; <y z="3"></y></a:x>'
    once = markup.filtered(text.encode(), All())
    assert once.decode().partition("\n")[2] == text
    assert markup.filtered(once, All()) == once


def test_f04_f07_archives_that_say_two_things_are_refused() -> None:
    with pytest.raises(CannotError):
        made.cleaned(made.docx(**{"word/../../x.xml": b"<x/>"}))
    doubled = io.BytesIO()
    with zipfile.ZipFile(doubled, "w") as archive:
        for name, content in made.unpacked(made.docx()).items():
            archive.writestr(name, content)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("word/document.xml", b"<other/>")
    with pytest.raises(CannotError):
        made.cleaned(doubled.getvalue())


TAKEN_OVER = {
    "silence": "import sys; sys.stdin.buffer.read(1)",
    "noise": "import sys; sys.stdout.buffer.write(bytes(range(256)) * 9)",
    "a frame without end": "import sys; sys.stdout.buffer.write((9).to_bytes(4) + (1 << 60).to_bytes(8) + b'{}')",
    "another answer": (
        "import sys, json; t = json.dumps({'type': 'Picture'}).encode();"
        "sys.stdout.buffer.write(len(t).to_bytes(4) + bytes(8) + t)"
    ),
    "too much to tell": (
        "import sys, json; t = json.dumps({'type': 'Cleaned', 'findings': [{'what': 'author', 'names': ['x' * 999]}]});"
        "sys.stdout.buffer.write(len(t).to_bytes(4) + bytes(8) + t.encode())"
    ),
    "a sleep": "import time; time.sleep(600)",
}


@pytest.mark.parametrize("name", TAKEN_OVER)
def test_f04_what_a_sandbox_that_was_taken_over_says_is_not_believed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_command", lambda: [sys.executable, "-c", TAKEN_OVER[name]])
    with Sandbox(b"file", seconds=2 if name == "a sleep" else 60) as sandbox, pytest.raises(SandboxError) as caught:
        sandbox.ask(Clean(), Cleaned)
    assert caught.value.why == "gave-up"


def test_f04_a_sandbox_that_failed_starts_anew_with_the_next_question(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox(made.image("PNG")) as sandbox:
        with monkeypatch.context() as broken:
            broken.setattr(process, "_command", lambda: [sys.executable, "-c", TAKEN_OVER["silence"]])
            with pytest.raises(SandboxError):
                sandbox.ask(Count(), Pages)
        assert sandbox.ask(Draw(0, 10), Picture)[1].startswith(b"\x89PNG")
    with pytest.raises(SandboxError):
        sandbox.ask(Count(), Pages)


async def test_f04_who_stops_waiting_ends_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_command", lambda: [sys.executable, "-c", TAKEN_OVER["a sleep"]])
    waiting = asyncio.create_task(look(io.BytesIO(made.image("JPEG"))))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


def test_f08_all_that_cannot_be_cleaned_has_words() -> None:
    from typing import get_args

    from securecall_client.cleaning.words import HIDDEN, UNCLEANABLE
    from securecall_client.sandbox.kinds import NEVER_CLEANED
    from securecall_client.sandbox.messages import What, Why

    assert set(HIDDEN) == set(get_args(What))
    assert set(UNCLEANABLE) == {*get_args(Why), *NEVER_CLEANED, "gave-up"}
    assert str(UncleanableError("a.pdf", "locked")).startswith("What a.pdf hides cannot be removed")
