"""The help of every command: a person's words, none cut."""

import pytest
import typer
from typer.core import TyperGroup

from securecall_client.cli.manual import leaves
from securecall_client.cli.program import NAME, app

ROOT = typer.main.get_command(app)
COMMANDS = dict(leaves(ROOT, NAME))


@pytest.mark.parametrize("words", COMMANDS)
def test_help_names_no_type_of_the_programming_language(words: str) -> None:
    text = COMMANDS[words].get_help(typer.Context(COMMANDS[words], info_name=words))
    assert not [raw for raw in ("<str>", "<path>", "<int>", "<file>", "{CALL", "[[") if raw in text]


@pytest.mark.parametrize(
    ("words", "usage"),
    [
        ("securecall call label", "securecall call label [OPTIONS] CALL MEMBER [TEXT]"),
        ("securecall doc add", "securecall doc add [OPTIONS] CALL FILE..."),
        ("securecall leave", "securecall leave [OPTIONS] [CALL]"),
    ],
)
def test_usage_says_what_may_be_absent_and_what_may_be_repeated(words: str, usage: str) -> None:
    assert COMMANDS[words].get_usage(typer.Context(COMMANDS[words], info_name=words)) == f"Usage: {usage}"


def test_lists_of_commands_cut_no_summary() -> None:
    assert isinstance(ROOT, TyperGroup)
    groups = [ROOT, *(one for one in ROOT.commands.values() if isinstance(one, TyperGroup))]
    assert not [one.name for one in groups if "..." in one.get_help(typer.Context(one)).partition("Commands:")[2]]
