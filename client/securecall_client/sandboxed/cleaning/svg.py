"""SVG: what drawing programs write into it goes, and what would run or be fetched."""

import base64
import binascii
import re
from typing import Final
from urllib.parse import unquote_to_bytes

from securecall_client.sandbox.kinds import HEAD, spelling
from securecall_client.sandbox.messages import What
from securecall_client.sandboxed.cannot import CannotError
from securecall_client.sandboxed.cleaning import inside, markup
from securecall_client.sandboxed.cleaning.markup import Tag, Verdict
from securecall_client.sandboxed.cleaning.relations import neutral
from securecall_client.sandboxed.found import Found

_XML: Final = "http://www.w3.org/XML/1998/namespace"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_GOES: Final[dict[str, What]] = {
    "metadata": "properties",
    "script": "actions",
    "handler": "actions",
    "foreignObject": "elsewhere",
}


_FETCHES: Final = re.compile(r"(?i)@import|image-set\(|url\(\s*+[\"']?+\s*+(?!#|data:)|\\")
"""What of a style fetches, or is written so that one cannot tell."""
_DATA: Final = "data:"
_BASE64: Final = ";base64"


def clean(data: bytes, found: Found, cleaner: inside.Cleaner) -> bytes:
    """The picture without what it hides, and so the pictures in it.

    Raises: CannotError if it is no sound XML, has a document type, or holds what cannot be cleaned.
    """
    plain = data.decode(spelling(data[:HEAD]), "replace")
    drawing = _Drawing(found, cleaner, fetches="&#" in plain or _FETCHES.search(plain) is not None)
    return markup.filtered(data, drawing)


def _within(address: str, found: Found, cleaner: inside.Cleaner) -> str:
    """A `data:` address (RFC 2397) whose file lacks what it hides. Raises: CannotError."""
    head, _, body = address.partition(",")
    try:
        content = unquote_to_bytes(body)
        content = base64.b64decode(content) if head.lower().endswith(_BASE64) else content
    except binascii.Error as error:
        raise CannotError("embedded") from error
    cleaned = inside.clean(content, found, cleaner)
    if cleaned == content:
        return address
    return f"{head.partition(';')[0]}{_BASE64},{base64.b64encode(cleaned).decode('ascii')}"


class _Drawing(markup.Rules):
    def __init__(self, found: Found, cleaner: inside.Cleaner, *, fetches: bool) -> None:
        self._found, self._cleaner, self._fetches = found, cleaner, fetches

    def element(self, tag: Tag) -> Verdict:
        name, attributes = tag
        if name.space not in ("", inside.SVG):
            self._found.add("properties")
            return "drop"
        if name.local in _GOES:
            self._found.add(_GOES[name.local])
            return "drop"
        if name.local == "style" and self._fetches:
            self._found.add("elsewhere")
            return "drop"
        for key, text in list(attributes.items()):
            if key.space not in ("", inside.SVG, _XML, _XLINK):
                self._found.add("folders" if "filename" in key.local else "details")
                del attributes[key]
            elif key.local.startswith("on"):
                self._found.add("actions")
                del attributes[key]
            elif key.local != "href" and _FETCHES.search(text):
                self._found.add("elsewhere")
                del attributes[key]
            elif key.local == "href" and text.strip().lower().startswith(_DATA):
                attributes[key] = _within(text.strip(), self._found, self._cleaner)
            elif key.local == "href":
                attributes[key] = neutral(text, name.local == "a", self._found)
        return "keep"
