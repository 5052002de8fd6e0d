"""Where files that a person saves go: the folder that their desktop has for downloads, under a name that is free."""

import os
import re
from pathlib import Path

_LINE = re.compile(r'^XDG_DOWNLOAD_DIR="(\$HOME/)?([^"]*)"', re.MULTILINE)


def downloads() -> Path:
    """The folder (xdg-user-dirs; `Downloads` where nothing is said), or the person's own where there is none."""
    home = Path.home()
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    folder = home / "Downloads"
    try:
        said = _LINE.search((config / "user-dirs.dirs").read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        said = None
    if said is not None and said[2]:
        folder = home / said[2] if said[1] else Path(said[2])
    return folder if folder.is_dir() else home


def free(name: str, ending: str) -> Path:
    """A path there that nothing has yet: `report.html`, else `report (2).html`."""
    folder, number = downloads(), 1
    path = folder / f"{name}{ending}"
    while os.path.lexists(path):
        number += 1
        path = folder / f"{name} ({number}){ending}"
    return path
