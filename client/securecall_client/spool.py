"""A file on its way in, for as long as it is looked into: sealed under a key in memory, on the disk without a name.

So nothing of it can be read once the key is gone, and nothing is left of it once it is closed (row T04).
"""

import io
import tempfile
from pathlib import Path
from typing import Final

from securecall_client.folder import private_dir
from securecall_keys.primitives import SEALED_OVERHEAD, fresh, seal, unseal

PIECE: Final = 1024 * 1024
"""Bytes that are sealed at once; all but the last piece are of this size."""
_BOX: Final = PIECE + SEALED_OVERHEAD


class Spool(io.RawIOBase):
    """What was added so far, to be read from any place like a file."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._key = fresh()
        self._file = tempfile.TemporaryFile(dir=private_dir(folder))  # noqa: SIM115 - it is closed with this object
        self._size = self._at = 0

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self._size

    def add(self, piece: bytes) -> None:
        """Add what comes next: `PIECE` bytes, or fewer at the very end. Raises: OSError, ValueError."""
        index, rest = divmod(self._size, PIECE)
        if rest or len(piece) > PIECE:
            raise ValueError("a piece that does not fit")
        self._file.seek(index * _BOX)
        self._file.write(seal(self._key, piece, index.to_bytes(8)))
        self._size += len(piece)

    def fileno(self) -> int:
        """Of the sealed file, which is not what `read` gives."""
        return self._file.fileno()

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place."""
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        """Up to so many of the next bytes; fewer at the end alone. Raises: OSError, CannotOpenError (changed)."""
        parts, left = [], self._size - self._at if size < 0 else min(size, self._size - self._at)
        while left > 0:
            index, skip = divmod(self._at, PIECE)
            self._file.seek(index * _BOX)
            part = unseal(self._key, self._file.read(_BOX), index.to_bytes(8))[skip : skip + left]
            parts.append(part)
            self._at += len(part)
            left -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Let go of it: what is on the disk is gone, and the key too."""
        self._file.close()
        super().close()
