"""What goes out over an HTTP line: a body in pieces, so that whoever waits sees that it moves."""

from typing import TYPE_CHECKING

import aiohttp

from securecall_client.http_reply import Moved
from securecall_client.pace import PIECE

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter


class Body(aiohttp.Payload):
    """Bytes that are handed over in pieces, each told as it goes; once only, so that nothing is sent again unasked."""

    def __init__(self, data: bytes, kind: str, moved: Moved) -> None:
        super().__init__(data, content_type=kind)
        self._data, self._moved = memoryview(data), moved
        self._size = len(data)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """As `Payload.decode`."""
        return bytes(self._data).decode(encoding, errors)

    async def write(self, writer: "AbstractStreamWriter") -> None:
        """As `Payload.write`."""
        self._consumed = True
        for at in range(0, len(self._data), PIECE):
            piece = self._data[at : at + PIECE]
            await writer.write(piece)
            await writer.drain()
            self._moved(len(piece))
