"""SVG: what drawing programs write into it goes, and what would run or be fetched."""

from typing import Final

from securecall_client.sandbox.messages import What
from securecall_client.sandboxed.cleaning import markup
from securecall_client.sandboxed.cleaning.markup import Tag, Verdict
from securecall_client.sandboxed.cleaning.relations import neutral
from securecall_client.sandboxed.found import Found

_SVG: Final = "http://www.w3.org/2000/svg"
_XML: Final = "http://www.w3.org/XML/1998/namespace"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_GOES: Final[dict[str, What]] = {
    "metadata": "properties",
    "script": "actions",
    "handler": "actions",
    "foreignObject": "elsewhere",
}


def clean(data: bytes, found: Found) -> bytes:
    """The picture without what it hides. Raises: CannotError if it is no sound XML, or has a document type."""
    return markup.filtered(data, _Drawing(found))


class _Drawing(markup.Rules):
    def __init__(self, found: Found) -> None:
        self._found = found

    def element(self, tag: Tag) -> Verdict:
        name, attributes = tag
        if name.space not in ("", _SVG):
            self._found.add("properties")
            return "drop"
        if name.local in _GOES:
            self._found.add(_GOES[name.local])
            return "drop"
        for key, text in list(attributes.items()):
            if key.space not in ("", _SVG, _XML, _XLINK):
                self._found.add("folders" if "filename" in key.local else "details")
                del attributes[key]
            elif key.local.startswith("on"):
                self._found.add("actions")
                del attributes[key]
            elif key.local == "href" and not text.startswith("data:"):
                attributes[key] = neutral(text, name.local == "a", self._found)
        return "keep"
