"""WebP (RFC 9649): the chunks of tags go, and the flags that name them."""

from collections.abc import Iterator
from typing import Final

from securecall_client.sandboxed.cannot import need
from securecall_client.sandboxed.cleaning import exif, icc, xmp
from securecall_client.sandboxed.found import Found

_DRAWS: Final = frozenset({b"VP8 ", b"VP8L", b"ALPH"})
_STAYS: Final = _DRAWS | {b"VP8X", b"ANIM"}
_FRAME: Final = 16
"""Bytes before the chunks of a frame of what moves."""
_TAGS: Final = 0x08 | 0x04
"""Flags of VP8X: Exif and XMP."""
_COLOURS: Final = 0x20
"""Its flag for a colour profile."""


def clean(data: bytes, found: Found) -> tuple[bytes, int]:
    """The picture without what it hides, and its orientation. Raises: CannotError if it is no sound WebP."""
    need(data[:4] == b"RIFF" and data[8:12] == b"WEBP")
    end = 8 + int.from_bytes(data[4:8], "little")
    need(12 < end <= len(data))
    kept, orientation = bytearray(), 1
    has_colours = False
    for kind, content in _chunks(data, 12, end):
        if kind in _STAYS:
            kept += _chunk(kind, content)
        elif kind == b"ANMF":
            kept += _chunk(kind, _frame(content, found))
        elif kind == b"ICCP":
            profile = icc.clean(content, found)
            has_colours = profile is not None
            kept += _chunk(kind, profile) if profile is not None else b""
        elif kind == b"EXIF":
            orientation = exif.tell(content, found)
        elif kind == b"XMP ":
            xmp.tell(content, found)
        else:
            found.add("details")
    if data[end:]:
        found.add("appended")
    if kept[:4] == b"VP8X" and not has_colours:
        kept[8] &= ~_COLOURS
    return b"RIFF" + (4 + len(kept)).to_bytes(4, "little") + b"WEBP" + kept, orientation


def _chunks(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk's kind and content between two places."""
    while at < end:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        need(at + 8 + size <= end)
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _frame(content: bytes, found: Found) -> bytes:
    """A frame of what moves, with nothing in it but what is drawn."""
    need(len(content) >= _FRAME)
    kept = content[:_FRAME]
    for kind, part in _chunks(content, _FRAME, len(content)):
        if kind in _DRAWS:
            kept += _chunk(kind, part)
        else:
            found.add("details")
    return kept


def _chunk(kind: bytes, content: bytes) -> bytes:
    if kind == b"VP8X" and content:
        content = bytes([content[0] & ~_TAGS]) + content[1:]
    return kind + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2)
