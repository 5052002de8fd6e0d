"""Everything that differs between Linux, macOS and Windows, so that the rest of the client need not know.

Importable everywhere. Windows has other means for some of this (folders under the user's profile are private
already); where it has none, the function does nothing and says so.
"""

import ctypes
import errno
import os
import secrets
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from securecall_client.errors import FileError, ProfileBusyError, SecureCallError

if sys.platform == "win32":
    import msvcrt

    _CAREFULLY: Final = os.O_BINARY | os.O_NOINHERIT
else:
    import fcntl
    import resource

    _CAREFULLY: Final = os.O_NOFOLLOW | os.O_CLOEXEC

_PR_SET_DUMPABLE: Final = 4  # <linux/prctl.h>
_TRY_EVERY = 0.05  # seconds
_HOLDER_BYTES = 512
_NO_HARD_LINKS: Final = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
"""What file systems without hard links (FAT on a memory stick, some network shares) answer to `link`."""
_OWN_FILES: Final = "/proc/self/fd"
_NO_NAMELESS: Final = {errno.EISDIR, errno.ENOENT, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}
"""What kernels and file systems without O_TMPFILE answer (open(2))."""


def harden_process() -> None:
    """Keep the memory of this process out of core dumps and away from other processes (threat T05).

    Not undone by anything later in the process; programs started by it get a core limit of zero too. On
    Windows this does nothing.

    Raises:
        SecureCallError: The system refused it.
    """
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        arguments = [ctypes.c_ulong(value) for value in (0, 0, 0, 0)]
        if ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, *arguments) != 0:
            raise SecureCallError(
                "This system does not let SecureCall keep its memory out of crash dumps.", code="not-hardened"
            )


def private_dir(path: Path) -> Path:
    """Make `path` a folder that only this user may enter (0700), tighten one that is there, and return it.

    The folder itself must not be a symbolic link and must belong to this user (threat T09); folders above it
    are made as needed and not judged.

    Raises:
        FileError: It is a link, another user's, no folder, or cannot be made.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with Folder(path, follow=False) as folder:
            folder.make_private()
    except OSError as error:
        if path.is_symlink():
            raise FileError(f"{path} is a symbolic link; SecureCall wants the folder itself.") from error
        raise FileError(f"The folder {path} cannot be used: {error.strerror}.") from error
    return path


def private_file_flags() -> int:
    """The flags with which a new file is opened for writing: it must not exist, not even as a link."""
    return os.O_WRONLY | os.O_CREAT | os.O_EXCL | _CAREFULLY


def read_file_flags() -> int:
    """The flags with which one of our own files is opened for reading: not through a link."""
    return os.O_RDONLY | _CAREFULLY


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
        os.ftruncate(lock, 0)
        os.lseek(lock, 0, os.SEEK_SET)
        os.write(lock, f"{os.getpid()}\n{command}".encode()[:_HOLDER_BYTES])
        try:
            yield
        finally:
            os.ftruncate(lock, 0)
    finally:
        os.close(lock)


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


class Folder:
    """A folder held open: what happens to its path meanwhile does not change where files go (threat F02).

    Names are single path components. On Windows, where folders cannot be held, they are joined to the path.
    Every method raises OSError as the system gives it.
    """

    def __init__(self, path: Path, *, follow: bool = True) -> None:
        self.path = path
        self._fd: int | None = None
        if sys.platform == "win32":
            if not follow and path.is_symlink():
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
        else:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
            self._fd = os.open(path, flags if follow else flags | os.O_NOFOLLOW)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._fd is not None:
            os.close(self._fd)

    def make_private(self) -> None:
        """Tighten the folder to 0700; refuse another user's. On Windows this does nothing."""
        if sys.platform != "win32" and self._fd is not None:
            state = os.fstat(self._fd)
            if state.st_uid != os.geteuid():
                raise FileError(f"The folder {self.path} belongs to another user of this computer.")
            if stat.S_IMODE(state.st_mode) != 0o700:
                os.fchmod(self._fd, 0o700)

    def create(self, name: str, mode: int) -> int:
        """Make a new file with exactly this mode, whatever the umask; return it open for writing."""
        file = os.open(self._at(name), private_file_flags(), mode, dir_fd=self._fd)
        if sys.platform != "win32":
            os.fchmod(file, mode)
        return file

    def create_nameless(self, mode: int) -> int | None:
        """Make a file that has no name until `publish` gives it one, and is gone with whoever holds it open.

        None where the system or the disk has none such: it takes Linux, and O_TMPFILE on the file system.
        """
        file = self._nameless()
        if file is None:
            return None
        os.fchmod(file, mode)
        if self._can_name():
            return file
        os.close(file)
        return None

    def _nameless(self) -> int | None:
        if sys.platform != "linux":
            return None
        try:
            return os.open(".", os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600, dir_fd=self._fd)
        except OSError as error:
            if error.errno in _NO_NAMELESS:
                return None
            raise

    def _can_name(self) -> bool:
        """Whether a nameless file can be given a name here, tried with an empty one: too late to learn at the end."""
        probe, name = self._nameless(), f".securecall-{secrets.token_hex(8)}.part"
        if probe is None:
            return False
        try:
            self.publish(probe, name)
        except OSError as error:
            if error.errno in _NO_HARD_LINKS or error.errno == errno.ENOENT:
                return False
            raise
        finally:
            os.close(probe)
            self.remove(name)
        return True

    def state(self, name: str) -> os.stat_result | None:
        """What `name` is, not following a link; None if there is nothing."""
        try:
            return os.stat(self._at(name), dir_fd=self._fd, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def replace(self, old: str, new: str) -> None:
        """Rename `old` to `new` in one step; a `new` that is there goes, also when it is a link."""
        os.replace(self._at(old), self._at(new), src_dir_fd=self._fd, dst_dir_fd=self._fd)

    def publish(self, old: str | int, new: str) -> None:
        """Rename `old`, or name the nameless file `old`; raise FileExistsError if anything, even a link, is `new`."""
        if isinstance(old, int):
            os.link(f"{_OWN_FILES}/{old}", new, dst_dir_fd=self._fd, follow_symlinks=True)
        elif sys.platform == "win32":
            Path(self._at(old)).rename(self._at(new))  # which on Windows never overwrites
        else:
            self._publish_by_link(old, new)

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        with suppress(FileNotFoundError):
            os.unlink(self._at(name), dir_fd=self._fd)

    def sync(self) -> None:
        """Make the names in the folder durable."""
        if self._fd is not None:
            os.fsync(self._fd)

    def _publish_by_link(self, old: str, new: str) -> None:
        try:
            os.link(old, new, src_dir_fd=self._fd, dst_dir_fd=self._fd, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_HARD_LINKS:
                raise
            self._publish_by_reservation(old, new)
        else:
            self.remove(old)

    def _publish_by_reservation(self, old: str, new: str) -> None:
        """Without hard links: take the name with an empty file of our own, then rename over that one."""
        os.close(self.create(new, 0o600))
        try:
            self.replace(old, new)
        except OSError:
            self.remove(new)
            raise

    def _at(self, name: str) -> str:
        return name if self._fd is not None else str(self.path / name)
