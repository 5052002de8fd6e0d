"""`docs/cli.md`, made from the program itself: `python -m securecall_client.cli.manual > docs/cli.md`.

Everything below the introduction comes from the commands, their options and the types of their results, so the
manual cannot say what the program does not do; a test compares the two.
"""

import sys
from collections.abc import Iterator
from importlib import import_module
from inspect import cleandoc
from typing import Final

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from securecall_client.cli.command import spec_of
from securecall_client.cli.failures import EXIT_CODES
from securecall_client.cli.options import HOME_VARIABLE, PROXY_VARIABLE, SHARED
from securecall_client.cli.passphrase import FILE_VARIABLE
from securecall_client.cli.program import NAME, app
from securecall_client.cli.shape import shape
from securecall_client.foreseen import DEBUG_VARIABLE
from securecall_client.passphrases import MIN_CHARACTERS

_PACKAGE: Final = "securecall_client"

_INTRODUCTION: Final = f"""\
# The command line

This page is made by `python -m securecall_client.cli.manual`; a test sees that it agrees with the program.

`{NAME} NOUN VERB`. `{NAME} NOUN VERB --help` says what is here. More fields and options may come; what is here
stays.

## For every command

- `--home DIR`, `--json`, `--offline` and `--proxy PROXY` stand before the noun or after the verb, and so does
  `--unconfirmed` with commands that write.
- `--json` prints exactly one document on stdout, also on failure: `{{"error": {{code, message, hint}}}}`, `hint` null
  if there is none. Words and progress go to stderr. Ids are strings of lower-case hexadecimal digits; times are
  ISO 8601 with their zone, and a time without one is refused. Tables for people show the first eight characters of
  an id.
- Members, organisations, calls, documents and exercises are named by their id, by the beginning of it, or by their
  exact name.
- A passphrase comes from a prompt or from the first line of the file that `{FILE_VARIABLE}` names, which
  only you may be able to read. A new one has at least {MIN_CHARACTERS} characters: take several words.
- Invitations and setup codes are secrets and never arguments: they come from a prompt, from `--from FILE`, or from
  stdin with `--from -`.
- A command that reads fetches what is new first, if the server answers within 3 seconds. A command that writes
  saves on this computer, then sends; `saved` is `"here"`, `"server"` or `"others"`.
- With `--proxy socks5://127.0.0.1:9050` (Tor) or `--proxy http://HOST:PORT` the server is reached through that proxy
  and in no other way: it looks the server's name up too, and where it fails nothing goes straight. `found` and
  `join` keep the proxy in the profile for every later command; `proxy` changes it, and `--proxy none` goes without
  it once. `HTTP_PROXY`, `ALL_PROXY` and the like are not read.
- On a bad line a request goes on as long as anything of it moves, and is made again where its connection is cut.
  Of a file that was cut, only what is missing is sent or fetched again. 3 seconds is what the server has for a first
  answer on a line without delay; on one that shows itself to be slow it has more, and up to 20 seconds through a
  proxy and for commands that write or fetch a document.
- Two commands on one profile at once: the second waits its turn, and says for whom.
- `{NAME} --install-completion` teaches bash, zsh or fish to complete commands; `--show-completion` prints how.

| variable | meaning |
|---|---|
| `{HOME_VARIABLE}` | the folder of the profile, if `--home` does not name one |
| `{PROXY_VARIABLE}` | the proxy, if `--proxy` does not name one |
| `{FILE_VARIABLE}` | the file with the passphrase |
| `{DEBUG_VARIABLE}` | `1` shows where in the program a mistake of its own happened |

| exit code | meaning |
|---|---|
"""


def manual() -> str:
    """The whole page."""
    codes = "".join(f"| {code} | {meaning} |\n" for code, meaning in EXIT_CODES.items())
    root = typer.main.get_command(app)
    return _INTRODUCTION + codes + "\n" + "\n".join(_sections(root, NAME)) + "\n"


def leaves(group: object, path: str) -> Iterator[tuple[str, TyperCommand | TyperGroup]]:
    """Each command below ``group``, with the words that a person types for it; a noun that is one itself, first."""
    if not isinstance(group, TyperGroup):
        raise TypeError("not a group of commands")
    for name, found in group.commands.items():
        if isinstance(found, TyperGroup):
            if found.invoke_without_command:
                yield f"{path} {name}", found
            yield from leaves(found, f"{path} {name}")
        elif isinstance(found, TyperCommand):
            yield f"{path} {name}", found


def _sections(root: object, path: str) -> Iterator[str]:
    for words, found in leaves(root, path):
        yield f"## `{words}`\n"
        yield f"{cleandoc(found.help or '')}\n"
        yield f"```\n{_usage(words, found)}\n```\n"
        parameters = list(_parameters(found))
        if parameters:
            yield "\n".join(parameters) + "\n"
        yield from _behind(found)


def _behind(found: TyperCommand | TyperGroup) -> Iterator[str]:
    spec = spec_of(found.callback)
    yield f"Example: `{spec.example}`\n"
    if spec.gives is not None:
        yield f"With `--json`: `{document(spec.gives)}`\n"


def document(gives: str) -> str:
    """What stands in a spec's ``gives``, as the shape of a document."""
    if gives.startswith("{"):
        return gives
    module, _, name = gives.partition(":")
    return shape(getattr(import_module(f"{_PACKAGE}.{module}"), name))


def _usage(words: str, found: TyperCommand | TyperGroup) -> str:
    context = typer.Context(found)
    pieces = [words]
    for parameter in found.get_params(context):
        if isinstance(parameter, TyperArgument):
            pieces.extend(parameter.get_usage_pieces(context))
        elif isinstance(parameter, TyperOption) and parameter.required:
            pieces.append(f"{parameter.opts[0]} {parameter.display_name_raw.upper()}")
    return " ".join([*pieces, "[options]"])


def _parameters(found: TyperCommand | TyperGroup) -> Iterator[str]:
    """A line for each argument and option but those that all commands share."""
    context = typer.Context(found)
    for parameter in found.get_params(context):
        if parameter.name in {*SHARED, "help"} or not isinstance(parameter, TyperArgument | TyperOption):
            continue
        record = parameter.get_help_record(context)
        if record is not None:
            yield f"- `{record[0]}`: {record[1]}"


if __name__ == "__main__":
    sys.stdout.write(manual())
