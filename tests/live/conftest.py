"""A real server for the tests of a module, with a coalition on it; every test opens a call of its own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.live.api import Api, somebody
from tests.live.process import ServerProcess, make_server
from tests.world import Space


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A running server."""
    running = make_server(tmp_path_factory.mktemp("server") / "data")
    running.start()
    yield running
    running.kill()


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server of the test's own, not yet running."""
    made = make_server(tmp_path / "data")
    yield made
    made.kill()


@pytest.fixture
async def api(server: ServerProcess) -> AsyncIterator[Api]:
    """A session with the running server."""
    async with aiohttp.ClientSession() as session:
        yield Api(server, session)


@pytest.fixture(scope="module")
def coalition(server: ServerProcess) -> Space:
    """The coalition on the running server."""

    async def found() -> Space:
        async with aiohttp.ClientSession() as session:
            return await Api(server, session).found(somebody())

    return asyncio.run(found())
