"""The one file of a sealed page: markup, style and script of our own, and the sealed content as base64.

Nothing in it comes from outside: its policy allows this very script and this very style, by digest, and nothing else.
What is told in the clear names no coalition, no country, no person and no purpose.
"""

import base64
from hashlib import sha256
from importlib.resources import files
from typing import Final

_HERE: Final = files("securecall_client.guest_page")
_LINE: Final = 76


def build_html(sealed: bytes) -> str:
    """The file's text."""
    style, script = _text("page.css"), _text("page.js")
    policy = "; ".join([
        "default-src 'none'",
        f"script-src '{_digest(script)}'",
        f"style-src '{_digest(style)}'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ])  # fmt: skip
    data = base64.b64encode(sealed).decode("ascii")
    lines = "\n".join(data[at : at + _LINE] for at in range(0, len(data), _LINE))
    page = _text("page.html")
    for name, value in (("POLICY", policy), ("STYLE", style), ("SCRIPT", script), ("SEALED", lines)):
        page = page.replace(f"@@{name}@@", value)
    return page


def _text(name: str) -> str:
    return (_HERE / name).read_text("utf-8")


def _digest(text: str) -> str:
    """As a Content Security Policy names a script or style that stands in the page."""
    return "sha256-" + base64.b64encode(sha256(text.encode()).digest()).decode("ascii")
