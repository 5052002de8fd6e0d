"""Relations between the parts of an Office Open XML file (ECMA-376 part 2), and what they name outside of it."""

import re
from collections.abc import Collection
from posixpath import join, normpath
from typing import Final

from securecall_client.sandboxed.cleaning import markup
from securecall_client.sandboxed.cleaning.markup import Attributes, Name, Tag, Verdict
from securecall_client.sandboxed.found import Found

_GONE: Final = ("/attachedTemplate", "/mailMergeSource", "/mailMergeHeaderSource")


class Relations:
    """The relations of one part."""

    def __init__(self, data: bytes, base: str, found: Found) -> None:
        self._data, self._base, self._found = data, base, found
        self._all = [attributes for name, attributes in markup.elements(data) if name.local == "Relationship"]
        self._gone: frozenset[str] = frozenset()

    @property
    def gone(self) -> frozenset[str]:
        """The ids of the relations that are left out."""
        return frozenset(value(each, "Id") for each in self._all if self.goes(each))

    def leave_out(self, parts: Collection[str]) -> None:
        """Leave out what leads to one of these parts, too."""
        self._gone |= frozenset(parts)

    def targets(self, kind: str) -> set[str]:
        """The parts that relations of a kind lead to."""
        return {
            self._target(each)
            for each in self._all
            if value(each, "Type").endswith(f"/{kind}") and not is_outside(each)
        }

    def lost(self, kind: str) -> bool:
        """Whether a relation of a kind is left out."""
        return any(value(each, "Type").endswith(f"/{kind}") for each in self._all if self.goes(each))

    def goes(self, attributes: Attributes) -> bool:
        """Whether a relation with these attributes is left out."""
        if value(attributes, "Type").endswith(_GONE):
            return True
        return not is_outside(attributes) and self._target(attributes) in self._gone

    def written(self) -> bytes:
        """The relations that stay, with nothing in them that is fetched or names folders of somebody's computer."""
        return markup.filtered(self._data, _Staying(self, self._found))

    def _target(self, attributes: Attributes) -> str:
        return normpath(join("/", self._base, value(attributes, "Target"))).lstrip("/")


class _Staying(markup.Rules):
    def __init__(self, relations: Relations, found: Found) -> None:
        self._relations, self._found = relations, found

    def element(self, tag: Tag) -> Verdict:
        name, attributes = tag
        if name.local != "Relationship":
            return "keep"
        if self._relations.goes(attributes):
            if value(attributes, "Type").endswith(_GONE):
                self._found.add("template")
            return "drop"
        if is_outside(attributes):
            is_link = value(attributes, "Type").endswith("/hyperlink")
            attributes[Name("", "Target", "")] = neutral(value(attributes, "Target"), is_link, self._found)
        return "keep"


_NOWHERE: Final = "about:blank"
_OF_A_COMPUTER: Final = re.compile(r"(?i)file:|[a-z]:[\\/]|\\\\|/?[^:]*[\\/](home|users)[\\/]")
_FETCHED: Final = re.compile(r"(?i)[a-z][a-z0-9+.-]*:|//")


def neutral(target: str, is_link: bool, found: Found) -> str:
    """What may stand in place of ``target``: a link to click stays, nothing is fetched, of a path the name stays."""
    target = target.strip()
    if _OF_A_COMPUTER.match(target):
        found.add("folders")
        return re.split(r"[\\/]", target)[-1] or _NOWHERE
    if _FETCHED.match(target) and not is_link:
        found.add("elsewhere")
        return _NOWHERE
    return target


def is_outside(attributes: Attributes) -> bool:
    """Whether a relation leads out of the file."""
    return value(attributes, "TargetMode") == "External"


def value(attributes: Attributes, local: str) -> str:
    """The value of an attribute without a namespace, or nothing."""
    return attributes.get(Name("", local, ""), "")
