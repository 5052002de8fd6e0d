"""PNG (W3C, third edition): only the chunks stay that say how the pixels look."""

from typing import Final
from zlib import MAX_WBITS, compress, crc32, decompressobj, error

from securecall_client.sandbox.messages import What
from securecall_client.sandboxed.cannot import need
from securecall_client.sandboxed.cleaning import exif, icc, xmp
from securecall_client.sandboxed.found import Found

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_STAYS: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT bKGD hIST pHYs cICP mDCV cLLI acTL fcTL fdAT".split()
)
_WORDS: Final[dict[bytes, What]] = {
    b"author": "author",
    b"artist": "author",
    b"copyright": "author",
    b"software": "software",
    b"source": "device",
    b"creation time": "time",
    b"date:create": "time",
}
_INFLATED_MOST: Final = 1024 * 1024
_PROFILE_MOST: Final = 16 * 1024 * 1024
_NAME: Final = b"icc"


def clean(data: bytes, found: Found) -> tuple[bytes, int]:
    """The picture without what it hides, and its orientation. Raises: CannotError if it is no sound PNG."""
    kept, at, orientation, kind = bytearray(SIGNATURE), len(SIGNATURE), 1, b""
    need(data.startswith(SIGNATURE))
    while kind != b"IEND":
        stop = at + 12 + int.from_bytes(data[at : at + 4])
        need(at + 12 <= stop <= len(data))
        kind, content = data[at + 4 : at + 8], data[at + 8 : stop - 4]
        need(crc32(data[at + 4 : stop - 4]) == int.from_bytes(data[stop - 4 : stop]))
        if kind in _STAYS:
            kept += data[at:stop]
        elif kind == b"iCCP":
            kept += _coloured(content, found)
        elif kind == b"eXIf":
            orientation = exif.tell(content, found)
        else:
            _tell(kind, content, found)
        at = stop
    if data[at:]:
        found.add("appended")
    return bytes(kept), orientation


def _coloured(content: bytes, found: Found) -> bytes:
    """The chunk of a colour profile, under a name that says nothing."""
    _, _, packed = content.partition(b"\x00")
    try:
        unpacked = decompressobj().decompress(packed[1:], _PROFILE_MOST)
    except error:
        unpacked = b""
    profile = icc.clean(unpacked, found)
    if profile is None:
        return b""
    named = b"iCCP" + _NAME + b"\x00\x00" + compress(profile, 9)
    if not content.startswith(_NAME + b"\x00"):
        found.add("details")
    return (len(named) - 4).to_bytes(4) + named + crc32(named).to_bytes(4)


def _tell(kind: bytes, content: bytes, found: Found) -> None:
    if kind not in (b"tEXt", b"zTXt", b"iTXt"):
        found.add("time" if kind == b"tIME" else "details")
        return
    word, _, rest = content.partition(b"\x00")
    if word == b"XML:com.adobe.xmp":
        xmp.tell(_inflated(rest) if rest[:1] == b"\x01" else rest, found)
        return
    what = _WORDS.get(word.lower(), "description")
    plain = what in ("author", "software", "device") and kind == b"tEXt"
    found.add(what, *([rest.decode("latin-1")] if plain else ()))


def _inflated(rest: bytes) -> bytes:
    """The text of a compressed iTXt after its two flags, language and translated word; at most a megabyte of it."""
    packed = rest[2:].split(b"\x00", 2)[-1]
    try:
        return decompressobj(MAX_WBITS).decompress(packed, _INFLATED_MOST)
    except error:
        return b""
