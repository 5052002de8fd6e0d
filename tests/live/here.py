"""The whole server in this process, on a port of its own, where a test counts what it does."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from securecall import wire
from securecall_server import serving, settings
from securecall_server.quota import Rooms
from securecall_server.serving import Options
from securecall_server.signing import new_seed, public_half
from tests.live.api import Api
from tests.live.process import ServerProcess, Setup


@asynccontextmanager
async def served_here(
    folder: Path, *, tls: tuple[Path, Path] | None = None, rooms: Rooms | None = None
) -> AsyncIterator[Api]:
    """A session with a new server; a line of its own for every request, so that none is cut while it idles."""
    key, setup = new_seed(), new_seed()
    settings.make(folder, key, public_half(setup), [])
    server = ServerProcess(folder, Setup(setup, public_half(key)))

    def ready(address: str) -> None:
        server.port = int(address.rpartition(":")[2])

    async with AsyncExitStack() as held:
        options = Options(folder, "127.0.0.1", 0, tls, False, None, None, rooms or Rooms())
        await serving._start(options, held, ready)
        connector = aiohttp.TCPConnector(force_close=True)
        yield Api(server, await held.enter_async_context(aiohttp.ClientSession(connector=connector)))


class Checks:
    """How many signatures were checked in this process since the last look."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._count = 0
        check = wire._verify

        def counting(key: bytes, signature: bytes, message: bytes) -> None:
            self._count += 1
            check(key, signature, message)

        monkeypatch.setattr(wire, "_verify", counting)

    def since(self) -> int:
        """The count, which begins anew."""
        count, self._count = self._count, 0
        return count
