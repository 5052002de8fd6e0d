"""XML, read event by event and written anew without what rules leave out.

Nothing is fetched and nothing is expanded: a document type, with or without entities, is refused as it begins (F05).
Prefixes stay as they are, since office files name them in the values of attributes.
"""

from contextlib import suppress
from typing import Final, Literal, NamedTuple
from xml.parsers import expat

from securecall_client.sandboxed.cannot import CannotError, need

DEPTH_MOST: Final = 400
ELEMENTS_MOST: Final = 5_000_000
_SEPARATOR: Final = "\x1f"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_ESCAPED: Final = {
    ord(mark): f"&#{ord(mark)};" for mark in "\t\n\r"
} | {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"}  # fmt: skip
_ESCAPED_TEXT: Final = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#13;"}

Verdict = Literal["keep", "drop", "unwrap"]


class Name(NamedTuple):
    """The name of an element or attribute; ``space`` is empty if it is in no namespace."""

    space: str
    local: str
    prefix: str

    def __str__(self) -> str:
        return f"{self.prefix}:{self.local}" if self.prefix else self.local


Attributes = dict[Name, str]


class Tag(NamedTuple):
    """The beginning of an element; what its attributes are may be changed in place."""

    name: Name
    attributes: Attributes


class Rules:
    """What stays of a document: all of it, unless a subclass says otherwise."""

    def element(self, tag: Tag) -> Verdict:
        """Whether an element stays."""
        raise NotImplementedError

    def lost(self, name: Name, text: str) -> None:
        """Hear the text that stood right within an element that went, or within one inside it."""


def filtered(data: bytes, rules: Rules) -> bytes:
    """The document without what ``rules`` leave out. Raises: CannotError if it is none, or has a document type."""
    return _Writer(rules).write(data)


def elements(data: bytes) -> list[Tag]:
    """All elements of a small document, in order. Raises: CannotError."""
    seen: list[Tag] = []

    class Seeing(Rules):
        def element(self, tag: Tag) -> Verdict:
            seen.append(tag)
            return "keep"

    filtered(data, Seeing())
    return seen


def root(data: bytes) -> Name:
    """The outermost element of a document, of which no more is read. Raises: CannotError if it is none."""
    seen: list[Name] = []

    def stop(full: str, _attributes: list[str]) -> None:
        seen.append(_name(full))
        raise StopIteration

    parser = _parser()
    parser.StartElementHandler = stop
    with suppress(StopIteration):
        _parse(parser, data)
    return seen[0]


class _Writer:
    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._out: list[str] = [_HEAD]
        self._open: list[tuple[Name, Verdict]] = []
        self._spaces: list[tuple[str | None, str | None]] = []
        self._lost: list[list[str]] = []
        self._count = 0

    def write(self, data: bytes) -> bytes:
        parser = _parser()
        parser.StartNamespaceDeclHandler = lambda prefix, space: self._spaces.append((prefix, space))
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        _parse(parser, data)
        return "".join(self._out).encode(errors="surrogatepass")

    def _start(self, full: str, flat: list[str]) -> None:
        self._count += 1
        if len(self._open) >= DEPTH_MOST or self._count > ELEMENTS_MOST:
            raise CannotError("too-large")
        name, spaces, self._spaces = _name(full), self._spaces, []
        attributes = {_name(key): value for key, value in zip(flat[::2], flat[1::2], strict=True)}
        asked = self._rules.element(Tag(name, attributes))
        verdict: Verdict = "drop" if self._lost else asked
        self._open.append((name, verdict))
        if verdict == "drop":
            self._lost.append([])
        elif verdict == "keep":
            declared = "".join(_declared(prefix, space) for prefix, space in spaces)
            values = "".join(f' {key}="{value.translate(_ESCAPED)}"' for key, value in attributes.items())
            self._out.append(f"<{name}{declared}{values}>")
        else:
            # What stands in it may use the prefixes that it declares, and its parent's tag is written already.
            need(not spaces)

    def _end(self, _full: str) -> None:
        name, verdict = self._open.pop()
        if verdict == "drop":
            self._rules.lost(name, "".join(self._lost.pop()))
        elif verdict == "keep":
            self._out.append(f"</{name}>")

    def _text(self, text: str) -> None:
        if self._lost:
            self._lost[-1].append(text)
        else:
            self._out.append(text.translate(_ESCAPED_TEXT))


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.namespace_prefixes = True
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    return parser


def _parse(parser: expat.XMLParserType, data: bytes) -> None:
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise CannotError("damaged") from error


def _name(full: str) -> Name:
    parts = full.split(_SEPARATOR)
    if len(parts) == 1:
        return Name("", parts[0], "")
    return Name(parts[0], parts[1], parts[2] if len(parts) > 2 else "")


def _declared(prefix: str | None, space: str | None) -> str:
    return f' xmlns{":" + prefix if prefix else ""}="{(space or "").translate(_ESCAPED)}"'


def _refuse(*_: object) -> int:
    raise CannotError("damaged")
