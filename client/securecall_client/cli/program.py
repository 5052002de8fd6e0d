"""The program: its commands, and the way in and out."""

import sys
from collections.abc import Sequence
from functools import cache, partial
from typing import Annotated, Final

import typer

from securecall_client.cli import (
    admit,
    agenda,
    alarm,
    answer,
    audit,
    call,
    call_ends,
    call_keep,
    call_parts,
    call_people,
    call_present,
    call_watch,
    commit,
    decision,
    demo,
    device,
    discuss,
    doc,
    doctor,
    evidence,
    exercise,
    exercise_draft,
    exercise_ends,
    exercise_map,
    exercise_template,
    failures,
    found,
    guest,
    heal,
    invite,
    invite_many,
    join,
    member,
    minutes,
    org,
    parting,
    proxy,
    screen,
    server,
    shell,
    status,
    sync,
    web,
    whoami,
)
from securecall_client.cli.command import fail
from securecall_client.cli.line import Line
from securecall_client.cli.options import Home, Json, Offline, Options, Proxy, Unconfirmed
from securecall_client.errors import SecureCallError
from securecall_client.posix import harden_process
from securecall_client.text import for_terminal

NAME: Final = "securecall"
_HELP: Final = """The secure platform beside a coalition's voice call.

What you write is encrypted on this computer; the server stores what it cannot read."""

app = typer.Typer(
    help=_HELP,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (found, join, admit, whoami, parting, status, sync, heal, audit, proxy, doctor, demo, web):
    app.add_typer(part.commands)
app.add_typer(invite.noun, name=invite.NAME)
for noun in (
    member, device, org, call, agenda, doc, exercise, discuss, minutes, decision, commit, guest, alarm, evidence,
    server,
):  # fmt: skip
    app.add_typer(noun.noun, name=noun.NAME, help=noun.HELP)
invite.noun.add_typer(invite_many.commands)
for part in (call_people, call_parts, call_present, call_ends, call_keep, call_watch):
    call.noun.add_typer(part.commands)
for part in (answer, exercise_ends, exercise_map, exercise_template):
    exercise.noun.add_typer(part.commands)
for noun in (exercise_template, exercise_draft):
    exercise.noun.add_typer(noun.noun, name=noun.NAME, help=noun.HELP)


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"{NAME} {version(NAME)}")
        raise typer.Exit


@app.callback()
def remember(
    context: typer.Context,
    home: Home = None,
    json: Json = False,
    offline: Offline = False,
    through: Proxy = None,
    unconfirmed: Unconfirmed = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Keep the options that stand before the noun for the command behind it."""
    before = context.obj if isinstance(context.obj, Options) else Options()
    context.obj = before.overridden(home=home, json=json, offline=offline, unconfirmed=unconfirmed, proxy=through)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (`failures.EXIT_CODES`)."""
    words = sys.argv[1:] if arguments is None else arguments
    screen.tolerate_any_alphabet()
    try:
        harden_process()
    except SecureCallError as error:
        return fail(Line(Options()), error)
    return run(words, Options())


_program = cache(partial(typer.main.get_command, app))
"""The parser, made once: a shell, and the tests, run many commands in one process."""


def run(words: Sequence[str], options: Options) -> int:
    """Run one command with ``options`` unless it says otherwise, and return its exit code."""
    # A command that was not understood has no options to ask, so the words themselves say what to print.
    line = Line(Options(json=options.json or "--json" in words))
    try:
        return int(_program().main(list(words) or ["--help"], prog_name=NAME, standalone_mode=False, obj=options))
    except typer.TyperException as error:
        return fail(line, _misunderstood(error))
    except typer.Abort:
        return failures.INTERRUPTED
    except SecureCallError as error:
        return fail(line, error)


shell.register(app, run)


def _misunderstood(error: typer.TyperException) -> failures.UsageError:
    """What the parser says, without repeating a word too many: it may be a secret that belongs elsewhere."""
    path = str(getattr(getattr(error, "ctx", None), "command_path", NAME))
    message = error.format_message().replace("Value error, ", "")
    if message.startswith("Got unexpected extra argument"):
        message = f"There is a word too many behind “{path}”."
    return failures.UsageError(for_terminal(message), hint=f"See: {path} --help")
