"""One server process, from the first check to the last write.

It refuses to start where it would run insecurely, and says how to mend that. On SIGTERM or SIGINT it takes
no more requests, finishes those it has and what waits to be written, and lets go of the database.
"""

import asyncio
import ipaddress
import os
import signal
import socket
import ssl
import stat
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from aiohttp import web

from securecall_server import limits, log
from securecall_server import settings as folders
from securecall_server.app import make_app, speaks
from securecall_server.blobs import BlobOpenError, open_blobs
from securecall_server.connections import Connections, room
from securecall_server.errors import StartError
from securecall_server.quota import Rooms
from securecall_server.service import Service
from securecall_server.sources import Sources
from securecall_server.store import StoreFaultError, StoreFullError, StoreOpenError, open_store

_LAST_REQUESTS = 15.0
"""Seconds that requests under way have at the end."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to run: ``tls`` is a certificate and its key; ``database`` and ``blobs`` are None for the folder's; ``rooms``
    says how much files may take.
    """

    folder: Path
    host: str
    port: int
    tls: tuple[Path, Path] | None
    behind_proxy: bool
    database: str | None
    blobs: str | None
    rooms: Rooms


async def serve(options: Options, ready: Callable[[str], None]) -> None:
    """Run until told to stop; ``ready`` gets the address once requests are taken. Raises: StartError."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_quiet)
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    async with AsyncExitStack() as held:
        await _start(options, held, ready)
        await stopped.wait()


async def _start(options: Options, held: AsyncExitStack, ready: Callable[[str], None]) -> None:
    """Open everything, in order; it is let go of in reverse."""
    settings, key = folders.load(options.folder)
    check_transport(options)
    tls = _tls(options.tls) if options.tls else None
    database = folders.database_url(options.folder, options.database)
    embedded = database.startswith("sqlite:")
    if embedded:
        held.callback(os.close, folders.lock(options.folder))
    listener = _listen(options)
    held.callback(listener.close)
    address = _address(options, listener.getsockname()[1])
    _check_addresses(options, settings.urls)
    try:
        store = await open_store(database)
        held.push_async_callback(store.close)
        await store.verify()
        blobs = open_blobs(folders.blobs_place(options.folder, options.blobs))
    except (StoreOpenError, StoreFaultError, StoreFullError, BlobOpenError) as error:
        raise StartError(str(error)) from None
    addresses = settings.urls or [address]
    setup_key = bytes.fromhex(settings.setup_key)
    service = await Service.open(
        key, setup_key, addresses, store, blobs, shared=not embedded, folder=options.folder, rooms=options.rooms
    )
    await service.housekeeping.tidy(int(time.time()))
    service.start()
    held.push_async_callback(service.close)
    await _take_requests(options, service, listener, tls, held)
    ready(address)


async def _take_requests(
    options: Options, service: Service, listener: socket.socket, tls: ssl.SSLContext | None, held: AsyncExitStack
) -> None:
    """Have ``service`` answer who comes to ``listener``."""
    sources = Sources(behind_proxy=options.behind_proxy)
    connections = Connections(sources, most=room())
    runner = web.AppRunner(make_app(service, sources, connections), shutdown_timeout=_LAST_REQUESTS)
    await runner.setup()
    held.push_async_callback(runner.cleanup)
    server = cast("web.Server", runner.server)  # there is one once the runner is set up
    listener.setblocking(False)
    listener.listen(limits.BACKLOG)
    held.push_async_callback(connections.end)
    held.callback(asyncio.create_task(connections.take(listener, speaks(server), tls)).cancel)


def check_transport(options: Options) -> None:
    """Raise StartError if anybody on the way could read along."""
    if options.tls is None and not options.behind_proxy and not _is_loopback(options.host):
        raise StartError(
            f"Plain HTTP on {options.host} can be read along by anybody on the way. Give --tls-cert and "
            "--tls-key, or --behind-proxy if a proxy on this machine speaks TLS, or listen on 127.0.0.1."
        )


def _check_addresses(options: Options, urls: list[str]) -> None:
    if not urls and _host_is(options.host, lambda address: address.is_unspecified):
        raise StartError(f"Clients cannot log in to {options.host}: say at `init --url` by which address they come.")


def _is_loopback(host: str) -> bool:
    return host == "localhost" or _host_is(host, lambda address: address.is_loopback)


def _host_is(host: str, test: Callable[[ipaddress.IPv4Address | ipaddress.IPv6Address], bool]) -> bool:
    try:
        return test(ipaddress.ip_address(host))
    except ValueError:
        return False


def _listen(options: Options) -> socket.socket:
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            options.host, options.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(where)
    except OSError as error:
        raise StartError(f"Cannot listen on {options.host}:{options.port}: {error.strerror}.") from None
    return listener


def _address(options: Options, port: int) -> str:
    """The address by which clients come if no other was named."""
    host = f"[{options.host}]" if ":" in options.host else options.host
    return f"{'https' if options.tls else 'http'}://{host}:{port}"


def _tls(files: tuple[Path, Path]) -> ssl.SSLContext:
    cert, key = files
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        if key.stat().st_mode & stat.S_IROTH:
            raise StartError(f"{key} can be read by everybody on this machine. Close it: chmod o= {key}")
        context.load_cert_chain(cert, key)
    except OSError as error:
        raise StartError(f"The certificate or its key cannot be used: {error.strerror or error}.") from None
    return context


def _quiet(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """A fault outside a request: its kind, never its words."""
    error = context.get("exception")
    log.fault(500, type(error).__name__)
