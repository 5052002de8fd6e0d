"""WebP (RFC 9649): the chunks of tags go, and the flags that name them."""

from typing import Final

from securecall_client.sandboxed.cannot import need
from securecall_client.sandboxed.cleaning import exif, xmp
from securecall_client.sandboxed.found import Found

_STAYS: Final = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_TAGS: Final = 0x08 | 0x04
"""Flags of VP8X: Exif and XMP."""


def clean(data: bytes, found: Found) -> tuple[bytes, int]:
    """The picture without what it hides, and its orientation. Raises: CannotError if it is no sound WebP."""
    need(data[:4] == b"RIFF" and data[8:12] == b"WEBP")
    end = 8 + int.from_bytes(data[4:8], "little")
    need(12 < end <= len(data))
    kept, at, orientation = bytearray(), 12, 1
    while at < end:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        stop = at + 8 + size + size % 2
        need(at + 8 + size <= end)
        kind, content = data[at : at + 4], data[at + 8 : at + 8 + size]
        if kind in _STAYS:
            kept += _chunk(kind, content)
        elif kind == b"EXIF":
            orientation = exif.tell(content, found)
        elif kind == b"XMP ":
            xmp.tell(content, found)
        else:
            found.add("details")
        at = stop
    if data[end:]:
        found.add("appended")
    return b"RIFF" + (4 + len(kept)).to_bytes(4, "little") + b"WEBP" + kept, orientation


def _chunk(kind: bytes, content: bytes) -> bytes:
    if kind == b"VP8X" and content:
        content = bytes([content[0] & ~_TAGS]) + content[1:]
    return kind + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2)
