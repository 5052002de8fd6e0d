"""What others put up is seen as pixels and plain text; not a byte of it reaches what shows it (F04, F07, L08, M16)."""

import io
from collections.abc import Callable

import pytest
from PIL import Image

from securecall_client import viewing
from securecall_client.errors import FileError
from securecall_client.sandboxed.cannot import CannotError
from securecall_client.sandboxed.viewing import drawing
from tests.unit.cleaning import made

PAGES: dict[str, tuple[Callable[[], bytes], int]] = {
    "jpeg": (lambda: made.image("JPEG", 6), 1),
    "png": (lambda: made.image("PNG"), 1),
    "gif": (lambda: made.image("GIF"), 1),
    "webp": (lambda: made.image("WEBP"), 1),
    "tiff": (lambda: made.image("TIFF"), 1),
    "pdf": (made.pdf, 2),
}
NO_PAGES = {
    "a page of the web": b"<!DOCTYPE html><script>alert(1)</script>",
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "an office file": b"PK\x03\x04" + bytes(40),
    "a program": b"\x7fELF" + bytes(40),
    "noise": bytes(range(256)),
}


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", PAGES)
def test_l08_m16_a_page_is_a_picture_of_pixels_alone(kind: str) -> None:
    make, count = PAGES[kind]
    data = make()
    assert viewing.way(data[:4096]) == "pages"
    pages = drawing.opened(data)
    assert pages.count() == count
    shown = pages.draw(0, 20)
    picture = opened(shown)
    assert (picture.format, picture.width) == ("PNG", 16 if kind == "jpeg" else 20)
    assert (picture.info, dict(picture.getexif())) == ({}, {})
    for word in (made.AUTHOR, "NIKON", "Exif", "xmp"):
        assert word.encode() not in shown


@pytest.mark.parametrize("name", NO_PAGES)
def test_l08_f07_what_could_run_is_downloaded_and_never_drawn(name: str) -> None:
    assert viewing.way(NO_PAGES[name]) == "download"
    with pytest.raises(CannotError):
        drawing.opened(NO_PAGES[name])


@pytest.mark.parametrize("kind", PAGES)
def test_f07_a_name_says_nothing_and_what_hangs_on_behind_is_not_seen(kind: str) -> None:
    shown = drawing.opened(PAGES[kind][0]() + b"<script>alert(1)</script>").draw(0, 20)
    assert b"script" not in shown


@pytest.mark.parametrize("kind", PAGES)
def test_f04_what_is_broken_is_said_to_be(kind: str) -> None:
    data = PAGES[kind][0]()
    with pytest.raises(CannotError):
        drawing.opened(data[: len(data) // 6]).draw(0, 20)


def test_l08_m16_text_is_text() -> None:
    shown = viewing.text("a\u202eb\x1b[2J\r\n\tc <script>".encode())
    assert (shown.shown, shown.cut) == ("a\\u202eb\\x1b[2J\n    c <script>", False)
    assert viewing.text("wörter".encode("utf-16")).shown == "wörter"
    assert viewing.text(b"\xef\xbb\xbfabc \xff").shown == "abc \ufffd"
    long = viewing.text(b"x" * (viewing.TEXT_MOST + 9))
    assert (len(long.shown), long.cut) == (viewing.TEXT_MOST, True)


@pytest.mark.slow
async def test_f04_l08_pages_are_drawn_in_the_sandbox() -> None:
    async with viewing.showing(made.pdf()) as shown:
        assert (shown.pages, shown.more) == (2, False)
        first, second = [opened(await shown.picture(page, 120)) for page in range(2)]
        assert (first.size, second.size) == ((120, 60), (120, 60))
        for page, width in ((2, 120), (-1, 120), (0, 0), (0, 10**6)):
            with pytest.raises(FileError, match="no such page"):
                await shown.picture(page, width)
    with pytest.raises(viewing.UnshownError, match="damaged"):
        async with viewing.showing(b"%PDF-1.7 nothing"):
            pass
