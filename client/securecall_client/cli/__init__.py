"""The command line of SecureCall, as `docs/cli.md` lays it down. One verb or noun per file; `main` runs it."""

import atexit
import gc

# Nearly all that a command makes while it starts lives until it ends; looking through it again and again for garbage
# costs a tenth of its time, and once more at the very end a sixth. Long-running commands collect, in larger steps.
gc.set_threshold(50_000, 20, 20)
atexit.register(gc.freeze)

from securecall_client.cli.program import main  # noqa: E402  what is loaded here is what the line above is for

__all__ = ["main"]
