"""GIF (89a): comments and what programs add go; pictures, their timing and the loop stay as they are."""

from typing import Final

from securecall_client.sandboxed.cannot import need
from securecall_client.sandboxed.cleaning import xmp
from securecall_client.sandboxed.found import Found

_EXTENSION, _PICTURE, _TRAILER = 0x21, 0x2C, 0x3B
_TIMING, _COMMENT, _TEXT, _PROGRAM = 0xF9, 0xFE, 0x01, 0xFF
_LOOP: Final = 19
"""Bytes of the block that says how often a film is shown."""
_LOOPS: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def clean(data: bytes, found: Found) -> tuple[bytes, int]:
    """The picture without what it hides, and its orientation, always 1. Raises: CannotError if it is no sound GIF."""
    need(data[:6] in (b"GIF87a", b"GIF89a") and len(data) > 13)
    at = 13 + _table(data[10])
    kept = bytearray(data[:at])
    while True:
        need(at < len(data))
        begin, block = at, data[at]
        if block == _TRAILER:
            break
        if block == _PICTURE:
            need(at + 10 < len(data))
            at = _after(data, at + 11 + _table(data[at + 9]))
            kept += data[begin:at]
        else:
            need(block == _EXTENSION and at + 2 < len(data))
            at = _after(data, at + 2)
            kept += _kept(data[begin:at], found)
    if data[at + 1 :]:
        found.add("appended")
    return bytes(kept) + b"\x3b", 1


def _table(flags: int) -> int:
    """Bytes of a table of colours."""
    return 3 << (1 + (flags & 7)) if flags & 0x80 else 0


def _after(data: bytes, at: int) -> int:
    """Where the blocks end that begin at ``at``."""
    while True:
        need(at < len(data))
        if data[at] == 0:
            return at + 1
        at += 1 + data[at]


def _kept(extension: bytes, found: Found) -> bytes:
    kind, name = extension[1], extension[3:14]
    if kind in (_TIMING, _TEXT):
        return extension
    if kind == _PROGRAM and name in _LOOPS and extension[14:16] == b"\x03\x01":
        if len(extension) > _LOOP:
            found.add("details")
        return extension[: _LOOP - 1] + b"\x00"
    if name == b"XMP DataXMP":
        xmp.tell(extension, found)
    else:
        found.add("description" if kind == _COMMENT else "details")
    return b""
