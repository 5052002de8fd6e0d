"""The folder into which pages put what a person asks for, since a page cannot ask for another one (row F02)."""

import os
import re
from pathlib import Path
from typing import Final

from securecall_client.files import save_new
from securecall_client.folder import private_dir

VARIABLE: Final = "SECURECALL_DOWNLOADS"
_SAID: Final = re.compile(r'^XDG_DOWNLOAD_DIR="(\$HOME/)?([^"]+)"', re.MULTILINE)


def downloads() -> Path:
    """The folder that is named, else the desktop's for downloads (xdg-user-dirs), else the person's own."""
    named, home = os.environ.get(VARIABLE), Path.home()
    if named:
        return Path(named)
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "user-dirs.dirs"
    try:
        said = _SAID.search(config.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        said = None
    folder = home / "Downloads" if said is None else (home if said[1] else Path()) / said[2]
    return folder if folder.is_dir() else home


def free(name: str, ending: str) -> Path:
    """A path there that nothing has yet: `report.html`, else `report (2).html`. Raises: FileError (no folder)."""
    folder, number = _made(), 1
    path = folder / f"{name}{ending}"
    while os.path.lexists(path):
        number += 1
        path = folder / f"{name} ({number}){ending}"
    return path


def save(name: str, data: bytes) -> Path:
    """Put a new file into the folder; gives where it is. Raises: FileError."""
    with save_new(_made(), name) as file:
        file.write(data)
    return file.path


def _made() -> Path:
    """The folder, made where it is named and not there yet."""
    folder = downloads()
    if not folder.exists():
        private_dir(folder)
    return folder
