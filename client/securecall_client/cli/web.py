"""`securecall web`: the pages, in a browser on this computer."""

import asyncio
from typing import Annotated, Final

import typer

from securecall_client.cli.command import command
from securecall_client.cli.line import Line

_ONCE: Final = "This address lets one browser in, once. Ctrl-C ends it; nothing that was opened stays open."


commands = typer.Typer(rich_markup_mode=None)


@command(commands, "web", example="securecall web", gives="results.pages:Served")
def web(
    line: Line,
    port: Annotated[
        int,
        typer.Option(
            "--port", min=0, max=65535, metavar="PORT", help="The port to listen on; any free one if not given."
        ),
    ] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Whether to open a browser.")] = True,
    idle: Annotated[
        int, typer.Option("--idle", min=1, max=1440, metavar="MINUTES", help="Lock after so long without you.")
    ] = 60,
) -> None:
    """Open SecureCall in your browser, until Ctrl-C.

    The pages come from this computer alone; nobody else can open them. They are locked at first, unless a file holds
    the passphrase (SECURECALL_PASSPHRASE_FILE).
    """
    from securecall_client.cli import passphrase
    from securecall_client.results.pages import Served
    from securecall_client.web.desk import Desk
    from securecall_client.web.entry import Entry
    from securecall_client.web.loopback import bind
    from securecall_client.web.opener import forget_browser, open_browser
    from securecall_client.web.program import Program

    async def serve() -> None:
        program = Program(Desk(line.settings, idle * 60), Entry(), bind(port))
        async with program.serving():
            if passphrase.in_file() and line.has_profile():
                await program.desk.unlock(line.lock)
            address = program.launch()
            line.show(Served(address=address), lambda _: [f"SecureCall is at {address}", _ONCE])
            if browser:
                open_browser(address, line.options.folder)
            try:
                await asyncio.Event().wait()
            finally:
                forget_browser(line.options.folder)

    line.run(serve())
