"""What one guess at a passphrase shall cost, for the commands that make a profile."""

from typing import Annotated, Final

import typer

DEFAULT_MEMORY: Final = 256  # MiB
Memory = Annotated[
    int,
    typer.Option(
        "--passphrase-memory",
        min=64,
        max=1024,
        metavar="MIB",
        help="Memory that one guess at your passphrase costs, in MiB. Less for a small computer.",
    ),
]
