"""The planted strings: everything that people of the demonstration wrote, and every key that they held.

They are gathered while the play goes on, and must afterwards stand nowhere but with the people.
"""

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from securecall_client.demo.search import MIN_NEEDLE, Finding, encodings
from securecall_client.demo.search import search as look
from securecall_keys.secret import Secret

FEWEST: Final = 40
"""Strings that a run must have planted."""
_LINE_CHARACTERS: Final = range(40, 160)
_LINE_WORDS: Final = 6
_LINES: Final = 4
_SEED: Final = 20260101
_MASK: Final = b"\x91\x02\xf3\x44"
_BETWEEN: Final = 32
"""Bytes of noise between two planted forms."""


class Canaries:
    """Strings and keys to look for."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self.keys: list[bytes] = []

    def __len__(self) -> int:
        return len(self.strings) + len(self.keys)

    def plant(self, *texts: str) -> None:
        """Note texts that a person wrote or was given; what is too short to search for is left out."""
        for text in texts:
            if len(text.encode()) >= MIN_NEEDLE and text not in self.strings:
                self.strings.append(text)

    def plant_rows(self, rows: Iterable[dict[str, object]]) -> None:
        """Note every word of the rows of an answer."""
        for row in rows:
            for value in row.values():
                self.plant(*(value if isinstance(value, list) else [str(value)]))

    def plant_lines(self, text: str) -> None:
        """Note some whole lines of a document, those that only it can hold, from all over it."""
        lines = [line.strip() for line in text.splitlines()]
        long = [line for line in lines if len(line) in _LINE_CHARACTERS and len(line.split()) >= _LINE_WORDS]
        self.plant(*long[:: max(1, len(long) // _LINES)][:_LINES])

    def plant_keys(self, keys: Iterable[Secret]) -> None:
        """Note keys, as their bytes."""
        for key in keys:
            if key.expose() not in self.keys:
                self.keys.append(key.expose())

    def search(self, folders: list[Path]) -> list[Finding]:
        """Look for all of them. Raises: SecureCallError, OSError."""
        return look(folders, [*self.strings, *self.keys])

    def plant_in(self, folder: Path) -> set[tuple[str | bytes, str]]:
        """Write each of them in each encoding into files of ``folder``, as a leak would, between noise.

        Returns what a search must find there: needle and encoding. One file is as what a WebSocket client
        sends, masked.
        """
        folder.mkdir(mode=0o700)
        noise = random.Random(_SEED)  # noqa: S311  filler between strings, no secret
        wanted: set[tuple[str | bytes, str]] = set()
        needles: list[str | bytes] = [*self.strings, *self.keys]
        for number, needle in enumerate(needles):
            parts = []
            for encoding, form in encodings(needle).items():
                parts += [noise.randbytes(_BETWEEN), form]
                wanted.add((needle, encoding))
            (folder / f"{number:04}").write_bytes(b"".join([*parts, noise.randbytes(_BETWEEN)]))
        (folder / "websocket").write_bytes(_websocket(self.strings[0]))
        return wanted | {(self.strings[0], "raw, masked")}


def _websocket(text: str) -> bytes:
    """A request for a WebSocket, and a masked frame with ``text`` (RFC 6455, section 5)."""
    data = text.encode()
    masked = bytes(byte ^ _MASK[at % len(_MASK)] for at, byte in enumerate(data))
    return b"GET /v1/live HTTP/1.1\r\nUpgrade: websocket\r\n\r\n" + bytes([0x81, 0x80 | len(data)]) + _MASK + masked
