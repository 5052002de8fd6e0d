"""A document's pages, drawn as pictures (PNG) with not a byte of the document in them."""

import io
from typing import Final, Protocol

import pypdfium2
from PIL import Image, ImageOps

from securecall_client.sandbox.kinds import HEAD, kind_of
from securecall_client.sandbox.messages import HEIGHT_MOST
from securecall_client.sandboxed import pictures
from securecall_client.sandboxed.cannot import CannotError, need

_PASSWORD: Final = "password"  # noqa: S105  a word in pdfium's messages


class Drawn(Protocol):
    """What has pages."""

    def count(self) -> int:
        """How many there are, also beyond `messages.PAGES_MOST`."""

    def draw(self, page: int, width: int) -> bytes:
        """Page ``page``, from 0, as a PNG at most ``width`` pixels wide. Raises: CannotError."""


def opened(data: bytes) -> Drawn:
    """The pages of a document. Raises: CannotError."""
    match kind_of(data[:HEAD]):
        case "pdf":
            return PdfPages(data)
        case "jpeg" | "png" | "gif" | "webp" | "tiff" as kind:
            return PicturePages(data, kind)
        case _:
            raise CannotError("kind")


class PdfPages:
    """The pages of a PDF, by pdfium, which runs no program in it and fetches nothing."""

    def __init__(self, data: bytes) -> None:
        try:
            self._document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise CannotError("locked" if _PASSWORD in str(error).lower() else "damaged") from error
        self._document.init_forms()

    def count(self) -> int:
        """How many there are."""
        return len(self._document)

    def draw(self, page: int, width: int) -> bytes:
        """A page as a PNG; one that is very long is drawn narrower."""
        try:
            drawn = self._document[page]
            across, down = drawn.get_size()
            need(across > 0 and down > 0)
            bitmap = drawn.render(scale=min(width / across, HEIGHT_MOST / down))
        except (pypdfium2.PdfiumError, IndexError) as error:
            raise CannotError("damaged") from error
        return _png(bitmap.to_pil())


class PicturePages:
    """A picture, or the pictures of a TIFF; of one that moves the first."""

    def __init__(self, data: bytes, kind: str) -> None:
        self._picture = pictures.opened(data, kind)
        self._many = kind == "tiff"

    def count(self) -> int:
        """How many there are."""
        return getattr(self._picture, "n_frames", 1) if self._many else 1

    def draw(self, page: int, width: int) -> bytes:
        """A picture as a PNG, the right way up, made smaller if it is wider and never larger."""
        try:
            self._picture.seek(page)
            pictures.need_small(self._picture)
            upright = ImageOps.exif_transpose(self._picture)
        except (EOFError, OSError, ValueError, SyntaxError) as error:
            raise CannotError("damaged") from error
        has_holes = "transparency" in upright.info or upright.mode in ("LA", "PA", "RGBA", "La", "RGBa")
        drawn = upright.convert("RGBA" if has_holes else "RGB")
        drawn.thumbnail((width, HEIGHT_MOST))
        return _png(drawn)


def _png(picture: Image.Image) -> bytes:
    made = io.BytesIO()
    pictures.without_tags(picture).save(made, "PNG")
    return made.getvalue()
