"""Holds a wheel back that would go out without the pages' script. Hatchling runs this before it builds a wheel."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STATIC = Path("client/securecall_client/web/static")
MADE = ("bundle.js", "bundle.licenses.txt")


class PagesHook(BuildHookInterface[Any]):  # Any: hatchling's own configuration, not used here
    """What `make pages` makes must be in every wheel. An install to develop with may come before it is made."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  hatchling gives it
        """Look for the script and its licences.

        Raises:
            SystemExit: one of them is missing, and this is no install to develop with.
        """
        if version == "editable":
            return
        missing = [name for name in MADE if not (Path(self.root) / STATIC / name).is_file()]
        if missing:
            names = ", ".join(missing)
            raise SystemExit(f"The pages are not built ({names} missing): run `make pages`, then build again.")
