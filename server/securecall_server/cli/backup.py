"""``securecall-server backup``."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from .app import Blobs, Data, Database, Json, app, example, say, show_json, size


@app.command(epilog=example("securecall-server backup /srv/backups/2026-11-22.tar --data /srv/securecall"))
def backup(
    file: Annotated[Path, typer.Argument(help="The new file.", metavar="FILE")],
    data: Data,
    without_key: Annotated[
        bool, typer.Option("--without-key", help="Leave the server's key out; keep a copy of server.key elsewhere.")
    ] = False,
    despite_damage: Annotated[
        bool, typer.Option("--despite-damage", help="Leave out, and count, what the disk has lost.")
    ] = False,
    database: Database = None,
    blobs: Blobs = None,
    as_json: Json = False,
) -> None:
    """Back up the server in DIR, also while it serves.

    FILE then holds all that the server keeps. Nothing in it can be read but the server's own key, by which its thief
    could pretend to be this server: keep it as you keep the server. For SQLite and blobs in a folder; for PostgreSQL or
    an object store it says what to do instead.
    """
    from securecall_server.backup import Options, back_up

    made = asyncio.run(back_up(Options(data, file, database, blobs, not without_key, despite_damage)))
    if as_json:
        show_json(made)
    else:
        print(f"The backup is in {made.file}: {size(made.size)}, pieces of files: {made.chunks}.")
    if made.missing:
        say(f"It lacks {made.missing} pieces of files that the disk has lost. Look at: securecall-server check.")
    if made.with_key:
        say(
            "It holds the server's key: whoever has this file can pretend to be your server, though read nothing. "
            "Encrypt it before it leaves this machine (docs/running.md)."
        )
    else:
        say("It lacks the server's key. Keep a copy of server.key elsewhere: nothing is restored without it.")
