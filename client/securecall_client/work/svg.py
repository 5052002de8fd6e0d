"""Pictures in SVG 1.1, of shapes and real text, with nothing in it that runs or is fetched.

Text and attributes are made harmless in one place here, so that a name can neither become markup nor hold what XML
cannot (threat row M14). No library for XML is taken: all of them parse it too, and nothing in the product may (row
F05). Looks are attributes of the elements, not a style sheet, so that a page that takes the picture in needs to allow
nothing for it.
"""

from collections.abc import Sequence
from html import escape

from securecall_client.text import for_terminal

NAMESPACE = "http://www.w3.org/2000/svg"
FONTS = "Noto Sans, DejaVu Sans, Segoe UI, Helvetica Neue, Arial, sans-serif"


class Drawing:
    """An element of a picture; lengths are in pixels, from the left and the top.

    ``tag`` and the names of attributes are this program's own words.
    """

    def __init__(self, tag: str, attributes: dict[str, str], text: str = "") -> None:
        self._tag, self._attributes, self._text = tag, attributes, text
        self._inside: list[Drawing] = []

    def add(self, tag: str, text: str = "", **attributes: str | float) -> "Drawing":
        """A new element inside; underscores in the names of attributes stand for hyphens.

        What cannot be seen in ``text`` is written as an escape.
        """
        plain = {name.replace("_", "-"): _plain(value) for name, value in attributes.items()}
        self._inside.append(Drawing(tag, plain, text))
        return self._inside[-1]

    def write(self, x: float, y: float, text: str, size: float = 12, **attributes: str | float) -> None:
        """One line of text; one that begins from the right is ordered so, wherever it stands."""
        self.add("text", text, x=x, y=y, font_size=size, unicode_bidi="plaintext", **attributes)

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
        wide, high = _plain(width), _plain(height)
        self._attributes |= {"width": wide, "height": high, "viewBox": f"0 0 {wide} {high}"}

    def to_text(self) -> str:
        """The picture as a file."""
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{self._markup()}\n'

    def _markup(self) -> str:
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in self._attributes.items())
        # What XML cannot hold, controls and surrogates and the like, is what nobody can see: these are escapes by now.
        inside = escape(for_terminal(self._text)) + "".join(part._markup() for part in self._inside)
        return f"<{self._tag}{attributes}>{inside}</{self._tag}>" if inside else f"<{self._tag}{attributes}/>"


def begin(title: str, description: str) -> Drawing:
    """An empty picture on white, named for those who cannot see it."""
    root = Drawing("svg", {"xmlns": NAMESPACE, "version": "1.1", "font-family": FONTS})
    root.add("title", title)
    root.add("desc", description)
    root.add("rect", width="100%", height="100%", fill="#ffffff")
    return root


def _plain(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
