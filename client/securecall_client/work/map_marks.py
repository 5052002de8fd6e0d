"""The marks of the map's picture: shades, numbers, rings and diamonds, and the legend that explains them.

Shades are told apart in grey, and what they say stands there as a number; rings and diamonds are told by their shape.
"""

from securecall.sentences import sentence
from securecall_client.work.svg import Drawing
from securecall_client.work.text_room import width

INK, SOFT, RULE, HAIR = "#1b1f24", "#4d555e", "#a2abb4", "#dde2e7"
"""Colours of text, of text that explains, and of lines."""
_SHADES = ("#e1ebf4", "#b9d0e4", "#86abcc", "#3f739f", "#1c4569")
"""For 1, 2, 3, 4, and 5 or more organisations."""
_WHITE_FROM = 4
"""From so many on the number is white."""
_GAP_INK = "#a63a1e"


def box(picture: Drawing, x: float, y: float, wide: float, high: float, number: int) -> None:
    """A field in the shade of a number, and the number."""
    shade = _SHADES[min(number, len(_SHADES)) - 1]
    picture.add("rect", x=x, y=y, width=wide, height=high, rx=2, fill=shade)
    picture.write(x + wide / 2, y + high / 2 + 4.2, f"{number}", text_anchor="middle", fill=_ink_on(number))


def ring(picture: Drawing, x: float, y: float, number: int = 0) -> None:
    """A ring around what stands at this point, on the shade of a number: overlap."""
    picture.add("circle", cx=x, cy=y, r=10, fill="none", stroke=_ink_on(number), stroke_width=1.4)


def diamond(picture: Drawing, x: float, y: float) -> None:
    """A diamond around this point: gap."""
    arm = 6.5
    points = f"{x:.1f},{y - arm:.1f} {x + arm:.1f},{y:.1f} {x:.1f},{y + arm:.1f} {x - arm:.1f},{y:.1f}"
    picture.add("polygon", points=points, fill="#ffffff", stroke=_GAP_INK, stroke_width=1.8)


def rule(picture: Drawing, start: tuple[float, float], end: tuple[float, float], ink: str) -> None:
    """A thin line."""
    picture.add("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], stroke=ink, stroke_width=1)


def legend(picture: Drawing, x: float, y: float) -> float:
    """What shades and marks mean, in one line; returns where it ends below."""
    for number in range(1, len(_SHADES) + 1):
        box(picture, x, y, 24, 20, number)
        x += 26
    x = _explain(picture, x + 4, y, sentence("or more organisations"))
    ring(picture, x + 10, y + 10)
    x = _explain(picture, x + 26, y, sentence("some of it overlaps"))
    diamond(picture, x + 7, y + 10)
    _explain(picture, x + 20, y, sentence("gap: needed, not planned"))
    return y + 20


def _explain(picture: Drawing, x: float, y: float, text: str) -> float:
    picture.write(x, y + 14, text, 11, fill=SOFT)
    return x + width(text, 11) + 14


def _ink_on(number: int) -> str:
    """What can be read on the shade of so many."""
    return "#ffffff" if number >= _WHITE_FROM else INK
