"""The options that every command shares; they stand before the noun or after the verb."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from securecall_client.cli.failures import UsageError

if TYPE_CHECKING:
    from securecall_client.profile import Lock

HOME_VARIABLE = "SECURECALL_HOME"

_HOME_HELP = f"The folder of your profile; {HOME_VARIABLE} names it too."
_JSON_HELP = "Print one JSON document instead of words."
_OFFLINE_HELP = "Do not contact the server: work with what this computer has."
_UNCONFIRMED_HELP = "Send although nobody has confirmed what you see for a day."

Home = Annotated[Path | None, typer.Option("--home", metavar="DIR", help=_HOME_HELP)]
Json = Annotated[bool, typer.Option("--json", help=_JSON_HELP)]
Offline = Annotated[bool, typer.Option("--offline", help=_OFFLINE_HELP)]
Unconfirmed = Annotated[bool, typer.Option("--unconfirmed", help=_UNCONFIRMED_HELP)]

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")]

SHARED = {"home": Home, "json": Json, "offline": Offline, "unconfirmed": Unconfirmed}
"""Every shared option by the name of its parameter."""
WRITES = ("home", "json", "offline", "unconfirmed")
READS = ("home", "json", "offline")


@dataclass(frozen=True)
class Options:
    """The shared options of one run. ``home`` is None until somebody names a folder.

    ``lock`` is that of the shell, open already, if the run is a line typed there.
    """

    home: Path | None = None
    json: bool = False
    offline: bool = False
    unconfirmed: bool = False
    lock: "Lock | None" = None

    def overridden(self, *, home: Path | None, json: bool, offline: bool, unconfirmed: bool) -> "Options":
        """These options with those given later, which win. Raises: UsageError for another profile than the shell's."""
        if self.lock is not None and home is not None and home.expanduser() != self.folder:
            raise UsageError(
                f"This shell works on the profile in {self.folder}.", hint="To work on another, leave it: exit"
            )
        return replace(
            self,
            home=home or self.home,
            json=json or self.json,
            offline=offline or self.offline,
            unconfirmed=unconfirmed or self.unconfirmed,
        )

    @property
    def folder(self) -> Path:
        """The profile's folder: the one that was named here or in the environment, or the system's place for data."""
        named = self.home or os.environ.get(HOME_VARIABLE)
        if named:
            return Path(named).expanduser()
        from platformdirs import user_data_path

        return user_data_path("securecall", appauthor=False)
