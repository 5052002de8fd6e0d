"""Everything that differs between Linux, macOS and Windows, so that the rest of the client need not know.

Importable everywhere. Windows has other means for some of this (folders under the user's profile are private
already); where it has none, the function does nothing and says so.
"""

import ctypes
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Final

from securecall_client.errors import FileError, ProfileBusyError, SecureCallError

if sys.platform == "win32":
    import msvcrt

    _CAREFULLY: Final = os.O_BINARY | os.O_NOINHERIT
    _NAMED: Final = _CAREFULLY
else:
    _CAREFULLY: Final = os.O_NOFOLLOW | os.O_CLOEXEC
    _NAMED: Final = os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY

_PR_SET_DUMPABLE: Final = 4  # <linux/prctl.h>
_TRY_EVERY = 0.05  # seconds
_HOLDER_BYTES = 512


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
    """Let this process open no file, start no connection and no program from here on; what is open stays so."""
    resource = _resource()
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def not_limited() -> str | None:
    """What `limit_process` and `close_doors` cannot limit on this system, as a sentence; None if they limit it all."""
    if _resource() is None:
        return (
            "This system does not let SecureCall limit the memory of the process that looks into files, nor keep it "
            "from opening others; only its time is limited."
        )
    memory = "This system does not let SecureCall limit the memory of the process that looks into files."
    return None if sys.platform == "linux" else memory


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


@contextmanager
def lock_file(
    path: Path,
    wait: float | None,
    *,
    command: str = "",
    on_wait: Callable[[str], None] | None = None,
    quiet: float = 0,
) -> Iterator[None]:
    """Hold `path` locked for the length of the block, as the only process (and thread) to do so.

    `wait` is for how many seconds to try (0: once; None: for ever). When the lock is held by another,
    `on_wait(holder)` is called once, after `quiet` seconds of waiting. `command` is what others are told of us; it is
    written to disk in clear, so it must hold verbs only (`call watch`), never arguments. The system drops the
    lock when the process ends, however it ends; the file stays.

    Raises:
        ProfileBusyError: The lock was not free in time; names the holder.
        FileError: The lock file cannot be opened, or the disk knows no locks.
    """
    lock = _open_lock(path)
    try:
        _acquire(lock, wait, on_wait, quiet)
        _name_holder(lock, f"{os.getpid()}\n{command}")
        try:
            yield
        finally:
            _name_holder(lock, "")
    finally:
        os.close(lock)


def _name_holder(lock: int, holder: str) -> None:
    """A full or failing disk keeps others from hearing who holds the lock, and nobody from holding it."""
    with suppress(OSError):
        os.ftruncate(lock, 0)
        os.lseek(lock, 0, os.SEEK_SET)
        os.write(lock, holder.encode()[:_HOLDER_BYTES])


def _open_lock(path: Path) -> int:
    flags = private_file_flags() & ~(os.O_EXCL | os.O_WRONLY) | os.O_RDWR
    try:
        return os.open(path, flags, 0o600)
    except OSError as error:
        raise FileError(f"The lock file {path} cannot be opened: {error.strerror}.") from error


def _acquire(lock: int, wait: float | None, on_wait: Callable[[str], None] | None, quiet: float) -> None:
    if _try_lock(lock):
        return
    begin = time.monotonic()
    while wait is None or time.monotonic() < begin + wait:
        if on_wait is not None and time.monotonic() >= begin + quiet:
            on_wait(_holder(lock))
            on_wait = None
        time.sleep(_TRY_EVERY)
        if _try_lock(lock):
            return
    raise ProfileBusyError(_holder(lock))


def _try_lock(lock: int) -> bool:
    try:
        if sys.platform == "win32":
            # On Windows others cannot read the bytes that a lock covers, so it covers none that are written.
            os.lseek(lock, 1 << 30, os.SEEK_SET)
            msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:
        raise FileError(f"The profile cannot be locked on this kind of disk: {error.strerror}.") from error
    return True


def _holder(lock: int) -> str:
    os.lseek(lock, 0, os.SEEK_SET)
    pid, _, command = os.read(lock, _HOLDER_BYTES).decode(errors="replace").partition("\n")
    if not pid.isdecimal():
        return "a process that has just begun"
    return f"process {pid} ({command})" if command else f"process {pid}"
