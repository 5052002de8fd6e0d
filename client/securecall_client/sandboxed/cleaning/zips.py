"""Office files are ZIP archives: read whole within caps, and written anew with nothing but names and contents (F04)."""

import codecs
import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final

from securecall_client.sandboxed.cannot import CannotError, need

ENTRIES_MOST: Final = 5_000
BYTES_MOST: Final = 384 * 1024 * 1024
"""Bytes of all that an archive holds, unpacked, with those in it."""
_PIECE: Final = 1024 * 1024
_LOCKED: Final = 0x1
_KNOWN: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
codecs.lookup("cp437")  # what names are written in; the sandbox can load nothing later


class Room:
    """How many bytes may still be unpacked, counted as they come: what an archive says of its sizes is not believed."""

    def __init__(self, left: int = BYTES_MOST) -> None:
        self._left = left

    def take(self, size: int) -> None:
        """Count bytes. Raises: CannotError if there are too many."""
        self._left -= size
        if self._left < 0:
            raise CannotError("too-large")


def names(data: bytes) -> list[str]:
    """The names in an archive, in order. Raises: CannotError."""
    with _archive(data) as archive:
        return [entry.filename for entry in _entries(archive)]


def read(data: bytes, room: Room) -> dict[str, bytes]:
    """What is in an archive, by name, in order. Raises: CannotError."""
    parts: dict[str, bytes] = {}
    seen: set[str] = set()
    with _archive(data) as archive:
        for entry in _entries(archive):
            if entry.is_dir():
                continue
            # Two parts of one name are two documents in one file, and who reads it picks.
            need(entry.filename.lower() not in seen and _is_plain(entry.filename))
            seen.add(entry.filename.lower())
            if entry.flag_bits & _LOCKED:
                raise CannotError("locked")
            need(entry.compress_type in _KNOWN)
            parts[entry.filename] = _unpacked(archive, entry, room)
    return parts


def _archive(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise CannotError("damaged") from error


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    if len(archive.filelist) > ENTRIES_MOST:
        raise CannotError("too-large")
    return archive.filelist


def _is_plain(name: str) -> bool:
    return not name.startswith("/") and "\\" not in name and ".." not in name.split("/") and "\x00" not in name


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: Room) -> bytes:
    content = bytearray()
    try:
        with archive.open(entry) as packed:
            while piece := packed.read(_PIECE):
                room.take(len(piece))
                content += piece
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise CannotError("damaged") from error
    return bytes(content)


def write(parts: Mapping[str, bytes]) -> bytes:
    """An archive of ``parts``, in their order, without times, owners and comments; `mimetype` is not compressed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 0
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return made.getvalue()
