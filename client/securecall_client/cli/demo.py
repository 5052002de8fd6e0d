"""`securecall demo`: a whole call with thirty people, played on this computer."""

from typing import Annotated

import typer

from securecall_client.cli.command import command
from securecall_client.cli.line import Line

commands = typer.Typer(rich_markup_mode=None)


@command(commands, "demo", example="securecall demo", gives="{...}", shared=("json",))
def demo(
    line: Line,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="Leave the server and the profiles standing, to go on by hand."),
    ] = False,
    web: Annotated[
        bool,
        typer.Option("--web", help="Play its first half, and open the pages of four people, until Ctrl-C."),
    ] = False,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="With --web: whether to open a browser.")
    ] = True,
) -> None:
    """Play a whole call on this computer.

    A server and six of thirty people act as separate programs, the others in one process, and what must hold is
    checked. Leaves with 0 only if every check held. It touches no profile of yours.
    """
    from securecall_client.demo import run, windows

    if web:
        run.check_installed()
        line.exit_code = windows.main(browser=browser)
        return
    line.exit_code = run.main(keep=keep, json=line.options.json)
