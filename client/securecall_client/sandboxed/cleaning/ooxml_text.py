"""What stays of the text of an Office Open XML file, tag by tag (ECMA-376 part 1, and Microsoft's additions)."""

from collections.abc import Collection
from typing import Final

from securecall_client.sandbox.messages import What
from securecall_client.sandboxed.cleaning import markup
from securecall_client.sandboxed.cleaning.markup import Attributes, Name, Tag, Verdict
from securecall_client.sandboxed.cleaning.relations import value
from securecall_client.sandboxed.found import Found

_WORD: Final = ("/wordprocessingml/2006/main", "/wordprocessingml/main")
_RELATIONS: Final = "/relationships"
_CHANGED: Final = {"ins", "moveTo"}
_CHANGES: Final = {
    "del", "moveFrom", "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblPrExChange", "tcPrChange",
    "trPrChange", "tblGridChange", "numberingChange", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart",
    "moveToRangeEnd", "cellIns", "cellDel", "cellMerge", "customXmlInsRangeStart", "customXmlInsRangeEnd",
    "customXmlDelRangeStart", "customXmlDelRangeEnd", "customXmlMoveFromRangeStart", "customXmlMoveFromRangeEnd",
    "customXmlMoveToRangeStart", "customXmlMoveToRangeEnd",
}  # fmt: skip
_OF_WORD: Final[dict[str, What | None]] = {
    **dict.fromkeys(_CHANGES, "changes"),
    **dict.fromkeys(("commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef"), "comments"),
    "rsids": "traces",
    "attachedTemplate": "template",
    "docVars": "data",
    "dataBinding": None,
    "mailMerge": "folders",
    "saveThroughXslt": "folders",
}
_ANYWHERE: Final[dict[str, What]] = {"absPath": "folders", "revisionPtr": "traces", "docId": "traces"}
_NAMES: Final[dict[str, What]] = {
    "creator": "author",
    "lastModifiedBy": "author",
    "author": "author",
    "Manager": "author",
    "Company": "author",
    "Application": "software",
}
_TRACES: Final = ("rsid", "paraId", "textId")
_MICROSOFT: Final = "http://schemas.microsoft.com/"
_HIDING: Final = {"row": "hidden", "col": "hidden", "cNvPr": "hidden", "sheet": "state"}
_HIDDEN: Final = frozenset({"1", "true", "hidden", "veryHidden"})


class Text(markup.Rules):
    """The rules for a part; ``gone`` are the ids of its relations that are left out."""

    def __init__(self, gone: Collection[str], found: Found) -> None:
        self._gone, self._found = gone, found

    def element(self, tag: Tag) -> Verdict:
        """Whether an element stays."""
        name, attributes = tag
        if name.space.endswith(_WORD):
            verdict = self._word(name, attributes)
        elif name.local in _ANYWHERE:
            self._found.add(_ANYWHERE[name.local])
            verdict = "drop"
        else:
            verdict = "keep"
        if verdict == "keep":
            self._attributes(name, attributes)
            if name.local != "pageSetup" and self._leads_nowhere(attributes):
                return "drop"
        return verdict

    def _word(self, name: Name, attributes: Attributes) -> Verdict:
        if name.local in _CHANGES or name.local in _CHANGED:
            self._found.add("changes", *(text for key, text in attributes.items() if key.local == "author"))
        if name.local in _CHANGED:
            return "unwrap"
        if name.local in ("vanish", "specVanish"):
            self._found.add("hidden", stays=True)
        what = _OF_WORD.get(name.local)
        if what is not None:
            self._found.add(what)
        return "drop" if name.local in _OF_WORD else "keep"

    def _attributes(self, name: Name, attributes: Attributes) -> None:
        for key in list(attributes):
            if self._is_trace(key) or (name.local == "pageSetup" and self._is_gone(key, attributes[key])):
                del attributes[key]
            elif key.local in ("refreshedBy", "userName") and not key.space:
                self._found.add("author", attributes.pop(key))
        if value(attributes, _HIDING.get(name.local, "")) in _HIDDEN:
            self._found.add("hidden", stays=True)

    def _is_trace(self, key: Name) -> bool:
        is_trace = key.local.startswith(_TRACES) and bool(key.space)
        if is_trace or (key.local == "uid" and key.space.startswith(_MICROSOFT)):
            self._found.add("traces")
            return True
        return False

    def _leads_nowhere(self, attributes: Attributes) -> bool:
        return any(self._is_gone(key, text) for key, text in attributes.items())

    def _is_gone(self, key: Name, text: str) -> bool:
        return key.space.endswith(_RELATIONS) and text in self._gone


class Types(markup.Rules):
    """The list of what each part is, without the parts that are left out."""

    def __init__(self, gone: Collection[str]) -> None:
        self._gone = {f"/{name}".lower() for name in gone}

    def element(self, tag: Tag) -> Verdict:
        """Whether an element stays."""
        return "drop" if value(tag.attributes, "PartName").lower() in self._gone else "keep"


class _Names(markup.Rules):
    def __init__(self, found: Found) -> None:
        self._found = found

    def element(self, tag: Tag) -> Verdict:
        for key, text in tag.attributes.items():
            if key.local in ("author", "name", "displayName"):
                self._found.add("comments", text)
        return "drop"

    def lost(self, name: Name, text: str) -> None:
        what = _NAMES.get(name.local)
        if what is not None and text.strip():
            self._found.add(what, text)
        if name.local in ("created", "modified", "TotalTime", "lastPrinted") and text.strip(" 0"):
            self._found.add("time")


def tell_names(part: bytes, found: Found) -> None:
    """Note the names in a part that goes. Raises: CannotError."""
    markup.filtered(part, _Names(found))
