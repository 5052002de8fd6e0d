"""A folder of a person's disk, held open: what happens to its path meanwhile does not change where files go (F02).

Importable everywhere; where a system has no means for something, that does nothing and says so.
"""

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from securecall.sentences import sentence
from securecall_client.errors import FileError
from securecall_client.posix import (
    RENAME_KEEPS,
    is_own,
    name_nameless,
    open_folder,
    open_nameless,
    private_file_flags,
    set_mode,
)

_NO_HARD_LINKS: Final = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
"""What file systems without hard links (FAT on a memory stick, some network shares) answer to `link`."""


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
            raise FileError(
                sentence("%(path)s is a symbolic link; SecureCall wants the folder itself.", path=path)
            ) from error
        raise FileError(
            sentence("The folder %(path)s cannot be used: %(strerror)s.", path=path, strerror=error.strerror)
        ) from error
    return path


class Folder:
    """A folder held open: what happens to its path meanwhile does not change where files go (threat F02).

    Names are single path components. On Windows, where folders cannot be held, they are joined to the path.
    Every method raises OSError as the system gives it.
    """

    def __init__(self, path: Path, *, follow: bool = True) -> None:
        self.path = path
        self._fd = open_folder(path, follow=follow)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._fd is not None:
            os.close(self._fd)

    def make_private(self) -> None:
        """Tighten the folder to 0700; refuse another user's. On Windows this does nothing."""
        if self._fd is not None:
            state = os.fstat(self._fd)
            if not is_own(state):
                raise FileError(
                    sentence("The folder %(path)s belongs to another user of this computer.", path=self.path)
                )
            if stat.S_IMODE(state.st_mode) != 0o700:
                set_mode(self._fd, 0o700)

    def create(self, name: str, mode: int) -> int:
        """Make a new file with exactly this mode, whatever the umask; return it open for writing."""
        file = os.open(self._at(name), private_file_flags(), mode, dir_fd=self._fd)
        set_mode(file, mode)
        return file

    def create_nameless(self, mode: int) -> int | None:
        """Make a file that has no name until `publish` gives it one, and is gone with whoever holds it open.

        None where the system or the disk has none such: it takes Linux, and O_TMPFILE on the file system.
        """
        file = open_nameless(self._fd)
        if file is None:
            return None
        set_mode(file, mode)
        if self._can_name():
            return file
        os.close(file)
        return None

    def _can_name(self) -> bool:
        """Whether a nameless file can be given a name here, tried with an empty one: too late to learn at the end."""
        probe, name = open_nameless(self._fd), f".securecall-{secrets.token_hex(8)}.part"
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
            name_nameless(old, new, self._fd)
        elif RENAME_KEEPS:
            os.rename(self._at(old), self._at(new))
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
