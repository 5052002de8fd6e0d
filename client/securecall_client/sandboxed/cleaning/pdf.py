"""PDF (ISO 32000): written anew from what its pages reach, so that nothing of earlier versions stays in it."""

import io
from collections.abc import Iterator
from typing import Final
from zlib import decompressobj
from zlib import error as zlib_error

import pikepdf

from securecall_client.sandbox.messages import What
from securecall_client.sandboxed.cannot import CannotError, need
from securecall_client.sandboxed.cleaning import icc, jpeg, jpx, xmp
from securecall_client.sandboxed.found import Found

OBJECTS_MOST: Final = 300_000
DEPTH_MOST: Final = 50
BYTES_MOST: Final = 256 * 1024 * 1024
"""Bytes of a photo that is packed once more."""
_PHOTOS: Final = frozenset({"/DCTDecode", "/JPXDecode"})
_INFO: Final[dict[str, What]] = {
    "/Author": "author",
    "/Creator": "software",
    "/Producer": "software",
    "/CreationDate": "time",
    "/ModDate": "time",
    "/Title": "description",
    "/Subject": "description",
    "/Keywords": "description",
    "/Company": "author",
    "/Manager": "author",
}
_NAMED: Final[frozenset[What]] = frozenset({"author", "software"})
_GOES: Final[dict[str, What]] = {
    "/Metadata": "properties",
    "/PieceInfo": "data",
    "/LastModified": "time",
    "/Thumb": "thumbnail",
    "/AA": "actions",
    "/JS": "actions",
    "/Perms": "signature",
}
_ACTIONS: Final = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie", "/Sound"}
)
_NOTE: Final[dict[str, What]] = {"/T": "author", "/M": "time", "/CreationDate": "time", "/NM": "traces"}
_NO_NOTES: Final = frozenset({"/Link", "/Widget", "/Popup"})


def clean(data: bytes, found: Found) -> bytes:
    """The document without what it hides. Raises: CannotError, for one for one that a password locks."""
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            if len(document.objects) > OBJECTS_MOST:
                raise CannotError("too-large")
            _properties(document, found)
            _names(document, found)
            for each in document.objects:
                _walk(each, found, 0)
            made = io.BytesIO()
            document.save(made, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    except pikepdf.PasswordError as error:
        raise CannotError("locked") from error
    except pikepdf.PdfError as error:
        raise CannotError("damaged") from error
    if data.count(b"startxref") > 1 and data.rstrip().count(b"%%EOF") > 1 and not _is_linear(data):
        found.add("history")
    return made.getvalue()


def _is_linear(data: bytes) -> bool:
    """Whether it was written for reading from a line, with two tables of its one version."""
    return b"/Linearized" in data[:1024] and data.count(b"startxref") == 2


def _properties(document: pikepdf.Pdf, found: Found) -> None:
    trailer = document.trailer
    if "/Info" in trailer:
        for key, value in _entries(trailer.Info):
            what = _INFO.get(key, "properties")
            if str(value).strip():
                found.add(what, *([str(value)] if what in _NAMED else ()))
        del trailer["/Info"]
    if "/ID" in trailer:
        del trailer["/ID"]
    metadata = document.Root.get("/Metadata")
    if isinstance(metadata, pikepdf.Stream):
        xmp.tell(metadata.read_bytes(), found)


def _names(document: pikepdf.Pdf, found: Found) -> None:
    """Programs that run by name go; files that are attached are content, so they stay and are told."""
    names = document.Root.get("/Names")
    if isinstance(names, pikepdf.Dictionary) and "/JavaScript" in names:
        found.add("actions")
        del names["/JavaScript"]
    if len(document.attachments):
        found.add("attachments", *document.attachments, stays=True)
    opening = document.Root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and str(opening.get("/S")) != "/GoTo":
        found.add("actions")
        del document.Root["/OpenAction"]


def _walk(thing: pikepdf.Object, found: Found, depth: int) -> None:
    """Clean a dictionary, stream or array, and what stands directly in it."""
    if depth > DEPTH_MOST:
        raise CannotError("too-large")
    if isinstance(thing, pikepdf.Array):
        for place in range(len(thing)):
            _deeper(thing[place], found, depth)
        return
    if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        return
    _dictionary(thing, found)
    if isinstance(thing, pikepdf.Stream):
        _picture(thing, found)
        _profile(thing, found)
    for _, part in _entries(thing):
        _deeper(part, found, depth)


def _deeper(part: object, found: Found, depth: int) -> None:
    if isinstance(part, pikepdf.Object) and not part.is_indirect:
        _walk(part, found, depth + 1)


def _entries(thing: pikepdf.Object) -> Iterator[tuple[str, object]]:
    for key in list(thing.keys()):
        yield key, thing[key]


def _dictionary(thing: pikepdf.Object, found: Found) -> None:
    for key, what in _GOES.items():
        if key in thing:
            found.add(what)
            del thing[key]
    if str(thing.get("/S")) in _ACTIONS and str(thing.get("/Type", "/Action")) == "/Action":
        found.add("actions")
        thing["/S"] = pikepdf.Name("/Named")
        for key in [key for key in thing.keys() if key not in ("/S", "/Type")]:  # noqa: SIM118  not a dict
            del thing[key]
    if str(thing.get("/FT")) == "/Sig" and "/V" in thing:
        found.add("signature")
        del thing["/V"]
    if "/EF" in thing:
        # Also one that hangs on a note or a page, and not in the list of the document's.
        found.add("attachments", stays=True)
    subtype = str(thing.get("/Subtype"))
    if "/Rect" in thing and subtype not in _NO_NOTES:
        for key, what in _NOTE.items():
            if key in thing:
                found.add(what, *([str(thing[key])] if what == "author" else ()))
                del thing[key]


def _profile(stream: pikepdf.Stream, found: Found) -> None:
    """A colour profile is a stream that says of how many colours, and nothing else of its kind.

    Raises: CannotError if it cannot be read, since what it says would stay untold.
    """
    if "/N" not in stream or "/Type" in stream or "/Subtype" in stream:
        return
    given = stream.read_bytes()
    cleaned = icc.clean(given, found)
    if cleaned is None:
        raise CannotError("embedded")
    if cleaned != given:
        stream.write(cleaned)


def _picture(stream: pikepdf.Stream, found: Found) -> None:
    """A photo in a document is a whole JPEG or JPEG 2000, with its tags; which way up it is, the page says.

    Raises: CannotError if it is none, or packed in a way that nobody uses: its tags would stay untold.
    """
    *around, last = _filters(stream.get("/Filter"))
    if last not in _PHOTOS:
        return
    raw = stream.read_raw_bytes()
    try:
        photo = raw
        for packing in around:
            need(packing == "/FlateDecode")
            photo = decompressobj().decompress(photo, BYTES_MOST)
        cleaned = jpeg.clean(photo, found)[0] if last == "/DCTDecode" else jpx.clean(photo, found)
    except (CannotError, zlib_error) as error:
        raise CannotError("embedded") from error
    if cleaned != raw:
        parameters = stream.get("/DecodeParms")
        if isinstance(parameters, pikepdf.Array):
            parameters = parameters[-1] if len(parameters) else None
        if not isinstance(parameters, pikepdf.Dictionary):
            parameters = None
        stream.write(cleaned, filter=pikepdf.Name(last), decode_parms=parameters)


def _filters(packed: pikepdf.Object | None) -> list[str]:
    """How a stream is packed, the outermost first; one empty word for not at all."""
    return [str(each) for each in packed] or [""] if isinstance(packed, pikepdf.Array) else [str(packed)]
