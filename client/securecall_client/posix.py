"""Everything that differs between Linux, macOS and Windows, so that the rest of the client need not know.

Importable everywhere, and no other module of the client asks which system it is on. Windows has other means for some
of this (folders under the user's profile are private already); where a system has none, the function does nothing and
says so, and `missing_here` says it to the person.
"""

import ctypes
import errno
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Final

from securecall_client import seccomp
from securecall_client.errors import SecureCallError

if sys.platform == "win32":
    import msvcrt

    _CAREFULLY: Final = os.O_BINARY | os.O_NOINHERIT
    _NAMED: Final = _CAREFULLY
else:
    _CAREFULLY: Final = os.O_NOFOLLOW | os.O_CLOEXEC
    _NAMED: Final = os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY

_PR_SET_DUMPABLE: Final = 4  # <linux/prctl.h>
_OWN_FILES: Final = "/proc/self/fd"
_NO_NAMELESS: Final = {errno.EISDIR, errno.ENOENT, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}
"""What kernels and file systems without O_TMPFILE answer (open(2))."""
_WHILE_SAVING: Final = (
    "What is saved stands in its folder under a hidden name until it is whole. If this computer stops meanwhile, look "
    "for a file .securecall-*.part there, and delete it."
)
_NOT_ON_WINDOWS: Final = {
    "modes": "Windows keeps in lists of its own who may read a file, and SecureCall does not look at them.",
    "memory": "Windows may keep SecureCall's memory in a crash report, and other programs of yours can read it.",
    "folders": "Windows holds no folder open for SecureCall, so nothing may be moved there while a file is saved.",
}
_OPEN: Final = (
    "This system does not let SecureCall limit the memory of the process that looks into files, nor keep it from "
    "opening, deleting and starting others; only its time is limited."
)
_UNLIMITED: Final = (
    "This system does not let SecureCall limit the memory of the process that looks into files, nor keep it from "
    "deleting or renaming others, and from ending programs; it can open and start none."
)
_UNFILTERED: Final = (
    "This system does not let SecureCall keep the process that looks into files from deleting or renaming others, and "
    "from ending programs; it can open and start none."
)

RENAME_KEEPS: Final = sys.platform == "win32"
"""Whether a rename takes no other file's place."""


def harden_process() -> None:
    """Keep the memory of this process out of core dumps and away from other processes (threat T05).

    Not undone by anything later in the process; programs started by it get a core limit of zero too. On
    Windows this does nothing.

    Raises:
        SecureCallError: The system refused it.
    """
    resource = _resource()
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        arguments = [ctypes.c_ulong(value) for value in (0, 0, 0, 0)]
        if ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, *arguments) != 0:
            raise SecureCallError(
                "This system does not let SecureCall keep its memory out of crash dumps.", code="not-hardened"
            )


def limit_process(memory: int, seconds: int) -> None:
    """Keep this process small: bytes of address space, seconds of the processor, and nothing written to any disk.

    For a process that takes files apart which others made (F04, T04). What a system has no means for is not limited
    there; `not_limited` says what that is.
    """
    resource = _resource()
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        harden_process()


def close_doors() -> None:
    """Let this process do nothing from here on but compute, and read and write what is open.

    On Linux no other call to the kernel is answered. On macOS it can open, start and connect to nothing, but still
    delete, rename and signal; on Windows this does nothing. Raises: OSError if the system has this wall and refuses.
    """
    resource = _resource()
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    machine = _filtered()
    if machine is not None:
        seccomp.only_compute(machine)


def not_limited() -> str | None:
    """What `limit_process` and `close_doors` cannot limit on this system, as a sentence; None if they limit it all."""
    if _resource() is None:
        return _OPEN
    if _filtered() is not None:
        return None
    return _UNFILTERED if sys.platform == "linux" else _UNLIMITED


def _filtered() -> str | None:
    """The name of the machine, where calls to the kernel can be filtered."""
    # A program of 32 bits makes calls by other numbers on the same machine.
    if sys.platform != "linux" or sys.maxsize < 1 << 32:
        return None
    machine = os.uname().machine
    return machine if seccomp.is_here(machine) else None


def _resource() -> ModuleType | None:
    """The module for limits, where the system has it."""
    try:
        import resource
    except ImportError:
        return None
    return resource


def private_file_flags() -> int:
    """The flags with which a new file is opened for writing: it must not exist, not even as a link."""
    return os.O_WRONLY | os.O_CREAT | os.O_EXCL | _CAREFULLY


def read_file_flags() -> int:
    """The flags with which one of our own files is opened for reading: not through a link."""
    return os.O_RDONLY | _CAREFULLY


def named_file_flags() -> int:
    """The flags with which a file is opened that a person named: through a link, and without waiting at a pipe."""
    return os.O_RDONLY | _NAMED


def is_private(state: os.stat_result) -> bool:
    """Whether nobody else on this computer can read or change a file; Windows keeps that in lists of its own."""
    return sys.platform == "win32" or not state.st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def is_own(state: os.stat_result) -> bool:
    """Whether a file is this user's; whoever owns one can change it at will. Windows keeps that in lists of its own."""
    return sys.platform == "win32" or state.st_uid == os.geteuid()


def missing_here() -> dict[str, str]:
    """What protects people elsewhere and this system has no means for: sentences, by what they are about."""
    missing: dict[str, str] = {}
    if sys.platform == "win32":
        missing |= _NOT_ON_WINDOWS
    elif sys.platform != "linux":
        missing["memory"] = "Other programs that you run may be able to read SecureCall's memory here."
    if (limits := not_limited()) is not None:
        missing["sandbox"] = limits
    if sys.platform != "linux":
        missing["saving"] = _WHILE_SAVING
    return missing


def open_folder(path: Path, *, follow: bool) -> int | None:
    """Hold a folder open, so that its path may change meanwhile; None on Windows, which has no such thing.

    Raises:
        OSError: It is not there, no folder, or a link although not to ``follow`` one.
    """
    if sys.platform == "win32":
        if not follow and path.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
        return None
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    return os.open(path, flags if follow else flags | os.O_NOFOLLOW)


def set_mode(handle: int, mode: int) -> None:
    """Give what is open exactly this mode; on Windows, which has none, this does nothing. Raises: OSError."""
    if sys.platform != "win32":
        os.fchmod(handle, mode)


def open_nameless(folder: int | None) -> int | None:
    """A new file without a name, in a folder held open, for writing; None where there is no such. Raises: OSError."""
    if sys.platform != "linux":
        return None
    try:
        return os.open(".", os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600, dir_fd=folder)
    except OSError as error:
        if error.errno in _NO_NAMELESS:
            return None
        raise


def name_nameless(file: int, name: str, folder: int | None) -> None:
    """Give a nameless file a name in a folder held open. Raises: OSError, for one because the name is taken."""
    os.link(f"{_OWN_FILES}/{file}", name, dst_dir_fd=folder, follow_symlinks=True)


def try_lock(file: int) -> bool:
    """Lock an open file for this process until it closes it; whether it was free. Raises: OSError."""
    try:
        if sys.platform == "win32":
            # On Windows others cannot read the bytes that a lock covers, so it covers none that are written.
            os.lseek(file, 1 << 30, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def open_terminal() -> int:
    """The terminal that this program runs at, wherever its input comes from; none on Windows. Raises: OSError."""
    if sys.platform == "win32":
        raise OSError(errno.ENXIO, "A console of this system is read by getpass, which cuts nothing.")
    return os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)


@contextmanager
def as_typed(terminal: int) -> Iterator[None]:
    """Let an open terminal give each byte as it comes and show none; Ctrl-C goes on working. Raises: OSError."""
    if sys.platform == "win32":
        raise OSError(errno.ENXIO, "This system has no terminals.")
    import termios

    before = termios.tcgetattr(terminal)
    quiet = termios.tcgetattr(terminal)
    quiet[3] &= ~(termios.ECHO | termios.ICANON)
    try:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, quiet)
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)


def without_console() -> int:
    """The flags with which Windows starts a process that Ctrl-C here does not end and that shows no window; else 0."""
    if sys.platform == "win32":
        return subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    return 0
