"""Every sentence of ours as GNU gettext has it: for catalogues of other languages (`make words`), and for tests.

They are read from the sources by their syntax, where they stand as constants: in templates in `_`, in Python in
`sentence`, `counted`, `several`, in a page's `say` and `count`, and in errors with their hints.
"""

import ast
import builtins
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

from securecall_client.guest_page import html
from securecall_client.web import language

ROOT: Final = Path(__file__).parents[1]
SOURCES: Final = ("securecall", "keys/securecall_keys", "client/securecall_client")
ELSEWHERE: Final = ("cli", "demo", "sandboxed")
"""Parts of the client of which no page shows anything: commands are in English."""
CATALOGUES: Final = ROOT / "client" / "securecall_client" / "web" / "locale"
TEMPLATE: Final = ROOT / "build" / "words" / "securecall.pot"

TERMS: Final = frozenset({"Circle", "DeviceKind", "Finding", "Role", "SpaceKind"})
"""Types whose values stand in sentences as the words that they are."""

Message = str | tuple[str, str]
"""A sentence, or the two of which a number chooses."""


def modules() -> Iterator[Path]:
    """The Python sources whose sentences a page may show."""
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*.py")):
            if not {*ELSEWHERE} & {*path.relative_to(ROOT / source).parts}:
                yield path


def constants(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be, where they stand in it: one, or one of two."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=other):
            yield from constants(body)
            yield from constants(other)


def called(call: ast.Call) -> str:
    """The name of what is called."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def is_error(call: ast.Call) -> bool:
    """Whether an error of ours is made. Those of Python are for whoever wrote the program."""
    return called(call).endswith("Error") and not hasattr(builtins, called(call))


def in_python(source: str) -> Iterator[Message]:
    """The sentences of a module."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Subscript(slice=ast.Tuple(elts=words))) if (
                name in TERMS
            ):
                for word in words:
                    yield from constants(word)
        if not isinstance(node, ast.Call):
            continue
        args = node.args
        match called(node):
            case "sentence" | "say" if args:
                yield from constants(args[0])
            case "counted" | "count" if len(args) == 3:
                yield from _pair(args[0], args[1])
            case "several" if len(args) > 1:
                yield from _several(args[1:])
            case _ if is_error(node):
                for arg in args:
                    yield from constants(arg)
        for keyword in node.keywords:
            if keyword.arg == "hint":
                yield from constants(keyword.value)


def _pair(one: ast.expr, many: ast.expr) -> Iterator[Message]:
    match one, many:
        case ast.Constant(value=str(first)), ast.Constant(value=str(second)):
            yield first, second


def _several(words: list[ast.expr]) -> Iterator[Message]:
    match words:
        case [ast.Constant(value=str(one))]:
            yield f"%(num)s {one}", f"%(num)s {one}s"
        case [ast.Constant(value=str(one)), ast.Constant(value=str(many))]:
            yield f"%(num)s {one}", f"%(num)s {many}"


def in_template(path: Path) -> Iterator[Message]:
    """The sentences of a template."""
    page = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(path.read_text("utf-8"))
    for call in page.find_all(nodes.Call):
        match call:
            case nodes.Call(node=nodes.Name(name="_"), args=[nodes.Const(value=str(text))]):
                yield text
            case nodes.Call(
                node=nodes.Getattr(attr="count"),
                args=[nodes.Const(value=str(one)), nodes.Const(value=str(many)), _],
            ):
                yield one, many


def collected() -> Catalog:
    """All of them, each with the files that it stands in."""
    catalogue = Catalog(project="SecureCall", charset="utf-8")
    found = [(path, in_python(path.read_text("utf-8"))) for path in modules()]
    templates = sorted((ROOT / "client" / "securecall_client").rglob("templates/*.html"))
    found += [(path, in_template(path)) for path in templates]
    found.append((Path(html.__file__).parent / "page.html", html.sentences()))
    for path, messages in found:
        for message in messages:
            if any(letter.isalpha() for letter in (message if isinstance(message, str) else message[0])):
                catalogue.add(message, locations=[(path.relative_to(ROOT).as_posix(), 1)])
    return catalogue


def texts() -> frozenset[str]:
    """All of them as gettext is asked for them."""
    ids = [message.id for message in collected() if message.id]
    return frozenset(text for one in ids for text in ([one] if isinstance(one, str) else one))


def only_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the made-up languages have what a catalogue could have, and nothing else."""
    known, accented = texts(), language._Pseudo.gettext

    def gettext(self: language._Pseudo, message: str) -> str:
        return accented(self, message) if message in known else message

    monkeypatch.setattr(language._Pseudo, "gettext", gettext)


def main(names: list[str]) -> None:
    """Write the template; then make or bring up to date the catalogues of these languages, and of those there are."""
    template = collected()
    TEMPLATE.parent.mkdir(parents=True, exist_ok=True)
    _write(TEMPLATE, template)
    files = {CATALOGUES / f"{name}.po" for name in names} | {*CATALOGUES.glob("*.po")}
    CATALOGUES.mkdir(exist_ok=True)
    for file in sorted(files):
        catalogue = Catalog(locale=file.stem, project="SecureCall")
        if file.exists():
            with file.open("rb") as source:
                catalogue = read_po(source, locale=file.stem)
        catalogue.update(template)
        _write(file, catalogue)
        done = sum(bool(message.string) and not message.fuzzy for message in catalogue if message.id)
        print(f"{file.relative_to(ROOT)}: {done} of {len(catalogue)} sentences")
    print(f"{TEMPLATE.relative_to(ROOT)}: {len(template)} sentences")


def _write(path: Path, catalogue: Catalog) -> None:
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, include_lineno=False, sort_output=True)


if __name__ == "__main__":
    main(sys.argv[1:])
