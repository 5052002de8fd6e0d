"""Pictures in SVG 1.1, of shapes and real text, with nothing in it that runs or is fetched.

All of it is made by the standard library's writer of XML, and every text that people wrote goes through `Drawing`, so
that a name can neither become markup nor hold what XML cannot (threat row M14). Looks are attributes of the elements,
not a style sheet, so that a page that takes the picture in needs to allow nothing for it.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from securecall_client.text import for_terminal

NAMESPACE = "http://www.w3.org/2000/svg"
FONTS = "Noto Sans, DejaVu Sans, Segoe UI, Helvetica Neue, Arial, sans-serif"


class Drawing:
    """An element of a picture; lengths are in pixels, from the left and the top."""

    def __init__(self, element: Element) -> None:
        self._element = element

    def add(self, tag: str, **attributes: str | float) -> "Drawing":
        """A new element inside; underscores in the names of attributes stand for hyphens."""
        plain = {name.replace("_", "-"): _plain(value) for name, value in attributes.items()}
        return Drawing(SubElement(self._element, tag, plain))

    def say(self, tag: str, text: str, **attributes: str | float) -> "Drawing":
        """A new element that holds ``text``; what cannot be seen in it is written as an escape."""
        inside = self.add(tag, **attributes)
        inside._element.text = for_terminal(text)
        return inside

    def write(self, x: float, y: float, text: str, size: float = 12, **attributes: str | float) -> None:
        """One line of text; one that begins from the right is ordered so, wherever it stands."""
        self.say("text", text, x=x, y=y, font_size=size, unicode_bidi="plaintext", **attributes)

    def write_lines(
        self, x: float, y: float, lines: Sequence[str], size: float = 12, **attributes: str | float
    ) -> float:
        """Lines below each other, the first on ``y``; returns where the last ends."""
        step = size * 1.25
        for number, line in enumerate(lines):
            self.write(x, y + number * step, line, size, **attributes)
        return y + (len(lines) - 1) * step + size * 0.3

    def size(self, width: float, height: float) -> None:
        """Say how large the picture is."""
        for name, value in (("width", width), ("height", height)):
            self._element.set(name, _plain(value))
        self._element.set("viewBox", f"0 0 {_plain(width)} {_plain(height)}")

    def to_text(self) -> str:
        """The picture as a file."""
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(self._element, encoding="unicode") + "\n"


def begin(title: str, description: str) -> Drawing:
    """An empty picture on white, named for those who cannot see it."""
    root = Drawing(Element("svg", {"xmlns": NAMESPACE, "version": "1.1", "font-family": FONTS}))
    root.say("title", title)
    root.say("desc", description)
    root.add("rect", width="100%", height="100%", fill="#ffffff")
    return root


def _plain(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
