"""How pictures are opened: by Pillow, by the reader of the one format that the file's first bytes say."""

import copy
import io
from typing import Final

from PIL import (
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from securecall_client.sandboxed.cannot import CannotError

PIXELS_MOST: Final = 120_000_000
"""Of a picture that is decoded."""
READERS: Final = (GifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)
"""All that are loaded while files can still be opened."""


def load() -> None:
    """Load what Pillow would load with the first picture."""
    Image.preinit()
    copy.copy(())  # GIF asks for it when it reads


def opened(data: bytes, kind: str) -> Image.Image:
    """A picture whose head is sound, not yet decoded. Raises: CannotError."""
    try:
        return Image.open(io.BytesIO(data), formats=[kind.upper()])
    except Image.DecompressionBombError as error:
        raise CannotError("too-large") from error
    except Exception as error:  # Pillow raises whatever a broken picture runs it into
        raise CannotError("damaged") from error


def need_small(picture: Image.Image) -> None:
    """Raise CannotError if it has more pixels than are decoded here."""
    if picture.width * picture.height > PIXELS_MOST:
        raise CannotError("too-large")


def without_tags(picture: Image.Image) -> Image.Image:
    """The same pixels in a picture that knows nothing of the file they came from."""
    plain = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    palette = picture.getpalette("RGB") if picture.mode == "P" else None
    if palette:
        plain.putpalette(palette)
    return plain
