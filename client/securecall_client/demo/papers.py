"""What the focal point puts up: the project's own README and protocol, and 64 MiB of random bytes."""

import os
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Final

BIG_MIB: Final = 64
BIG_NAME: Final = "field-recordings.bin"
_MIB: Final = 1024 * 1024
_NAMES: Final = ("README.md", "docs/protocol.md")
_LEAST: Final = 2000
"""Characters below which a document is no document."""


@dataclass(frozen=True, slots=True)
class Papers:
    """Files to put up, and where the texts come from."""

    files: list[Path]
    texts: list[str]
    origin: str


def lay_out(desk: Path, big_mib: int = BIG_MIB) -> Papers:
    """The files to put up; the large one has ``big_mib``. Raises: OSError."""
    root = Path(__file__).parents[3]
    files, texts, made = [], [], []
    for name in _NAMES:
        path = root / name
        if not path.is_file() or len(path.read_text(encoding="utf-8")) < _LEAST:
            made.append(path.name)
            path = desk / path.name
            path.write_text(_text(path.name), encoding="utf-8")
        files.append(path)
        texts.append(path.read_text(encoding="utf-8"))
    origin = f"text made up in place of {' and '.join(made)}" if made else "the project's own texts"
    return Papers([*files, _random(desk / BIG_NAME, big_mib)], texts, origin)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex. Raises: OSError."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _random(path: Path, mib: int) -> Path:
    with path.open("xb") as file:
        for _ in range(mib):
            file.write(os.urandom(_MIB))
    return path


def _text(name: str) -> str:
    """Text of the kind that an installation without the project's folder lacks."""
    lines = [
        f"Line {number} of what stands in place of {name}, which only people of the call can read."
        for number in range(1, 61)
    ]
    return "\n".join([f"# {name}", "", *lines, ""])
