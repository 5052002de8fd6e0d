"""Files that people put up, as they are taken apart in the sandbox; and what a sandbox says that a file took over."""

import base64

import msgspec
from PIL import ImageCms

from securecall_client import viewing
from securecall_client.sandbox.kinds import HEAD, kind_of
from securecall_client.sandbox.messages import (
    LENGTHS,
    MADE_MOST,
    Clean,
    Cleaned,
    Finding,
    Take,
    frame,
    lengths,
    read_answer,
    read_question,
)
from securecall_client.sandboxed.cannot import CannotError
from securecall_client.sandboxed.cleaning import families, icc, jpx
from securecall_client.sandboxed.found import Found
from securecall_client.viewing.png import is_plain
from tests.fuzz.target import Target
from tests.unit.cleaning import made

DRAWING = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9"><metadata>a</metadata><g/></svg>'

PHOTO_WITHIN = DRAWING.replace(
    b"<g/>", b'<image href="data:image/png;base64,' + base64.b64encode(made.image("PNG")) + b'"/>'
)

COLOURS = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
_STREAM = b"\xff\x4f\xff\x64\x00\x09\x00\x01words\xff\x90\x00\x0a" + bytes(6) + b"\x00\x01\xff\x93data\xff\xd9"
_HEADER = b"\x00\x00\x00\x0fcolr\x01\x00\x00\x00\x00\x00\x10"
BOXED = b"".join(
    (len(content) + 8).to_bytes(4) + kind + content
    for kind, content in ((b"jP  ", b"\r\n\x87\n"), (b"jp2h", _HEADER), (b"xml ", b"<a/>"), (b"jp2c", _STREAM))
)


def clean(data: bytes) -> bytes:
    return families.clean(data, Found())


def hear(data: bytes) -> object:
    text, _ = lengths(data[:LENGTHS], MADE_MOST)
    return read_answer(data[LENGTHS : LENGTHS + text])


def ask(data: bytes) -> object:
    text, _ = lengths(data[:LENGTHS], MADE_MOST)
    return read_question(data[LENGTHS : LENGTHS + text])


TARGETS = [
    Target("the kind of a file", lambda data: kind_of(data[:HEAD]), lambda: ["ä".encode(), made.image("WEBP")], ()),
    Target("a text that is shown", viewing.text, lambda: [b"text", "text".encode("utf-16")], ()),
    Target("a picture of a page", lambda data: is_plain(data, 24), lambda: [made.image("PNG")], ()),
    Target(
        "an answer of the sandbox", hear, lambda: [frame(Cleaned((Finding("author", ("Ann",)),)))],
        (ValueError, msgspec.DecodeError),
    ),
    Target("a question to the sandbox", ask, lambda: [frame(Clean()), frame(Take(), b"file")],
           (ValueError, msgspec.DecodeError)),
    *(
        Target(f"a file to be cleaned: {kind}", clean, lambda kind=kind: [made.image(kind)], (CannotError,))  # type: ignore[misc]  # the loop's value is bound here
        for kind in ("JPEG", "PNG", "WEBP", "GIF")
    ),
    Target("a colour profile", lambda data: icc.clean(data, Found()), lambda: [COLOURS], ()),
    Target("a JPEG 2000 in a PDF", lambda data: jpx.clean(data, Found()), lambda: [BOXED], (CannotError,)),
    Target("a file to be cleaned: SVG", clean, lambda: [DRAWING, PHOTO_WITHIN], (CannotError,)),
    Target("a file to be cleaned: DOCX", clean, lambda: [made.docx()], (CannotError,)),
    Target("a file to be cleaned: ODT", clean, lambda: [made.odt()], (CannotError,)),
]  # fmt: skip
