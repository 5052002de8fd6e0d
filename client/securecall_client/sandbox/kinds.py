"""What a file is, by its first bytes alone: its name says what its author wants it to be taken for (F07)."""

from typing import Final, Literal

HEAD: Final = 4096
"""Bytes that are looked at."""
Kind = Literal[
    "jpeg", "png", "gif", "webp", "tiff", "svg", "pdf", "zip", "heif", "old-office", "rtf", "recording", "text", "other"
]
CLEANED: Final[frozenset[Kind]] = frozenset({"jpeg", "png", "gif", "webp", "tiff", "svg", "pdf", "zip"})
"""Kinds that are taken apart; a `zip` may turn out to be an office file or an archive."""
NEVER_CLEANED: Final[frozenset[Kind]] = frozenset({"heif", "old-office", "rtf", "recording"})
"""Kinds that are known to tell about their author, and that nothing here cleans."""

_BEGINNINGS: Final[tuple[tuple[bytes, Kind], ...]] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old-office"),
    (b"{\\rtf", "rtf"),
    (b"ID3\x02", "recording"),
    (b"ID3\x03", "recording"),
    (b"ID3\x04", "recording"),
    (b"OggS", "recording"),
    (b"fLaC", "recording"),
    (b"\x1a\x45\xdf\xa3", "recording"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "recording"),
    (b"#!AMR", "recording"),
    (b"FLV\x01", "recording"),
    (b"\x00\x00\x01\xba", "recording"),
)
_RIFF: Final[dict[bytes, Kind]] = {b"WEBP": "webp", b"WAVE": "recording", b"AVI ": "recording"}
_HEIF: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"})
_BOXES: Final = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_CONTROLS: Final = frozenset(range(32)) - frozenset(b"\t\n\f\r\x1b")
_MARK_OF_UTF8: Final = b"\xef\xbb\xbf"
_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def kind_of(head: bytes) -> Kind:
    """What a file is whose first `HEAD` bytes are ``head``."""
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[4:8] == b"ftyp":
        return "heif" if head[8:12] in _HEIF else "recording"
    if head[4:8] in _BOXES and head[:1] == b"\x00":
        return "recording"
    if b"%PDF-" in head[:1024]:
        return "pdf"
    return _text(head)


def _text(head: bytes) -> Kind:
    if head.startswith(_MARKS):
        return "text"
    if not _CONTROLS.isdisjoint(head) or not _is_utf8(head):
        return "other"
    if not head.removeprefix(_MARK_OF_UTF8).lstrip().startswith(b"<"):
        return "text"
    # Markup may well say who wrote it: a page, an office file in one piece.
    return "svg" if b"<svg" in head or b":svg" in head else "other"


def _is_utf8(head: bytes) -> bool:
    """Whether it is UTF-8, but for a letter that the end of ``head`` cuts."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return len(head) == HEAD and error.start > HEAD - 4
    return True
