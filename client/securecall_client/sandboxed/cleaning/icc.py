"""Colour profiles (ICC.1:2022, ISO 15076-1): the numbers that make colours stay; texts, times and makers go.

A profile that was measured for one screen says which, and on macOS and Linux also its serial number.
"""

from typing import Final

from securecall_client.sandboxed.found import Found

_HEAD: Final = 128
_MAGIC: Final = slice(36, 40)
_BLANK: Final = (slice(4, 8), slice(24, 36), slice(40, 44), slice(48, 56), slice(80, 128))
"""Of the head: the preferred program, the time, the system, the device's maker and model, the profile's maker and its
number, and what is reserved."""
_COLOURS: Final = frozenset(
    b"rXYZ gXYZ bXYZ rTRC gTRC bTRC kTRC wtpt bkpt chad cicp chrm lumi gamt A2B0 A2B1 A2B2 A2B3 B2A0 B2A1 B2A2 B2A3"
    b" D2B0 D2B1 D2B2 D2B3 B2D0 B2D1 B2D2 B2D3 pre0 pre1 pre2".split()
)
_NUMBERS: Final = frozenset(
    (b"XYZ ", b"curv", b"para", b"mft1", b"mft2", b"mAB ", b"mBA ", b"sf32", b"cicp", b"chrm", b"mpet")
)
"""Types of what stands in a tag."""
_DEVICE: Final = frozenset((b"dmnd", b"dmdd", b"mmod", b"meta", b"MSTS"))
_TEXTS: Final[dict[int, tuple[tuple[bytes, bytes], ...]]] = {
    2: ((b"desc", b"desc" + bytes(4) + b"\x00\x00\x00\x01" + bytes(79)), (b"cprt", b"text" + bytes(4) + b"\x00")),
    4: tuple((sign, b"mluc" + bytes(4) + bytes(3) + b"\x00" + bytes(3) + b"\x0c") for sign in (b"desc", b"cprt")),
}
"""What must stand there although it says nothing, by the profile's version."""


def clean(profile: bytes, found: Found) -> bytes | None:
    """The profile with nothing but colours in it; None if it is none, which is left out."""
    tags = _tags(profile)
    if tags is None:
        found.add("details")
        return None
    cleaned = _written(profile, tags)
    if cleaned != profile:
        found.add("device" if any(sign in _DEVICE for sign, _ in tags) else "details")
    return cleaned


def _tags(profile: bytes) -> list[tuple[bytes, bytes]] | None:
    """The tags with what stands in them; None if this is no profile."""
    if len(profile) < _HEAD + 4 or profile[_MAGIC] != b"acsp":
        return None
    tags = []
    count = int.from_bytes(profile[_HEAD : _HEAD + 4])
    for at in range(_HEAD + 4, min(_HEAD + 4 + 12 * count, len(profile)), 12):
        sign, place, size = profile[at : at + 4], *(int.from_bytes(profile[at + cut : at + cut + 4]) for cut in (4, 8))
        if place + size > len(profile):
            return None
        tags.append((sign, profile[place : place + size]))
    return tags


def _written(profile: bytes, tags: list[tuple[bytes, bytes]]) -> bytes:
    kept = [(sign, content) for sign, content in tags if sign in _COLOURS and content[:4] in _NUMBERS]
    kept = [*_TEXTS[4 if profile[8] >= 4 else 2], *kept]
    head = bytearray(profile[:_HEAD])
    for part in _BLANK:
        head[part] = bytes(part.stop - part.start)
    table, body = len(kept).to_bytes(4), b""
    begin, places = _HEAD + 4 + 12 * len(kept), dict[bytes, int]()
    for sign, content in kept:
        if content not in places:
            places[content] = begin + len(body)
            body += content + bytes(-len(content) % 4)
        table += sign + places[content].to_bytes(4) + len(content).to_bytes(4)
    head[:4] = (begin + len(body)).to_bytes(4)
    return bytes(head) + table + body
