"""A server's folder with a call in it, as a program of before wrote it."""

from pathlib import Path

import pytest

from securecall_server.store import open_store
from tests.kept import NEWEST, unpack


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """The folder of a server that stands still; this program was started on it once."""
    folder = unpack(NEWEST, tmp_path)
    await (await open_store(f"sqlite:///{folder / 'server.db'}")).close()
    return folder
