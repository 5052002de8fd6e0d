"""CONTRIBUTING.md names every command that `make help` lists, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_command_stands_in_the_table_and_every_command_of_the_table_is_there() -> None:
    commands = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    told = set(re.findall(r"`make ([a-z-]+)", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert told == commands
