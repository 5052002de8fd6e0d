"""``securecall-server serve``."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from .app import Blobs, Data, Database, app, example, read_size, say


@app.command(epilog=example("securecall-server serve --data /srv/securecall --listen 127.0.0.1:8443 --behind-proxy"))
def serve(
    data: Data,
    listen: Annotated[str, typer.Option(help="Where to listen; port 0 picks a free one.", metavar="HOST:PORT")],
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate chain (PEM).", metavar="FILE")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its key (PEM).", metavar="FILE")] = None,
    behind_proxy: Annotated[bool, typer.Option(help="A proxy before this server speaks TLS.")] = False,
    member_room: Annotated[
        str, typer.Option(help="What one member's files may take on this server.", metavar="SIZE")
    ] = "20 GiB",
    space_room: Annotated[str, typer.Option(help="What the files in one space may take.", metavar="SIZE")] = "100 GiB",
    database: Database = None,
    blobs: Blobs = None,
) -> None:
    """Run the server in DIR until Ctrl-C or SIGTERM."""
    if (tls_cert is None) != (tls_key is None):
        raise typer.BadParameter("--tls-cert and --tls-key go together.")
    if tls_cert is not None and behind_proxy:
        raise typer.BadParameter("Either a proxy speaks TLS, or the server does itself.")
    from securecall_server import log
    from securecall_server.quota import Rooms
    from securecall_server.serving import Options
    from securecall_server.serving import serve as run

    host, port = _host_and_port(listen)
    tls = (tls_cert, tls_key) if tls_cert and tls_key else None
    log.begin()
    if database is None or database.startswith("sqlite:"):
        _warn_of_sqlite()
    warn_of_restored(data)
    rooms = Rooms(read_size(member_room), read_size(space_room))
    asyncio.run(run(Options(data, host, port, tls, behind_proxy, database, blobs, rooms), _say_ready))


def _warn_of_sqlite() -> None:
    from securecall_server.store.sqlite import known_fault

    if words := known_fault():
        say(words)


def warn_of_restored(data: Path) -> None:
    """Say at the start what a server that was put back from a backup waits for."""
    from securecall_server.restored import is_restored

    if is_restored(data):
        say(
            "This server was put back from a backup: each call is read-only until its people have run securecall heal, "
            "and its owner securecall heal --finish. Once all have, delete the file “restored” in its folder."
        )


def _say_ready(address: str) -> None:
    print(f"Listening on {address}", flush=True)


def _host_and_port(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise typer.BadParameter("Say where to listen as HOST:PORT, such as 127.0.0.1:8443.")
    return host.removeprefix("[").removesuffix("]"), int(port)
