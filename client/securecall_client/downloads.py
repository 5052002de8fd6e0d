"""The folder into which pages put what a person asks for, since a page cannot ask for another one (row F02)."""

import os
from pathlib import Path

from securecall_client.files import save_new
from securecall_client.folder import private_dir

_VARIABLE = "SECURECALL_DOWNLOADS"


def downloads() -> Path:
    """The person's downloads folder: the one that is named, else the usual one."""
    named = os.environ.get(_VARIABLE)
    return Path(named) if named else Path.home() / "Downloads"


def save(name: str, data: bytes) -> Path:
    """Put a new file into the downloads folder; gives where it is. Raises: FileError."""
    folder = downloads()
    if not folder.exists():
        private_dir(folder)
    with save_new(folder, name) as file:
        file.write(data)
    return file.path
