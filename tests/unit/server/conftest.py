"""A server's folder with a call in it, as a program of before wrote it."""

from pathlib import Path

import pytest

from tests.kept import NEWEST, unpack


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a server that stands still."""
    return unpack(NEWEST, tmp_path)
