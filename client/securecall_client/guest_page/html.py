"""The one file of a sealed page: markup, style and script of our own, and the sealed content as base64.

Nothing in it comes from outside: its policy allows this very script and this very style, by digest, and nothing else.
What is told in the clear names no coalition, no country, no person and no purpose. Its words are in the language that
its maker's pages have, and those that the script says stand beside it as data.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Final, NamedTuple

_HERE: Final = files("securecall_client.guest_page")
_LINE: Final = 76
_PLACE: Final = re.compile("@@([^@]+)@@")
"""Where something goes into the markup: what has a name in capitals, or else a sentence of ours."""
_NAME: Final = re.compile("[A-Z]+")
_SAID: Final = re.compile(r'\bsay\("([^"]+)"')
"""A sentence in the script, which holds no quotation marks."""


class Tongue(NamedTuple):
    """The language of a page: its tag (BCP 47), its direction, and how a sentence of ours is said in it."""

    tag: str = "en"
    direction: str = "ltr"
    say: Callable[[str], str] = str


def build_html(sealed: bytes, tongue: Tongue | None = None) -> str:
    """The file's text, in English if no language is given."""
    tongue = tongue or Tongue()
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
    said = {text: tongue.say(text) for text in _SAID.findall(script)}
    parts = {
        "POLICY": policy,
        "STYLE": style,
        "SCRIPT": script,
        "SEALED": lines,
        "LANG": tongue.tag,
        "DIR": tongue.direction,
        "WORDS": escape(json.dumps({text: words for text, words in said.items() if words != text}), quote=False),
    }
    return _PLACE.sub(lambda place: parts.get(place[1]) or escape(tongue.say(place[1])), _text("page.html"))


def sentences() -> Iterator[str]:
    """All that the page says of itself, for catalogues."""
    yield from (text for text in _PLACE.findall(_text("page.html")) if not _NAME.fullmatch(text))
    yield from _SAID.findall(_text("page.js"))


def _text(name: str) -> str:
    return (_HERE / name).read_text("utf-8")


def _digest(text: str) -> str:
    """As a Content Security Policy names a script or style that stands in the page."""
    return "sha256-" + base64.b64encode(sha256(text.encode()).digest()).decode("ascii")
