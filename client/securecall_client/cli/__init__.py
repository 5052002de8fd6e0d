"""The command line of SecureCall, as `docs/cli.md` lays it down. One verb or noun per file; `main` runs it."""

from securecall_client.cli.program import main

__all__ = ["main"]
