"""JPEG 2000 as it stands in a PDF (ISO 15444-1): of its boxes those stay that a picture needs, and no comment.

The codestream keeps its length, since its parts say how long they are: a comment is blanked where it stands.
"""

from collections.abc import Iterator
from typing import Final

from securecall_client.sandboxed.cannot import need
from securecall_client.sandboxed.cleaning import icc
from securecall_client.sandboxed.found import Found

_HEADER: Final = b"jp2h"
_STREAM: Final = b"jp2c"
_STAYS: Final = frozenset(b"jP\x20\x20|ftyp|ihdr|bpcc|colr|pclr|cmap|cdef|res\x20".split(b"|"))
_BEGIN: Final = b"\xff\x4f"
_PART, _DATA, _END, _COMMENT = b"\xff\x90", b"\xff\x93", b"\xff\xd9", b"\xff\x64"
_PROFILED: Final = (2, 3)
"""Methods of `colr` that hold a colour profile."""


def clean(data: bytes, found: Found) -> bytes:
    """The picture without what it hides. Raises: CannotError if it is no sound JPEG 2000."""
    return _stream(data, found) if data.startswith(_BEGIN) else _boxes(data, found)


def _boxes(data: bytes, found: Found) -> bytes:
    kept = b""
    for kind, content in _each(data):
        if kind == _HEADER:
            kept += _box(kind, _boxes(content, found))
        elif kind == _STREAM:
            kept += _box(kind, _stream(content, found))
        elif kind == b"colr" and content[:1] and content[0] in _PROFILED:
            profile = icc.clean(content[3:], found)
            need(profile is not None)
            kept += _box(kind, content[:3] + (profile or b""))
        elif kind in _STAYS:
            kept += _box(kind, content)
        else:
            found.add("details")
    return kept


def _each(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each box's kind and content."""
    at = 0
    while at < len(data):
        size, kind, head = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16]), 16
        elif size == 0:
            size = len(data) - at
        need(head <= size <= len(data) - at)
        yield kind, data[at + head : at + size]
        at += size


def _box(kind: bytes, content: bytes) -> bytes:
    need(len(content) + 8 < 1 << 32)
    return (len(content) + 8).to_bytes(4) + kind + content


def _stream(data: bytes, found: Found) -> bytes:
    """The codestream with its comments blanked, in the head of all and in those of its parts."""
    need(data.startswith(_BEGIN))
    made, at, stop = bytearray(data), 2, 0
    while data[at : at + 2] != _END:
        marker, size = data[at : at + 2], int.from_bytes(data[at + 2 : at + 4])
        need(marker[:1] == b"\xff" and at + 4 <= len(data))
        if marker == _DATA:
            need(at < stop)
            at = stop
            continue
        need(size >= 2 and at + 2 + size <= len(data))
        if marker == _PART:
            length = int.from_bytes(data[at + 6 : at + 10])
            stop = at + length if length else len(data) - len(_END)
            need(stop <= len(data))
        elif marker == _COMMENT and any(data[at + 6 : at + 2 + size]):
            found.add("description")
            made[at + 6 : at + 2 + size] = bytes(size - 4)
        at += 2 + size
    if data[at + 2 :].strip(b"\x00"):
        found.add("appended")
    return bytes(made[: at + 2])
