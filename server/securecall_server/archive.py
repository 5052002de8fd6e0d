"""The form of a backup: one plain tar file (POSIX ustar) of regular files under fixed names, and a listing at its end.

The listing pins size and SHA-256 of every file, so that a copy that was cut or has rotted is known as one. Reading
takes nothing else that a tar can hold: no links, folders, devices, long names or extended headers, no name but ours,
and none twice (row F03). Nothing is ever unpacked by the names in the file: who restores asks for what they expect.
"""

import hashlib
import os
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import msgspec

from securecall.caps import MIB
from securecall_server.errors import StartError
from securecall_server.folders import create

VERSION: Final = 1
LISTING: Final = "listing.json"
LISTING_BYTES = 256 * MIB
"""The most that a listing may have: that of a million chunks."""
_FILE = r"server\.(db|json|key)|blobs/[0-9a-f]{64}/[0-9a-f]{32}/[0-9a-f]{4}"
_NAME = re.compile(rf"{re.escape(LISTING)}|{_FILE}")
_BLOCK = 512
_PIECE = 4 * MIB

# Not `$`, which lets a line break follow.
Name = Annotated[str, msgspec.Meta(pattern=rf"^({_FILE})\Z")]
Time = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}\+00:00\Z")]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file in a backup: its size in bytes and its SHA-256, in hex."""

    name: Name
    size: Annotated[int, msgspec.Meta(ge=0)]
    digest: Digest


class Listing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup holds: when it was made (ISO 8601, UTC), of which server (its public key, hex), and which files.

    ``missing`` names chunks that are noted in the database, and were not on the disk when the backup was made.
    """

    version: int
    made: Time
    server: Digest
    files: list[Member]
    missing: list[Name]


class Writer:
    """Writes a backup into ``file``, one file after the other."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def add(self, name: str, data: bytes) -> Member:
        """Add a file. Raises: OSError."""
        self._file.write(_header(name, len(data)) + data + _padding(len(data)))
        return Member(name, len(data), hashlib.sha256(data).hexdigest())

    def add_file(self, name: str, path: Path) -> Member:
        """Add a file as it stands at ``path``, where nobody writes to it. Raises: OSError, StartError."""
        size, digest = path.stat().st_size, hashlib.sha256()
        self._file.write(_header(name, size))
        with path.open("rb") as source:
            while piece := source.read(_PIECE):
                digest.update(piece)
                self._file.write(piece)
        self._file.write(_padding(size))
        return Member(name, size, digest.hexdigest())

    def finish(self, listing: Listing) -> None:
        """Add the listing, and force all of it to disk. Raises: OSError."""
        self.add(LISTING, msgspec.json.encode(listing))
        self._file.write(bytes(2 * _BLOCK))
        self._file.flush()
        os.fsync(self._file.fileno())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a file's bytes lie in the backup."""

    offset: int
    size: int


class Reader:
    """Reads the backup in ``file``, which can be sought in; `listing` is what it says of itself."""

    def __init__(self, file: BinaryIO) -> None:
        """Look at every header, and at the listing. Raises: StartError, OSError."""
        self._file = file
        self._places = _scan(file)
        self.listing = self._read_listing()
        members = {member.name: member for member in self.listing.files}
        if len(members) != len(self.listing.files):
            raise _bad("its listing names a file twice")
        for name, member in members.items():
            if name not in self._places or self._places[name].size != member.size:
                raise _bad(f"{name} is missing, or has another size than it should")
        self.members = members

    def _read_listing(self) -> Listing:
        place = self._places.get(LISTING)
        if place is None or place.size > LISTING_BYTES:
            raise _bad("its end is missing")
        self._file.seek(place.offset)
        try:
            listing = msgspec.json.decode(self._file.read(place.size), type=Listing)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise _bad("its listing cannot be read") from None
        if listing.version != VERSION:
            raise StartError(
                "The backup was made by a newer SecureCall. Restore it with that one; nothing was changed."
            )
        return listing

    def copy(self, name: str, path: Path) -> None:
        """Write a file that the listing names to the new ``path``, which is the caller's own choice; durable when this
        returns. Raises: StartError if its bytes are not those of the listing, OSError.
        """
        place, digest = self._places[name], hashlib.sha256()
        self._file.seek(place.offset)
        with create(path) as target:
            for start in range(0, place.size, _PIECE):
                piece = self._file.read(min(_PIECE, place.size - start))
                digest.update(piece)
                target.write(piece)
        if digest.hexdigest() != self.members[name].digest:
            raise _bad(f"{name} has other bytes than when it was made")


def _scan(file: BinaryIO) -> dict[str, _Place]:
    end, at = file.seek(0, os.SEEK_END), 0
    found: dict[str, _Place] = {}
    while at < end:
        file.seek(at)
        try:
            header = tarfile.TarInfo.frombuf(file.read(_BLOCK), "ascii", "strict")
        except (tarfile.HeaderError, ValueError) as error:  # the latter for a name that is not ASCII
            if type(error).__name__ == "EOFHeaderError" and LISTING in found:
                return found
            raise _bad("it is cut, or no tar file") from None
        at += _BLOCK
        if header.type != tarfile.REGTYPE or _NAME.fullmatch(header.name) is None or header.name in found:
            raise _bad("it holds what no backup holds")
        if not 0 <= header.size <= end - at:
            raise _bad("it is cut")
        found[header.name] = _Place(at, header.size)
        at += header.size + len(_padding(header.size))
    raise _bad("its end is missing")


def _header(name: str, size: int) -> bytes:
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, 0o600
    try:
        return header.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")
    except ValueError:
        raise StartError(
            "The database is larger than 8 GiB, which a backup cannot hold. Stop the server and copy its "
            "folder as it is."
        ) from None


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)


def _bad(why: str) -> StartError:
    return StartError(f"This is no backup of a SecureCall server, or a damaged one: {why}. Nothing was restored.")
