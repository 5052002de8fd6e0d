"""What a person asks for on the command line reaches the act, and not the words about it alone."""

import ast
from collections.abc import Sequence
from pathlib import Path

import pytest

import securecall_client

COMMANDS = sorted((Path(securecall_client.__file__).parent / "cli").glob("*.py"))
# The document of `--json` always has the versions; the option is about how much is printed.
SAYS_MORE = ("discuss.show: versions",)


def _is_command(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "command"
        for call in node.decorator_list
    )


def _loaded(nodes: Sequence[ast.AST]) -> set[str]:
    """The names read below ``nodes``, but for generators: those only say what happened."""
    names = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    deeper = [child for node in nodes if not _says(node) for child in ast.iter_child_nodes(node)]
    return names | _loaded(deeper) if deeper else names


def _says(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any(isinstance(part, ast.Yield) for part in ast.walk(node))


def _unheard(text: str) -> list[str]:
    """Each parameter of a command that nothing but its words reads."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and _is_command(node):
            read = _loaded(node.body)
            found += [f"{node.name}: {each.arg}" for each in node.args.args if each.arg not in read]
    return found


@pytest.mark.parametrize("module", COMMANDS, ids=lambda path: path.stem)
def test_each_option_reaches_what_a_command_does(module: Path) -> None:
    unheard = [f"{module.stem}.{each}" for each in _unheard(module.read_text("utf-8"))]
    assert [each for each in unheard if each not in SAYS_MORE] == []


def test_an_option_that_only_the_words_know_is_found() -> None:
    deaf = (
        "@command(noun, 'start')\n"
        "def start(line, call, sealed):\n"
        "    def words(result):\n"
        "        if sealed:\n"
        "            yield 'Until it is revealed'\n"
        "    line.show(act(call), words)\n"
    )
    assert _unheard(deaf) == ["start: sealed"]
