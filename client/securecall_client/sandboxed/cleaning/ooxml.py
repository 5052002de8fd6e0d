"""Office Open XML (ECMA-376): .docx, .xlsx, .pptx and their templates, cleaned part by part.

Parts that only tell about people go, with every reference to them; tracked changes are accepted, comments go.
"""

import re
from collections.abc import Mapping
from posixpath import dirname, join, normpath
from typing import Final

from securecall_client.sandbox.messages import What
from securecall_client.sandboxed.cannot import CannotError, need
from securecall_client.sandboxed.cleaning import inside, markup, ooxml_text
from securecall_client.sandboxed.cleaning.relations import Relations
from securecall_client.sandboxed.found import Found

TYPES: Final = "[Content_Types].xml"
_ROOT: Final = "_rels/.rels"
_MACROS: Final = re.compile(r"vba(Project|Data)|/activeX/|/macrosheets/|/ctrlProps/.*\.bin$", re.IGNORECASE)
_GOES: Final[tuple[tuple[re.Pattern[str], What], ...]] = (
    (re.compile(r"docProps/thumbnail", re.IGNORECASE), "thumbnail"),
    (re.compile(r"docProps/|docMetadata/", re.IGNORECASE), "properties"),
    (re.compile(r"customXml/", re.IGNORECASE), "data"),
    (
        re.compile(r"word/(comments\w*|people)\.xml$|xl/(comments\w*\.xml$|comments/|threadedComments/|persons/)"),
        "comments",
    ),
    (re.compile(r"ppt/(comments/|commentAuthors\.xml$|authors\.xml$|threadedComments/)"), "comments"),
    (re.compile(r"xl/revisions/|ppt/changesInfos/|ppt/revisionInfo\.xml$"), "history"),
    (re.compile(r"\w+/printerSettings/"), "printer"),
    (re.compile(r"_xmlsignatures/"), "signature"),
)
_KINDS: Final[dict[str, What]] = {
    **dict.fromkeys(("comments", "commentsExtended", "commentsIds", "commentsExtensible", "people"), "comments"),
    **dict.fromkeys(("threadedComment", "person", "commentAuthors", "authors"), "comments"),
    **dict.fromkeys(("core-properties", "extended-properties", "custom-properties"), "properties"),
    "thumbnail": "thumbnail",
    "customXml": "data",
    "printerSettings": "printer",
}
"""Ends of the types of relations to parts that go."""
_VML: Final = "xml"
"""The outermost element of a drawing of old (VML), which is no sound XML behind it."""
_NOTES: Final = re.compile(rb'ObjectType="(?!Note")')


def is_one(names: list[str]) -> bool:
    """Whether an archive with these names is such a file."""
    return TYPES in names and _ROOT in names


def clean(parts: Mapping[str, bytes], found: Found, cleaner: inside.Cleaner) -> dict[str, bytes]:
    """The parts of a file without what it hides. Raises: CannotError."""
    if any(_MACROS.search(name) for name in parts) or b"macroEnabled" in parts[TYPES]:
        raise CannotError("macros")
    gone = {name for name in parts if _goes(name, parts[name], found)}
    gone |= {_relations_of(name) for name in gone}
    relations = {name: Relations(part, _base(name), found) for name, part in parts.items() if _is_relations(name)}
    gone |= _by_kind(relations, found)
    for part in relations.values():
        part.leave_out(gone)
    gone |= _notes(parts, relations, found)
    for part in relations.values():
        part.leave_out(gone)
    made = {}
    for name, content in parts.items():
        if name not in gone:
            made[name] = _part(name, content, relations, gone, found, cleaner)
    return made


def _by_kind(relations: Mapping[str, Relations], found: Found) -> set[str]:
    """The parts that go for what they are said to be, wherever they stand."""
    gone = set()
    for part in relations.values():
        for kind, what in _KINDS.items():
            for target in part.targets(kind):
                found.add(what)
                gone |= {target, _relations_of(target)}
    return gone


def _goes(name: str, content: bytes, found: Found) -> bool:
    for pattern, what in _GOES:
        if pattern.match(name):
            if not _is_relations(name):
                found.add(what)
            if what in ("properties", "comments") and name.endswith(".xml"):
                ooxml_text.tell_names(content, found)
            return True
    return False


def _part(
    name: str, content: bytes, relations: Mapping[str, Relations], gone: set[str], found: Found, cleaner: inside.Cleaner
) -> bytes:
    if name == TYPES:
        return markup.filtered(content, ooxml_text.Types(gone))
    if name in relations:
        return relations[name].written()
    if not inside.is_text(name, content):
        return inside.clean(content, found, cleaner)
    if markup.root(content).local == _VML:
        return content
    own = relations.get(_relations_of(name))
    rules = ooxml_text.Text(own.gone if own else frozenset(), found)
    return markup.filtered(content, rules)


def _notes(parts: Mapping[str, bytes], relations: Mapping[str, Relations], found: Found) -> set[str]:
    """The drawings that only place the comments of a sheet, which go with them."""
    drawings = set()
    for name, part in relations.items():
        if name.startswith("xl/worksheets/") and part.lost("comments"):
            drawings |= {target for target in part.targets("vmlDrawing") if not _NOTES.search(parts.get(target, b""))}
    if drawings:
        found.add("comments")
    return drawings | {_relations_of(name) for name in drawings}


def _is_relations(name: str) -> bool:
    return name.endswith(".rels")


def _relations_of(name: str) -> str:
    return join(dirname(name), "_rels", name.rpartition("/")[2] + ".rels")


def _base(name: str) -> str:
    """The folder that targets in a part of relations are relative to."""
    folder = dirname(name)
    need(folder.endswith("_rels"))
    return normpath(join("/", dirname(folder)))[1:]
