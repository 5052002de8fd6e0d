"""``securecall-server init``."""

from typing import Annotated

import typer

from securecall_server import settings
from securecall_server.codes import setup_code
from securecall_server.signing import new_seed, public_half

from .app import Data, Json, app, example, say, show_json


@app.command(epilog=example("securecall-server init --data /srv/securecall --url https://call.example.org"))
def init(
    data: Data,
    url: Annotated[
        list[str] | None, typer.Option(help="An address that clients use; may be repeated.", metavar="URL")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make DIR a server, and show its setup code.

    The code founds a coalition on it, once, and is not kept.
    """
    key, setup = new_seed(), new_seed()
    settings.make(data, key, public_half(setup), [_address(one) for one in url or []])
    code = setup_code(setup, public_half(key))
    if as_json:
        show_json({"setup_code": code})
        return
    print("The server is made. Give this setup code to whoever founds the coalition, on a safe way.")
    print("It works once, and is not kept here:\n")
    print(code)
    say(f"\nNow run it: securecall-server serve --data {data} --listen HOST:PORT")


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
