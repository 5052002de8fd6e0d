"""What the tags of a photo tell about people (CIPA DC-008, Exif), and which way up it is."""

from typing import Final

from PIL import ExifTags, Image

from securecall_client.sandbox.messages import What
from securecall_client.sandboxed.found import Found

_TOLD: Final[dict[int, What]] = {
    ExifTags.Base.Make: "device",
    ExifTags.Base.Model: "device",
    ExifTags.Base.BodySerialNumber: "device",
    ExifTags.Base.LensSerialNumber: "device",
    ExifTags.Base.HostComputer: "device",
    ExifTags.Base.CameraOwnerName: "author",
    ExifTags.Base.Artist: "author",
    ExifTags.Base.Copyright: "author",
    ExifTags.Base.XPAuthor: "author",
    ExifTags.Base.DateTime: "time",
    ExifTags.Base.DateTimeOriginal: "time",
    ExifTags.Base.DateTimeDigitized: "time",
    ExifTags.Base.Software: "software",
    ExifTags.Base.ImageDescription: "description",
    ExifTags.Base.UserComment: "description",
    ExifTags.Base.XPTitle: "description",
    ExifTags.Base.XPComment: "description",
}
_NAMED: Final[frozenset[What]] = frozenset({"device", "author", "software"})


def tell(data: bytes, found: Found) -> int:
    """Note what ``data``, a block of tags with or without its heading, says; return the orientation, 1 to 8."""
    found.add("details")
    exif = Image.Exif()
    try:
        exif.load(data if data.startswith(b"Exif\x00\x00") else b"Exif\x00\x00" + data)
        return tell_tags(exif, found)
    except Exception:  # Pillow raises whatever a broken block runs it into; the block is left out all the same
        return 1


def tell_tags(exif: Image.Exif, found: Found) -> int:
    """Note what tags say that Pillow has read; return the orientation, 1 to 8."""
    for tags in (exif, exif.get_ifd(ExifTags.IFD.Exif)):
        for tag, value in tags.items():
            what = _TOLD.get(tag)
            if what is not None and value:
                found.add(what, *([value] if what in _NAMED and isinstance(value, str) else ()))
    if exif.get_ifd(ExifTags.IFD.GPSInfo):
        found.add("place")
    if exif.get_ifd(ExifTags.IFD.IFD1):
        found.add("thumbnail")
    orientation = exif.get(ExifTags.Base.Orientation, 1)
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1
