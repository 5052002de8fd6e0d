"""``securecall-server``: make a server, and run it.

Exit codes: 0 done; 1 refused, with the reason; 2 usage.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from securecall_server import settings
from securecall_server.codes import setup_code
from securecall_server.errors import StartError
from securecall_server.signing import new_seed, public_half

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="The server of SecureCall: stores ciphertext, and orders it.",
)
_INIT: Final = "securecall-server init --data /srv/securecall --url https://call.example.org"
_SERVE: Final = "securecall-server serve --data /srv/securecall --listen 127.0.0.1:8443 --behind-proxy"
_Data = Annotated[Path, typer.Option("--data", help="The server's folder.", metavar="DIR")]


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"securecall-server {version('securecall')}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """The options before the command."""


@app.command(epilog=f"\b\nExample:\n  {_INIT}")
def init(
    data: _Data,
    url: Annotated[
        list[str] | None, typer.Option(help="An address that clients use; may be repeated.", metavar="URL")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Make DIR a server, and show its setup code.

    The code founds a coalition on it, once, and is not kept.
    """
    key, setup = new_seed(), new_seed()
    settings.make(data, key, public_half(setup), [_address(one) for one in url or []])
    code = setup_code(setup, public_half(key))
    if as_json:
        print(msgspec.json.encode({"setup_code": code}).decode("ascii"))
        return
    print("The server is made. Give this setup code to whoever founds the coalition, on a safe way.")
    print("It works once, and is not kept here:\n")
    print(code)
    print(f"\nNow run it: securecall-server serve --data {data} --listen HOST:PORT", file=sys.stderr)


@app.command(epilog=f"\b\nExample:\n  {_SERVE}")
def serve(
    data: _Data,
    listen: Annotated[str, typer.Option(help="Where to listen; port 0 picks a free one.", metavar="HOST:PORT")],
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate chain (PEM).", metavar="FILE")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its key (PEM).", metavar="FILE")] = None,
    behind_proxy: Annotated[bool, typer.Option(help="A proxy before this server speaks TLS.")] = False,
    database: Annotated[str | None, typer.Option(help="sqlite:///PATH or postgresql://...", metavar="URL")] = None,
    blobs: Annotated[str | None, typer.Option(help="A folder, or s3://, gs://, az://.", metavar="URL")] = None,
) -> None:
    """Run the server in DIR until Ctrl-C or SIGTERM."""
    if (tls_cert is None) != (tls_key is None):
        raise typer.BadParameter("--tls-cert and --tls-key go together.")
    if tls_cert is not None and behind_proxy:
        raise typer.BadParameter("Either a proxy speaks TLS, or the server does itself.")
    from securecall_server.serving import serve as run

    host, port = _host_and_port(listen)
    from securecall_server.serving import Options, quiet_logs

    tls = (tls_cert, tls_key) if tls_cert and tls_key else None
    quiet_logs()
    asyncio.run(run(Options(data, host, port, tls, behind_proxy, database, blobs), _say_ready))


def main() -> None:
    """Run the command line."""
    os.umask(0o077)
    try:
        app()
    except StartError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


def _say_ready(address: str) -> None:
    print(f"Listening on {address}", flush=True)


def _host_and_port(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise typer.BadParameter("Say where to listen as HOST:PORT, such as 127.0.0.1:8443.")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _address(url: str) -> str:
    """An address as clients send it at login: as it was typed, without the slash at its end."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    more = parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username
    if parts.scheme not in {"http", "https"} or not parts.hostname or more:
        raise typer.BadParameter("An address is https://HOST or https://HOST:PORT.")
    return f"{parts.scheme}://{parts.netloc}"
