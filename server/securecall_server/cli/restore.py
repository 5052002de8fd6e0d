"""``securecall-server restore``."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from .app import Data, Json, app, example, say, show_json


@app.command(epilog=example("securecall-server restore /srv/backups/2026-11-22.tar --data /srv/securecall"))
def restore(
    file: Annotated[Path, typer.Argument(help="A backup.", metavar="FILE")],
    data: Data,
    key: Annotated[
        Path | None, typer.Option(help="The copy of server.key, for a backup without it.", metavar="FILE")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make DIR the server that a backup was made of.

    DIR is a new folder, or an empty one. Everything is checked before it takes its place. What came after the backup is
    put back by people's computers.
    """
    from securecall_server.restore import Options
    from securecall_server.restore import restore as run

    restored = asyncio.run(run(Options(file, data, key)))
    if as_json:
        show_json(restored)
    else:
        print(f"{restored.folder} is the server as of {restored.made}, pieces of files: {restored.chunks}.")
    if restored.missing:
        say(f"{restored.missing} pieces of files were lost before the backup was made.")
    say("Never run the old server beside it. Now start it, and tell the owners: docs/running.md says what comes next.")
