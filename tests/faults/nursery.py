"""A process that has loaded a program and forks it upon order, so that a start takes a tenth of a second, not one.

What runs is the program's own `main`, in a process of its own that can be killed. Run as
``python -m tests.faults.nursery NAME FD``, with one end of a pair of sockets as ``FD``; `tests.faults.programs` has the
other end. One child at a time: an order comes with the child's stdout and stderr, and is answered by the child's id,
then by how it ended.
"""

import ctypes
import gc
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

PROGRAMS = {
    "server": (
        "securecall_server.cli", "securecall_server.serving", "securecall_server.store.migrate",
        "sqlalchemy.dialects.sqlite.aiosqlite", "aiosqlite", "typer._adapters",
    ),
    "client": (
        "securecall_client.cli", "securecall_client.opening", "securecall_client.acts.exercises",
        "securecall_client.acts.documents", "securecall_client.acts.status", "securecall_client.duties",
        "cryptography.hazmat.primitives.ciphers.aead", "pycountry", "typer._adapters",
    ),
}  # fmt: skip
"""Name to the module that has `main`, and to what it would load only once it runs."""

_PR_SET_PDEATHSIG, _PR_SET_PTRACER, _ANYBODY = 1, 0x59616D61, ctypes.c_ulong(-1)
"""<linux/prctl.h>"""
ORDER_BYTES = 65_536


def tend(name: str, orders: socket.socket) -> int:
    """Fork children of the program ``name`` until nobody orders any more. What a child returns is its exit code."""
    main, *_ = [importlib.import_module(module) for module in PROGRAMS[name]]
    # What is loaded lives until the end: no child is to look through it, nor take it down piece by piece.
    gc.freeze()
    while True:
        order, handles, _, _ = socket.recv_fds(orders, ORDER_BYTES, 2)
        if not order:
            return 0
        read = json.loads(order)
        child = os.fork()
        if child == 0:
            orders.close()
            _be_born(handles, **read)
            return int(main.main() or 0)
        if read["wait"]:
            os.waitpid(child, os.WUNTRACED)
        for handle in handles:
            os.close(handle)
        orders.sendall(b"%d\n" % child)
        _, status = os.waitpid(child, 0)
        orders.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def _be_born(handles: Sequence[int], words: list[str], cwd: str, environment: dict[str, str], wait: bool) -> None:
    """Take over what the order says. One that is to ``wait`` then stops until told to go on: it can be traced first."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in zip((nothing, *handles), (0, 1, 2), strict=True):
        os.dup2(source, target)
    for handle in (nothing, *handles):
        os.close(handle)
    # What they were opened upon may have been a file, and now is a pipe.
    sys.stdout, sys.stderr = (os.fdopen(handle, "w", encoding="utf-8", closefd=False) for handle in (1, 2))
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = words
    if wait:
        libc.prctl(_PR_SET_PTRACER, _ANYBODY)  # where Yama lets only parents trace
        os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    sys.path[:] = [entry for entry in sys.path if Path(entry) != Path.cwd()]
    sys.exit(tend(sys.argv[1], socket.socket(fileno=int(sys.argv[2]))))
