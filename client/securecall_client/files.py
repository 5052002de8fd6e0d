"""Files on a person's own disk, written whole or not at all, and read without waiting for anybody.

Small ones of the profile (`write_atomic`), and those that a person asked for (`save_new`, `save_as`) or has
(`reading`). The names of the latter come from inside a ciphertext, which any member may have written, so they are data
until `securecall_client.file_names` has been over them.
"""

import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from securecall.sentences import sentence
from securecall_client.errors import FileError
from securecall_client.file_names import safe_name, split_name
from securecall_client.folder import Folder
from securecall_client.posix import named_file_flags

_MAX_SAME_NAME: Final = 1000


class NewFile:
    """A file being written under a hidden temporary name.

    `path` is where it is meant to stand, and, once the block has ended without an exception, where it stands.
    """

    def __init__(self, file: int, path: Path) -> None:
        self._file = file
        self.path = path

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Write all of `data`; return its length in bytes.

        Raises:
            FileError: It could not be written, for one because the disk is full.
        """
        rest = memoryview(data).cast("B")
        with _told_as_file_error(self.path):
            while rest:
                rest = rest[os.write(self._file, rest) :]
        return memoryview(data).nbytes


def write_atomic(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Make `path` hold `data`, durably: after a crash it holds the old bytes or the new ones, all of them.

    Raises:
        FileError: It could not be written; the old bytes stand.
    """
    with _folder(path) as home, _temporary(home, path, mode, lambda old: _replace(home, old, path)) as file:
        file.write(data)


@contextmanager
def save_new(folder: Path, name: str) -> Iterator[NewFile]:
    """Write a new file into `folder` as `safe_name(name)`, or that with ` (2)` and so on; overwrite nothing.

    The bytes go to a file without a name, or where there are none such to a hidden one, made with O_CREAT, O_EXCL
    and O_NOFOLLOW; within the folder held open, it gets its name only at the end of the block. If the block raises,
    nothing is left behind (F02).

    Raises:
        FileError: There is no such folder, no room, or no free name.
    """
    path = folder / safe_name(name)
    if Path(os.path.normpath(folder.resolve() / safe_name(name))).parent != folder.resolve():
        raise FileError("This file's name would lead out of the folder.")
    with _folder(path) as home, _new(home, path, lambda old: _publish(home, old, path)) as file:
        yield file


@contextmanager
def save_as(path: Path, *, replace: bool = False) -> Iterator[NewFile]:
    """Write exactly the file that a person named; with `replace` it may take the place of a regular file.

    Never follows a symbolic link and never replaces anything but a regular file. If the block raises, nothing
    is left behind and what was there stays.

    Raises:
        FileError: Something is there already, or the file cannot be written.
    """
    with _folder(path) as home:
        _refuse_taken(home, path, replace)

        def place(old: str | int) -> Path:
            _refuse_taken(home, path, replace=False)
            home.publish(old, path.name)
            return path

        def put_over(old: str) -> Path:
            _refuse_taken(home, path, replace)
            return _replace(home, old, path)

        with _temporary(home, path, 0o600, put_over) if replace else _new(home, path, place) as file:
            yield file


@contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """A file that a person named, for reading. Nobody waits at a pipe or a device: it is refused.

    Raises:
        FileError: It is not there, no ordinary file, or cannot be read.
    """
    try:
        with os.fdopen(_opened(path), "rb") as file:
            yield file
    except FileNotFoundError as error:
        raise FileError(sentence("There is no file %(path)s.", path=path), hint="Is the name right?") from error
    except OSError as error:
        raise FileError(
            sentence("%(path)s cannot be read: %(strerror)s.", path=path, strerror=error.strerror),
            hint="Is it yours to read?",
        ) from error


def _opened(path: Path) -> int:
    handle = os.open(path, named_file_flags())
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    raise FileError(
        sentence("%(path)s is not an ordinary file, so it is not read.", path=path),
        hint="Give an ordinary file. From another program, write into one first, or use “-” where that is offered.",
    )


@contextmanager
def _temporary(home: Folder, path: Path, mode: int, place: Callable[[str], Path]) -> Iterator[NewFile]:
    """A hidden file that `place(its name)` gives its real name at the end; gone if anything raises."""
    name = f".securecall-{secrets.token_hex(8)}.part"
    with _told_as_file_error(path):
        handle = home.create(name, mode)
    try:
        file = NewFile(handle, path)
        with _written(handle, path):
            yield file
        # Closed by now: Windows renames no file that is open.
        with _told_as_file_error(path):
            file.path = place(name)
            home.sync()
    except BaseException:
        home.remove(name)
        raise


@contextmanager
def _new(home: Folder, path: Path, place: Callable[[str | int], Path]) -> Iterator[NewFile]:
    """As `_temporary`, with a file that has no name before, where there are such: a kill leaves nothing of it (T04)."""
    with _told_as_file_error(path):
        handle = home.create_nameless(0o600)
    if handle is None:
        with _temporary(home, path, 0o600, place) as file:
            yield file
        return
    file = NewFile(handle, path)
    with _written(handle, path):
        yield file
        with _told_as_file_error(path):
            os.fsync(handle)
            file.path = place(handle)
            home.sync()


@contextmanager
def _written(handle: int, path: Path) -> Iterator[None]:
    """What the block writes to `handle` is on disk when it ends, and the handle closed."""
    try:
        yield
        with _told_as_file_error(path):
            os.fsync(handle)
    finally:
        os.close(handle)


def _folder(path: Path) -> Folder:
    if path.name in ("", ".."):
        raise FileError(sentence("%(path)s is a folder; give the name of a file.", path=path))
    with _told_as_file_error(path):
        return Folder(path.parent)


def _replace(home: Folder, old: str, path: Path) -> Path:
    home.replace(old, path.name)
    return path


def _publish(home: Folder, old: str | int, path: Path) -> Path:
    """Give `old` the first free name of `report.pdf`, `report (2).pdf`, ..."""
    stem, extension = split_name(path.name)
    for number in range(1, _MAX_SAME_NAME + 1):
        name = path.name if number == 1 else f"{stem} ({number}){extension}"
        try:
            home.publish(old, name)
        except FileExistsError:
            continue
        return path.with_name(name)
    raise FileError(
        sentence(
            "There are already %(max_same_name)s files named like %(name)s in %(parent)s.",
            max_same_name=_MAX_SAME_NAME,
            name=path.name,
            parent=path.parent,
        )
    )


def _refuse_taken(home: Folder, path: Path, replace: bool) -> None:
    with _told_as_file_error(path):
        state = home.state(path.name)
    if state is None:
        return
    if not stat.S_ISREG(state.st_mode):
        raise FileError(sentence("%(path)s is not an ordinary file, so nothing is written there.", path=path))
    if not replace:
        raise _exists(path)


def _exists(path: Path) -> FileError:
    return FileError(sentence("%(path)s is there already.", path=path), code="file-exists", hint="Give another name.")


@contextmanager
def _told_as_file_error(path: Path) -> Iterator[None]:
    """Turn what the system says about `path` into a sentence."""
    try:
        yield
    except FileExistsError as error:
        raise _exists(path) from error
    except FileNotFoundError as error:
        raise FileError(sentence("There is no folder %(parent)s.", parent=path.parent), code="no-folder") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise FileError(
                sentence("The disk is full: %(path)s was not written.", path=path), code="disk-full"
            ) from error
        raise FileError(
            sentence("%(path)s cannot be written: %(strerror)s.", path=path, strerror=error.strerror)
        ) from error
