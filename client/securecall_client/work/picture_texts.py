"""A picture of `securecall_client.work.svg` taken apart into its shapes and its texts. Pure.

Programs that draw SVG set the letters of many scripts one by one, so that they neither join nor stand in their places;
whoever can set text draws the shapes and sets the texts over them.
"""

import re
from html import unescape
from typing import Final

import msgspec

_PART: Final = re.compile(r"<g(?P<group>[^>]*)>|(?P<end></g>)|<text(?P<about>[^>]*)>(?P<text>[^<]*)</text>")
_ATTRIBUTE: Final = re.compile(r'([\w-]+)="([^"]*)"')
_MOVED: Final = re.compile(r"translate\(([-\d.]+) ([-\d.]+)\) rotate\(([-\d.]+)\)")


class Text(msgspec.Struct, frozen=True):
    """One line of text, its baseline at ``x`` and ``y`` (pixels from left and top), turned by ``angle`` (degrees).

    ``anchor`` says what of it is at ``x``: its `start`, `middle` or `end`; ``size`` is in pixels.
    """

    text: str
    x: float
    y: float
    size: float
    anchor: str
    fill: str
    weight: int
    angle: float


def apart(svg: str) -> tuple[str, list[Text]]:
    """The picture without its texts, and these. ``svg`` is of `Drawing.to_text`, in which no text holds a `<`."""
    texts: list[Text] = []
    moved: list[tuple[float, float, float]] = [(0, 0, 0)]

    def take(part: re.Match[str]) -> str:
        if part["end"]:
            moved.pop()
        elif part["text"] is None and part["group"].endswith("/"):
            pass
        elif part["text"] is None:
            found = _MOVED.search(part["group"])
            moved.append((float(found[1]), float(found[2]), float(found[3])) if found else moved[-1])
        else:
            texts.append(_text(unescape(part["text"]), dict(_ATTRIBUTE.findall(part["about"])), *moved[-1]))
            return ""
        return part[0]

    shapes = _PART.sub(take, svg)
    return shapes, texts


def _text(text: str, about: dict[str, str], x: float, y: float, angle: float) -> Text:
    return Text(
        text,
        x + float(about["x"]),
        y + float(about["y"]),
        float(about["font-size"]),
        about.get("text-anchor", "start"),
        about.get("fill", "#000000"),
        int(about.get("font-weight", "400")),
        angle,
    )
