"""What the sandbox answers for a page goes on to a browser as a PNG of pixels alone, or not at all (rows F04, L08)."""

import sys
import zlib
from collections.abc import Callable

import pytest

from securecall_client import viewing
from securecall_client.sandbox import process
from securecall_client.sandbox.messages import HEIGHT_MOST
from tests.unit.cleaning import made

LIAR = """
import sys
from securecall_client.sandbox.messages import Pages, Picture, frame
made = sys.stdin.buffer.read1() and bytes.fromhex(sys.argv[1])
sys.stdout.buffer.write(frame(Pages(1, False)))
sys.stdout.buffer.write(frame(Picture(), made) + made)
sys.stdout.buffer.flush()
sys.stdin.buffer.read()
"""


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def png(across: int = 1, down: int = 1, more: bytes = b"", end: bytes = b"") -> bytes:
    size = across.to_bytes(4) + down.to_bytes(4) + bytes((8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(2)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + more + pixels + chunk(b"IEND") + end


LIES: dict[str, Callable[[], bytes]] = {
    "nothing": bytes,
    "a signature": lambda: png()[:8],
    "another kind of picture": lambda: made.image("WEBP"),
    "a page of the web": lambda: b"<!DOCTYPE html><script>alert(1)</script>",
    "wider than asked for": lambda: png(900),
    "higher than any": lambda: png(1, HEIGHT_MOST + 2),
    "no pixels": lambda: png(0),
    "a picture that moves": lambda: png(more=chunk(b"acTL", bytes(8))),
    "words": lambda: png(more=chunk(b"tEXt", b"Author\0Ann")),
    "a profile of colours": lambda: png(more=chunk(b"iCCP", b"x\0\0" + bytes(40))),
    "a second head": lambda: png(more=png()[8:33]),
    "something behind": lambda: png(end=b"GIF89a"),
    "cut": lambda: png()[:-4],
}


def lie(monkeypatch: pytest.MonkeyPatch, picture: bytes) -> None:
    monkeypatch.setattr(process, "_command", lambda: [sys.executable, "-c", LIAR, picture.hex()])


@pytest.mark.parametrize("name", LIES)
async def test_f04_l08_a_sandbox_that_a_document_took_over_gives_a_browser_nothing_else(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lie(monkeypatch, LIES[name]())
    async with viewing.showing(b"file") as shown:
        with pytest.raises(viewing.UnshownError):
            await shown.picture(0, 20)


async def test_f04_a_picture_of_pixels_alone_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    lie(monkeypatch, png(20))
    async with viewing.showing(b"file") as shown:
        assert await shown.picture(0, 20) == png(20)
