"""What a server is: a folder with its settings, its key and (unless told otherwise) its data.

Everything in the folder belongs to the user who runs the server, and nobody else may look in.
"""

import fcntl
import os
import stat
from contextlib import suppress
from pathlib import Path

import msgspec

from securecall_server.errors import StartError
from securecall_server.folders import create, sync_folder
from securecall_server.forms import HexId
from securecall_server.signing import SEED_BYTES, ServerKey

SETTINGS = "server.json"
KEY = "server.key"
LOCK = "lock"
DATABASE = "server.db"
BLOBS = "blobs"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``server.json``: its form's version, the setup key (64 hex), and the addresses clients may use."""

    version: int
    setup_key: HexId
    urls: list[str]


def make(folder: Path, seed: bytes, setup_key: bytes, urls: list[str]) -> None:
    """Make ``folder`` a server's. Raises: StartError if it is one already, or cannot be made.

    It is one once its settings are there, which come last; what an attempt left that was cut short is written over.
    """
    settings = Settings(1, setup_key.hex(), urls)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        check_private(folder)
        if any((folder / name).exists() for name in (SETTINGS, DATABASE, BLOBS)):
            raise StartError(
                f"{folder} is a server already. Name another folder, or start it with `serve`. "
                "If you never saw its setup code, nobody can use it: then remove the folder first."
            )
        _replace(folder / KEY, seed)
        _replace(folder / SETTINGS, msgspec.json.format(msgspec.json.encode(settings)) + b"\n")
    except OSError as error:
        with suppress(OSError):
            (folder / SETTINGS).unlink(missing_ok=True)
        raise StartError(f"{folder} cannot be made a server: {error.strerror}.") from None


def load(folder: Path) -> tuple[Settings, ServerKey]:
    """The settings and key of the server in ``folder``. Raises: StartError."""
    check_private(folder)
    try:
        settings = msgspec.json.decode((folder / SETTINGS).read_bytes(), type=Settings)
        seed = (folder / KEY).read_bytes()
    except FileNotFoundError:
        raise StartError(f"{folder} is not a server yet. Make it one: securecall-server init.") from None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise StartError(f"The settings in {folder} cannot be read. Restore them from a backup.") from None
    if settings.version != 1:
        raise StartError(f"{folder} was written by a newer SecureCall. Use that one.")
    if len(seed) != SEED_BYTES:
        raise StartError(f"The key or settings in {folder} are damaged. Restore them from a backup.")
    return settings, ServerKey(seed)


def check_private(folder: Path) -> None:
    """Raise StartError unless ``folder`` and the files in it are ours and closed to everybody else."""
    try:
        _check(folder, folder.lstat())
        for path in folder.iterdir():
            # SQLite's own files come and go while another process looks.
            with suppress(FileNotFoundError):
                _check(path, path.lstat())
    except FileNotFoundError:
        raise StartError(f"There is no folder {folder}. Make it: securecall-server init.") from None
    except OSError as error:
        raise StartError(f"{folder} cannot be read: {error.strerror}.") from None


def _check(path: Path, status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise StartError(f"{path} is a link. Put the true folder or file there, or name it.")
    if status.st_uid != os.geteuid():
        raise StartError(f"{path} belongs to another user. Run the server as that user, or chown it.")
    if status.st_mode & 0o077:
        raise StartError(f"{path} can be opened by other users. Close it: chmod -R go= {path}")


def database_url(folder: Path, given: str | None) -> str:
    """Where the server in ``folder`` has its database, unless told otherwise."""
    return given or f"sqlite:///{folder / DATABASE}"


def blobs_place(folder: Path, given: str | None) -> str:
    """Where the server in ``folder`` has its blobs, unless told otherwise."""
    return given or str(folder / BLOBS)


def lock(folder: Path) -> int:
    """Take the right to run the server in ``folder``, until the handle is closed. Raises: StartError."""
    try:
        handle = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StartError(f"{folder / LOCK} cannot be opened: {error.strerror}.") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise StartError(f"A server is running on {folder} already. Stop it first.") from None
    return handle


def _replace(path: Path, data: bytes) -> None:
    """Have ``path`` hold ``data``, all of it or not at all, also after a power cut. Raises: OSError."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with create(part) as file:
        file.write(data)
    part.replace(path)
    sync_folder(path.parent)
