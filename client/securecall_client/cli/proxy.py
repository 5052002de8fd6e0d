"""`securecall proxy`: by which proxy this profile reaches its server."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.status import KeptProxy


commands = typer.Typer(rich_markup_mode=None)


@command(commands, "proxy", example="securecall proxy socks5://127.0.0.1:9050", gives="results.status:KeptProxy")
def proxy(
    line: Line,
    address: Annotated[
        str, typer.Argument(metavar="PROXY", help="socks5://HOST:PORT (Tor), http://HOST:PORT, or none.")
    ] = "",
) -> None:
    """Show or change the proxy through which this profile reaches its server. Asks for no passphrase."""
    from securecall_client.acts import proxying

    line.need_profile()
    line.show(line.run(proxying.keep_proxy(line.settings, address, line.say)), _words)


def _words(result: "KeptProxy") -> Iterator[str]:
    yield (
        f"This profile reaches its server through {for_terminal(result.proxy)} alone."
        if result.proxy
        else "This profile reaches its server without a proxy."
    )
