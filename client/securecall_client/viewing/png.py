"""Whether a picture is what the sandbox is to give: a PNG of pixels alone (W3C, PNG specification, chapter 5)."""

from typing import Final

from securecall_client.sandbox.messages import HEIGHT_MOST

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_HEADER: Final = 13
_AROUND: Final = 4 + 4 + 4
"""Bytes of a chunk beside its data: length, kind and check."""
_KINDS: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_ROUNDED: Final = 1
"""Pixels by which a page may be larger than was asked for, since those are whole."""


def is_plain(data: bytes, width: int) -> bool:
    """Whether this is a PNG at most ``width`` wide, whose chunks are all there and say nothing but pixels.

    A browser looks at the bytes, not at the name, to choose what reads them: of all that it can read this lets one by.
    """
    if not data.startswith(_SIGNATURE):
        return False
    kinds, at = list[bytes](), len(_SIGNATURE)
    while at + _AROUND <= len(data) and b"IEND" not in kinds:
        length = int.from_bytes(data[at : at + 4])
        kinds.append(data[at + 4 : at + 8])
        at += _AROUND + length
    if at != len(data) or kinds[:1] != [b"IHDR"] or kinds[-1] != b"IEND" or not _KINDS.issuperset(kinds):
        return False
    first = len(_SIGNATURE)
    across, down = (int.from_bytes(data[first + start : first + start + 4]) for start in (8, 12))
    whole = int.from_bytes(data[first : first + 4]) == _HEADER and kinds.count(b"IHDR") == 1
    return whole and 0 < across <= width + _ROUNDED and 0 < down <= HEIGHT_MOST + _ROUNDED
