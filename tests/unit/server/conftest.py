"""A server's folder with a call in it, as a program of before wrote it."""

import asyncio
import shutil
from pathlib import Path

import pytest

from securecall_server.store import open_store
from tests.kept import NEWEST, unpack


@pytest.fixture(scope="session")
def stood(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a server that stands still; this program was started on it once. Nothing changes it."""
    folder = unpack(NEWEST, tmp_path_factory.mktemp("stood"))

    async def start() -> None:
        await (await open_store(f"sqlite:///{folder / 'server.db'}")).close()

    asyncio.run(start())
    return folder


@pytest.fixture
def folder(stood: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(stood, tmp_path / stood.name)
