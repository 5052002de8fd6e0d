"""What a packet of XMP (ISO 16684-1) tells: looked for as text, since it is left out whole whatever it says."""

import re
from typing import Final

from securecall_client.sandbox.messages import What
from securecall_client.sandboxed.found import Found

_TOLD: Final[tuple[tuple[bytes, What], ...]] = (
    (b"GPSLatitude", "place"),
    (b"GPSLongitude", "place"),
    (b"photoshop:City", "place"),
    (b"LocationCreated", "place"),
    (b"dc:creator", "author"),
    (b"photoshop:AuthorsPosition", "author"),
    (b"SerialNumber", "device"),
    (b"tiff:Model", "device"),
    (b"CreatorTool", "software"),
    (b"xmpMM:History", "history"),
    (b"xmp:Thumbnails", "thumbnail"),
    (b"CreateDate", "time"),
    (b"dc:description", "description"),
)
_CREATOR: Final = re.compile(rb"<dc:creator>.{0,200}?<rdf:li[^>]{0,100}>([^<]{1,200})</rdf:li>", re.DOTALL)


def tell(packet: bytes, found: Found) -> None:
    """Note what ``packet`` says."""
    found.add("properties")
    for word, what in _TOLD:
        if word in packet:
            found.add(what)
    for creator in _CREATOR.findall(packet):
        found.add("author", creator.decode(errors="replace"))
