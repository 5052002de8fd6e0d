"""A sandbox whose file took it over: where the file would be read, this tries all that a process can do to its user.

Run in place of the sandbox, with the file being JSON: a folder with files that may be lost, a port that listens, the
parent's number, and the numbers of the calls that stay. Its answer is a list of what it could do.
"""

import ctypes
import errno
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from securecall_client.sandboxed import child, sheets
from securecall_client.sandboxed.cleaning import families
from securecall_client.sandboxed.viewing import drawing

HIGHEST = 600
"""No kernel has calls of so high a number."""
UNFILTERED = {335, 336}
"""uretprobe and uprobe, which Linux answers before any filter: it ends whoever calls them without such a probe."""


def tries(folder: Path, port: int, parent: int) -> dict[str, Callable[[], object]]:
    """What is tried, by name."""
    victim = folder / "victim"
    return {
        "open": lambda: os.open(victim, os.O_RDONLY),
        "create": lambda: os.open(folder / "new", os.O_CREAT | os.O_WRONLY),
        "truncate": lambda: os.truncate(victim, 0),
        "unlink": victim.unlink,
        "rename": lambda: victim.rename(folder / "renamed"),
        "link": lambda: (folder / "link").symlink_to(victim),
        "mkdir": (folder / "made").mkdir,
        "rmdir": (folder / "empty").rmdir,
        "chmod": lambda: victim.chmod(0o777),
        "utime": lambda: os.utime(victim, (0, 0)),
        "setxattr": lambda: os.setxattr(victim, "user.x", b"x"),
        "list": lambda: list(os.scandir(folder)),
        "stat": victim.stat,
        "kill the parent": lambda: os.kill(parent, 0),
        "signal it by a descriptor": lambda: signal.pidfd_send_signal(os.pidfd_open(parent), 0),
        "the parent's limits": lambda: resource.prlimit(parent, resource.RLIMIT_NOFILE),
        "renice the parent": lambda: os.setpriority(os.PRIO_PROCESS, parent, 19),
        "its own limits": lambda: resource.setrlimit(resource.RLIMIT_CPU, resource.getrlimit(resource.RLIMIT_CPU)),
        "socket": socket.socket,
        "connect": lambda: socket.socket().connect(("127.0.0.1", port)),
        "pipe": os.pipe,
        "dup": lambda: os.dup(1),
        "memfd": lambda: os.memfd_create("x"),
        "fork": fork,
        "exec": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606  as an attacker would
        "spawn": lambda: subprocess.run(["/bin/true"], check=True),
        "thread": threading.Thread(target=int).start,
    }


def fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def more_than_three() -> list[str]:
    """Descriptors beyond stdin, stdout and stderr that can be written to."""
    return [f"descriptor {number}" for number in range(3, 256) if is_open(number)]


def is_open(number: int) -> bool:
    try:
        os.write(number, b"")
    except OSError as error:
        return error.errno != errno.EBADF
    return True


def attack(data: bytes) -> bytes:
    """What could be done."""
    told = json.loads(data[data.index(b"{") :])
    done = more_than_three()
    for name, act in tries(Path(told["folder"]), told["port"], told["parent"]).items():
        try:
            act()
        except (OSError, RuntimeError):  # a thread that does not begin is a RuntimeError
            continue
        done.append(name)
    return json.dumps(done or calls(set(told["allowed"]))).encode()


def calls(allowed: set[int]) -> list[int]:
    """Numbers of calls that the kernel answers, beyond those that it is to answer."""
    libc = ctypes.CDLL(None, use_errno=True)
    answered = []
    for number in {*range(HIGHEST), *(0x40000000 + each for each in range(HIGHEST))} - allowed - UNFILTERED:
        ctypes.set_errno(0)
        if libc.syscall(ctypes.c_long(number), *[ctypes.c_long(-1)] * 6) != -1 or ctypes.get_errno() != errno.EPERM:
            answered.append(number)
    return answered


class Pages:
    """A document whose page is the answer."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def count(self) -> int:
        return 1

    def draw(self, page: int, width: int) -> bytes:
        return attack(self.data)


if __name__ == "__main__":
    vars(families)["clean"] = lambda data, _found: attack(data)
    drawing.opened = Pages
    sheets.read = attack
    sys.exit(child.main())
