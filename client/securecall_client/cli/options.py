"""The options that every command shares; they stand before the noun or after the verb."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

HOME_VARIABLE = "SECURECALL_HOME"

_HOME_HELP = "The folder of your profile."
_JSON_HELP = "Print one JSON document instead of words."
_OFFLINE_HELP = "Do not contact the server: work with what this computer has."
_UNCONFIRMED_HELP = "Send although nobody has confirmed what you see for a day."

RootHome = Annotated[Path | None, typer.Option("--home", envvar=HOME_VARIABLE, help=_HOME_HELP)]
Home = Annotated[Path | None, typer.Option("--home", help=_HOME_HELP)]
Json = Annotated[bool, typer.Option("--json", help=_JSON_HELP)]
Offline = Annotated[bool, typer.Option("--offline", help=_OFFLINE_HELP)]
Unconfirmed = Annotated[bool, typer.Option("--unconfirmed", help=_UNCONFIRMED_HELP)]

SHARED = {"home": Home, "json": Json, "offline": Offline, "unconfirmed": Unconfirmed}
"""Every shared option by the name of its parameter."""
WRITES = ("home", "json", "offline", "unconfirmed")
READS = ("home", "json", "offline")


@dataclass(frozen=True)
class Options:
    """The shared options of one run. ``home`` is None until somebody names a folder."""

    home: Path | None = None
    json: bool = False
    offline: bool = False
    unconfirmed: bool = False

    def overridden(self, *, home: Path | None, json: bool, offline: bool, unconfirmed: bool) -> "Options":
        """These options with those after the verb, which win."""
        return replace(
            self,
            home=home or self.home,
            json=json or self.json,
            offline=offline or self.offline,
            unconfirmed=unconfirmed or self.unconfirmed,
        )

    @property
    def folder(self) -> Path:
        """The profile's folder: the one that was named, or the system's place for a program's data."""
        if self.home is not None:
            return self.home.expanduser()
        from platformdirs import user_data_path

        return user_data_path("securecall", appauthor=False)
