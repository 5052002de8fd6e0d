"""OpenDocument (ISO/IEC 26300): .odt, .ods, .odp, .odg, cleaned part by part; changes are accepted, comments go."""

import re
from collections.abc import Mapping
from typing import Final

from securecall_client.sandbox.messages import What
from securecall_client.sandboxed.cannot import CannotError
from securecall_client.sandboxed.cleaning import inside, markup
from securecall_client.sandboxed.cleaning.markup import Attributes, Name, Tag, Verdict
from securecall_client.sandboxed.cleaning.relations import neutral
from securecall_client.sandboxed.found import Found

MANIFEST: Final = "META-INF/manifest.xml"
MIMETYPE: Final = "mimetype"
TYPE: Final = b"application/vnd.oasis.opendocument."
_MACROS: Final = re.compile(r"(.+/)?(Basic|Scripts)/")
_GOES: Final[tuple[tuple[re.Pattern[str], What], ...]] = (
    (re.compile(r"Thumbnails/"), "thumbnail"),
    (re.compile(r"(.+/)?meta\.xml$"), "properties"),
    (re.compile(r"(.+/)?manifest\.rdf$|Configurations2/"), "data"),
    (re.compile(r"META-INF/.*signatures.*\.xml$"), "signature"),
)
_SPACE: Final = re.compile(r"urn:oasis:names:tc:opendocument:xmlns:([\w-]+):")
_ELEMENTS: Final[dict[str, What]] = {
    "text:tracked-changes": "changes",
    "table:tracked-changes": "changes",
    "text:change": "changes",
    "text:change-start": "changes",
    "text:change-end": "changes",
    "office:annotation": "comments",
    "office:annotation-end": "comments",
    "office:script": "actions",
    "script:event-listener": "actions",
    "presentation:event-listener": "actions",
}
_SETTINGS: Final[dict[str, What]] = {
    "PrinterName": "printer",
    "PrinterSetup": "printer",
    "Rsid": "traces",
    "RsidRoot": "traces",
    "CurrentDatabaseDataSource": "folders",
}
_NAMES: Final[dict[str, What]] = {
    "creator": "author",
    "initial-creator": "author",
    "printed-by": "author",
    "generator": "software",
}
_HIDES: Final = {"text:hidden-text", "text:hidden-paragraph"}
_LINKS: Final = {"text:a", "draw:a"}


def clean(parts: Mapping[str, bytes], found: Found, cleaner: inside.Cleaner) -> dict[str, bytes]:
    """The parts of a file without what it hides. Raises: CannotError."""
    if b"encryption-data" in parts.get(MANIFEST, b""):
        raise CannotError("locked")
    if any(_MACROS.match(name) for name in parts):
        raise CannotError("macros")
    gone = {name for name in parts if _goes(name, parts[name], found)}
    return {name: _part(name, content, gone, found, cleaner) for name, content in parts.items() if name not in gone}


def _goes(name: str, content: bytes, found: Found) -> bool:
    for pattern, what in _GOES:
        if pattern.match(name):
            if what != "data":
                found.add(what)
            if what == "properties":
                markup.filtered(content, _Properties(found))
            return True
    return False


def _part(name: str, content: bytes, gone: set[str], found: Found, cleaner: inside.Cleaner) -> bytes:
    if name == MANIFEST:
        return markup.filtered(content, _Manifest(gone))
    if inside.is_text(name, content):
        return markup.filtered(content, _Text(found))
    return inside.clean(content, found, cleaner)


def _short(name: Name) -> str:
    """`text:p` for that element, whatever prefix the file gives it."""
    space = _SPACE.match(name.space)
    return f"{space[1]}:{name.local}" if space else name.local


class _Text(markup.Rules):
    def __init__(self, found: Found) -> None:
        self._found = found
        self._setting: What | None = None

    def element(self, tag: Tag) -> Verdict:
        name, attributes = tag
        short = _short(name)
        what = _ELEMENTS.get(short)
        if what is not None:
            self._found.add(what)
            return "drop"
        if short == "config:config-item" and self._is_told(attributes):
            return "drop"
        self._attributes(short, attributes)
        return "keep"

    def lost(self, name: Name, text: str) -> None:
        if name.local == "creator":
            self._found.add("author", text)
        elif name.local == "config-item" and self._setting and text.strip():
            self._found.add(self._setting)

    def _is_told(self, attributes: Attributes) -> bool:
        named = next((text for key, text in attributes.items() if key.local == "name"), "")
        self._setting = _SETTINGS.get(named)
        return self._setting is not None

    def _attributes(self, short: str, attributes: Attributes) -> None:
        for key, text in list(attributes.items()):
            if key.local in ("rsid", "paragraph-rsid"):
                self._found.add("traces")
                del attributes[key]
            elif key.local == "href":
                attributes[key] = neutral(text, short in _LINKS, self._found)
            elif (key.local, text) in {("display", "none"), ("display", "false"), ("visibility", "collapse")}:
                self._found.add("hidden", stays=True)
        if short in _HIDES:
            self._found.add("hidden", stays=True)


class _Manifest(markup.Rules):
    def __init__(self, gone: set[str]) -> None:
        self._gone = gone

    def element(self, tag: Tag) -> Verdict:
        path = next((text for key, text in tag.attributes.items() if key.local == "full-path"), "")
        return "drop" if path in self._gone or path.startswith("Thumbnails/") else "keep"


class _Properties(markup.Rules):
    def __init__(self, found: Found) -> None:
        self._found = found

    def element(self, tag: Tag) -> Verdict:
        if tag.name.local == "template":
            self._found.add("template")
        return "drop"

    def lost(self, name: Name, text: str) -> None:
        what = _NAMES.get(name.local)
        if what is not None and text.strip():
            self._found.add(what, text)
        if name.local in ("date", "creation-date", "print-date", "editing-duration") and text.strip():
            self._found.add("time")
