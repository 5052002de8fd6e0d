"""A process apart for files that others made: what is parsed there is parsed with little time and memory, and nothing
to open (F04, F05).

`process` starts it and speaks with it, `messages` is the protocol between the two, `kinds` tells by its first bytes
what a file is. What runs in it is the package `securecall_client.sandboxed`, which nothing else imports.
"""

from typing import Final

WORD: Final = "--sandboxed"
"""What makes a program that was frozen into a folder its own sandbox, in place of `python -m`."""
