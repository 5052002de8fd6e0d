"""JPEG (ITU-T T.81): only the segments stay that a picture needs; its pixels are not touched."""

from collections.abc import Iterator
from typing import Final

from securecall_client.sandboxed.cannot import need
from securecall_client.sandboxed.cleaning import exif, xmp
from securecall_client.sandboxed.found import Found

_START, _END, _SCAN, _COMMENT, _APP0, _APP15 = 0xD8, 0xD9, 0xDA, 0xFE, 0xE0, 0xEF
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length: TEM and the restarts."""
_COLOURS: Final = b"ICC_PROFILE\x00"
_ADOBE: Final = b"Adobe"
_JFIF: Final = b"JFIF\x00"
_XMP: Final = b"http://ns.adobe.com/"
_MANY: Final = b"MPF\x00"


def clean(data: bytes, found: Found) -> tuple[bytes, int]:
    """The picture without what it hides, and its orientation. Raises: CannotError if it is no sound JPEG."""
    kept, orientation = bytearray(b"\xff\xd8"), 1
    need(data[:2] == kept)
    end = 2
    for marker, segment, stop in _segments(data):
        end = stop
        if _APP0 <= marker <= _APP15 or marker == _COMMENT:
            content = segment[4:]
            if content.startswith(b"Exif\x00\x00"):
                orientation = exif.tell(content, found)
            kept += _kept(marker, content, segment, found)
        else:
            kept += segment
    if data[end:].strip(b"\x00"):
        found.add("appended")
    return bytes(kept), orientation


def _kept(marker: int, content: bytes, segment: bytes, found: Found) -> bytes:
    """What stays of a segment that a picture can do without: colours, and the resolution."""
    if content.startswith(_COLOURS) or (marker == 0xEE and content.startswith(_ADOBE)):
        return segment
    if marker == _APP0 and content.startswith(_JFIF) and len(content) >= 14:
        if content[12] and content[13]:
            found.add("thumbnail")
        return b"\xff\xe0\x00\x10" + content[:12] + b"\x00\x00"
    if content.startswith(_XMP):
        xmp.tell(content, found)
    elif content.startswith(_MANY):
        found.add("appended")
    elif marker == _COMMENT:
        found.add("description")
    elif not content.startswith(b"Exif\x00\x00"):
        found.add("details")
    return b""


def _segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Each marker after the first, with all its bytes and where they end; after a scan its data belongs to it."""
    at = 2
    while True:
        need(data[at : at + 1] == b"\xff")
        while data[at + 1 : at + 2] == b"\xff":
            at += 1
        need(at + 1 < len(data))
        marker = data[at + 1]
        need(marker not in (0x00, _START))
        if marker == _END or marker in _ALONE:
            yield marker, data[at : at + 2], at + 2
            at += 2
            if marker == _END:
                return
            continue
        stop = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        need(at + 4 <= stop <= len(data))
        if marker == _SCAN:
            stop = _end_of_scan(data, stop)
        yield marker, data[at:stop], stop
        at = stop


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next marker stands that is neither a restart nor a stuffed byte."""
    while True:
        at = data.find(b"\xff", at)
        need(0 <= at < len(data) - 1)
        following = data[at + 1]
        if following == 0xFF:
            at += 1
        elif following == 0x00 or 0xD0 <= following <= 0xD7:
            at += 2
        else:
            return at
