"""What a command or the pages were told of the profile before it is opened."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the profile is, and how a command was asked to behave.

    ``proxy``: by which the server is reached, empty for none, None for the one that the profile keeps. ``patient``:
    whether a server that is slow to answer is waited for, since there is little to do without it.
    """

    home: Path
    offline: bool = False
    unconfirmed: bool = False
    proxy: str | None = None
    patient: bool = False
