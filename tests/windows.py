"""The client as it meets Windows, on a system that is none: `python -m tests.windows SCRIPT` runs a script so.

What Windows has not is not there (`resource`, `fcntl`, `termios`, `pwd`, `grp`; of `os`, what only POSIX has), folders
cannot be held open, and `sys.platform` says `win32`. Others' packages stay as they are: they know both systems.
"""

import importlib
import os
import pkgutil
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

BLOCKED = ("resource", "fcntl", "termios", "tty", "pty", "pwd", "grp")
POSIX_ALONE = (
    "O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK", "O_NOCTTY", "O_DIRECTORY", "O_TMPFILE", "O_PATH", "O_SYNC", "O_ASYNC",
    "chown", "fchmod", "fchown", "fork", "forkpty", "getegid", "geteuid", "getgid", "getpgid", "getuid", "killpg",
    "lchown", "mkfifo", "nice", "openpty", "pread", "pwrite", "set_blocking", "setsid", "statvfs", "sysconf", "uname",
    "wait",
)  # fmt: skip
FOLDERS = ("dir_fd", "src_dir_fd", "dst_dir_fd")
OURS = ("securecall_client", "securecall_keys", "tests.simulator")
"""What is loaded anew once everything looks like Windows; the server runs on POSIX anyway."""


def modules_of_client() -> Iterator[str]:
    """The names of all modules of the client that can be imported without being run."""
    import securecall_client

    for each in pkgutil.walk_packages(securecall_client.__path__, "securecall_client."):
        if not each.name.endswith("__main__"):
            yield each.name


def become_windows() -> None:
    """From here on what is imported of ours meets Windows."""
    for name in [*modules_of_client(), "tests.simulator.people"]:
        importlib.import_module(name)
    for name in list(sys.modules):
        if name.startswith(OURS):
            del sys.modules[name]
    console = _msvcrt()
    for name in BLOCKED:
        sys.modules[name] = None  # type: ignore[assignment]  # as the import system wants it for what is not there
    sys.modules["msvcrt"], sys.modules["os"] = console, _os()
    sys.platform = "win32"


def _msvcrt() -> ModuleType:
    """Its locks, by those of this system: one holder, whose end frees them."""
    import fcntl

    def locking(handle: int, mode: int, size: int) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PermissionError(error.errno, "Permission denied") from error

    return _module("msvcrt", {"LK_NBLCK": 2, "locking": locking})


def _os() -> ModuleType:
    """The module `os` without what is POSIX's."""
    known = {name: _without_folders(value) for name, value in vars(os).items() if name not in POSIX_ALONE}
    return _module("os", {**known, "O_BINARY": 0, "O_NOINHERIT": os.O_CLOEXEC, "rename": _rename})


def _rename(old: str, new: str) -> None:
    """On Windows no other file goes by it."""
    os.link(old, new)
    Path(old).unlink()


def _without_folders(known: Any) -> Any:
    """A function of `os` that takes no folder held open, as on Windows."""
    if not any(known is each for each in (*os.supports_dir_fd, os.replace)):
        return known

    def function(*arguments: Any, **options: Any) -> Any:
        if any(options.get(name) is not None for name in FOLDERS):
            raise NotImplementedError("dir_fd unavailable on this platform")
        if known is os.link and not options.get("follow_symlinks", True):
            raise NotImplementedError("follow_symlinks unavailable on this platform")
        return known(*arguments, **options)

    return function


def _module(name: str, known: dict[str, Any]) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(known)
    return made


def main() -> None:
    """Run the script that was named."""
    become_windows()
    runpy.run_path(str(Path(sys.argv[1])), run_name="__main__")


if __name__ == "__main__":
    main()
