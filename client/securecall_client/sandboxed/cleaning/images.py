"""Pictures: tags go without a loss where that can be; what lies on its side is turned first and drawn anew."""

import io
from collections.abc import Callable
from typing import Final, Literal

from PIL import Image, ImageOps, ImageSequence, TiffImagePlugin

from securecall_client.sandboxed.cannot import CannotError, need
from securecall_client.sandboxed.cleaning import exif, gif, icc, jpeg, png, webp, xmp
from securecall_client.sandboxed.found import Found
from securecall_client.sandboxed.pictures import need_small, opened, without_tags

FRAMES_MOST: Final = 500
Plain = Literal["jpeg", "png", "gif", "webp"]

_CLEANERS: Final[dict[Plain, Callable[[bytes, Found], tuple[bytes, int]]]] = {
    "jpeg": jpeg.clean,
    "png": png.clean,
    "gif": gif.clean,
    "webp": webp.clean,
}
_RAW: Final = frozenset({50706, 330, 37500})
"""DNGVersion, SubIFDs, MakerNote: what raw pictures of cameras have, of which TIFF shows a small copy."""
_LOSSLESS: Final = frozenset({"raw", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits", "group3", "group4"})


def clean(kind: Plain, data: bytes, found: Found) -> bytes:
    """The picture without what it hides, the right way up. Raises: CannotError."""
    cleaned, orientation = _CLEANERS[kind](data, found)
    with opened(cleaned, kind) as picture:
        if orientation == 1:
            return cleaned
        if getattr(picture, "n_frames", 1) > 1:
            raise CannotError("moving")
        return _turned(picture, kind, orientation)


def _turned(picture: Image.Image, kind: Plain, orientation: int) -> bytes:
    need_small(picture)
    tables = getattr(picture, "quantization", None) if kind == "jpeg" else None
    picture.getexif()[0x0112] = orientation
    upright = ImageOps.exif_transpose(picture)
    upright.info = {key: value for key, value in upright.info.items() if key in ("icc_profile", "transparency")}
    options: dict[str, object] = {"icc_profile": upright.info.get("icc_profile")}
    if tables:
        options |= {"qtables": tables, "subsampling": 0}
    elif kind == "webp":
        options |= {"quality": 92}
    made = io.BytesIO()
    upright.save(made, kind.upper(), **options)
    return made.getvalue()


def clean_tiff(data: bytes, found: Found) -> bytes:
    """All pages of a TIFF, drawn anew. Raises: CannotError, for one for a camera's raw picture."""
    pages: list[Image.Image] = []
    packed = "tiff_adobe_deflate"
    with opened(data, "tiff") as picture:
        need(isinstance(picture, TiffImagePlugin.TiffImageFile))
        for page in ImageSequence.Iterator(picture):
            if len(pages) == FRAMES_MOST:
                raise CannotError("too-large")
            need_small(page)
            _tell_page(page, found)
            if page.info.get("compression") in _LOSSLESS:
                packed = str(page.info["compression"])
            pages.append(without_tags(ImageOps.exif_transpose(page)))
            pages[-1].info = _coloured(page, found)
    made = io.BytesIO()
    pages[0].save(made, "TIFF", save_all=True, append_images=pages[1:], compression=packed)
    return made.getvalue()


def _coloured(page: Image.Image, found: Found) -> dict[str | tuple[int, int], object]:
    """What a page that is drawn anew is given of its colour profile."""
    given = page.info.get("icc_profile")
    profile = icc.clean(given, found) if isinstance(given, bytes) else None
    return {} if profile is None else {"icc_profile": profile}


def _tell_page(page: Image.Image, found: Found) -> None:
    tags = getattr(page, "tag_v2", {})
    if not _RAW.isdisjoint(tags):
        raise CannotError("raw")
    exif.tell_tags(page.getexif(), found)
    packet = tags.get(700)
    if isinstance(packet, bytes):
        xmp.tell(packet, found)
