"""Where the program of the folder begins that `make folder` makes."""

import os
import sys

from securecall_client.sandbox import WORD


def main() -> int:
    """Run one command, or be the sandbox of another process of this program. Gives the exit code."""
    _as_it_was("LD_LIBRARY_PATH")
    if sys.argv[1:] == [WORD]:
        from securecall_client.sandboxed.child import main as serve

        return serve()
    from securecall_client.cli import main as run

    return run()


def _as_it_was(name: str) -> None:
    """PyInstaller has libraries looked for in the folder; programs that we start, such as a browser, have their own."""
    before = os.environ.pop(f"{name}_ORIG", None)
    os.environ.pop(name, None)
    if before is not None:
        os.environ[name] = before


sys.exit(main())
