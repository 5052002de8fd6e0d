"""What is put up is a file, of a size that the others can take; anything else leaves nothing behind (rows M12, O06)."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from securecall_client import blobs
from securecall_client.errors import FileError
from securecall_client.files import reading

NO_FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (lambda path: path, "There is no file"),
    "a folder": (Path.mkdir, "is not an ordinary file"),
    "a pipe that nobody writes to": (os.mkfifo, "is not an ordinary file"),
    "a link that leads nowhere": (lambda path: path.symlink_to("nowhere"), "There is no file"),
}


async def refused(folder: Path, path: Path, words: str) -> None:
    """It is told so, and nothing of it stays."""
    chunks = folder / "chunks"
    chunks.mkdir()
    with pytest.raises(FileError, match=words), reading(path) as file:
        await blobs.BlobStore(chunks).seal(blobs.Source.of_file(path.name, file), bytes(16), lambda _done, _all: None)
    assert list(chunks.iterdir()) == []


@pytest.mark.parametrize("name", NO_FILES)
async def test_o06_what_is_no_file_is_not_put_up(name: str, tmp_path: Path) -> None:
    make, words = NO_FILES[name]
    make(tmp_path / "report.pdf")
    await refused(tmp_path, tmp_path / "report.pdf", words)


async def test_m12_a_file_over_the_cap_is_not_put_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "SIZE_MOST", 10)
    (tmp_path / "report.pdf").write_bytes(bytes(11))
    await refused(tmp_path, tmp_path / "report.pdf", "at most 10")
