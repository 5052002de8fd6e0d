"""Which module cleans what."""

import codecs
from functools import partial
from typing import Final

from securecall_client.sandbox.kinds import HEAD, kind_of
from securecall_client.sandboxed import pictures
from securecall_client.sandboxed.cannot import CannotError, nothing_else
from securecall_client.sandboxed.cleaning import images, inside, odf, ooxml, svg, zips
from securecall_client.sandboxed.found import Found

_CODECS: Final = ("cp1252", "latin-1")
"""What tags and markup are written in."""


def load(data: bytes) -> None:
    """Load what cleaning ``data`` needs, while files can still be opened."""
    pictures.load()
    for name in _CODECS:
        codecs.lookup(name)
    if kind_of(data[:HEAD]) in ("pdf", "svg", "zip"):
        from securecall_client.sandboxed.cleaning import pdf  # noqa: F401  loaded for later


def clean(data: bytes, found: Found) -> bytes:
    """The file without what it hides; what that is stands in ``found``.

    Raises: CannotError; its reason is `kind` for an archive that is no office file.
    """
    with nothing_else():
        return _clean(data, found, zips.Room(), 0)


def _clean(data: bytes, found: Found, room: zips.Room, depth: int) -> bytes:
    cleaner = partial(_clean, room=room, depth=depth + 1)
    match kind_of(data[:HEAD]):
        case "jpeg" | "png" | "gif" | "webp" as kind:
            return images.clean(kind, data, found)
        case "tiff":
            return images.clean_tiff(data, found)
        case "pdf":
            from securecall_client.sandboxed.cleaning import pdf

            return pdf.clean(data, found)
        case "svg":
            _need_shallow(depth)
            return svg.clean(data, found, cleaner)
        case "zip":
            _need_shallow(depth)
            return _office(data, found, room, cleaner)
        case _:
            raise CannotError("kind")


def _need_shallow(depth: int) -> None:
    if depth > inside.DEEPEST:
        raise CannotError("too-large")


def _office(data: bytes, found: Found, room: zips.Room, cleaner: inside.Cleaner) -> bytes:
    names = zips.names(data)
    is_odf = names[:1] == [odf.MIMETYPE] and odf.MANIFEST in names
    if not is_odf and not ooxml.is_one(names):
        raise CannotError("kind")
    parts = zips.read(data, room)
    if is_odf and not parts[odf.MIMETYPE].startswith(odf.TYPE):
        raise CannotError("kind")
    return zips.write((odf if is_odf else ooxml).clean(parts, found, cleaner))
