"""The memory of a server's process is for itself: its key, and the tokens of those who are logged in (row T05)."""

import ctypes
import resource
import sys

from securecall_server.errors import StartError

_PR_SET_DUMPABLE = 4
"""<linux/prctl.h>."""


def keep() -> None:
    """Keep this process out of core dumps, and on Linux away from other processes. Raises: StartError.

    The limit alone does not do it: where the system hands dumps to a program, it asks for no size.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        nothing = [ctypes.c_ulong(value) for value in (0, 0, 0, 0)]
        if ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, *nothing) != 0:
            raise StartError("This system does not let the server keep its memory out of crash dumps.")
