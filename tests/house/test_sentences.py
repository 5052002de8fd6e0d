"""Whatever the pages may show is a sentence that a catalogue can have (`tests/sentences.py` collects them)."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.sentences import ROOT, called, collected, in_python, is_error, modules

VALUE = re.compile(r"%\((\w+)\)s")
GLUE = ("join", "format", "strip", "rstrip", "replace")

EXAMPLES = {
    "a constant": ('raise FileError("a b", hint="c" "d")', True),
    "a sentence": ('raise FileError(sentence("a %(b)s", b=f"{c:x}"))', True),
    "one of two": ('raise FileError("a b" if c else sentence("d"))', True),
    "of Python's own": ('raise ValueError(f"a {b}")', True),
    "an f-string": ('raise FileError(f"a {b}")', False),
    "a hint that is put together": ('raise FileError("a", hint="b " + c)', False),
    "a hint that is joined": ('raise FileError("a", hint=", ".join(b))', False),
    "one of two that is an f-string": ('raise FileError("a b" if c else f"d {e}")', False),
}


def glued(source: str) -> Iterator[int]:
    """The lines in which an error's text or hint is put together in a way that nobody could translate."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and is_error(node):
            hints = (keyword.value for keyword in node.keywords if keyword.arg in ("hint", "message"))
            yield from (text.lineno for text in [*node.args, *hints] if _is_glued(text))


def _is_glued(text: ast.expr) -> bool:
    match text:
        case ast.IfExp(body=body, orelse=other):
            return _is_glued(body) or _is_glued(other)
        case ast.Call():
            return called(text) in GLUE
    return isinstance(text, ast.JoinedStr | ast.BinOp)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_search_finds_what_it_should(name: str) -> None:
    source, allowed = EXAMPLES[name]
    assert (not [*glued(source)]) is allowed


def test_no_error_is_put_together_in_a_way_that_nobody_could_translate() -> None:
    found = [f"{path.relative_to(ROOT)}:{line}" for path in modules() for line in glued(path.read_text("utf-8"))]
    assert found == []


def test_what_is_collected_has_values_by_name_alone() -> None:
    for message in collected():
        for text in [message.id] if isinstance(message.id, str) else message.id:
            if VALUE.search(text):
                assert VALUE.sub("", text).replace("%%", "").count("%") == 0, text


def test_every_way_of_saying_something_is_collected() -> None:
    source = """
    sentence("a %(b)s", b=1)
    visit.say("c" if d else "e")
    counted("%(num)s f", "%(num)s g", n)
    language.count("%(num)s h", "%(num)s i", n)
    several(n, "row"), several(n, "activity", "activities")
    raise InvalidError(Problem.CAP, "j", hint="k" "l")
    """
    assert {*in_python("if True:" + source)} == {
        "a %(b)s", "c", "e", ("%(num)s f", "%(num)s g"), ("%(num)s h", "%(num)s i"),
        ("%(num)s row", "%(num)s rows"), ("%(num)s activity", "%(num)s activities"), "j", "kl",
    }  # fmt: skip
