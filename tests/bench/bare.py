"""The bare servers: what aiohttp does by itself, without accounts, checks, signatures or a database."""

import asyncio
import os
from multiprocessing.connection import Connection
from pathlib import Path

from aiohttp import WSMsgType, web

BODY_BYTES = 8 * 1024 * 1024


def serve_chunks(folder: str, ready: Connection) -> None:
    """Write and fsync what is PUT, and serve it from disk."""
    home = Path(folder)

    async def put(request: web.Request) -> web.StreamResponse:
        data = await request.read()
        await asyncio.to_thread(_write, home / request.match_info["index"], data)
        return web.Response(status=204)

    async def get(request: web.Request) -> web.StreamResponse:
        return web.FileResponse(home / request.match_info["index"])

    _run([web.put("/{index}", put), web.get("/{index}", get)], ready)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def serve_relay(_folder: str, ready: Connection) -> None:
    """Hand every message on to everybody, the sender too; nothing is kept."""
    sockets: set[web.WebSocketResponse] = set()

    async def relay(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        sockets.add(socket)
        try:
            async for message in socket:
                if message.type is WSMsgType.BINARY:
                    for each in list(sockets):
                        await each.send_bytes(message.data)
        finally:
            sockets.discard(socket)
        return socket

    _run([web.get("/", relay)], ready)


def serve_text(_folder: str, ready: Connection) -> None:
    """Answer with a text as long as the path says."""

    async def get(request: web.Request) -> web.StreamResponse:
        return web.Response(text="a" * int(request.match_info["length"]), content_type="text/html")

    _run([web.get(r"/{length:\d+}", get)], ready)


def _run(routes: list[web.RouteDef], ready: Connection) -> None:
    async def main() -> None:
        app = web.Application(client_max_size=BODY_BYTES)
        app.add_routes(routes)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        ready.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(main())
