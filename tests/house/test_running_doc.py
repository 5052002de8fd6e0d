"""The runbook and the files for running a server name commands and options that are there."""

import re
from pathlib import Path

from typer.main import get_command

from securecall_server.cli import app

ROOT = Path(__file__).parents[2]
PLACES = [ROOT / "docs" / "running.md", ROOT / "README.md", *sorted((ROOT / "server" / "deploy").iterdir())]
TEXT = "\n".join(path.read_text("utf-8") for path in PLACES)


def test_every_command_that_is_named_is_there_and_every_one_is_named() -> None:
    command = get_command(app)
    there = set(getattr(command, "commands", {}))
    assert set(re.findall(r"securecall-server (\w+) ", TEXT)) - {"refuses", "on"} == there


def test_every_option_in_a_line_of_a_command_is_one_of_it() -> None:
    commands = getattr(get_command(app), "commands", {})
    lines = re.findall(r"securecall-server (\w+) ([^\n`']*)", TEXT)
    for verb, rest in lines:
        if verb in commands:
            options = {name for parameter in commands[verb].params for name in parameter.opts}
            assert {*re.findall(r"(--[a-z-]+)", rest)} <= options, (verb, rest)


def test_every_file_for_running_it_is_told_of() -> None:
    runbook = (ROOT / "docs" / "running.md").read_text("utf-8")
    assert [path.name for path in PLACES[2:] if path.suffix != ".service" and path.name not in runbook] == []
