"""The program ``securecall-server``: its options, and what its commands share."""

import re
import sys
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="The server of SecureCall: stores ciphertext, and orders it.",
)

Data = Annotated[Path, typer.Option("--data", help="The server's folder.", metavar="DIR")]
Database = Annotated[str | None, typer.Option(help="sqlite:///PATH or postgresql://...", metavar="URL")]
Blobs = Annotated[str | None, typer.Option(help="A folder, or s3://, gs://, az://.", metavar="URL")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]

_UNITS: Final = ("bytes", "KiB", "MiB", "GiB", "TiB")


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


def example(line: str) -> str:
    """The end of a command's help."""
    return f"\b\nExample:\n  {line}"


def show_json(value: object) -> None:
    """Print a value as the one JSON document of a command."""
    print(msgspec.json.encode(value).decode("utf-8"))


def say(words: str) -> None:
    """Words for a person, which scripts need not read."""
    print(words, file=sys.stderr)


def read_size(words: str) -> int:
    """The bytes of a size as people write it, such as *20 GiB*. Raises: typer.BadParameter."""
    said = re.fullmatch(r"([0-9]{1,6}) ?(KiB|MiB|GiB|TiB)", words.strip())
    if said is None:
        raise typer.BadParameter("Say a size as a whole number with its unit, such as 500 MiB or 20 GiB.")
    return int(said[1]) << (10 * _UNITS.index(said[2]))


def size(number: int) -> str:
    """A number of bytes as people read it."""
    value, unit = float(number), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{number} {_UNITS[0]}" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"
