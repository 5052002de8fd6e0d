"""A TCP proxy on loopback that passes bytes through unchanged and keeps a copy of every one of them.

It stands between the clients of the demonstration and their server, so that afterwards everything that went
over the wire can be searched. It knows nothing of HTTP or WebSocket and so cannot disturb them.
"""

import asyncio
from contextlib import suppress
from pathlib import Path

from securecall_client.folder import private_dir

_CHUNK = 256 * 1024
_TO_SERVER = "to-server"
_FROM_SERVER = "from-server"


class RecordingProxy:
    """Passes every connection on to one upstream address and records both directions.

    `log` is a folder. Connection 17 is kept as `000017.to-server` and `000017.from-server`, one unbroken
    stream a file, so that a string that crossed two packets stands in one piece. A byte is recorded before
    it is passed on: where it cannot be recorded, the connection ends and the byte is not sent. A proxy that
    is started on a folder with recordings goes on with the next free number.

    The upstream may go away: its connections are closed, and new ones work again once it is back. Each open
    connection holds four file descriptors.
    """

    def __init__(self, log: Path, upstream_host: str, upstream_port: int) -> None:
        self._log = log
        self._upstream = (upstream_host, upstream_port)
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._opened = 0
        self.sent = 0
        """Bytes that went to the server so far."""
        self._moved = asyncio.Condition()

    async def reached(self, sent: int) -> None:
        """Wait until so many bytes have gone to the server."""
        async with self._moved:
            await self._moved.wait_for(lambda: self.sent >= sent)

    async def start(self, port: int = 0) -> int:
        """Listen on 127.0.0.1 and return the port; 0 lets the system choose one.

        Raises:
            OSError: The port is taken.
            FileError: The log folder is not ours.
        """
        private_dir(self._log)
        numbers = [int(file.name.partition(".")[0]) for file in self._log.glob(f"*.{_TO_SERVER}")]
        self._opened = max(numbers, default=0)
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port, limit=_CHUNK, backlog=1024)
        listening: int = self._server.sockets[0].getsockname()[1]
        return listening

    async def stop(self) -> None:
        """Stop listening and end the connections that are open; what they carried stays recorded."""
        if self._server is None:
            return
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._opened += 1
        connection = asyncio.create_task(self._serve(self._opened, reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _serve(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until both sides have finished or either is lost; if cancelled, drop it."""
        writers = [writer]
        try:
            with suppress(OSError):  # no upstream, one side lost, or the disk full: the connection ends
                upstream_reader, upstream_writer = await asyncio.open_connection(*self._upstream, limit=_CHUNK)
                writers.append(upstream_writer)
                await asyncio.gather(
                    self._pass_on(number, _TO_SERVER, reader, upstream_writer),
                    self._pass_on(number, _FROM_SERVER, upstream_reader, writer),
                )
            await _close(*writers)
        finally:
            for each in writers:
                each.transport.abort()

    async def _pass_on(
        self, number: int, direction: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Record and pass on one direction; its end is passed on too, while the other direction may go on."""
        with (self._log / f"{number:06}.{direction}").open("xb", buffering=0) as record:
            while data := await reader.read(_CHUNK):
                if record.write(data) != len(data):
                    raise OSError("the recording took only a part of what was to be passed on")
                writer.write(data)
                await writer.drain()
                if direction == _TO_SERVER:
                    await self._count(len(data))
        if writer.can_write_eof():
            writer.write_eof()

    async def _count(self, sent: int) -> None:
        async with self._moved:
            self.sent += sent
            self._moved.notify_all()


async def _close(*writers: asyncio.StreamWriter) -> None:
    """Close once what is still to be sent is sent."""
    for writer in writers:
        writer.close()
    for writer in writers:
        with suppress(OSError):  # a lost connection is as closed as it can be
            await writer.wait_closed()
