"""`securecall shell`: one unlock, many commands."""

import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import typer

from securecall_client.cli import ask, failures
from securecall_client.cli.command import command, fail
from securecall_client.cli.line import Line
from securecall_client.cli.options import Options

Run = Callable[[Sequence[str], Options], int]
PROMPT: Final = "securecall> "
_LEAVE: Final = {"exit", "quit"}
_WELCOME: Final = "Type commands without “securecall”, such as: call list. Tab completes; --help helps; exit leaves."


def register(app: typer.Typer, run: Run) -> None:
    """Add the command; ``run`` runs one line."""

    @command(app, "shell", example="securecall shell", gives="{...}, one a command")
    def shell(line: Line) -> None:
        """Ask for the passphrase once, then run one command a line, until “exit” or Ctrl-D.

        Lines may also come from stdin. Between commands other programs can use the profile. The exit code is that of
        the last command that failed.
        """
        options = _opened(line)
        for typed in _typed(app, line):
            words = _words(line, typed)
            if words[:1] and words[0] in _LEAVE:
                return
            if words:
                line.exit_code = run(words, options) or line.exit_code


def _opened(line: Line) -> Options:
    """The options of the shell, with its profile open."""
    from securecall_client.profile import Profile

    if line.options.lock is not None:
        raise failures.UsageError("You are in the shell already.")
    device = Profile(line.options.folder).unlock(line.lock)
    return replace(line.options, home=line.options.folder, lock=replace(line.lock, device=device))


def _typed(app: typer.Typer, line: Line) -> Iterator[str]:
    """The lines, from a person or from stdin."""
    if not ask.types_here():
        yield from sys.stdin
        return
    _complete(typer.main.get_command(app))
    line.say.line(_WELCOME)
    while True:
        try:
            yield input(PROMPT)
        except KeyboardInterrupt:
            sys.stdout.write("\n")
        except EOFError:
            sys.stdout.write("\n")
            return


def _words(line: Line, typed: str) -> list[str]:
    """The words of a line, without the program's own name that habit puts before them; none if it has no end.

    A mere “help” or “?” is `--help`.
    """
    try:
        words = shlex.split(typed, comments=True)
    except ValueError:
        line.exit_code = fail(line, failures.UsageError("A quotation mark is opened in this line and not closed."))
        return []
    words = words[1:] if words[:1] == ["securecall"] else words
    return ["--help"] if words in (["help"], ["?"]) else words


def _complete(program: object) -> None:
    """Let Tab complete nouns and verbs; where the system has no line editor, nothing."""
    try:
        import readline
    except ImportError:
        return

    def complete(beginning: str, number: int) -> str | None:
        before = readline.get_line_buffer()[: readline.get_begidx()].split()
        found = [f"{word} " for word in following(program, before) if word.startswith(beginning)]
        return found[number] if number < len(found) else None

    readline.set_completer(complete)
    readline.parse_and_bind("tab: complete")


def following(program: object, before: Sequence[str]) -> list[str]:
    """The nouns or verbs that may follow the words ``before``."""
    node = program
    for word in before:
        node = getattr(node, "commands", {}).get(word)
    return sorted(getattr(node, "commands", {}))
