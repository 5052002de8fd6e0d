"""Style sheets and pages know the same classes: none is styled for nobody, none is written that nothing knows."""

import re
from pathlib import Path
from typing import Final

WEB: Final = Path(__file__).parents[2] / "client" / "securecall_client" / "web"
HOOKS: Final = {"frame", "refused", "failure", "word"}
"""Classes that scripts or tests find a thing by, and no sheet styles."""
BY_LIBRARY: Final = {"htmx-request"}

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_BLOCK = re.compile(r"\{[^{}]*\}")
_NAME = re.compile(r"\.([a-z][\w-]*)")
_ATTRIBUTE = re.compile(r'\bclass="((?:\{\{.*?\}\}|\{%.*?%\}|[^"{])*)"')
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_LITERAL = re.compile(r'"([a-z][a-z -]*)"')


def styled() -> set[str]:
    """The classes that sheets name."""
    rules = "".join(_COMMENT.sub("", sheet.read_text("utf-8")) for sheet in (WEB / "static" / "css").glob("*.css"))
    return set(_NAME.findall(_BLOCK.sub("{}", rules)))


def text_of(*kinds: str) -> str:
    """All that is written in files of these kinds."""
    return "\n".join(path.read_text("utf-8") for kind in kinds for path in sorted(WEB.rglob(kind)))


def written(attribute: str) -> set[str]:
    """The classes in one attribute, those that stand between its expressions."""
    return {word for word in _JINJA.sub(" ", attribute).split() if not word.endswith("-")}


def test_every_class_of_a_sheet_is_used() -> None:
    attributes = _ATTRIBUTE.findall(text_of("templates/*.html"))
    used = {word for attribute in attributes for word in written(attribute)} | BY_LIBRARY
    used |= {word for said in _LITERAL.findall(text_of("*.html", "script/*.ts", "*.py")) for word in said.split()}
    assert styled() - used == set()


def test_every_class_of_a_page_is_known() -> None:
    attributes = _ATTRIBUTE.findall(text_of("templates/*.html"))
    assert {word for attribute in attributes for word in written(attribute)} - styled() == HOOKS
