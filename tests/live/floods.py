"""Whoever would shut others out, in a process of their own: sockets that drip, and logins that cannot hold.

    python -m tests.live.floods slow URL KEY COUNT
    python -m tests.live.floods logins URL KEY COUNT

They come from many addresses of this machine, to a server on this machine, say `ready` once the flood is at its height,
and end by themselves after `LAST` seconds; the last line says how much they did.
"""

import asyncio
import json
import os
import signal
import sys
from base64 import b64decode
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp
from nacl.utils import random

from securecall.labels import Label
from securecall.statements import Login, read_hello
from securecall_keys.device import public_of, sign
from securecall_keys.secret import Secret
from tests.live.api import b64

LAST = 240
"""Seconds."""
EACH_ADDRESS = 250
"""Slow sockets of one address: under the cap, so that each holds its place for as long as it may."""
DRIP = 5
"""Seconds between bytes."""
SIDES = 16
"""Connections of one address that logs in."""


@dataclass(slots=True)
class Flood:
    """One flood at ``url`` of a server with ``key``: how many of ``count`` are at work, and what they did."""

    url: str
    key: bytes
    count: int
    done: int = 0
    refused: int = 0
    height: asyncio.Event = field(default_factory=asyncio.Event)
    _standing: set[int] = field(default_factory=set)

    def stands(self, number: int) -> None:
        """One of them is at work as it means to be."""
        self._standing.add(number)
        if len(self._standing) == self.count:
            self.height.set()


async def slow(flood: Flood, number: int) -> None:
    """Hold a connection with headers that never end, and come back when it is cut."""
    parts = urlsplit(flood.url)
    source = f"127.0.1.{1 + number // EACH_ADDRESS}"
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port, local_addr=(source, 0))
            writer.write(b"POST /v1/login HTTP/1.1\r\nHost: a\r\nX-A: ")
            flood.stands(number)
            while not writer.is_closing():
                await asyncio.sleep(DRIP)
                writer.write(b"a")
                await writer.drain()
                flood.done += 1
        await asyncio.sleep(1)


async def log_in(flood: Flood, number: int) -> None:
    """Greet, and log in as nobody, as fast as one is let."""
    connector = aiohttp.TCPConnector(local_addr=(f"127.0.2.{1 + number // SIDES}", 0))
    async with aiohttp.ClientSession(connector=connector) as session:
        while True:
            with suppress(aiohttp.ClientError, OSError, KeyError):
                if not await _log_in_once(flood, session):
                    flood.refused += 1
                    flood.stands(number)


async def _log_in_once(flood: Flood, session: aiohttp.ClientSession) -> bool:
    """One login that cannot hold; False if it was too much."""
    seed, nonce = Secret(random(32)), random(32)
    async with session.post(f"{flood.url}/v1/hello", json={"nonce": nonce.hex()}) as response:
        if response.status == 429:
            return False
        hello = read_hello(b64decode((await response.json())["hello"])).value
    login = Login(flood.key, flood.url, nonce, hello.server_nonce, public_of(seed))
    async with session.post(f"{flood.url}/v1/login", json={"proof": b64(sign(seed, Label.LOGIN, login))}) as response:
        flood.done += response.status == 401
        return response.status != 429


KINDS: dict[str, Callable[[Flood, int], Awaitable[None]]] = {"slow": slow, "logins": log_in}


async def main(kind: str, url: str, key: str, count: str) -> None:
    """Flood until told to stop, or time is up."""
    os.nice(15)  # whoever floods sits at another machine, and takes no time from this one
    flood = Flood(url, bytes.fromhex(key), int(count))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    tasks = [asyncio.ensure_future(KINDS[kind](flood, number)) for number in range(flood.count)]
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST):
            await flood.height.wait()
            print("ready", flush=True)
            await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print(json.dumps({"done": flood.done, "refused": flood.refused}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
