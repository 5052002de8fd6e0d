"""JPEG (ITU-T T.81): only the segments stay that a picture needs; its pixels are not touched."""

from collections.abc import Iterator
from typing import Final

from securecall_client.sandboxed.cannot import need
from securecall_client.sandboxed.cleaning import exif, icc, xmp
from securecall_client.sandboxed.found import Found

_START, _END, _SCAN, _COMMENT, _APP0, _APP2, _APP14 = 0xD8, 0xD9, 0xDA, 0xFE, 0xE0, 0xE2, 0xEE
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length: TEM and the restarts."""
_DRAWS: Final = frozenset(range(0xC0, 0xE0))
"""Markers of what a picture is drawn by: frames, tables, scans, restarts."""
_COLOURS: Final = b"ICC_PROFILE\x00"
_COLOURS_MOST: Final = 0xFFFF - 2 - len(_COLOURS) - 2
_ADOBE: Final = b"Adobe"
_ADOBE_SIZE: Final = 12
_JFIF: Final = b"JFIF\x00"
_XMP: Final = b"http://ns.adobe.com/"
_MANY: Final = b"MPF\x00"


def clean(data: bytes, found: Found) -> tuple[bytes, int]:
    """The picture without what it hides, and its orientation. Raises: CannotError if it is no sound JPEG."""
    kept, orientation = bytearray(b"\xff\xd8"), 1
    need(data[:2] == kept)
    end = 2
    colours: list[bytes] = []
    where = 0
    for marker, segment, stop in _segments(data):
        end, content = stop, segment[4:]
        if marker in _DRAWS or marker in _ALONE:
            kept += segment
        elif marker == _APP2 and content.startswith(_COLOURS):
            where = where or len(kept)
            colours.append(content[len(_COLOURS) :])
        else:
            if content.startswith(b"Exif\x00\x00"):
                orientation = exif.tell(content, found)
            kept += _kept(marker, content, found)
    kept[where:where] = _coloured(colours, found)
    if data[end:].strip(b"\x00"):
        found.add("appended")
    return bytes(kept), orientation


def _coloured(parts: list[bytes], found: Found) -> bytes:
    """The segments of a colour profile, of which each part says in its first byte the how manyth it is."""
    profile = (
        icc.clean(b"".join(part[2:] for part in sorted(parts, key=lambda part: part[:1])), found) if parts else None
    )
    if profile is None:
        return b""
    pieces = [profile[at : at + _COLOURS_MOST] for at in range(0, len(profile), _COLOURS_MOST)]
    need(len(pieces) <= 0xFF)
    return b"".join(
        b"\xff\xe2" + (len(piece) + 4 + len(_COLOURS)).to_bytes(2) + _COLOURS + bytes((number, len(pieces))) + piece
        for number, piece in enumerate(pieces, 1)
    )


def _kept(marker: int, content: bytes, found: Found) -> bytes:
    """What stays of a segment that a picture can do without: how its colours are coded, and the resolution."""
    if marker == _APP14 and content.startswith(_ADOBE) and len(content) >= _ADOBE_SIZE:
        if len(content) > _ADOBE_SIZE:
            found.add("details")
        return b"\xff\xee\x00\x0e" + content[:_ADOBE_SIZE]
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
