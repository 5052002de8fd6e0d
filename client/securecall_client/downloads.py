"""The folder into which pages put what a person asks for, since a page cannot ask for another one (row F02)."""

import os
from pathlib import Path
from typing import Final

from platformdirs import user_downloads_path

from securecall_client.files import save_new
from securecall_client.folder import private_dir

VARIABLE: Final = "SECURECALL_DOWNLOADS"


def downloads() -> Path:
    """The folder that is named, made if it is not there yet; else the system's, else the person's own.

    Raises: FileError (it cannot be made).
    """
    named = os.environ.get(VARIABLE)
    if named:
        folder = Path(named)
        return folder if folder.exists() else private_dir(folder)
    folder = user_downloads_path()
    return folder if folder.is_dir() else Path.home()


def free(name: str, ending: str) -> Path:
    """A path there that nothing has yet: `report.html`, else `report (2).html`. Raises: FileError (no folder)."""
    folder, number = downloads(), 1
    path = folder / f"{name}{ending}"
    while os.path.lexists(path):
        number += 1
        path = folder / f"{name} ({number}){ending}"
    return path


def save(name: str, data: bytes) -> Path:
    """Put a new file into the folder; gives where it is. Raises: FileError."""
    with save_new(downloads(), name) as file:
        file.write(data)
    return file.path
