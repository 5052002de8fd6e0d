"""What a file is, by its first bytes alone: its name says what its author wants it to be taken for (F07)."""

import codecs
from typing import Final, Literal

HEAD: Final = 4096
"""Bytes that are looked at."""
Kind = Literal[
    "jpeg",
    "png",
    "gif",
    "webp",
    "tiff",
    "svg",
    "pdf",
    "zip",
    "heif",
    "old-office",
    "rtf",
    "postscript",
    "recording",
    "text",
    "other",
]
CLEANED: Final[frozenset[Kind]] = frozenset({"jpeg", "png", "gif", "webp", "tiff", "svg", "pdf", "zip"})
"""Kinds that are taken apart; a `zip` may turn out to be an office file or an archive."""
NEVER_CLEANED: Final[frozenset[Kind]] = frozenset({"heif", "old-office", "rtf", "postscript", "recording"})
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
    (b"%!PS", "postscript"),
    (b"\x04%!PS", "postscript"),
    (b"\xc5\xd0\xd3\xc6", "postscript"),
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
_CONTROLS: Final = frozenset(map(chr, range(32))) - frozenset("\t\n\f\r\x1b")
_DECODERS: Final = {
    spelling: codecs.getincrementaldecoder(spelling) for spelling in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
}
"""Loaded with this module, for the sandbox can load nothing later."""


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


def spelling(head: bytes) -> str:
    """The name of the encoding in which a file is text, if it is: UTF-8, or UTF-16 by its mark or first letter."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    # Markup needs no mark to be read as UTF-16 (XML 1.0, appendix F).
    return {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}.get(head[:2], "utf-8-sig")


def is_markup(head: bytes) -> bool:
    """Whether a file begins as markup does, in whatever encoding it goes on."""
    return _decoded(head, "replace").lstrip().startswith("<")


def _text(head: bytes) -> Kind:
    if is_markup(head):
        # It may well say who wrote it: a page, an office file in one piece.
        text = _decoded(head, "replace")
        return "svg" if "<svg" in text or ":svg" in text else "other"
    try:
        return "text" if _CONTROLS.isdisjoint(_decoded(head, "strict")) else "other"
    except UnicodeDecodeError:
        return "other"


def _decoded(head: bytes, errors: Literal["replace", "strict"]) -> str:
    # A letter that the end of the head cuts is no mistake.
    return _DECODERS[spelling(head)](errors).decode(head, final=len(head) < HEAD)
