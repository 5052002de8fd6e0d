"""A file that one process at a time holds locked: two programs at one profile would undo each other's work."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from securecall.sentences import sentence
from securecall_client.errors import FileError, ProfileBusyError
from securecall_client.posix import private_file_flags, try_lock

_TRY_EVERY: Final = 0.05  # seconds
_HOLDER_BYTES: Final = 512


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
        raise FileError(
            sentence("The lock file %(path)s cannot be opened: %(strerror)s.", path=path, strerror=error.strerror)
        ) from error


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
        return try_lock(lock)
    except OSError as error:
        raise FileError(
            sentence("The profile cannot be locked on this kind of disk: %(strerror)s.", strerror=error.strerror)
        ) from error


def _holder(lock: int) -> str:
    os.lseek(lock, 0, os.SEEK_SET)
    pid, _, command = os.read(lock, _HOLDER_BYTES).decode(errors="replace").partition("\n")
    if not pid.isdecimal():
        return sentence("a process that has just begun")
    return (
        sentence("process %(pid)s (%(command)s)", pid=pid, command=command)
        if command
        else sentence("process %(pid)s", pid=pid)
    )
