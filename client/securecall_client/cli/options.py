"""The options that every command shares, which stand before the noun or after the verb, and those of several."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from securecall_client.cli.failures import UsageError

if TYPE_CHECKING:
    from securecall_client.profile import Lock

HOME_VARIABLE = "SECURECALL_HOME"
PROXY_VARIABLE = "SECURECALL_PROXY"

_HOME_HELP = f"The folder of your profile; {HOME_VARIABLE} names it too."
_JSON_HELP = "Print one JSON document instead of words."
_OFFLINE_HELP = "Do not contact the server: work with what this computer has."
_UNCONFIRMED_HELP = "Send although nobody has confirmed what you see for a day."

_PROXY_HELP = (
    f"Reach the server through this proxy alone: socks5://HOST:PORT (Tor), http://HOST:PORT, or none; {PROXY_VARIABLE}"
    " names it too."
)

Proxy = Annotated[str | None, typer.Option("--proxy", metavar="PROXY", help=_PROXY_HELP)]
Home = Annotated[Path | None, typer.Option("--home", metavar="DIR", help=_HOME_HELP)]
Json = Annotated[bool, typer.Option("--json", help=_JSON_HELP)]
Offline = Annotated[bool, typer.Option("--offline", help=_OFFLINE_HELP)]
Unconfirmed = Annotated[bool, typer.Option("--unconfirmed", help=_UNCONFIRMED_HELP)]

_CIRCLE = typer.Option("--circle", help="For everyone, or for allies, who are all but guests.")
CircleName = Annotated[Literal["everyone", "allies"], _CIRCLE]
CircleChoice = Annotated[Literal["everyone", "allies"] | None, _CIRCLE]
"""Where who says nothing means something that depends."""

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")]

SHARED = {"home": Home, "json": Json, "offline": Offline, "proxy": Proxy, "unconfirmed": Unconfirmed}
"""Every shared option by the name of its parameter."""
VALUED = ("home", "proxy")
"""Those that take a value; the others are switches."""
WRITES = ("home", "json", "offline", "proxy", "unconfirmed")
READS = ("home", "json", "offline", "proxy")


@dataclass(frozen=True)
class Options:
    """The shared options of one run. ``home`` and ``proxy`` are None until somebody names one.

    ``patient`` comes from the command: whether it is all about the server. ``lock`` is that of the shell, open
    already, if the run is a line typed there.
    """

    home: Path | None = None
    json: bool = False
    offline: bool = False
    unconfirmed: bool = False
    proxy: str | None = None
    patient: bool = False
    lock: "Lock | None" = None

    def overridden(
        self, *, home: Path | None, json: bool, offline: bool, unconfirmed: bool, proxy: str | None
    ) -> "Options":
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
            proxy=self.proxy if proxy is None else proxy,
        )

    @property
    def way(self) -> str | None:
        """The proxy that was named here or in the environment, as it was written; None if none was."""
        return os.environ.get(PROXY_VARIABLE) or None if self.proxy is None else self.proxy

    @property
    def folder(self) -> Path:
        """The profile's folder: the one that was named here or in the environment, or the system's place for data."""
        named = self.home or os.environ.get(HOME_VARIABLE)
        if named:
            return Path(named).expanduser()
        from platformdirs import user_data_path

        return user_data_path("securecall", appauthor=False)
