"""Files on a person's own disk: written whole or not at all, under names that cannot lead elsewhere.

Three kinds of file: small ones of the profile (`write_atomic`), the one that must never be lost or fall back
(`write_twice`), and those that a person asked for (`save_new`, `save_as`). The names of the last come from
inside a ciphertext, which any member may have written, so they are data until `safe_name` has been over them.
"""

import errno
import hashlib
import os
import secrets
import stat
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from securecall_client.errors import FileError, FileMissingError
from securecall_client.posix import Folder, read_file_flags
from securecall_client.text import is_hidden

MAX_NAME_BYTES: Final = 150
MAX_TWICE_BYTES: Final = 1024 * 1024
_MAX_EXTENSION_BYTES: Final = 16
_MAX_SAME_NAME: Final = 1000
_FALLBACK_NAME: Final = "document"

# Separators and what Windows forbids, then characters that look like a separator.
_SEPARATORS: Final = '/\\:*?"<>|' + "\u2044\u2215\u2216\u29f5\u29f8\u29f9\ufe68\uff0f\uff3c"
_TO_UNDERSCORE: Final = dict.fromkeys(map(ord, _SEPARATORS), "_")
_DEVICES: Final = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"]
    + [f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³"]
)

_LABEL: Final = b"securecall/1 generation\x00"
_COUNTER_BYTES: Final = 8
_HEADER_BYTES: Final = len(_LABEL) + hashlib.sha256().digest_size + _COUNTER_BYTES


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


def write_twice(path: Path, data: bytes) -> None:
    """Keep `data` (at most 1 MiB) in two files, `path` with `.0` and `.1`, so that it outlives either (O04).

    When this returns, both are on disk; if one is then damaged, the other still gives these bytes and not
    older ones. During it, the worse of the two is written first, so that a good one is there at every moment.

    Raises:
        FileError: Both files were damaged: starting anew would forget what they held, so a person must
            decide. Or they could not be written.
    """
    if len(data) > MAX_TWICE_BYTES:
        raise FileError(f"{path.name} would be {len(data)} bytes long; at most {MAX_TWICE_BYTES} are kept.")
    generations = [_decode_generation(_read_slot(slot)) for slot in _slots(path)]
    counter = 0 if _nothing_there(path) else _newest(path, generations).counter
    oldest_first = sorted(range(2), key=lambda index: _counter(generations[index]))
    for index in oldest_first:
        write_atomic(_slots(path)[index], _encode_generation(Generation(counter + 1, data)))


def read_twice(path: Path) -> bytes:
    """The newest good bytes that `write_twice` kept.

    Raises:
        FileMissingError: Neither file is there: nothing was ever kept.
        FileError: Files are there, but none is good.
    """
    if _nothing_there(path):
        raise FileMissingError(f"There is no {path} yet.")
    return _newest(path, [_decode_generation(_read_slot(slot)) for slot in _slots(path)]).data


def safe_name(name: str) -> str:
    """A file name from inside a ciphertext, made harmless as one path component on any system (F01, F07).

    Separators become `_`; control, bidirectional and invisible characters go; no dots, dashes, spaces, tildes
    or combining marks in front, no dots or spaces at the end; no device name of Windows; NFC; at most 150
    bytes of UTF-8, cut so that the extension stays. What is left empty becomes `document`. Applying it twice
    changes nothing.
    """
    shown = "".join(" " if char.isspace() else char for char in unicodedata.normalize("NFC", name))
    seen = "".join(char for char in shown if not is_hidden(char)).translate(_TO_UNDERSCORE)
    tidy = _without_bad_ends(" ".join(unicodedata.normalize("NFC", seen).split()))
    if tidy.partition(".")[0].rstrip().upper() in _DEVICES:
        tidy = f"_{tidy}"
    return _without_bad_ends(_cut(tidy)) or _FALLBACK_NAME


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
        raise FileError(f"{path} is a folder; give the name of a file.")
    with _told_as_file_error(path):
        return Folder(path.parent)


def _replace(home: Folder, old: str, path: Path) -> Path:
    home.replace(old, path.name)
    return path


def _publish(home: Folder, old: str | int, path: Path) -> Path:
    """Give `old` the first free name of `report.pdf`, `report (2).pdf`, ..."""
    stem, extension = _split(path.name)
    for number in range(1, _MAX_SAME_NAME + 1):
        name = path.name if number == 1 else f"{stem} ({number}){extension}"
        try:
            home.publish(old, name)
        except FileExistsError:
            continue
        return path.with_name(name)
    raise FileError(f"There are already {_MAX_SAME_NAME} files named like {path.name} in {path.parent}.")


def _refuse_taken(home: Folder, path: Path, replace: bool) -> None:
    with _told_as_file_error(path):
        state = home.state(path.name)
    if state is None:
        return
    if not stat.S_ISREG(state.st_mode):
        raise FileError(f"{path} is not an ordinary file, so nothing is written there.")
    if not replace:
        raise _exists(path)


def _exists(path: Path) -> FileError:
    return FileError(f"{path} is there already.", code="file-exists", hint="Give another name.")


@contextmanager
def _told_as_file_error(path: Path) -> Iterator[None]:
    """Turn what the system says about `path` into a sentence."""
    try:
        yield
    except FileExistsError as error:
        raise _exists(path) from error
    except FileNotFoundError as error:
        raise FileError(f"There is no folder {path.parent}.", code="no-folder") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise FileError(f"The disk is full: {path} was not written.", code="disk-full") from error
        raise FileError(f"{path} cannot be written: {error.strerror}.") from error


def _split(name: str) -> tuple[str, str]:
    """Name and extension with its dot; what is too long or too odd for an extension counts as name."""
    stem, dot, extension = name.rpartition(".")
    if not stem or not extension.isalnum() or len(extension.encode()) > _MAX_EXTENSION_BYTES:
        return name, ""
    return stem, dot + extension


def _cut(name: str) -> str:
    stem, extension = _split(name)
    room = MAX_NAME_BYTES - len(extension.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + extension


def _without_bad_ends(name: str) -> str:
    name = name.rstrip(". ")
    while name and (name[0] in " .-~" or unicodedata.category(name[0]).startswith("M")):
        name = name[1:]
    return name


@dataclass(frozen=True)
class Generation:
    """What one of the two files of `write_twice` holds: the counter rises by one with every write."""

    counter: int
    data: bytes


def _encode_generation(generation: Generation) -> bytes:
    """Label | SHA-256(label, counter, data) | counter, 8 bytes big-endian | data."""
    counted = generation.counter.to_bytes(_COUNTER_BYTES, "big") + generation.data
    return _LABEL + hashlib.sha256(_LABEL + counted).digest() + counted


def _decode_generation(stored: bytes | None) -> Generation | None:
    """The generation in these bytes; None if there are none or any bit of them is wrong."""
    if stored is None or len(stored) < _HEADER_BYTES:
        return None
    counted = stored[_HEADER_BYTES - _COUNTER_BYTES :]
    generation = Generation(int.from_bytes(counted[:_COUNTER_BYTES], "big"), counted[_COUNTER_BYTES:])
    return generation if _encode_generation(generation) == stored else None


def _newest(path: Path, generations: list[Generation | None]) -> Generation:
    good = sorted((generation for generation in generations if generation is not None), key=_counter)
    contradict = len(good) == 2 and good[0].counter == good[1].counter and good[0] != good[1]
    if not good or contradict:
        raise FileError(
            f"{path} is damaged, and so is its second copy.",
            code="both-copies-damaged",
            hint="Put this profile back from a backup, or set it up anew; do not go on with it as it is.",
        )
    return good[-1]


def _counter(generation: Generation | None) -> int:
    return -1 if generation is None else generation.counter


def _slots(path: Path) -> tuple[Path, Path]:
    return path.with_name(f"{path.name}.0"), path.with_name(f"{path.name}.1")


def _nothing_there(path: Path) -> bool:
    return not any(os.path.lexists(slot) for slot in _slots(path))


def _read_slot(slot: Path) -> bytes | None:
    """The file's bytes; None where they cannot be had, for whatever reason: the other one must do then."""
    try:
        with os.fdopen(os.open(slot, read_file_flags()), "rb") as file:
            return file.read(_HEADER_BYTES + MAX_TWICE_BYTES + 1)
    except OSError:
        return None
