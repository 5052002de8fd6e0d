"""QR codes for pages: a drawing in the page itself, without a style of its own, which the policy would refuse."""

import segno
from markupsafe import Markup


def qr(text: str) -> Markup:
    """A QR code of ``text``, dark on light in any colour scheme, so that a camera reads it.

    In capitals, which its alphanumeric mode takes; whoever reads the text takes either case.
    """
    code = segno.make(text.upper(), error="l", micro=False)
    drawn = code.svg_inline(border=3, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    return Markup(drawn)  # noqa: S704 - drawn by segno from squares alone; no text stands in it
