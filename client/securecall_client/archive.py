"""A tar archive inside an age file, which anybody's `age` and `tar` open (threat rows T10, F02).

The tar goes into the encryption as it is made and never touches the disk. To a recipient it streams, whatever its size;
under a passphrase, where the library that encrypts takes only whole bytes, it is held in memory, and so has a limit.

Formats: age-encryption.org/v1; POSIX.1-2001 (pax).
"""

import io
import os
import re
import tarfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, Protocol

from securecall.sentences import sentence
from securecall_client.errors import RefusedError
from securecall_client.text import size as shown_size

MEMORY_MOST: Final = 256 * 1024 * 1024
"""Bytes of an archive under a passphrase, before it is encrypted."""
COST_LEAST: Final = 17
"""Binary logarithm of scrypt's N, with r = 8: 128 MiB and one pass for each guess (OWASP, Password Storage)."""
_COST: Final = re.compile(rb"age-encryption\.org/v1\n-> scrypt [A-Za-z0-9+/]{22} ([0-9]{1,2})\n")
_TRIES: Final = 20
_BLOCK: Final = tarfile.BLOCKSIZE


class Out(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> object:
        """Take all of them."""


class Archive:
    """A tar being written; all its files belong to nobody, are for their owner alone, and stand in one folder."""

    def __init__(self, out: Out, folder: str, made: int) -> None:
        self._out = out
        self._folder = folder
        self._made = made
        self.names: list[str] = []

    def add(self, name: str, data: bytes) -> None:
        """Add a file."""
        entry = self.begin(name, len(data))
        entry.write(data)
        entry.end()

    def begin(self, name: str, size: int) -> "Entry":
        """Begin a file of ``size`` bytes; of one into which nothing is ever written, nothing is in the archive."""
        return Entry(self, name, size)

    def finish(self) -> None:
        """Write the end of the archive."""
        self._out.write(bytes(2 * _BLOCK))

    def _header(self, name: str, size: int) -> None:
        info = tarfile.TarInfo(f"{self._folder}/{name}")
        info.size, info.mode, info.mtime = size, 0o600, self._made
        self._out.write(info.tobuf(tarfile.PAX_FORMAT))
        self.names.append(name)

    def _bytes(self, data: bytes) -> None:
        self._out.write(data)


class Entry:
    """A file of an archive, written piece by piece."""

    def __init__(self, archive: Archive, name: str, size: int) -> None:
        self._archive, self._name, self._size = archive, name, size
        self._written = 0
        self.begun = False

    def write(self, data: bytes) -> int:
        """Add bytes to it."""
        self._begin()
        self._archive._bytes(data)
        self._written += len(data)
        return len(data)

    def end(self) -> None:
        """Say that it is whole. Raises: ValueError if it has not the size that was said."""
        self._begin()
        if self._written != self._size:
            raise ValueError("a file of an archive has the size that its header says")
        self._archive._bytes(bytes(-self._size % _BLOCK))

    def _begin(self) -> None:
        if not self.begun:
            self.begun = True
            self._archive._header(self._name, self._size)


@contextmanager
def to_recipients(out: Out, recipients: Sequence[str]) -> Iterator[Out]:
    """What is written within goes to ``out`` encrypted to these age recipients. Raises: RefusedError (one is none)."""
    import pyrage

    keys = [_recipient(each) for each in recipients]
    read_end, write_end = os.pipe()
    last = _Keeping(out)

    def encrypt() -> None:
        with os.fdopen(read_end, "rb") as source:
            pyrage.encrypt_io(source, last, keys)

    with ThreadPoolExecutor(1) as pool, os.fdopen(write_end, "wb") as sink:
        done = pool.submit(encrypt)
        try:
            yield sink
            sink.close()
            done.result()
        except Exception as error:
            raise last.error or error from None


@contextmanager
def under_passphrase(out: Out, passphrase: str) -> Iterator[Out]:
    """As `to_recipients`, under a passphrase. Raises: RefusedError (more than `MEMORY_MOST`)."""
    whole = _Bounded()
    yield whole
    out.write(_lock(whole.getvalue(), passphrase))


def _lock(data: bytes, passphrase: str) -> bytes:
    """Encrypt under a passphrase. The library measures this computer to set the cost of a guess, and on a busy one may
    take too little: that is thrown away. Raises: RefusedError.
    """
    import pyrage

    for _ in range(_TRIES):
        sealed: bytes = pyrage.passphrase.encrypt(data, passphrase)
        cost = _COST.match(sealed)
        if cost is not None and int(cost[1]) >= COST_LEAST:
            return sealed
    raise RefusedError(
        "This computer is too busy to make the archive hard enough to guess. Nothing was written.",
        hint="Try again when less runs on it, or name an age recipient: --recipient age1...",
        code="too-busy",
    )


class _Keeping:
    """Passes bytes on, and keeps the error of whoever takes them: the library that encrypts would tell another."""

    def __init__(self, out: Out) -> None:
        self._out = out
        self.error: Exception | None = None

    def write(self, data: bytes) -> int:
        try:
            self._out.write(bytes(data))
        except Exception as error:
            self.error = error
            raise
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here."""


class _Bounded(io.BytesIO):
    def write(self, data: bytes, /) -> int:  # type: ignore[override]  # of all that can be written, bytes are
        if self.tell() + len(data) > MEMORY_MOST:
            raise RefusedError(
                sentence(
                    "This call is more than %(size)s, and under a passphrase all of it would have to be held "
                    "in memory. Nothing was written.",
                    size=shown_size(MEMORY_MOST),
                ),
                hint="Make a key with age-keygen -o key.txt, and name its public half: --recipient age1...",
                code="too-large",
            )
        return super().write(data)


def _recipient(typed: str) -> object:
    import pyrage

    try:
        return pyrage.x25519.Recipient.from_str(typed.strip())
    except pyrage.RecipientError as error:
        raise RefusedError(
            "What was named as a recipient is none.",
            hint="It begins with age1 and comes from age-keygen. Never name the secret half, AGE-SECRET-KEY-...",
            code="recipient-refused",
        ) from error
