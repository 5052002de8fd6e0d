"""`docs/pages.md`, made from the program itself: `python -m securecall_client.cli.by_page > docs/pages.md`.

Each command with the pages that show what it shows and the forms that do what it does, or the reason why it has none.
"""

import sys
from collections.abc import Iterator, Mapping
from typing import Final

import typer
from typer.core import TyperGroup

from securecall_client.cli.program import NAME, app
from securecall_client.web.pages import ALL

REASONS: Final[Mapping[str, str]] = {
    "shell": "The pages are open as long as one likes; a shell is for the terminal.",
    "demo": "It plays a call with profiles of its own; `demo --web` opens their pages.",
    "web": "It opens the pages.",
    "evidence verify": "Whoever checks evidence need not be in a coalition, and has no profile to open pages of.",
    "exercise template export": "It writes a template's text to begin one's own with, in an editor.",
}
"""Why a command has no page, where that is meant."""

_INTRODUCTION: Final = f"""\
# Commands and pages

This page is made by `python -m securecall_client.cli.by_page`; a test sees that it agrees with the program, and that no
command is without a page or a reason. `{NAME} web` opens the pages.

| command | shown at | done at |
|---|---|---|
"""


def commands() -> list[str]:
    """Every command, verbs only, in the order of the program."""
    return list(_below(typer.main.get_command(app), ""))


def shown_at() -> dict[str, list[str]]:
    """The pages that show what a command shows."""
    return _by_command((command, path) for part in ALL for path, shows in part.shows.items() for command in shows)


def done_at() -> dict[str, list[str]]:
    """The forms that do what a command does."""
    return _by_command((command, deed.path) for part in ALL for deed in part.deeds for command in deed.commands)


def table() -> str:
    """The page."""
    shown, done = shown_at(), done_at()
    rows = []
    for command in commands():
        if command in shown or command in done:
            rows.append(f"| `{command}` | {_paths(shown.get(command))} | {_paths(done.get(command))} |")
        else:
            rows.append(f"| `{command}` | {REASONS.get(command, 'not yet')} | – |")
    return _INTRODUCTION + "\n".join(rows) + "\n"


def _below(command: object, name: str) -> Iterator[str]:
    if not isinstance(command, TyperGroup):
        yield name
        return
    if command.invoke_without_command and name:
        yield name
    for verb, each in command.commands.items():
        yield from _below(each, f"{name} {verb}".strip())


def _by_command(named: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for command, path in named:
        # A page may say by which option a command does the same.
        paths = found.setdefault(command.partition(" --")[0], [])
        if path not in paths:
            paths.append(path)
    return found


def _paths(paths: list[str] | None) -> str:
    return "<br>".join(f"`{path}`" for path in paths) if paths else "–"


if __name__ == "__main__":
    sys.stdout.write(table())
