"""``securecall-server``: make a server, run it, and look after it.

Exit codes: 0 done; 1 refused, or not clean, with the reason; 2 usage.
"""

import os
import sys

from securecall_server import memory
from securecall_server.errors import StartError

from . import backup, check, init, purge, restore, serve, stats
from .app import app, say, show_json

__all__ = ["app", "backup", "check", "init", "main", "purge", "restore", "serve", "stats"]


def main() -> None:
    """Run the command line."""
    os.umask(0o077)
    try:
        memory.keep()
        app()
    except StartError as error:
        say(str(error))
        if "--json" in sys.argv[1:]:
            show_json({"error": {"code": "refused", "message": str(error), "hint": ""}})
        sys.exit(1)
