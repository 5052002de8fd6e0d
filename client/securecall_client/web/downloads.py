"""Where files that a person saves from a page go: the folder that their desktop has for downloads."""

import os
import re
from pathlib import Path
from typing import Final

_SAID: Final = re.compile(r'^XDG_DOWNLOAD_DIR="(\$HOME/)?([^"]+)"', re.MULTILINE)


def downloads() -> Path:
    """The folder (xdg-user-dirs; `Downloads` where nothing is said), or the person's own where there is none."""
    home = Path.home()
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "user-dirs.dirs"
    try:
        said = _SAID.search(config.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        said = None
    folder = home / "Downloads" if said is None else (home if said[1] else Path()) / said[2]
    return folder if folder.is_dir() else home
